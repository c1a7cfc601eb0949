/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: what a kind of certificate contains, who may get it and how: a versioned document
 * (share/profiles), read here, and the one gate through which every request goes (N36).
 *
 * At submit profile_subject() turns a form into the exact octets of subject and SAN; these are what the
 * approver signs. At issue profile_apply() joins them with the request's key, or names field, rule
 * and cause. The signer runs the same functions over its own copy of the document.
 */
#ifndef CORE_PROFILE_H
#define CORE_PROFILE_H

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"
#include "core/approval.h"
#include "core/fieldtype.h"
#include "core/keyrule.h"
#include "core/paper.h"
#include "core/serial.h"
#include "core/validity.h"
#include "x509/sigalg.h"

#define PROFILE_MAX         ((size_t)64 << 10) /* octets of a document */
#define PROFILE_NAME_MAX    APPROVAL_PROFILE_MAX
#define PROFILE_FIELDS_MAX  24
#define PROFILE_CHOICES_MAX 32
#define PROFILE_VALUE_MAX   FIELDTYPE_VALUE_MAX /* octets of a form's value */

struct csr;
struct cert_template;

enum profile_ca { PROFILE_CA_ISSUING, PROFILE_CA_MANAGEMENT };

enum profile_attribute {
#define X(symbol, word, oid, max) PROFILE_ATTRIBUTE_##symbol,
#include "core/attribute.def"
#undef X
	PROFILE_ATTRIBUTE__COUNT
};
/* "common-name". */
const char *profile_attribute_name(enum profile_attribute x);

enum profile_source {
	PROFILE_FIXED,      /* the document's own text */
	PROFILE_FIELD,      /* a form's field */
	PROFILE_CREDENTIAL, /* the credential number that outlives renewals (P31) */
	PROFILE_PERSON      /* the public id of the person (roster) */
};

/* One attribute of the subject. */
struct profile_part {
	enum profile_attribute attribute;
	enum profile_source source;
	struct str value; /* the fixed text, or the field's name */
	bool required;
	bool identity; /* an identity number of a person may stand here (S27) */
	size_t max;    /* characters */
};

/* One of the words that a field of type one-of may hold. */
struct profile_choice {
	struct str value; /* lower-case words with dashes */
	struct str title[LANG__COUNT];
};

/* One field of the form that an applicant fills. */
struct profile_field {
	struct str name; /* lower-case words with dashes */
	enum fieldtype type;
	bool required;
	size_t max; /* characters */
	struct str title[LANG__COUNT];
	struct str help[LANG__COUNT]; /* empty: none */
	struct str pattern;           /* fieldtype.h; empty: none */
	struct profile_choice *choices;
	size_t choice_count;
};

/* One paper that an applicant is asked to upload. */
struct profile_paper {
	struct str name; /* lower-case words with dashes */
	struct str title[LANG__COUNT];
	bool required;
	unsigned types; /* set of 1 << enum papertype */
	size_t max;     /* octets */
};

enum profile_san { PROFILE_SAN_NONE, PROFILE_SAN_OPTIONAL, PROFILE_SAN_REQUIRED };
enum profile_name_kind { PROFILE_NAME_MAIL, PROFILE_NAME_DNS, PROFILE_NAME_IP };

/* One alternative name that a form's field gives. */
struct profile_alt {
	enum profile_name_kind kind;
	struct str field;
	bool required;
	const struct str *within; /* domains it must lie in; none: any */
	size_t within_count;
};

enum profile_place { PROFILE_PLACE_TOKEN, PROFILE_PLACE_ANY };
enum profile_approver {
	PROFILE_BY_OPERATOR, /* n signatures of purpose approve (S2) */
	PROFILE_BY_ROSTER    /* the signed roster has a row for the enrolment (S1) */
};

/* Bits of key usage and purposes that a document may name. */
enum profile_usage {
	PROFILE_USAGE_SIGN = 1,
	PROFILE_USAGE_NONREPUDIATION = 2,
	PROFILE_USAGE_ENCIPHER = 4 /* of session keys by RSA, in TLS servers only (V9) */
};
enum profile_purpose {
	PROFILE_PURPOSE_CLIENT = 1,
	PROFILE_PURPOSE_MAIL = 2,
	PROFILE_PURPOSE_DOCUMENT = 4,
	PROFILE_PURPOSE_SERVER = 8
};
/* Doors through which an enrolment of this profile may be used (S20). */
enum profile_entrance { PROFILE_ENTRANCE_AGENT = 1, PROFILE_ENTRANCE_API = 2 };

struct profile {
	struct str name;
	uint32_t version; /* from 1, never reused */
	struct str title[LANG__COUNT];
	enum profile_ca ca;
	uint32_t policy;    /* suffix to the policy arc (L3) */
	struct term term;   /* of validity: years or days */
	unsigned keys;      /* set of 1 << enum keyrule */
	unsigned usage;     /* set of enum profile_usage */
	unsigned purposes;  /* set of enum profile_purpose */
	unsigned entrances; /* set of enum profile_entrance */
	enum profile_place place;
	struct profile_part *parts; /* in the order of attribute.def */
	size_t part_count;
	enum profile_san san; /* of all alternative names together */
	struct profile_alt *alts;
	size_t alt_count;
	unsigned approvals; /* signatures needed, 0 for none */
	enum profile_approver approver;
	int idle_days;      /* an application that nobody moves for so long expires */
	int code_days;      /* life of the codes */
	size_t code_length; /* CODE_AUTH_SHORT or _LONG */
	unsigned code_tries;
	uint32_t quota_hour, quota_day; /* certificates */
	bool suspension;
	bool supersede;     /* a new one, once it is in place, takes the place of older ones */
	struct str office;  /* whose case an application is when none is chosen; may be empty */
	struct str consent; /* id of the consent text */
	struct profile_field *fields;
	size_t field_count;
	struct profile_paper *papers;
	size_t paper_count;
	int paper_days; /* uploaded papers are erased so long after the application's end */
};

/*
 * The profile of a document, on A. YAML faults name line, column and key; E_PROFILE_RULE when the
 * whole breaks one of V6 to V21 (the rule says which).
 */
NODISCARD enum err profile_parse(
    struct arena *a, struct bytes document, struct profile *ret, struct fault *f);
/* The field of that name, or NULL. */
const struct profile_field *profile_field_find(const struct profile *p, struct str name);
/* The field with the address to which the reference number goes; empty: the form has none. */
struct str profile_mail_field(const struct profile *p);
/*
 * Is it for TLS: a server, or a client whose key is not on a token? Such certificates begin an hour early
 * (L4) and sign nothing else (V8, V9).
 */
bool profile_is_tls(const struct profile *p);

/* The paper of that name, or NULL. */
const struct profile_paper *profile_paper_find(const struct profile *p, struct str name);

struct profile_value {
	struct str name, value;
};

/* What an applicant filled in, and what the service knows. */
struct profile_form {
	const struct profile_value *values;
	size_t count;
	struct str credential, person;
};

/* A form, normalised, and what will stand in the certificate. All on the arena. */
struct profile_names {
	struct profile_value *values; /* the given fields in the profile's order */
	size_t count;
	struct bytes subject; /* Name, DER */
	struct bytes san;     /* GeneralNames, DER, or empty */
};

/*
 * Check what was filled in so far: nothing malformed, nothing unknown; what is missing is no fault
 * yet. Fills the values of *RET only.
 */
NODISCARD enum err profile_draft(struct arena *a, const struct profile *p,
    const struct profile_form *form, struct profile_names *ret, struct fault *f);
/*
 * Check a form and pin its names. CREDENTIAL and PERSON may be empty where the profile does not ask
 * for them. The fault's field is the form's: E_FIELD_UNKNOWN, E_FIELD_DUPLICATE, E_FIELD_MISSING,
 * E_FIELD_VALUE (country), and those of label_check, mail_check, phone_check.
 */
NODISCARD enum err profile_subject(struct arena *a, const struct profile *p,
    const struct profile_form *form, struct profile_names *ret, struct fault *f);

/* What a CA gives to every certificate it signs. */
struct profile_issuer {
	enum sigalg alg;       /* what its key signs with */
	struct bytes subject;  /* its Name, DER, copied (V4) */
	struct bytes ski;      /* its SKI octets */
	struct str base;       /* public_http_url: "http://pki.example" */
	struct str generation; /* "issuing-g1": its place in addresses (L1) */
	struct str policy_arc; /* "2.25.…" (L3) */
	int64_t not_after;     /* kept here for who fills in profile_request */
};

/* The document compiled against a CA: constant extensions in DER, made once. On A. */
NODISCARD enum err profile_template(struct arena *a, const struct profile *p,
    const struct profile_issuer *ca, struct cert_template *ret, struct fault *f);

/* Is this kind of key among the profile's? E_KEY_TYPE (the rule lists those that are), and those of key_parse. */
NODISCARD enum err profile_key_allowed(const struct profile *p, struct bytes spki, struct fault *f);

/* What differs from certificate to certificate. */
struct profile_request {
	const struct csr *csr;     /* parsed, its signature verified; NULL where there is none */
	struct bytes subject, san; /* as pinned at submit */
	struct bytes spki;         /* DER */
	struct bytes ski;          /* SHA-256 of the key bits, left 160 bits (V5) */
	struct serial serial;
	int64_t ca_not_after;
};

/*
 * The TBSCertificate, on A, valid from NOW or, for TLS, an hour before (L4). E_CSR_MORE: the request asks for more than will be
 * issued (the field names what; S30); E_KEY_TYPE; E_KEY_OTHER: the request is for another key;
 * E_CA_ENDS (V25); E_PROFILE_RULE: names that the profile does not have, or lacks.
 */
NODISCARD enum err profile_apply(struct arena *a, const struct profile *p,
    const struct cert_template *t, const struct profile_request *r, int64_t now, struct bytes *ret,
    struct fault *f);

#endif
