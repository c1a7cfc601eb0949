/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claim, sign, store (S9): the claim with the key's hash commits before the signer is asked, so that
 * whatever breaks in between is found and finished, by the same key or by settling.
 */
#include "base/text.h"
#include "core/claim.h"
#include "core/label.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/verify.h"
#include "service/act.h"
#include "service/enrol_in.h"
#include "service/life.h"
#include "service/nonce.h"
#include "service/notice.h"
#include "service/proof.h"
#include "x509/csr.h"
#include "x509/name.h"

/* What is noted of a door: where the key is said to be is the claim of who uses it. */
struct door {
	struct str entrance, key_place;
};

static struct door
door_of(enum profile_entrance entrance)
{
	return entrance == PROFILE_ENTRANCE_API ? (struct door){STR("api"), STR("elsewhere")}
						: (struct door){STR("agent"), STR("token")};
}

enum err
enrol_entrance(const struct profile *p, enum profile_entrance entrance, struct fault *f)
{
	if (!(p->entrances & (unsigned)entrance))
		return FAIL_FIELD(f, E_ENTRANCE, "entrance",
		    p->entrances & PROFILE_ENTRANCE_API ? "api" : "agent", "by another door");
	return OK;
}

/* What one request needs on its way. */
struct issue {
	enum profile_entrance entrance;
	struct enrolment_row row;
	struct application_row application; /* id 0: a roster row's enrolment */
	const struct realm_profile *p;
	struct csr csr;
	struct bytes key_hash; /* SHA-256 of the SPKI */
	struct bytes tbs;
};

/* Strict reader, sound key, proof of possession: before anything else looks at it. */
static enum err
read_request(const struct call *c, struct bytes der, struct issue *i, struct fault *f)
{
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);

	TRY(csr_parse(der, &i->csr, f));
	TRY(spki_check(i->csr.key.spki, f));
	if (verify_key(&i->csr.key, i->csr.alg, i->csr.tbs, i->csr.signature, NULL) != OK)
		return FAIL_FIELD(f, E_CSR_SIGNATURE, "csr", NULL, "not signed by its own key");
	sha256(i->csr.key.spki, hash);
	i->key_hash = bytes_of(hash, SHA256_SIZE);
	return OK;
}

static enum err
load(const struct call *c, struct str enrolment, struct issue *i, struct fault *f)
{
	const struct realm *h;

	TRY(store_enrolment_by_public(c->service->store, c->a, enrolment, &i->row, f));
	i->application.id = 0;
	if (i->row.application)
		TRY(store_application(
		    c->service->store, c->a, i->row.application, &i->application, f));
	TRY(realm_now(c, &h, f));
	return realm_profile(h, i->row.profile, i->row.profile_version, &i->p, f);
}

/* The gate: the same decision as at every other entrance (N36). */
static enum err
apply_profile(const struct call *c, struct issue *i, struct fault *f)
{
	uint8_t *ski = arena_alloc(c->a, SHA256_SIZE), random[SERIAL_RANDOM];
	struct profile_request r = {.csr = &i->csr,
	    .subject = i->row.subject,
	    .san = i->row.san,
	    .spki = i->csr.key.spki,
	    .ca_not_after = i->p->ca->cert.not_after};

	sha256(i->csr.key.bits, ski);
	r.ski = bytes_of(ski, 20);
	random_bytes(random, sizeof(random));
	r.serial = serial_make((unsigned)c->service->conf.node, c->now, random);
	return profile_apply(c->a, &i->p->profile, &i->p->template, &r, c->now, &i->tbs, f);
}

/* One key, one subject (L6): a key that was certified before, for anybody, is refused. */
static enum err
key_is_new(const struct call *c, const struct issue *i, struct fault *f)
{
	struct certificate_list used;

	TRY(store_certificates_of_key(c->service->store, c->a, i->key_hash, &used, f));
	if (used.n)
		return FAIL_FIELD(f, E_KEY_USED, "csr", NULL, "certified before");
	return OK;
}

static enum err
claim_key(const struct call *c, struct issue *i, struct fault *f)
{
	struct life_step step;
	struct unit_move m = {.key = i->row.id, .ver = i->row.ver, .now = c->now};
	struct door door = door_of(i->entrance);
	const struct enrolment_claim claim = {
	    .key_hash = i->key_hash, .entrance = door.entrance, .key_place = door.key_place};
	struct unit *u;

	TRY(life_enrolment(&i->row, ENROLMENT_EVENT_CLAIM, ROLE_APPLICANT, &step, f));
	m.from = step.from;
	m.to = step.to;
	u = act_unit(c);
	unit_enrolment_claim(u, &m, &claim);
	unit_else(u, E_RACE, E_KEY_USED, "csr");
	unit_log(u, AUDIT_ENROLMENT_CLAIMED, i->row.public_id,
	    act_detail(c, (const char *const[]){"key", hex_text(c->a, i->key_hash), NULL}));
	TRY(act_commit(c, u, f));
	return store_enrolment(c->service->store, c->a, i->row.id, &i->row, f);
}

/* Who approved what: everything the signer needs to believe nothing of us. */
static enum err
claim_of(const struct call *c, const struct issue *i, struct claim *ret, struct fault *f)
{
	struct approval_list list = {0};
	struct approval *approvals;
	struct claim claim = {.what = {.application = i->application.number,
				  .revision = (uint32_t)i->application.revision,
				  .profile = i->row.profile,
				  .profile_version = (uint32_t)i->row.profile_version,
				  .subject = i->row.subject,
				  .san = i->row.san}};

	if (!id_parse(i->row.public_id, &claim.what.enrolment))
		return FAIL(f, E_STORE, "id of an enrolment");
	if (i->application.id == 0) {
		claim.what.application = STR("");
		claim.what.revision = 0;
	} else {
		TRY(store_approvals(
		    c->service->store, c->a, i->application.id, i->application.revision, &list, f));
	}
	approvals = arena_array(c->a, list.n + 1, sizeof(*approvals));
	for (size_t k = 0; k < list.n; k++)
		approvals[k] = (struct approval){.spki_hash = list.rows[k].key_hash,
		    .certificate_hash = list.rows[k].certificate_hash,
		    .server_nonce = list.rows[k].server_nonce,
		    .agent_nonce = list.rows[k].agent_nonce,
		    .signature = list.rows[k].signature,
		    .list = list.rows[k].list};
	claim.approvals = approvals;
	claim.approval_count = list.n;
	*ret = claim;
	return OK;
}

enum err
enrol_store(const struct call *c, struct unit *u, const struct enrolment_row *row, struct bytes der,
    struct fault *f)
{
	const struct realm_profile *p;
	const struct realm *h;
	struct application_row application;
	struct certificate_row r = {.created = c->now,
	    .profile = row->profile,
	    .profile_version = row->profile_version,
	    .state = str_of(certificate_state_name(CERTIFICATE_UNCONFIRMED)),
	    .ver = 1,
	    .enrolment = row->id,
	    .key_hash = row->key_hash,
	    .account = row->account,
	    .person = row->person,
	    .entrance = row->entrance,
	    .key_place = row->key_place};
	struct notice_of issued = {.kind = NOTICE_ISSUED};
	struct fault unsaid = {0};
	struct life_step step;
	struct cert cert;
	struct name name;
	bool direct = str_eq(row->entrance, door_of(PROFILE_ENTRANCE_API).entrance);

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, row->profile_version, &p, f));
	TRY(cert_parse(der, &cert, f));
	TRY(name_parse(cert.subject, &name, f));
	r.ca = p->ca->id;
	r.serial = cert.serial;
	r.template_hash = BYTES_OF(p->hash);
	r.subject = str_of(name_text(c->a, &name));
	r.subject_fold = label_fold(c->a, r.subject);
	r.not_before = cert.not_before;
	r.not_after = issued.at = cert.not_after;
	if (direct) {
		r.state = str_of(certificate_state_name(CERTIFICATE_ACTIVE));
		r.confirmed = c->now;
		TRY(life_enrolment(row, ENROLMENT_EVENT_INSTALLED, ROLE_SYSTEM, &step, f));
		life_move_enrolment(u, c, row, &step);
	}
	if (row->application) {
		TRY(store_application(c->service->store, c->a, row->application, &application, f));
		r.consent_hash = application.consent_hash;
		r.consent_lang = application.consent_lang;
	}
	(void)unit_certificate_insert(u, &r, der);
	/*
	 * It is signed and must be stored, whether or not a mail about it can be sealed; the settle child may not
	 * seal at all.
	 */
	if (!c->service->conf.keyless)
		(void)(notice_certificate(c, u, &r, &issued, &unsaid) == OK);
	unit_log(u, AUDIT_CERTIFICATE_ISSUED,
	    str_of(arena_fmt(c->a, "%s/%s", p->ca->label, hex_text(c->a, cert.serial))),
	    act_detail(c,
		(const char *const[]){"profile", arena_cstr(c->a, row->profile), "enrolment",
		    arena_cstr(c->a, row->public_id), "entrance", arena_cstr(c->a, row->entrance),
		    NULL}));
	if (row->application == 0)
		return OK;
	TRY(life_application(&application, APPLICATION_EVENT_ISSUE, ROLE_SYSTEM, &step, f));
	life_move_application(u, c, &application, &step, STR(""));
	if (!direct)
		return OK;
	application.state = step.to;
	application.ver++;
	TRY(life_application(&application, APPLICATION_EVENT_INSTALL, ROLE_SYSTEM, &step, f));
	life_move_application(u, c, &application, &step, STR(""));
	return OK;
}

static enum err
sign_and_store(const struct call *c, struct issue *i, struct fault *f)
{
	struct signer_order order = {.tbs = i->tbs};
	struct signer_issued issued;
	struct claim claim;
	struct unit *u = act_unit(c);

	TRY(claim_of(c, i, &claim, f));
	order.claim = &claim;
	TRY(signer_issue(c->service->signer, c->a, &order, &issued, f));
	TRY(enrol_store(c, u, &i->row, issued.certificate, f));
	return act_commit(c, u, f);
}

enum err
enrol_present(const struct call *c, const struct enrolment_row *row,
    struct certificate_row *ret_row, struct enrol_issued *ret, struct fault *f)
{
	struct certificate_list list;
	struct enrol_issued out = {0};
	const struct realm *h;
	const struct realm_ca *ca;

	TRY(realm_now(c, &h, f));
	TRY(store_certificates_of_enrolment(c->service->store, c->a, row->id, &list, f));
	if (list.n == 0 || str_is(list.rows[0].state, certificate_state_name(CERTIFICATE_REVOKED)))
		return FAIL_FIELD(f, E_NOT_FOUND, "certificate", NULL, "none that holds");
	ca = realm_ca_of(h, list.rows[0].ca);
	if (ca == NULL)
		return FAIL(f, E_STORE, "CA of a certificate");
	TRY(store_certificate_der(c->service->store, c->a, list.rows[0].id, &out.certificate, f));
	out.chain[0] = ca->der;
	out.chain[1] = h->root;
	out.chain_count = 2;
	TRY(nonce_make(
	    c, PURPOSE_INSTALLED, str_bytes(row->public_id), INSTALLED_LIFE, &out.nonce, f));
	*ret_row = list.rows[0];
	*ret = out;
	return OK;
}

/* A refusal of a known person's request is a record of the log, with field, rule and cause (N17). */
static enum err
refused(const struct call *c, const struct issue *i, enum err e, struct fault *f)
{
	struct unit *u = act_unit(c);
	struct fault ignored = {0};

	if (e == E_UNAVAILABLE || e == E_STORE || e == E_BUSY)
		return e;
	unit_log(u, AUDIT_CERTIFICATE_REFUSED, i->row.public_id,
	    act_detail(c,
		(const char *const[]){
		    "cause", err_row(e)->slug, "field", f->field, "rule", f->rule, NULL}));
	(void)(act_commit(c, u, &ignored) == OK);
	return e;
}

/* May a request with this key go on, or E_KEY_OTHER, E_CODE_USED? */
static enum err
free_for(const struct call *c, const struct issue *i, struct fault *f)
{
	bool issuing = str_is(i->row.state, enrolment_state_name(ENROLMENT_ISSUING));
	bool used = i->entrance == PROFILE_ENTRANCE_API &&
	    str_is(i->row.state, enrolment_state_name(ENROLMENT_USED));

	if (str_is(i->row.state, enrolment_state_name(ENROLMENT_OPEN)))
		return i->row.expires < c->now
		    ? FAIL_FIELD(f, E_CODE_EXPIRED, "code", NULL, "ended")
		    : OK;
	if ((issuing || used) && bytes_eq(i->row.key_hash, i->key_hash))
		return OK;
	return FAIL_FIELD(
	    f, issuing ? E_KEY_OTHER : E_CODE_USED, "csr", NULL, "bound to another key, or over");
}

enum err
enrol_certify(const struct call *c, struct str enrolment, struct bytes csr,
    enum profile_entrance entrance, struct enrol_issued *ret, struct fault *f)
{
	struct issue i = {.entrance = entrance};
	struct certificate_row row;
	struct fault none = {0};
	enum err e;
	bool open;

	TRY(load(c, enrolment, &i, f));
	open = str_is(i.row.state, enrolment_state_name(ENROLMENT_OPEN));
	e = enrol_entrance(&i.p->profile, entrance, f);
	if (e == OK)
		e = read_request(c, csr, &i, f);
	if (e == OK)
		e = free_for(c, &i, f);
	/* The same request again: the same certificate, not another one. */
	if (e == OK && !open && enrol_present(c, &i.row, &row, ret, &none) == OK)
		return OK;
	if (e == OK)
		e = apply_profile(c, &i, f);
	if (e == OK)
		e = key_is_new(c, &i, f);
	if (e == OK && open)
		e = claim_key(c, &i, f);
	if (e == OK)
		e = sign_and_store(c, &i, f);
	if (e != OK)
		return refused(c, &i, e, f);
	return enrol_present(c, &i.row, &row, ret, f);
}

enum err
enrol_issue(const struct call *c, struct str enrolment, struct bytes csr, struct enrol_issued *ret,
    struct fault *f)
{
	if (c->who.assurance != ASSURANCE_ENROLMENT || !str_eq(c->who.enrolment, enrolment))
		return FAIL(f, E_AUTH_REQUIRED, "not this enrolment's session");
	return enrol_certify(c, enrolment, csr, PROFILE_ENTRANCE_AGENT, ret, f);
}
