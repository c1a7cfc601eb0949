/* SPDX-License-Identifier: Apache-2.0 */
/* A new certificate takes the place of older ones, which serve until it is in place. */
#include "service/life.h"
#include "x509/name.h"

static enum err
name_of(const struct call *c, const struct certificate_row *row, struct name **ret, struct fault *f)
{
	struct name *name = arena_alloc(c->a, sizeof(*name));
	struct bytes der;
	struct cert cert;

	TRY(store_certificate_der(c->service->store, c->a, row->id, &der, f));
	TRY(cert_parse(der, &cert, f));
	TRY(name_parse(cert.subject, name, f));
	*ret = name;
	return OK;
}

/* The number that only tells certificates of one name apart (S27) counts for nothing. */
static size_t
next_part(const struct name *n, size_t i)
{
	while (i < n->n && n->v[i].type == OID_SERIAL_NUMBER)
		i++;
	return i;
}

static bool
same_name(const struct name *a, const struct name *b)
{
	size_t i = next_part(a, 0), k = next_part(b, 0);

	while (i < a->n && k < b->n) {
		if (a->v[i].type != b->v[k].type || !str_eq(a->v[i].value, b->v[k].value))
			return false;
		i = next_part(a, i + 1);
		k = next_part(b, k + 1);
	}
	return i >= a->n && k >= b->n;
}

static enum err
give_place(struct unit *u, const struct call *c, const struct certificate_row *old,
    const struct certificate_row *next, struct fault *f)
{
	struct unit_move m = {.key = old->id, .ver = old->ver, .now = c->now};
	struct life_step step;

	TRY(life_certificate(old, CERTIFICATE_EVENT_SUPERSEDE, ROLE_SYSTEM, &step, f));
	m.from = step.from;
	m.to = step.to;
	unit_certificate_supersede(u, &m);
	unit_session_end_of(u, 0, 0, old->id, c->now);
	unit_log(u, AUDIT_CERTIFICATE_SUPERSEDED, life_object(c, old),
	    act_detail(
		c, (const char *const[]){"by", arena_cstr(c->a, life_object(c, next)), NULL}));
	return OK;
}

static enum err
others(const struct call *c, const struct certificate_row *next, struct certificate_list *ret,
    struct fault *f)
{
	const struct page newest = {.limit = PAGE_MAX};

	*ret = (struct certificate_list){0};
	if (next->account)
		return store_certificates_of_account(
		    c->service->store, c->a, next->account, &newest, ret, f);
	if (next->person)
		return store_certificates_of_person(
		    c->service->store, c->a, next->person, &newest, ret, f);
	return OK;
}

enum err
life_supersede(
    struct unit *u, const struct call *c, const struct certificate_row *next, struct fault *f)
{
	const struct realm_profile *p;
	struct certificate_list list;
	const struct realm *h;
	struct name *mine, *its;

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, next->profile, next->profile_version, &p, f));
	if (!p->profile.supersede)
		return OK;
	TRY(name_of(c, next, &mine, f));
	TRY(others(c, next, &list, f));
	for (size_t i = 0; i < list.n; i++) {
		const struct certificate_row *old = &list.rows[i];

		if (old->id == next->id || !str_eq(old->profile, next->profile) ||
		    !str_is(old->state, certificate_state_name(CERTIFICATE_ACTIVE)))
			continue;
		TRY(name_of(c, old, &its, f));
		if (same_name(mine, its))
			TRY(give_place(u, c, old, next, f));
	}
	return OK;
}
