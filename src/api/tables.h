/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tables: what each request's body may hold, as rows for body.h, and its query. Most bodies fill a
 * struct of service/; the rest stand here. openapi.yaml says the same, and a test compares them.
 */
#ifndef API_TABLES_H
#define API_TABLES_H

#include "api/body.h"
#include "core/approval.h"
#include "service/apply.h"

struct body_submit {
	struct apply_consent consent;
};
struct body_reject {
	struct str reason;
};
struct body_office {
	struct str office;
};
struct body_person_name {
	struct str person;
};
struct body_reference {
	struct str reference;
};
struct body_csr {
	struct bytes csr;
};
struct body_yaml {
	struct bytes yaml;
};
struct body_signatures {
	struct approval items[APPROVALS_MAX];
	size_t count;
};

extern const struct body_object body_none;              /* no body */
extern const struct body_object body_octets;            /* no JSON: API_OCTETS */
extern const struct body_object body_nothing;           /* {} */
extern const struct body_object body_sms_send;          /* struct sms_send */
extern const struct body_object body_sms_verify;        /* struct sms_sign_in */
extern const struct body_object body_sign_in;           /* struct signed_challenge */
extern const struct body_object body_application;       /* struct apply_draft */
extern const struct body_object body_submit;            /* struct body_submit */
extern const struct body_object body_approval;          /* struct approval */
extern const struct body_object body_bulk_applications; /* struct bulk_applications */
extern const struct body_object body_bulk_certificates; /* struct bulk_certificates */
extern const struct body_object body_return;            /* struct apply_return */
extern const struct body_object body_office;            /* struct body_office */
extern const struct body_object body_reject;            /* struct body_reject */
extern const struct body_object body_enrolment_check;   /* struct enrol_check */
extern const struct body_object body_resume_begin;      /* struct body_reference */
extern const struct body_object body_resume;            /* struct enrol_resume */
extern const struct body_object body_csr;               /* struct body_csr */
extern const struct body_object body_enrolment_request; /* struct enrol_request */
extern const struct body_object body_installed;         /* struct enrol_proof */
extern const struct body_object body_revoke;            /* struct certs_revoke, but ca and serial */
extern const struct body_object body_person;            /* struct amend_person */
extern const struct body_object body_person_name;       /* struct body_person_name */
extern const struct body_object body_person_scope;      /* struct people_change */
extern const struct body_object body_profile;           /* struct body_yaml */
extern const struct body_object body_document_apply;    /* struct body_signatures */
extern const struct body_object body_setup_keys;        /* struct setup_kinds */
extern const struct body_object body_setup_finish;      /* struct setup_finish */

/* Keys of the query; NULL ends each list. */
extern const char *const query_none[];
extern const char *const query_page[];
extern const char *const query_version[];
extern const char *const query_applications[];
extern const char *const query_queue[];
extern const char *const query_last[];
extern const char *const query_at[];
extern const char *const query_cursor[];
extern const char *const query_audit[];

#endif
