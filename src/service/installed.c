/* SPDX-License-Identifier: Apache-2.0 */
/* The key speaks: its certificate is in place, or it goes on after a break (S19, S23, N3). */
#include "base/text.h"
#include "crypto/digest.h"
#include "service/act.h"
#include "service/enrol_in.h"
#include "service/life.h"
#include "service/nonce.h"
#include "service/notice.h"
#include "service/proof.h"

enum err
enrol_done_view(const struct call *c, const struct certificate_row *row, struct enrol_done *ret,
    struct fault *f)
{
	const struct realm *h;
	const struct realm_ca *ca;
	struct certificate_row now;

	TRY(realm_now(c, &h, f));
	TRY(store_certificate(c->service->store, c->a, row->id, &now, f));
	ca = realm_ca_of(h, now.ca);
	if (ca == NULL)
		return FAIL(f, E_STORE, "CA of a certificate");
	*ret = (struct enrol_done){.ca = str_of(ca->label),
	    .serial = str_of(hex_text(c->a, now.serial)),
	    .state = now.state,
	    .not_before = now.not_before,
	    .not_after = now.not_after};
	return OK;
}

/* The moves of all that waited for this: certificate, enrolment, application, roster row. */
static enum err
confirm(struct unit *u, const struct call *c, const struct enrolment_row *row,
    const struct certificate_row *cert, struct fault *f)
{
	const struct revocation none = {0};
	struct unit_move m = {.key = cert->id, .ver = cert->ver, .now = c->now};
	struct application_row application;
	struct person_row person;
	struct life_step step;

	TRY(life_certificate(cert, CERTIFICATE_EVENT_CONFIRM, ROLE_SYSTEM, &step, f));
	m.from = step.from;
	m.to = step.to;
	unit_certificate_move(u, &m, &none, c->now);
	TRY(life_enrolment(row, ENROLMENT_EVENT_INSTALLED, ROLE_APPLICANT, &step, f));
	life_move_enrolment(u, c, row, &step);
	if (row->application) {
		TRY(store_application(c->service->store, c->a, row->application, &application, f));
		TRY(life_application(
		    &application, APPLICATION_EVENT_INSTALL, ROLE_SYSTEM, &step, f));
		life_move_application(u, c, &application, &step, STR(""));
	}
	if (row->person) {
		TRY(store_person(c->service->store, c->a, row->person, &person, f));
		unit_person_key(u, person.person, cert->key_hash);
	}
	return OK;
}

enum err
enrol_installed(const struct call *c, struct str enrolment, const struct enrol_proof *in,
    struct enrol_done *ret, struct fault *f)
{
	struct enrolment_row row;
	struct certificate_row cert_row;
	struct enrol_issued issued;
	struct proof p = {.purpose = PURPOSE_INSTALLED,
	    .server_nonce = in->server_nonce,
	    .agent_nonce = in->agent_nonce,
	    .signature = in->signature};
	struct cert cert;
	struct unit *u;

	if (c->who.assurance != ASSURANCE_ENROLMENT || !str_eq(c->who.enrolment, enrolment))
		return FAIL(f, E_AUTH_REQUIRED, "not this enrolment's session");
	TRY(store_enrolment_by_public(c->service->store, c->a, enrolment, &row, f));
	TRY(enrol_present(c, &row, &cert_row, &issued, f));
	TRY(nonce_check(c, PURPOSE_INSTALLED, str_bytes(row.public_id), in->server_nonce, f));
	p.certificate = issued.certificate;
	TRY(cert_parse(issued.certificate, &cert, f));
	p.spki = cert.spki;
	TRY(proof_check(c, &p, f));
	/* Said again after the answer got lost: it is so already. */
	if (str_is(cert_row.state, certificate_state_name(CERTIFICATE_ACTIVE)))
		return enrol_done_view(c, &cert_row, ret, f);
	u = act_unit(c);
	nonce_use(u, c, PURPOSE_INSTALLED, in->server_nonce);
	TRY(confirm(u, c, &row, &cert_row, f));
	TRY(life_supersede(u, c, &cert_row, f));
	TRY(notice_certificate(
	    c, u, &cert_row, &(struct notice_of){NOTICE_INSTALLED, cert_row.not_after, NULL}, f));
	unit_log(u, AUDIT_CERTIFICATE_INSTALLED, life_object(c, &cert_row), STR(""));
	TRY(act_commit(c, u, f));
	return enrol_done_view(c, &cert_row, ret, f);
}

static const char *
resume_word(const struct enrolment_row *row, bool issued)
{
	if (str_is(row->state, enrolment_state_name(ENROLMENT_USED)))
		return "used";
	return issued ? "issued" : "issuing";
}

enum err
enrol_resume(const struct call *c, struct str enrolment, const struct enrol_resume *in,
    struct enrol_resumed *ret, struct fault *f)
{
	struct enrolment_row row;
	struct enrol_resumed out = {0};
	struct certificate_row cert;
	struct fault why = {0};
	const struct proof p = {.purpose = PURPOSE_RESUME,
	    .server_nonce = in->nonce,
	    .agent_nonce = in->agent_nonce,
	    .spki = in->spki,
	    .signature = in->signature};
	uint8_t hash[SHA256_SIZE];
	struct unit *u;
	enum err e;

	TRY(service_ready(c->service, f));
	TRY(nonce_check(c, PURPOSE_RESUME, str_bytes(enrolment), in->nonce, f));
	TRY(proof_check(c, &p, f));
	sha256(in->spki, hash);
	e = store_enrolment_by_public(c->service->store, c->a, enrolment, &row, &why);
	/* One answer for an unknown enrolment, one without a key yet, and another's key. */
	if (e == E_NOT_FOUND || (e == OK && !bytes_eq(row.key_hash, BYTES_OF(hash))))
		return FAIL_FIELD(f, E_KEY_OTHER, "spki", NULL, "not the pending key");
	if (e != OK)
		return FAIL(f, e, "%s", why.detail);
	u = act_unit(c);
	nonce_use(u, c, PURPOSE_RESUME, in->nonce);
	TRY(enrol_ticket(c, u, &row, in->agent_nonce, &out.ticket, f));
	unit_log(u, AUDIT_ENROLMENT_RESUMED, row.public_id, STR(""));
	TRY(act_commit(c, u, f));
	e = enrol_present(c, &row, &cert, &out.issued, &why);
	if (e != OK && e != E_NOT_FOUND)
		return FAIL(f, e, "%s", why.detail);
	out.state = str_of(resume_word(&row, e == OK));
	*ret = out;
	return OK;
}
