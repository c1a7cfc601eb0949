/* SPDX-License-Identifier: Apache-2.0 */
#include "service/paper.h"

#include <inttypes.h>

#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "service/act.h"
#include "service/apply_in.h"
#include "service/life.h"
#include "signer/client.h"

#define PIECE (PAPER_PIECE_MAX - SEAL_OVERHEAD) /* octets before they are sealed */

/* What was asked for when it was sent, or is asked for now. */
static enum err
profile_of(const struct call *c, const struct application_row *row, const struct profile **ret,
    struct fault *f)
{
	const struct realm_profile *p;
	const struct realm *h;
	bool draft = str_is(row->state, application_state_name(APPLICATION_DRAFT)) ||
	    str_is(row->state, application_state_name(APPLICATION_RETURNED));

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, draft ? 0 : row->profile_version, &p, f));
	*ret = &p->profile;
	return OK;
}

static struct str
types_text(const struct call *c, unsigned types)
{
	const char *text = "";

	for (unsigned t = 0; t < PAPERTYPE__COUNT; t++) {
		if (types & 1u << t)
			text = arena_fmt(c->a, "%s%s%s", text, *text ? " | " : "",
			    papertype_row((enum papertype)t)->word);
	}
	return str_of(text);
}

static struct paper_view
view_of(const struct call *c, const struct profile_paper *asked, const struct paper_row *row)
{
	struct paper_view v = {0};

	if (asked != NULL)
		v = (struct paper_view){.name = asked->name,
		    .title = asked->title[c->lang],
		    .required = asked->required,
		    .types = types_text(c, asked->types),
		    .max = (int64_t)asked->max};
	if (row != NULL) {
		v.name = row->name;
		v.type = row->type;
		v.size = row->size;
		v.uploaded = row->created;
		v.erased = row->erased;
	}
	return v;
}

struct paper_view *
paper_asked(const struct call *c, const struct profile *p)
{
	struct paper_view *out = arena_array(c->a, p->paper_count + 1, sizeof(*out));

	for (size_t i = 0; i < p->paper_count; i++)
		out[i] = view_of(c, &p->papers[i], NULL);
	return out;
}

enum err
paper_list(const struct call *c, struct str no, struct paper_views *ret, struct fault *f)
{
	struct application_row row;
	const struct profile *p;
	struct paper_list have;
	struct paper_views out = {0};

	TRY(apply_row(c, no, &row, f));
	TRY(profile_of(c, &row, &p, f));
	TRY(store_papers_of(c->service->store, c->a, row.id, &have, f));
	out.items = arena_array(c->a, p->paper_count + have.n + 1, sizeof(*out.items));
	for (size_t i = 0; i < p->paper_count; i++) {
		const struct paper_row *there = NULL;

		for (size_t k = 0; k < have.n; k++) {
			if (str_eq(have.rows[k].name, p->papers[i].name))
				there = &have.rows[k];
		}
		out.items[out.count++] = view_of(c, &p->papers[i], there);
	}
	/* What another version of the profile asked for is there all the same. */
	for (size_t k = 0; k < have.n; k++) {
		if (profile_paper_find(p, have.rows[k].name) == NULL)
			out.items[out.count++] = view_of(c, NULL, &have.rows[k]);
	}
	*ret = out;
	return OK;
}

/* What a key and each piece are bound to: nothing can be put in another's place. */
static struct bytes
bound_to(const struct call *c, struct str no, struct str name, int64_t piece, int64_t pieces)
{
	return str_bytes(str_of(arena_fmt(c->a, "%.*s/%.*s/%" PRId64 "/%" PRId64, (int)no.n, no.p,
	    (int)name.n, name.p, piece, pieces)));
}

/* The applicant's application, while what was filled in may still change without a new revision. */
static enum err
open_row(const struct call *c, struct str no, struct application_row *ret, struct life_step *step,
    struct fault *f)
{
	TRY(act_subscriber(c, f));
	TRY(apply_row(c, no, ret, f));
	TRY(life_application(ret, APPLICATION_EVENT_EDIT, ROLE_APPLICANT, step, f));
	if (step->effects & EFFECT_NEW_REVISION)
		return FAIL_FIELD(f, E_STATE, "application", NULL, "not a draft, not sent back");
	return OK;
}

/* Seal OCTETS into pieces of the row that U inserts. */
static enum err
add(const struct call *c, struct unit *u, struct str no, struct paper_row *row, struct bytes octets,
    struct fault *f)
{
	uint8_t key[SEAL_KEY_SIZE];
	const struct signer_secret secret = {.label = STR(SIGNER_LABEL_PAPER),
	    .associated = bound_to(c, no, row->name, -1, row->pieces),
	    .octets = BYTES_OF(key)};
	struct bytes sealed;
	int64_t paper;
	enum err e;

	random_bytes(key, sizeof(key));
	e = signer_seal(c->service->signer, c->a, &secret, &row->sealed_key, f);
	paper = e == OK ? unit_paper_insert(u, row) : 0;
	for (int64_t i = 0; e == OK && i < row->pieces; i++) {
		size_t from = (size_t)i * PIECE, n = octets.n - from;

		e = seal(key, bound_to(c, no, row->name, i, row->pieces),
		    bytes_of(octets.p + from, n < PIECE ? n : PIECE), c->a, &sealed, f);
		if (e == OK)
			unit_paper_piece(u, paper, i, sealed);
	}
	wipe(key, sizeof(key));
	return e;
}

/* Is it what the profile asks for, and is there room? OLD is 0 or the row that it replaces. */
static enum err
check(const struct call *c, const struct profile_paper *asked, struct bytes octets,
    const struct paper_row *old, enum papertype *ret, struct fault *f)
{
	const char *name = arena_cstr(c->a, asked->name);
	int64_t room;

	if (octets.n == 0 || octets.n > asked->max)
		return FAIL_FIELD(f, E_DOCUMENT_SIZE, name,
		    arena_fmt(c->a, "≤ %zu MiB", asked->max >> 20), "%zu octets", octets.n);
	if (!papertype_sniff(octets, ret) || !(asked->types & 1u << *ret))
		return FAIL_FIELD(f, E_DOCUMENT_TYPE, name,
		    arena_cstr(c->a, types_text(c, asked->types)), "by its octets");
	TRY(store_paper_room(c->service->store, c->who.account, &room, f));
	if (room - (old ? old->size : 0) + (int64_t)octets.n > PAPER_ROOM)
		return FAIL_FIELD(f, E_DOCUMENT_ROOM, name,
		    arena_fmt(c->a, "%" PRId64 " MiB", PAPER_ROOM >> 20), "%" PRId64 " octets",
		    room);
	return OK;
}

/* The row of that name; 0 with OK: none. */
static enum err
find(const struct call *c, int64_t application, struct str name, struct paper_row *ret,
    struct fault *f)
{
	struct fault why = {0};
	enum err e = store_paper(c->service->store, c->a, application, name, ret, &why);

	if (e == E_NOT_FOUND)
		*ret = (struct paper_row){0};
	return e == OK || e == E_NOT_FOUND ? OK : FAIL(f, e, "%s", why.detail);
}

enum err
paper_put(const struct call *c, struct str no, struct str name, struct bytes octets,
    struct paper_view *ret, struct fault *f)
{
	struct paper_row row = {.created = c->now, .size = (int64_t)octets.n}, old;
	const struct profile_paper *asked;
	struct application_row application;
	const struct profile *p;
	struct life_step step;
	enum papertype type;
	struct unit *u;

	TRY(open_row(c, no, &application, &step, f));
	TRY(profile_of(c, &application, &p, f));
	asked = profile_paper_find(p, name);
	if (asked == NULL)
		return FAIL_FIELD(f, E_FIELD_UNKNOWN, "document", NULL, "not asked for");
	TRY(find(c, application.id, name, &old, f));
	TRY(check(c, asked, octets, &old, &type, f));
	row.application = application.id;
	row.name = asked->name;
	row.type = str_of(papertype_row(type)->word);
	row.pieces = (int64_t)((octets.n + PIECE - 1) / PIECE);
	row.days = p->paper_days;
	application.changed = c->now;
	u = act_unit(c);
	unit_application_edit(u, &application, step.from, step.to);
	if (old.id)
		unit_paper_drop(u, old.id);
	TRY(add(c, u, application.number, &row, octets, f));
	unit_log(u, AUDIT_PAPER_ADDED, application.number,
	    act_detail(c,
		(const char *const[]){"name", arena_cstr(c->a, row.name), "type",
		    papertype_row(type)->word, "size", arena_fmt(c->a, "%zu", octets.n), NULL}));
	TRY(act_commit(c, u, f));
	*ret = view_of(c, asked, &row);
	return OK;
}

enum err
paper_drop(const struct call *c, struct str no, struct str name, struct fault *f)
{
	struct application_row application;
	struct life_step step;
	struct paper_row row;
	struct unit *u;

	TRY(open_row(c, no, &application, &step, f));
	TRY(find(c, application.id, name, &row, f));
	if (row.id == 0)
		return FAIL_FIELD(f, E_NOT_FOUND, "document", NULL, "not there");
	application.changed = c->now;
	u = act_unit(c);
	unit_application_edit(u, &application, step.from, step.to);
	unit_paper_drop(u, row.id);
	unit_log(u, AUDIT_PAPER_DROPPED, application.number,
	    act_detail(c, (const char *const[]){"name", arena_cstr(c->a, row.name), NULL}));
	return act_commit(c, u, f);
}

static enum err
may_view(const struct call *c, struct fault *f)
{
	if (c->who.role == PERSON_ADMINISTRATOR)
		return FAIL(f, E_ROLE, "operators and auditors view papers");
	if (c->who.role == PERSON_SUBSCRIBER && c->who.assurance != ASSURANCE_CERTIFICATE)
		return FAIL(f, E_ASSURANCE, "no identity papers by SMS");
	return OK;
}

static enum err
open_pieces(const struct call *c, struct str no, const struct paper_row *row,
    const uint8_t key[static SEAL_KEY_SIZE], struct bytes *ret, struct fault *f)
{
	struct buf out = buf_new(c->a, (size_t)row->size + 1);
	struct bytes sealed, octets;

	for (int64_t i = 0; i < row->pieces; i++) {
		TRY(store_paper_piece(c->service->store, c->a, row->id, i, &sealed, f));
		TRY(seal_open(
		    key, bound_to(c, no, row->name, i, row->pieces), sealed, c->a, &octets, f));
		buf_put(&out, octets);
	}
	if (out.bad || (int64_t)out.n != row->size)
		return FAIL(f, E_STORE, "size of a paper");
	*ret = buf_bytes(&out);
	return OK;
}

enum err
paper_get(
    const struct call *c, struct str no, struct str name, struct paper_octets *ret, struct fault *f)
{
	struct application_row application;
	struct paper_octets out;
	struct paper_row row;
	enum papertype type;
	struct bytes key;
	struct unit *u;

	TRY(may_view(c, f));
	TRY(apply_row(c, no, &application, f));
	TRY(find(c, application.id, name, &row, f));
	if (row.id == 0)
		return FAIL_FIELD(f, E_NOT_FOUND, "document", NULL, "not there");
	if (row.erased)
		return FAIL_FIELD(f, E_DOCUMENT_ERASED, arena_cstr(c->a, row.name), NULL, "erased");
	if (!papertype_parse(row.type, &type))
		return FAIL(f, E_STORE, "type of a paper");
	/* First the record, then what it is about: nobody sees a paper unseen (S27). */
	u = act_unit(c);
	unit_log(u, AUDIT_PAPER_VIEWED, application.number,
	    act_detail(c, (const char *const[]){"name", arena_cstr(c->a, row.name), NULL}));
	TRY(act_commit(c, u, f));
	TRY(signer_paper_open(c->service->signer, c->a,
	    bound_to(c, application.number, row.name, -1, row.pieces), row.sealed_key, &key, f));
	if (key.n != SEAL_KEY_SIZE)
		return FAIL(f, E_SEAL, "key of a paper");
	TRY(open_pieces(c, application.number, &row, key.p, &out.octets, f));
	out.media = papertype_row(type)->media;
	out.file = str_of(arena_fmt(c->a, "%.*s-%.*s.%s", (int)application.number.n,
	    application.number.p, (int)row.name.n, row.name.p, papertype_row(type)->extension));
	*ret = out;
	return OK;
}

enum err
paper_complete(const struct call *c, const struct profile *p, const struct application_row *row,
    struct fault *f)
{
	for (size_t i = 0; i < p->paper_count; i++) {
		struct paper_row there;

		if (!p->papers[i].required)
			continue;
		TRY(find(c, row->id, p->papers[i].name, &there, f));
		if (there.id == 0 || there.erased)
			return FAIL_FIELD(f, E_DOCUMENT_MISSING,
			    arena_cstr(c->a, p->papers[i].name), NULL, "not uploaded");
	}
	return OK;
}
