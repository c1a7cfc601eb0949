/* SPDX-License-Identifier: Apache-2.0 */
#include "service/amend.h"

#include <inttypes.h>
#include <string.h>

#include "base/rd.h"
#include "base/text.h"
#include "core/document.h"
#include "core/label.h"
#include "core/mail.h"
#include "core/phone.h"
#include "core/roster.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "service/act.h"
#include "service/agreement.h"
#include "service/amend_in.h"
#include "service/codes.h"
#include "service/nonce.h"
#include "service/proof.h"

#define AMEND_LIFE 900 /* seconds between looking and signing */
#define PEOPLE_MAX 64  /* octets of a text in what waits */

/* "roster", "profile:NAME" or "agreement:ID" as the store names it → the kind that is signed. */
static enum err
kind_of(struct str kind, enum document_kind *ret, struct fault *f)
{
	if (str_is(kind, "roster")) {
		*ret = DOCUMENT_ROSTER;
		return OK;
	}
	if (str_starts(kind, STR("profile:"))) {
		*ret = DOCUMENT_PROFILE;
		return OK;
	}
	if (str_starts(kind, STR("office:"))) {
		*ret = DOCUMENT_OFFICE;
		return OK;
	}
	if (str_starts(kind, STR("agreement:"))) {
		*ret = DOCUMENT_AGREEMENT;
		return OK;
	}
	return FAIL_FIELD(
	    f, E_NOT_FOUND, "kind", "roster | profile:NAME | office:NAME | agreement:ID", "kind");
}

static struct bytes
binding(const struct call *c, struct str kind, int64_t version)
{
	return str_bytes(str_of(arena_fmt(c->a, "%.*s/%" PRId64, (int)kind.n, kind.p, version)));
}

enum err
amend_prepare(const struct call *c, struct amend_prepared *p, struct bytes waiting, struct fault *f)
{
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);
	struct document_row row = {.created = c->now,
	    .kind = p->kind,
	    .version = p->version,
	    .octets = p->octets,
	    .signatures = waiting};
	struct unit *u = act_unit(c);
	struct bytes nonce;

	sha256(p->octets, hash);
	row.hash = bytes_of(hash, SHA256_SIZE);
	TRY(nonce_make(
	    c, PURPOSE_DOCUMENT, binding(c, p->kind, p->version), AMEND_LIFE, &nonce, f));
	(void)unit_document_insert(u, &row);
	unit_log(u, AUDIT_DOCUMENT_PREPARED, p->kind, STR(""));
	TRY(act_commit(c, u, f));
	p->nonce = str_of(base64_text(c->a, nonce));
	return OK;
}

/* A person as it waits for the signatures: five texts. */
static struct bytes
waiting_person(const struct call *c, const struct person_row *p)
{
	struct buf b = buf_new(c->a, 2048);
	const struct str texts[] = {p->person, p->phone, p->mail, p->lang, p->enrolment};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		buf_field(&b, str_bytes(texts[i]));
	return buf_bytes(&b);
}

static enum err
check_person(const struct call *c, const struct amend_person *in, struct person_row *row,
    struct roster_row *added, struct fault *f)
{
	enum lang lang;

	random_bytes(added->person.b, sizeof(added->person.b));
	random_bytes(added->enrolment.b, sizeof(added->enrolment.b));
	if (!roster_role_parse(in->role, &added->role))
		return FAIL_FIELD(
		    f, E_FIELD_VALUE, "role", "administrator | operator | auditor", "role");
	TRY(label_check(c->a, in->name, 64, "name", &added->name, f));
	TRY(phone_check(c->a, in->phone, "phone", &row->phone, f));
	TRY(mail_check(c->a, in->mail, "mail", &row->mail, f));
	if (!lang_parse(in->lang, &lang))
		return FAIL_FIELD(f, E_FIELD_VALUE, "lang", "en | zh | ru", "lang");
	row->lang = in->lang;
	row->person = str_of(id_text(c->a, added->person));
	row->enrolment = str_of(id_text(c->a, added->enrolment));
	return OK;
}

enum err
amend_check_scope(const struct call *c, const struct amend_office *offices, size_t n,
    struct str *ret, struct fault *f)
{
	struct str names[OFFICE_SCOPE];
	const struct realm *h;

	TRY(realm_now(c, &h, f));
	for (size_t i = 0; i < n; i++) {
		names[i] = offices[i].name;
		if (realm_office(h, names[i]) == NULL)
			return FAIL_FIELD(f, E_FIELD_VALUE, "offices", arena_cstr(c->a, names[i]),
			    "no such office");
	}
	return office_scope(c->a, names, n, ret, f);
}

/* One person, one role (S14): nobody in the roster is reached at this number already. */
static enum err
is_new(const struct call *c, struct str phone, struct fault *f)
{
	struct person_list people;

	TRY(store_persons(c->service->store, c->a, &people, f));
	for (size_t i = 0; i < people.n; i++) {
		if (str_eq(people.rows[i].phone, phone))
			return FAIL_FIELD(
			    f, E_FIELD_DUPLICATE, "phone", NULL, "in the roster already");
	}
	return OK;
}

enum err
amend_person(const struct call *c, const struct amend_person *in, struct amend_prepared *ret,
    struct fault *f)
{
	struct document_row newest;
	struct roster now, next;
	struct roster_row added = {0};
	struct person_row person = {0};
	struct amend_prepared out = {.kind = STR("roster")};

	TRY(act_role(c, PERSON_ADMINISTRATOR, f));
	TRY(check_person(c, in, &person, &added, f));
	TRY(amend_check_scope(c, in->offices, in->office_count, &added.offices, f));
	added.supervisor = in->supervisor;
	TRY(is_new(c, person.phone, f));
	TRY(store_document_newest(c->service->store, c->a, out.kind, &newest, f));
	TRY(roster_parse(c->a, newest.octets, &now, f));
	next = now;
	next.version++;
	next.rows = arena_array(c->a, now.count + 1, sizeof(*next.rows));
	memcpy(next.rows, now.rows, now.count * sizeof(*now.rows));
	next.rows[next.count++] = added;
	TRY(roster_check(c->a, &next, f));
	out.version = next.version;
	out.octets = roster_encode(c->a, &next);
	out.diff = str_of(arena_fmt(c->a, "+ %s%s %.*s (%.*s)%s%.*s\n",
	    roster_role_name(added.role), added.supervisor ? ", supervisor" : "", (int)added.name.n,
	    added.name.p, (int)person.person.n, person.person.p, added.offices.n ? ": " : "",
	    (int)added.offices.n, added.offices.p));
	TRY(amend_prepare(c, &out, waiting_person(c, &person), f));
	*ret = out;
	return OK;
}

enum err
amend_profile(const struct call *c, struct bytes yaml, struct amend_prepared *ret, struct fault *f)
{
	struct amend_prepared out = {.octets = yaml};
	struct document_row newest = {0};
	struct fault why = {0};
	struct profile p;
	enum err e;

	TRY(act_role(c, PERSON_ADMINISTRATOR, f));
	TRY(profile_parse(c->a, yaml, &p, f));
	out.kind = str_of(arena_fmt(c->a, "profile:%.*s", (int)p.name.n, p.name.p));
	e = store_document_newest(c->service->store, c->a, out.kind, &newest, &why);
	if (e != OK && e != E_NOT_FOUND)
		return FAIL(f, e, "%s", why.detail);
	if (p.version != newest.version + 1)
		return FAIL_FIELD(f, E_FIELD_VALUE, "version",
		    arena_fmt(c->a, "%" PRId64, newest.version + 1), "version %u", p.version);
	TRY(agreement_known(c, p.consent, f));
	out.version = p.version;
	out.diff = amend_diff(c, bytes_str(newest.octets), bytes_str(yaml));
	TRY(amend_prepare(c, &out, (struct bytes){0}, f));
	*ret = out;
	return OK;
}

enum err
amend_lay_out(const struct call *c, struct amend_prepared *p, struct fault *f)
{
	struct document_row newest = {0};
	struct fault why = {0};
	enum err e = store_document_newest(c->service->store, c->a, p->kind, &newest, &why);

	if (e != OK && e != E_NOT_FOUND)
		return FAIL(f, e, "%s", why.detail);
	p->diff = amend_diff(c, bytes_str(newest.octets), bytes_str(p->octets));
	return amend_prepare(c, p, (struct bytes){0}, f);
}

/* The administrator's signature over {kind, version, hash}, by the key the roster knows. */
static enum err
check_signature(const struct call *c, const struct document_row *row, enum document_kind kind,
    const struct approval *in, struct fault *f)
{
	const struct document d = {
	    .kind = kind, .version = (uint32_t)row->version, .hash = row->hash};
	struct proof p = {.purpose = PURPOSE_DOCUMENT,
	    .server_nonce = in->server_nonce,
	    .agent_nonce = in->agent_nonce,
	    .payload = document_payload(c->a, &d),
	    .signature = in->signature};
	struct certificate_list certs;
	struct person_row person;
	struct fault why = {0};
	struct cert cert;

	TRY(nonce_check(
	    c, PURPOSE_DOCUMENT, binding(c, row->kind, row->version), in->server_nonce, f));
	if (store_person_by_key(c->service->store, c->a, in->spki_hash, &person, &why) != OK ||
	    !str_is(person.role, "administrator"))
		return FAIL_FIELD(f, E_APPROVAL_BAD, "signatures", NULL, "not an administrator");
	TRY(store_certificates_of_key(c->service->store, c->a, in->spki_hash, &certs, f));
	if (certs.n == 0)
		return FAIL_FIELD(f, E_APPROVAL_BAD, "signatures", NULL, "no certificate");
	TRY(store_certificate_der(c->service->store, c->a, certs.rows[0].id, &p.certificate, f));
	TRY(cert_parse(p.certificate, &cert, f));
	p.spki = cert.spki;
	if (proof_check(c, &p, &why) != OK)
		return FAIL_FIELD(f, E_APPROVAL_BAD, "signatures", NULL, "%s", why.detail);
	return OK;
}

/* The person that the new roster adds: row, enrolment, codes on their way. */
static enum err
admit(const struct call *c, struct unit *u, const struct document_row *row, struct fault *f)
{
	struct rd r = rd_new(row->signatures);
	struct person_row p = {.created = c->now, .roster = row->version};
	struct codes_to to = {0};
	const struct realm_profile *profile;
	const struct realm *h;
	const struct roster_row *named;
	struct enrolment_row e;
	struct roster roster;
	struct codes codes;
	struct id id;

	p.person = rd_text(&r, PEOPLE_MAX);
	p.phone = rd_text(&r, PEOPLE_MAX);
	p.mail = rd_text(&r, 256);
	p.lang = rd_text(&r, PEOPLE_MAX);
	p.enrolment = rd_text(&r, PEOPLE_MAX);
	if (!rd_done(&r) || !id_parse(p.enrolment, &id))
		return FAIL(f, E_STORE, "a person that waits");
	TRY(roster_parse(c->a, row->octets, &roster, f));
	named = roster_find(&roster, id);
	if (named == NULL)
		return FAIL(f, E_STORE, "a person that waits is not in the roster");
	p.name = named->name;
	p.role = str_of(roster_role_name(named->role));
	p.offices = named->offices;
	p.supervisor = named->supervisor;
	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, STR("operator"), 0, &profile, f));
	TRY(codes_make(c, id, 1, &profile->profile, &codes, f));
	p.id = unit_person_insert(u, &p);
	TRY(codes_person_enrolment(c, &p, profile, &codes, &e, f));
	(void)unit_enrolment_insert(u, &e);
	unit_log(u, AUDIT_ENROLMENT_OPENED, p.enrolment, STR(""));
	to.mail = p.mail;
	to.phone = p.phone;
	to.lang = p.lang;
	to.object = p.person;
	to.name = p.name;
	to.role = p.role;
	return codes_send(c, u, &codes, &to, f);
}

/* Of what the signer does not hold the front counts the signatures: n administrators, each once (S1). */
static enum err
enough(const struct call *c, const struct approval *signatures, size_t count, struct fault *f)
{
	struct document_row newest;
	struct roster roster;

	TRY(store_document_newest(c->service->store, c->a, STR("roster"), &newest, f));
	TRY(roster_parse(c->a, newest.octets, &roster, f));
	if (count < roster.n)
		return FAIL_FIELD(
		    f, E_APPROVAL_MISSING, "signatures", NULL, "%zu of %u", count, roster.n);
	if (!approvals_distinct(signatures, count))
		return FAIL_FIELD(f, E_APPROVAL_BAD, "signatures", NULL, "one key twice");
	return OK;
}

static struct bytes
signatures_text(const struct call *c, const struct approval *signatures, size_t count)
{
	struct buf b = buf_new(c->a, (size_t)16 << 10);

	for (size_t i = 0; i < count; i++)
		approval_write(&b, &signatures[i]);
	return buf_bytes(&b);
}

enum err
amend_apply(const struct call *c, struct str kind, int64_t version,
    const struct approval *signatures, size_t count, struct fault *f)
{
	static const enum audit applied[DOCUMENT__COUNT] = {AUDIT_ROSTER_APPLIED,
	    AUDIT_PROFILE_APPLIED, AUDIT_OFFICE_APPLIED, AUDIT_AGREEMENT_APPLIED};
	struct signer_document order = {.signatures = signatures, .count = count};
	struct document_row row;
	enum document_kind what;
	struct unit *u;

	TRY(act_role(c, PERSON_ADMINISTRATOR, f));
	TRY(kind_of(kind, &what, f));
	TRY(store_document(c->service->store, c->a, kind, version, &row, f));
	if (row.applied)
		return FAIL_FIELD(f, E_STATE, "version", NULL, "it holds already");
	for (size_t i = 0; i < count; i++)
		TRY(check_signature(c, &row, what, &signatures[i], f));
	u = act_unit(c);
	for (size_t i = 0; i < count; i++)
		nonce_use(u, c, PURPOSE_DOCUMENT, signatures[i].server_nonce);
	if (what == DOCUMENT_ROSTER)
		TRY(people_follow(c, u, &row, f));
	if (what == DOCUMENT_ROSTER && row.signatures.n)
		TRY(admit(c, u, &row, f));
	order.kind = what;
	order.octets = row.octets;
	/* The signer decides for itself, and first: the store follows what it holds. */
	if (what == DOCUMENT_OFFICE)
		TRY(enough(c, signatures, count, f));
	else
		TRY(signer_document_put(c->service->signer, &order, f));
	unit_document_apply(u, kind, version, signatures_text(c, signatures, count), c->now);
	unit_log(u, applied[what], str_of(arena_fmt(c->a, "%" PRId64, version)), STR(""));
	TRY(act_commit(c, u, f));
	return realm_refresh(c->service, f);
}

enum err
amend_get(const struct call *c, struct str kind, struct amend_view *ret, struct fault *f)
{
	struct document_row row;
	enum document_kind what;

	if (c->who.assurance != ASSURANCE_CERTIFICATE || c->who.person_key == 0)
		return FAIL(f, E_ROLE, "staff only");
	TRY(kind_of(kind, &what, f));
	TRY(store_document_newest(c->service->store, c->a, kind, &row, f));
	*ret = (struct amend_view){
	    .kind = row.kind, .version = row.version, .applied = row.applied, .octets = row.octets};
	return OK;
}
