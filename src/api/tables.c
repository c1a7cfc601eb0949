/* SPDX-License-Identifier: Apache-2.0 */
#include "api/tables.h"

#include "service/amend.h"
#include "service/bulk.h"
#include "service/enrol.h"
#include "service/people.h"
#include "service/setup.h"
#include "service/signin.h"

#define NONCE_SIZE     32
#define HASH_SIZE      32
#define CERT_MAX       4096
#define CSR_MAX        16384
#define CRL_MAX        16384
#define SPKI_MAX       1024
#define SIGNATURE_MAX  512
#define DOCUMENT_MAX   65536 /* characters */
#define COUNT_OF(rows) (sizeof(rows) / sizeof((rows)[0]))

#define MUST true
#define MAY  false
/* {name, type, required, least, most, place} for a member of struct S that is named like its field. */
#define FIELD(s, member, type, required, least, most)                              \
	{                                                                          \
#member, type, required, least, most, offsetof(s, member), 0, NULL \
	}
#define TABLE(name, type) \
	const struct body_object body_##name = {name##_rows, COUNT_OF(name##_rows), sizeof(type)}

const char *const query_none[] = {NULL};
const char *const query_page[] = {"cursor", "limit", NULL};
const char *const query_last[] = {"last", NULL};
const char *const query_at[] = {"at", NULL};
const char *const query_cursor[] = {"cursor", NULL};
const char *const query_audit[] = {
    "event", "object", "actor", "since", "until", "cursor", "limit", NULL};
const char *const query_version[] = {"version", NULL};
const char *const query_applications[] = {"state", "cursor", "limit", NULL};
const char *const query_queue[] = {
    "state", "profile", "office", "name", "before", "cursor", "limit", NULL};

const struct body_object body_none = {NULL, 0, 0};
const struct body_object body_octets = {NULL, 0, 0};
const struct body_object body_nothing = {NULL, 0, 0};

static const struct body_field sms_send_rows[] = {
    FIELD(struct sms_send, phone, BODY_TEXT, MUST, 3, 24),
    FIELD(struct sms_send, purpose, BODY_TEXT, MAY, 1, 64),
    FIELD(struct sms_send, client_secret, BODY_TEXT, MUST, 22, 64),
};
TABLE(sms_send, struct sms_send);

static const struct body_field sms_verify_rows[] = {
    FIELD(struct sms_sign_in, phone, BODY_TEXT, MUST, 3, 24),
    FIELD(struct sms_sign_in, code, BODY_TEXT, MUST, 1, 12),
    FIELD(struct sms_sign_in, client_secret, BODY_TEXT, MUST, 22, 64),
};
TABLE(sms_verify, struct sms_sign_in);

static const struct body_field sign_in_rows[] = {
    FIELD(struct signed_challenge, certificate, BODY_BASE64, MUST, 1, CERT_MAX),
    FIELD(struct signed_challenge, nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct signed_challenge, agent_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct signed_challenge, signature, BODY_BASE64, MUST, 8, SIGNATURE_MAX),
};
TABLE(sign_in, struct signed_challenge);

static const struct body_field form_rows[] = {
    FIELD(struct apply_field, name, BODY_TEXT, MUST, 1, 64),
    FIELD(struct apply_field, value, BODY_TEXT, MUST, 0, 512),
};
static const struct body_object form = {form_rows, COUNT_OF(form_rows), sizeof(struct apply_field)};

static const struct body_field application_rows[] = {
    FIELD(struct apply_draft, profile, BODY_TEXT, MUST, 1, 64),
    FIELD(struct apply_draft, office, BODY_TEXT, MAY, 1, OFFICE_NAME_MAX),
    {"fields", BODY_MAP, MUST, 0, APPLY_FIELDS_MAX, offsetof(struct apply_draft, fields),
	offsetof(struct apply_draft, field_count), &form},
};
TABLE(application, struct apply_draft);

static const struct body_field consent_rows[] = {
    FIELD(struct apply_consent, text_id, BODY_TEXT, MUST, 1, 64),
    FIELD(struct apply_consent, lang, BODY_TEXT, MUST, 2, 8),
    FIELD(struct apply_consent, version, BODY_NUMBER, MAY, 1, INT32_MAX),
    FIELD(struct apply_consent, given, BODY_BOOL, MUST, 0, 0),
};
static const struct body_object consent = {
    consent_rows, COUNT_OF(consent_rows), sizeof(struct apply_consent)};

static const struct body_field submit_rows[] = {
    {"consent", BODY_OBJECT, MUST, 0, 0, offsetof(struct body_submit, consent), 0, &consent},
};
TABLE(submit, struct body_submit);

static const struct body_field approval_rows[] = {
    FIELD(struct approval, spki_hash, BODY_BASE64, MUST, HASH_SIZE, HASH_SIZE),
    FIELD(struct approval, certificate_hash, BODY_BASE64, MUST, HASH_SIZE, HASH_SIZE),
    FIELD(struct approval, server_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct approval, agent_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct approval, signature, BODY_BASE64, MUST, 8, APPROVAL_SIGNATURE),
};
TABLE(approval, struct approval);

static const struct body_field reject_rows[] = {
    FIELD(struct body_reject, reason, BODY_TEXT, MUST, 1, 500),
};
TABLE(reject, struct body_reject);

/* The same, as one of those that it covers: what the agent was given is named by its hashes. */
static const struct body_field approval_of_list_rows[] = {
    FIELD(struct approval, spki_hash, BODY_BASE64, MUST, HASH_SIZE, HASH_SIZE),
    FIELD(struct approval, certificate_hash, BODY_BASE64, MUST, HASH_SIZE, HASH_SIZE),
    FIELD(struct approval, server_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct approval, agent_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct approval, signature, BODY_BASE64, MUST, 8, APPROVAL_SIGNATURE),
    FIELD(struct approval, list, BODY_BASE64, MUST, HASH_SIZE, APPROVAL_LIST_MAX *HASH_SIZE),
};
static const struct body_object approval_of_list = {
    approval_of_list_rows, COUNT_OF(approval_of_list_rows), sizeof(struct approval)};

static const struct body_field number_rows[] = {
    {NULL, BODY_TEXT, MUST, 1, 32, 0, 0, NULL},
};
static const struct body_object number = {
    number_rows, COUNT_OF(number_rows), sizeof(struct bulk_number)};

static const struct body_field bulk_applications_rows[] = {
    FIELD(struct bulk_applications, act, BODY_TEXT, MUST, 1, 16),
    {"numbers", BODY_LIST, MUST, 1, BULK_MAX, offsetof(struct bulk_applications, numbers),
	offsetof(struct bulk_applications, count), &number},
    FIELD(struct bulk_applications, dry_run, BODY_BOOL, MUST, 0, 0),
    FIELD(struct bulk_applications, reason, BODY_TEXT, MAY, 1, 500),
    {"fields", BODY_MAP, MAY, 0, APPLY_FIELDS_MAX, offsetof(struct bulk_applications, words.fields),
	offsetof(struct bulk_applications, words.field_count), &form},
    {"approval", BODY_OBJECT, MAY, 0, 0, offsetof(struct bulk_applications, approval), 0,
	&approval_of_list},
};
TABLE(bulk_applications, struct bulk_applications);

static const struct body_field name_rows[] = {
    FIELD(struct certs_name, ca, BODY_TEXT, MUST, 1, 64),
    FIELD(struct certs_name, serial, BODY_TEXT, MUST, 1, 40),
};
static const struct body_object name = {name_rows, COUNT_OF(name_rows), sizeof(struct certs_name)};

static const struct body_field bulk_certificates_rows[] = {
    {"certificates", BODY_LIST, MUST, 1, BULK_MAX, offsetof(struct bulk_certificates, names),
	offsetof(struct bulk_certificates, count), &name},
    FIELD(struct bulk_certificates, dry_run, BODY_BOOL, MUST, 0, 0),
    FIELD(struct bulk_certificates, reason, BODY_TEXT, MUST, 1, 32),
    FIELD(struct bulk_certificates, invalidity, BODY_TIME, MAY, 0, 0),
};
TABLE(bulk_certificates, struct bulk_certificates);

static const struct body_field return_rows[] = {
    FIELD(struct apply_return, reason, BODY_TEXT, MUST, 1, 500),
    {"fields", BODY_MAP, MAY, 0, APPLY_FIELDS_MAX, offsetof(struct apply_return, fields),
	offsetof(struct apply_return, field_count), &form},
};
TABLE(return, struct apply_return);

static const struct body_field office_rows[] = {
    FIELD(struct body_office, office, BODY_TEXT, MUST, 0, OFFICE_NAME_MAX),
};
TABLE(office, struct body_office);

static const struct body_field enrolment_check_rows[] = {
    FIELD(struct enrol_check, reference, BODY_TEXT, MUST, 1, 40),
    FIELD(struct enrol_check, code, BODY_TEXT, MUST, 1, 40),
    FIELD(struct enrol_check, agent_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
};
TABLE(enrolment_check, struct enrol_check);

static const struct body_field resume_begin_rows[] = {
    FIELD(struct body_reference, reference, BODY_TEXT, MUST, 1, 40),
};
TABLE(resume_begin, struct body_reference);

static const struct body_field resume_rows[] = {
    FIELD(struct enrol_resume, agent_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct enrol_resume, spki, BODY_BASE64, MUST, 1, SPKI_MAX),
    FIELD(struct enrol_resume, nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct enrol_resume, signature, BODY_BASE64, MUST, 8, SIGNATURE_MAX),
};
TABLE(resume, struct enrol_resume);

static const struct body_field csr_rows[] = {
    FIELD(struct body_csr, csr, BODY_BASE64, MUST, 1, CSR_MAX),
};
TABLE(csr, struct body_csr);

static const struct body_field enrolment_request_rows[] = {
    FIELD(struct enrol_request, reference, BODY_TEXT, MUST, 1, 40),
    FIELD(struct enrol_request, code, BODY_TEXT, MUST, 1, 40),
    FIELD(struct enrol_request, csr, BODY_BASE64, MUST, 1, CSR_MAX),
};
TABLE(enrolment_request, struct enrol_request);

static const struct body_field installed_rows[] = {
    {"nonce", BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE, offsetof(struct enrol_proof, server_nonce),
	0, NULL},
    FIELD(struct enrol_proof, agent_nonce, BODY_BASE64, MUST, NONCE_SIZE, NONCE_SIZE),
    FIELD(struct enrol_proof, signature, BODY_BASE64, MUST, 8, SIGNATURE_MAX),
};
TABLE(installed, struct enrol_proof);

static const struct body_field revoke_rows[] = {
    FIELD(struct certs_revoke, reason, BODY_TEXT, MUST, 1, 32),
    FIELD(struct certs_revoke, invalidity, BODY_TIME, MAY, 0, 0),
    FIELD(struct certs_revoke, sms_code, BODY_TEXT, MAY, 1, 12),
    FIELD(struct certs_revoke, client_secret, BODY_TEXT, MAY, 22, 64),
};
TABLE(revoke, struct certs_revoke);

static const struct body_field office_name_rows[] = {
    {NULL, BODY_TEXT, MUST, 1, OFFICE_NAME_MAX, 0, 0, NULL},
};
static const struct body_object office_name = {
    office_name_rows, COUNT_OF(office_name_rows), sizeof(struct amend_office)};

static const struct body_field person_rows[] = {
    FIELD(struct amend_person, name, BODY_TEXT, MUST, 1, 64),
    FIELD(struct amend_person, role, BODY_TEXT, MUST, 1, 16),
    FIELD(struct amend_person, phone, BODY_TEXT, MUST, 3, 24),
    FIELD(struct amend_person, mail, BODY_TEXT, MUST, 3, 254),
    FIELD(struct amend_person, lang, BODY_TEXT, MUST, 2, 8),
    {"offices", BODY_LIST, MAY, 0, OFFICE_SCOPE, offsetof(struct amend_person, offices),
	offsetof(struct amend_person, office_count), &office_name},
    FIELD(struct amend_person, supervisor, BODY_BOOL, MAY, 0, 0),
};
TABLE(person, struct amend_person);

static const struct body_field person_name_rows[] = {
    FIELD(struct body_person_name, person, BODY_TEXT, MUST, 32, 32),
};
TABLE(person_name, struct body_person_name);

static const struct body_field person_scope_rows[] = {
    FIELD(struct people_change, person, BODY_TEXT, MUST, 32, 32),
    {"offices", BODY_LIST, MUST, 0, OFFICE_SCOPE, offsetof(struct people_change, offices),
	offsetof(struct people_change, office_count), &office_name},
    FIELD(struct people_change, supervisor, BODY_BOOL, MUST, 0, 0),
};
TABLE(person_scope, struct people_change);

static const struct body_field profile_rows[] = {
    FIELD(struct body_yaml, yaml, BODY_LINES, MUST, 1, DOCUMENT_MAX),
};
TABLE(profile, struct body_yaml);

static const struct body_field document_apply_rows[] = {
    {"signatures", BODY_LIST, MUST, 1, APPROVALS_MAX, offsetof(struct body_signatures, items),
	offsetof(struct body_signatures, count), &body_approval},
};
TABLE(document_apply, struct body_signatures);

static const struct body_field text_rows[] = {
    {NULL, BODY_LINES, MUST, 1, DOCUMENT_MAX, 0, 0, NULL},
};
static const struct body_object text = {text_rows, COUNT_OF(text_rows), sizeof(struct bytes)};

static const struct body_field founder_rows[] = {
    FIELD(struct setup_person, name, BODY_TEXT, MUST, 1, 64),
    FIELD(struct setup_person, phone, BODY_TEXT, MUST, 3, 24),
    FIELD(struct setup_person, mail, BODY_TEXT, MUST, 3, 254),
    FIELD(struct setup_person, lang, BODY_TEXT, MUST, 2, 8),
};
static const struct body_object founder = {
    founder_rows, COUNT_OF(founder_rows), sizeof(struct setup_person)};

static const struct body_field setup_keys_rows[] = {
    FIELD(struct setup_kinds, issuing, BODY_TEXT, MAY, 1, 16),
    FIELD(struct setup_kinds, management, BODY_TEXT, MAY, 1, 16),
    FIELD(struct setup_kinds, ocsp, BODY_TEXT, MAY, 1, 16),
};
TABLE(setup_keys, struct setup_kinds);

static const struct body_field setup_finish_rows[] = {
    FIELD(struct setup_finish, root, BODY_BASE64, MUST, 1, CERT_MAX),
    FIELD(struct setup_finish, issuing, BODY_BASE64, MUST, 1, CERT_MAX),
    FIELD(struct setup_finish, management, BODY_BASE64, MUST, 1, CERT_MAX),
    FIELD(struct setup_finish, root_crl, BODY_BASE64, MUST, 1, CRL_MAX),
    {"profiles", BODY_LIST, MUST, 1, COUNT_OF(((struct setup_finish *)0)->profiles),
	offsetof(struct setup_finish, profiles), offsetof(struct setup_finish, profile_count),
	&text},
    {"people", BODY_LIST, MUST, 1, COUNT_OF(((struct setup_finish *)0)->people),
	offsetof(struct setup_finish, people), offsetof(struct setup_finish, person_count),
	&founder},
};
TABLE(setup_finish, struct setup_finish);
