/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settle (S9): what the signer's journal has and the store has not is taken over. An enrolment that still
 * waits for exactly this certificate gets it; anything else is revoked at once. A certificate that
 * nobody can revoke cannot exist.
 */
#include "base/text.h"
#include "core/builtin.h"
#include "core/label.h"
#include "crypto/digest.h"
#include "service/act.h"
#include "service/enrol_in.h"
#include "service/life.h"
#include "service/own.h"
#include "service/upkeep.h"
#include "x509/name.h"

#define RECORDS_AT_ONCE 64

/* Is this certificate in the store already? */
static enum err
is_known(const struct call *c, const struct realm *h, const struct cert *cert,
    const struct realm_ca **ret_ca, bool *ret, struct fault *f)
{
	struct certificate_row row;
	struct fault why = {0};
	enum err e;

	*ret_ca = NULL;
	for (size_t i = 0; i < REALM_CAS; i++) {
		if (bytes_eq(h->ca[i].cert.subject, cert->issuer))
			*ret_ca = &h->ca[i];
	}
	if (*ret_ca == NULL)
		return FAIL(f, E_STORE, "journal names a CA that the store has not");
	e = store_certificate_by_serial(
	    c->service->store, c->a, (*ret_ca)->id, cert->serial, &row, &why);
	*ret = e == OK;
	return e == OK || e == E_NOT_FOUND ? OK : FAIL(f, e, "%s", why.detail);
}

/* Nobody waits for it: store it as revoked, whose it ever was. */
static enum err
store_revoked_at_once(const struct call *c, struct unit *u, const struct realm_ca *ca,
    const struct signer_record_issued *r, struct fault *f)
{
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);
	struct certificate_row row = {.created = c->now,
	    .ca = ca->id,
	    .profile = r->profile,
	    .profile_version = r->version ? r->version : 1,
	    .state = str_of(certificate_state_name(CERTIFICATE_REVOKED)),
	    .ver = 1,
	    .reason = REASON_CESSATION,
	    .revoked_at = c->now,
	    .entrance = STR("settle"),
	    .key_place = STR("unknown")};
	struct cert cert;
	struct name name;

	TRY(cert_parse(r->certificate, &cert, f));
	TRY(name_parse(cert.subject, &name, f));
	sha256(cert.spki, hash);
	row.serial = cert.serial;
	row.subject = str_of(name_text(c->a, &name));
	row.subject_fold = label_fold(c->a, row.subject);
	row.not_before = cert.not_before;
	row.not_after = cert.not_after;
	row.key_hash = bytes_of(hash, SHA256_SIZE);
	(void)unit_certificate_insert(u, &row, r->certificate);
	act_job(u, c, "crl", str_of(ca->label), c->now);
	return OK;
}

static enum err
take_over(const struct call *c, const struct realm_ca *ca, const struct signer_record_issued *r,
    struct fault *f)
{
	struct unit *u = act_unit(c);
	struct enrolment_row row = {0};
	struct fault why = {0};
	uint8_t hash[SHA256_SIZE];
	struct cert cert;
	const char *state = "revoked";
	enum err e;
	bool waits;

	TRY(cert_parse(r->certificate, &cert, f));
	sha256(cert.spki, hash);
	e = store_enrolment_by_public(
	    c->service->store, c->a, str_of(id_text(c->a, r->enrolment)), &row, &why);
	if (e != OK && e != E_NOT_FOUND)
		return FAIL(f, e, "%s", why.detail);
	waits = e == OK && str_is(row.state, enrolment_state_name(ENROLMENT_ISSUING)) &&
	    bytes_eq(row.key_hash, BYTES_OF(hash));
	if (waits) {
		TRY(enrol_store(c, u, &row, r->certificate, f));
		state = str_is(row.entrance, "api") ? "active" : "unconfirmed";
	} else {
		TRY(store_revoked_at_once(c, u, ca, r, f));
	}
	unit_log(u, AUDIT_CERTIFICATE_SETTLED, str_of(hex_text(c->a, cert.serial)),
	    act_detail(c, (const char *const[]){"state", state, NULL}));
	return act_commit(c, u, f);
}

static enum err
settle_record(const struct call *c, const struct realm *h, const struct signer_record *record,
    int64_t *taken, struct fault *f)
{
	struct signer_record_issued r;
	const struct realm_ca *ca;
	struct cert cert;
	bool known = false;

	if (record->kind != SIGNER_RECORD_ISSUED && record->kind != SIGNER_RECORD_INTERNAL)
		return OK;
	TRY(signer_record_issued(record->body, &r, f));
	TRY(cert_parse(r.certificate, &cert, f));
	TRY(is_known(c, h, &cert, &ca, &known, f));
	if (known)
		return OK;
	/* One of the service's own may be on its way into the store at this moment: it is no stranger's. */
	if (record->kind == SIGNER_RECORD_INTERNAL)
		TRY(own_store(c, ca, r.profile, r.certificate, f));
	else
		TRY(take_over(c, ca, &r, f));
	(*taken)++;
	return OK;
}

static enum err
note_position(const struct call *c, uint64_t position, struct fault *f)
{
	struct unit *u = act_unit(c);

	unit_settle(u, c->service->conf.node, (int64_t)position, (struct bytes){0});
	return act_commit(c, u, f);
}

enum err
upkeep_settle(const struct call *c, int64_t *ret, struct fault *f)
{
	const struct realm *h;
	struct settle_mark before;
	uint64_t after;
	int64_t taken = 0;

	TRY(act_local(c, f));
	TRY(realm_now(c, &h, f));
	TRY(store_settle(c->service->store, c->a, c->service->conf.node, &before, f));
	after = (uint64_t)before.position;
	for (;;) {
		struct signer_records records;

		TRY(signer_journal_read(
		    c->service->signer, c->a, after, RECORDS_AT_ONCE, &records, f));
		if (records.count == 0)
			break;
		for (size_t i = 0; i < records.count; i++)
			TRY(settle_record(c, h, &records.record[i], &taken, f));
		after = records.record[records.count - 1].sequence;
		TRY(note_position(c, after, f));
	}
	*ret = taken;
	return OK;
}
