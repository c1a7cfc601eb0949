/* SPDX-License-Identifier: Apache-2.0 */
#include "service/signin.h"

#include "base/text.h"
#include "core/phone.h"
#include "crypto/random.h"
#include "service/life.h"
#include "service/nonce.h"
#include "service/proof.h"
#include "service/signin_in.h"

#define SECRET_SIZE 32 /* octets of a session's secret */

/* A session row and its secret. */
static struct str
new_session(const struct call *c, struct session_row *row, int64_t idle, int64_t life)
{
	uint8_t secret[SECRET_SIZE];
	struct str text;

	random_bytes(secret, sizeof(secret));
	text = str_of(base64url_text(c->a, BYTES_OF(secret)));
	wipe(secret, sizeof(secret));
	row->created = c->now;
	row->seen = c->now;
	row->expires = c->now + idle;
	row->absolute = c->now + life;
	row->hash = act_hash(c, str_bytes(text));
	return text;
}

enum err
signin_sms(const struct call *c, const struct sms_sign_in *in, struct session *ret, struct fault *f)
{
	struct session_row row = {.kind = STR("sms")};
	struct account_row account;
	struct fault absent = {0};
	struct session session = {.role = STR("subscriber")};
	struct unit *u;
	struct str phone;
	enum err e;

	TRY(service_ready(c->service, f));
	TRY(signin_sms_use(c, in, STR("sign-in"), &phone, f));
	e = store_account_by_phone(c->service->store, c->a, phone, &account, &absent);
	u = act_unit(c);
	if (e == E_NOT_FOUND) {
		account = (struct account_row){.created = c->now,
		    .phone = phone,
		    .lang = str_of(lang_tag(c->lang)),
		    .changed = c->now,
		    .ver = 1};
		account.id = unit_account_insert(u, &account);
		unit_log(u, AUDIT_ACCOUNT_CREATED, STR("account"), STR(""));
	} else if (e != OK) {
		return FAIL(f, e, "%s", absent.detail);
	}
	row.account = account.id;
	row.client = act_hash(c, str_bytes(in->client_secret));
	session.secret = new_session(c, &row, SESSION_IDLE, SESSION_LIFE);
	session.expires = row.expires;
	session.name = str_of(phone_mask(c->a, phone));
	(void)unit_session_insert(u, &row);
	unit_log(u, AUDIT_SESSION_OPENED, STR("account"),
	    act_detail(c, (const char *const[]){"how", "sms", NULL}));
	TRY(act_commit(c, u, f));
	*ret = session;
	return OK;
}

enum err
signin_challenge(const struct call *c, struct challenge *ret, struct fault *f)
{
	struct bytes nonce;

	TRY(service_ready(c->service, f));
	TRY(nonce_make(c, PURPOSE_SIGN_IN, (struct bytes){0}, CHALLENGE_LIFE, &nonce, f));
	*ret = (struct challenge){.nonce = str_of(base64_text(c->a, nonce)),
	    .origin = c->service->conf.origin,
	    .environment = c->service->conf.environment,
	    .expires = c->now + CHALLENGE_LIFE};
	return OK;
}

/* The row of exactly this certificate (S12): by CA and serial, then octet by octet. */
static enum err
known_certificate(const struct call *c, struct bytes der, struct cert *cert,
    struct certificate_row *row, struct fault *f)
{
	const struct realm *h;
	const struct realm_ca *ca = NULL;
	struct fault absent = {0};
	struct bytes stored;

	TRY(realm_now(c, &h, f));
	TRY(cert_parse(der, cert, f));
	for (size_t i = 0; i < REALM_CAS; i++) {
		if (bytes_eq(h->ca[i].cert.subject, cert->issuer))
			ca = &h->ca[i];
	}
	if (ca == NULL ||
	    store_certificate_by_serial(
		c->service->store, c->a, ca->id, cert->serial, row, &absent) != OK ||
	    store_certificate_der(c->service->store, c->a, row->id, &stored, &absent) != OK ||
	    !bytes_eq(stored, der)) {
		if (absent.code == E_STORE)
			return FAIL(f, E_STORE, "%s", absent.detail);
		return FAIL_FIELD(f, E_SIGNER_UNKNOWN, "certificate", NULL, "not one of ours");
	}
	return OK;
}

static enum err
standing(const struct call *c, const struct certificate_row *row, struct fault *f)
{
	if (!str_is(row->state, certificate_state_name(CERTIFICATE_ACTIVE)) ||
	    row->not_before > c->now || row->not_after < c->now)
		return FAIL_FIELD(f, E_CERT_STATE, "certificate", NULL, "state %.*s",
		    (int)row->state.n, row->state.p);
	return OK;
}

/* The roster's person who holds this key, or the subscriber's account. */
static enum err
holder(const struct call *c, const struct certificate_row *cert, struct session_row *row,
    struct session *session, struct fault *f)
{
	struct person_row person;
	struct fault absent = {0};

	if (cert->person == 0) {
		row->account = cert->account;
		session->role = STR("subscriber");
		session->name = cert->subject;
		return cert->account
		    ? OK
		    : FAIL_FIELD(f, E_SIGNER_UNKNOWN, "certificate", NULL, "not a person's");
	}
	if (store_person(c->service->store, c->a, cert->person, &person, &absent) != OK ||
	    person.removed || !bytes_eq(person.key_hash, cert->key_hash))
		return FAIL_FIELD(
		    f, E_SIGNER_UNKNOWN, "certificate", NULL, "not in the roster with this key");
	row->person = person.id;
	session->role = person.role;
	session->name = person.name;
	return OK;
}

/*
 * The key was proven, the certificate does not let its holder in: that is known of a known person. The nonce
 * goes with it, so that nobody says it twice.
 */
static enum err
turned_away(const struct call *c, const struct signed_challenge *in,
    const struct certificate_row *row, enum err why)
{
	struct unit *u = act_unit(c);
	struct fault ignored = {0};

	if (why == E_STORE)
		return why;
	nonce_use(u, c, PURPOSE_SIGN_IN, in->nonce);
	unit_log(u, AUDIT_SESSION_REFUSED, life_object(c, row),
	    act_detail(c, (const char *const[]){"why", err_row(why)->slug, NULL}));
	(void)(act_commit(c, u, &ignored) == OK);
	return why;
}

enum err
signin_certificate(
    const struct call *c, const struct signed_challenge *in, struct session *ret, struct fault *f)
{
	struct session_row row = {.kind = STR("certificate")};
	struct proof p = {.purpose = PURPOSE_SIGN_IN,
	    .server_nonce = in->nonce,
	    .agent_nonce = in->agent_nonce,
	    .certificate = in->certificate,
	    .signature = in->signature};
	struct session session;
	struct certificate_row cert_row;
	struct unit *u;
	struct cert cert;
	int64_t idle = SESSION_IDLE;
	enum err e;

	TRY(service_ready(c->service, f));
	TRY(nonce_check(c, PURPOSE_SIGN_IN, (struct bytes){0}, in->nonce, f));
	TRY(known_certificate(c, in->certificate, &cert, &cert_row, f));
	p.spki = cert.spki;
	TRY(proof_check(c, &p, f));
	e = standing(c, &cert_row, f);
	if (e == OK)
		e = holder(c, &cert_row, &row, &session, f);
	if (e != OK)
		return turned_away(c, in, &cert_row, e);
	if (row.person)
		idle /= 2;
	row.certificate = cert_row.id;
	session.secret = new_session(c, &row, idle, SESSION_LIFE);
	session.expires = row.expires;
	u = act_unit(c);
	nonce_use(u, c, PURPOSE_SIGN_IN, in->nonce);
	(void)unit_session_insert(u, &row);
	unit_log(u, AUDIT_SESSION_OPENED, life_object(c, &cert_row),
	    act_detail(c, (const char *const[]){"how", "certificate", NULL}));
	TRY(act_commit(c, u, f));
	*ret = session;
	return OK;
}

struct str
signin_enrolment_session(
    const struct call *c, struct unit *u, int64_t enrolment, int64_t life, int64_t *expires)
{
	struct session_row row = {.kind = STR("enrolment"), .enrolment = enrolment};
	struct str secret = new_session(c, &row, life, life);

	(void)unit_session_insert(u, &row);
	*expires = row.expires;
	return secret;
}

static enum person_role
role_of(struct str word)
{
	static const struct {
		const char *word;
		enum person_role role;
	} rows[] = {{"operator", PERSON_OPERATOR}, {"administrator", PERSON_ADMINISTRATOR},
	    {"auditor", PERSON_AUDITOR}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_is(word, rows[i].word))
			return rows[i].role;
	}
	return PERSON_NONE;
}

/* A certificate session stands and falls with its certificate and, for staff, the roster row. */
static enum err
certificate_principal(
    const struct call *c, const struct session_row *row, struct principal *who, struct fault *f)
{
	struct certificate_row cert;
	struct person_row person;

	TRY(store_certificate(c->service->store, c->a, row->certificate, &cert, f));
	TRY(standing(c, &cert, f));
	who->assurance = ASSURANCE_CERTIFICATE;
	who->certificate = cert.id;
	who->spki_hash = cert.key_hash;
	who->account = cert.account;
	who->name = cert.subject;
	who->role = PERSON_SUBSCRIBER;
	if (cert.person == 0)
		return OK;
	TRY(store_person(c->service->store, c->a, cert.person, &person, f));
	if (person.removed || !bytes_eq(person.key_hash, cert.key_hash))
		return FAIL(f, E_SESSION, "no longer in the roster");
	who->role = role_of(person.role);
	who->person = person.person;
	who->person_key = person.id;
	who->offices = person.offices;
	who->supervisor = person.supervisor != 0;
	who->name = person.name;
	who->account = 0;
	return OK;
}

static enum err
principal_of(
    const struct call *c, const struct session_row *row, struct principal *who, struct fault *f)
{
	struct enrolment_row enrolment;
	struct account_row account;

	if (str_is(row->kind, "certificate"))
		return certificate_principal(c, row, who, f);
	if (str_is(row->kind, "enrolment")) {
		TRY(store_enrolment(c->service->store, c->a, row->enrolment, &enrolment, f));
		who->assurance = ASSURANCE_ENROLMENT;
		who->enrolment = enrolment.public_id;
		return OK;
	}
	TRY(store_account(c->service->store, c->a, row->account, &account, f));
	who->assurance = ASSURANCE_SMS;
	who->role = PERSON_SUBSCRIBER;
	who->account = account.id;
	who->name = str_of(phone_mask(c->a, account.phone));
	return OK;
}

enum err
signin_session(struct call *c, struct str secret, struct principal *ret, struct fault *f)
{
	struct session_row row;
	struct principal who = {0};
	struct fault why = {0};
	enum err e;

	if (secret.n < 43 || secret.n > 64)
		return FAIL(f, E_SESSION, "form of a bearer");
	who.session_id = act_hash(c, str_bytes(secret));
	e = store_session(c->service->store, c->a, who.session_id, &row, &why);
	if (e == E_NOT_FOUND)
		return FAIL(f, E_SESSION, "unknown");
	if (e != OK)
		return FAIL(f, e, "%s", why.detail);
	if (row.ended || row.expires < c->now || row.absolute < c->now)
		return FAIL(f, E_SESSION, "over");
	e = principal_of(c, &row, &who, &why);
	if (e == E_NOT_FOUND || e == E_CERT_STATE)
		return FAIL(f, E_SESSION, "its holder is gone: %s", why.detail);
	if (e != OK)
		return FAIL(f, e, "%s", why.detail);
	/* A minute's precision is enough, and spares a write at each request. */
	if (row.kind.n && !str_is(row.kind, "enrolment") && c->now - row.seen >= 60) {
		int64_t idle = who.person_key ? SESSION_IDLE / 2 : SESSION_IDLE;
		int64_t until = c->now + idle < row.absolute ? c->now + idle : row.absolute;
		struct unit *u = unit_new(c->a, STR("session"), c->request_id, c->now * 1000);

		unit_session_seen(u, row.id, c->now, until);
		TRY(act_commit(c, u, f));
	}
	*ret = who;
	return OK;
}

enum err
signin_out(const struct call *c, struct fault *f)
{
	struct unit *u = act_unit(c);

	if (c->who.session_id.n == 0)
		return FAIL(f, E_AUTH_REQUIRED, "no session");
	unit_session_end(u, c->who.session_id, c->now);
	unit_log(u, AUDIT_SESSION_ENDED, STR(""), STR(""));
	return act_commit(c, u, f);
}
