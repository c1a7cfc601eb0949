/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply: an application from draft to decision.
 */
#ifndef SERVICE_APPLY_H
#define SERVICE_APPLY_H

#include "core/approval.h"
#include "service/call.h"

#define APPLY_FIELDS_MAX 32

struct apply_field {
	struct str name; /* a form field of the profile */
	struct str value;
};

struct apply_draft {
	struct str profile;
	struct str office; /* whose case it shall be; may be empty */
	struct apply_field fields[APPLY_FIELDS_MAX];
	size_t field_count;
};

struct apply_approver {
	struct str name, person; /* as in the roster */
	int64_t at;
};

/* An application as its applicant or an operator sees it. */
struct apply_view {
	struct str no; /* "T-2026-1183" */
	struct str profile;
	struct str office;       /* may be empty */
	int64_t profile_version; /* 0 while a draft */
	int64_t revision;
	struct str state;
	struct apply_field fields[APPLY_FIELDS_MAX];
	size_t field_count;
	struct str subject; /* the data that will enter the certificate, from submit on */
	struct str mail;    /* SAN, from submit on; may be empty */
	struct str reason;  /* of a rejection, or why it was sent back */
	struct apply_field remarks[APPLY_FIELDS_MAX]; /* what is to be corrected */
	size_t remark_count;
	struct str consent, consent_lang; /* the agreement, from submit on */
	int64_t consent_version;
	struct bytes consent_hash;
	int64_t created, submitted, decided; /* 0: not yet */
	int64_t approvals, approvals_needed;
	struct apply_approver *approvers; /* for the staff: who approved this revision */
	size_t approver_count;
	struct str enrolment;      /* for operators, from approval on */
	const char *const *events; /* what this caller may do next, NULL ends the list */
};

/* A draft of the caller's (SMS or certificate). Fields may be incomplete, not malformed. */
NODISCARD enum err apply_draft(
    const struct call *c, const struct apply_draft *in, struct apply_view *ret, struct fault *f);
/*
 * Change it: what was submitted is a draft again with a new revision, approvals and codes of the old one
 * count no more (S18). E_STATE once a certificate is issued.
 */
NODISCARD enum err apply_edit(const struct call *c, struct str no, const struct apply_draft *in,
    struct apply_view *ret, struct fault *f);

struct apply_consent {
	struct str text_id; /* the agreement that the profile names */
	struct str lang;    /* the language it was read in */
	int64_t version;    /* the version that was read; 0: the one that holds */
	bool given;
};
/*
 * Submit: the whole form is checked, subject and SAN take their final form, profile version and
 * enrolment id are pinned. E_FIELD_*, E_NAME_* by field; E_AGREEMENT; E_STATE.
 */
NODISCARD enum err apply_submit(const struct call *c, struct str no,
    const struct apply_consent *consent, struct apply_view *ret, struct fault *f);
NODISCARD enum err apply_withdraw(
    const struct call *c, struct str no, struct apply_view *ret, struct fault *f);
/* E_NOT_FOUND also for what the caller may not see. */
NODISCARD enum err apply_get(
    const struct call *c, struct str no, struct apply_view *ret, struct fault *f);

struct apply_list {
	struct apply_view *items;
	size_t count;
	struct str next; /* signed cursor, empty at the end */
};
/* Which of them; all of it may be empty. Subscribers ask by state only. */
struct apply_filter {
	struct str state, profile, office;
	struct str name; /* the beginning of the name in it, whatever the case; from submit on */
	int64_t before;  /* nobody has moved it since */
};
/*
 * The caller's own; for the staff the queue: of a state those that wait longest first, else the newest first.
 * LIMIT 1–200, 0 for 50. E_FIELD_VALUE "state"; E_OFFICE; E_ROLE.
 */
NODISCARD enum err apply_list(const struct call *c, const struct apply_filter *in,
    struct str cursor, int64_t limit, struct apply_list *ret, struct fault *f);

/* What an operator must sign to approve (S2). */
struct apply_to_approve {
	struct apply_view view;
	struct str nonce;          /* base64, single use */
	struct bytes payload;      /* canonical octets; the agent hashes the same fields itself */
	struct bytes subject, san; /* DER */
};
NODISCARD enum err apply_approval(
    const struct call *c, struct str no, struct apply_to_approve *ret, struct fault *f);
/*
 * Approve, signed. When it is the last one needed: opens the enrolment and sends the two codes
 * over their two channels. E_OWN_CASE, E_ROLE, E_APPROVAL_BAD, E_STATE, E_NONCE.
 */
NODISCARD enum err apply_approve(const struct call *c, struct str no, const struct approval *in,
    struct apply_view *ret, struct fault *f);
/*
 * A new pair of codes for an approved application: the old pair is void, a download that had begun with it is
 * given up and its unconfirmed certificate revoked. E_ROLE, E_OWN_CASE, E_STATE.
 */
NODISCARD enum err apply_codes(
    const struct call *c, struct str no, struct apply_view *ret, struct fault *f);
NODISCARD enum err apply_reject(const struct call *c, struct str no, struct str reason,
    struct apply_view *ret, struct fault *f);

/* What is to be corrected: in general, and field by field. */
struct apply_return {
	struct str reason;
	struct apply_field fields[APPLY_FIELDS_MAX]; /* of the form; the value says what is wrong */
	size_t field_count;
};
/*
 * Send it back to its applicant, who edits and submits it anew: a new revision, so that earlier approvals
 * count no more. E_ROLE, E_OWN_CASE, E_STATE, E_FIELD_UNKNOWN, E_FIELD_DUPLICATE by the form's name.
 */
NODISCARD enum err apply_return(const struct call *c, struct str no, const struct apply_return *in,
    struct apply_view *ret, struct fault *f);

/* The profiles that may be applied for: name, title and form of each. */
struct apply_choice {
	struct str value, title;
};
struct apply_form_field {
	struct str name, type, title;
	struct str help, pattern, example; /* empty: none */
	bool required;
	bool personal; /* lists show it masked (S27) */
	int64_t max;
	struct apply_choice *choices;
	size_t choice_count;
};
struct paper_view;
struct apply_form {
	struct str profile, title, consent_id;
	int64_t consent_version;
	int64_t version, years, days; /* of validity: one of the two, the other 0 */
	struct apply_form_field *fields;
	size_t field_count;
	struct paper_view *papers; /* asked for (paper.h) */
	size_t paper_count;
};
NODISCARD enum err apply_forms(
    const struct call *c, struct apply_form **ret, size_t *count, struct fault *f);

#endif
