/* SPDX-License-Identifier: Apache-2.0 */
#include "service/realm.h"

#include <stdatomic.h>
#include <string.h>

#include "crypto/digest.h"
#include "service/act.h"

#define REALM_CAP ((size_t)32 << 20) /* octets */

static struct bytes
key_bits(struct bytes spki, struct fault *f)
{
	struct key key;

	if (key_parse(spki, &key, f) != OK)
		return (struct bytes){0};
	return key.bits;
}

static enum err
read_ca(struct realm *h, const struct service *s, const struct ca_row *row, struct fault *f)
{
	static const char *const names[REALM_CAS] = {"issuing", "management"};
	struct realm_ca *ca = NULL;
	enum sigalg alg;
	struct bytes bits;
	const struct ext *ski;

	if (str_is(row->name, "root")) {
		h->root = arena_bytes(h->a, row->der);
		return OK;
	}
	for (size_t i = 0; i < REALM_CAS; i++) {
		if (str_is(row->name, names[i])) {
			ca = &h->ca[i];
			ca->which = (enum profile_ca)i;
		}
	}
	if (ca == NULL)
		return FAIL(f, E_STORE, "a CA of unknown name");
	ca->id = row->id;
	ca->label = arena_cstr(h->a, row->label);
	ca->der = arena_bytes(h->a, row->der);
	TRY(cert_parse(ca->der, &ca->cert, f));
	ski = ext_find(&ca->cert.exts, OID_SKI);
	if (ski == NULL)
		return FAIL(f, E_STORE, "CA without key identifier");
	TRY(ext_get_ski(ski->value, &ca->ski, f));
	bits = key_bits(ca->cert.spki, f);
	if (bits.n == 0)
		return FAIL(f, E_STORE, "CA key");
	TRY(sigalg_of_spki(ca->cert.spki, &alg, f));
	sha1(ca->cert.subject, ca->name_hash[0]);
	sha256(ca->cert.subject, ca->name_hash[1]);
	sha384(ca->cert.subject, ca->name_hash[2]);
	sha1(bits, ca->key_hash[0]);
	sha256(bits, ca->key_hash[1]);
	sha384(bits, ca->key_hash[2]);
	ca->issuer = (struct profile_issuer){.alg = alg,
	    .subject = ca->cert.subject,
	    .ski = ca->ski,
	    .base = s->conf.http_base,
	    .generation = str_of(ca->label),
	    .policy_arc = s->conf.policy_arc,
	    .not_after = ca->cert.not_after};
	return OK;
}

static enum err
read_profile(struct realm *h, const struct document_row *row, struct fault *f)
{
	struct realm_profile *p = &h->profiles[h->profile_count];

	if (h->profile_count == REALM_PROFILES_MAX)
		return FAIL(f, E_STORE, "more than %d profile versions", REALM_PROFILES_MAX);
	TRY(profile_parse(h->a, arena_bytes(h->a, row->octets), &p->profile, f));
	p->ca = &h->ca[p->profile.ca];
	TRY(profile_template(h->a, &p->profile, &p->ca->issuer, &p->template, f));
	sha256(row->octets, p->hash);
	h->profile_count++;
	return OK;
}

/* Documents come by kind and version: a later one of the same office takes its place. */
static enum err
read_office(struct realm *h, const struct document_row *row, struct fault *f)
{
	struct office o;

	TRY(office_parse(h->a, arena_bytes(h->a, row->octets), &o, f));
	if (h->office_count && str_eq(h->offices[h->office_count - 1].name, o.name)) {
		h->offices[h->office_count - 1] = o;
		return OK;
	}
	if (h->office_count == REALM_OFFICES_MAX)
		return FAIL(f, E_STORE, "more than %d offices", REALM_OFFICES_MAX);
	h->offices[h->office_count++] = o;
	return OK;
}

static enum err
read_all(struct realm *h, struct service *s, struct arena *a, struct fault *f)
{
	struct document_list documents;
	struct ca_list cas;

	TRY(store_documents(s->store, a, &documents, f));
	TRY(store_cas(s->store, a, &cas, f));
	if (documents.n == 0 || cas.n == 0)
		return FAIL(f, E_NOT_READY, "no CA yet");
	for (size_t i = 0; i < cas.n; i++)
		TRY(read_ca(h, s, &cas.rows[i], f));
	for (size_t i = 0; i < REALM_CAS; i++) {
		if (h->ca[i].id == 0)
			return FAIL(f, E_STORE, "CA %zu is missing", i);
	}
	for (size_t i = 0; i < documents.n; i++) {
		if (str_starts(documents.rows[i].kind, STR("profile:")))
			TRY(read_profile(h, &documents.rows[i], f));
		if (str_starts(documents.rows[i].kind, STR("office:")))
			TRY(read_office(h, &documents.rows[i], f));
	}
	h->stamp = (int64_t)documents.n;
	return OK;
}

enum err
realm_refresh(struct service *s, struct fault *f)
{
	struct arena *scratch = arena_new(REALM_CAP), *a = arena_new(REALM_CAP);
	struct realm *h = arena_alloc(a, sizeof(*h)), *now = s->realm;
	enum err e;

	h->a = a;
	e = read_all(h, s, scratch, f);
	arena_free(&scratch);
	if (e == OK && now != NULL && now->stamp == h->stamp)
		e = OK; /* nothing new: keep the picture that there is */
	else if (e == OK) {
		h->older = now;
		if (atomic_compare_exchange_strong(&s->realm, &now, h))
			return OK;
	}
	arena_free(&a);
	return e;
}

enum err
realm_now(const struct call *c, const struct realm **ret, struct fault *f)
{
	TRY(service_ready(c->service, f));
	*ret = c->service->realm;
	return OK;
}

enum err
realm_profile(const struct realm *h, struct str name, int64_t version,
    const struct realm_profile **ret, struct fault *f)
{
	const struct realm_profile *found = NULL;

	for (size_t i = 0; i < h->profile_count; i++) {
		const struct realm_profile *p = &h->profiles[i];

		if (!str_eq(p->profile.name, name) || (version && p->profile.version != version))
			continue;
		if (found == NULL || p->profile.version > found->profile.version)
			found = p;
	}
	if (found == NULL)
		return FAIL_FIELD(f, E_PROFILE_UNKNOWN, "profile", NULL, "no such profile");
	*ret = found;
	return OK;
}

const struct office *
realm_office(const struct realm *h, struct str name)
{
	for (size_t i = 0; i < h->office_count; i++) {
		if (str_eq(h->offices[i].name, name))
			return &h->offices[i];
	}
	return NULL;
}

enum err
realm_ca(const struct realm *h, struct str label, const struct realm_ca **ret, struct fault *f)
{
	for (size_t i = 0; i < REALM_CAS; i++) {
		if (str_is(label, h->ca[i].label)) {
			*ret = &h->ca[i];
			return OK;
		}
	}
	return FAIL_FIELD(f, E_NOT_FOUND, "ca", NULL, "no such CA");
}

const struct realm_ca *
realm_ca_of(const struct realm *h, int64_t id)
{
	for (size_t i = 0; i < REALM_CAS; i++) {
		if (h->ca[i].id == id)
			return &h->ca[i];
	}
	return NULL;
}
