/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enrol: from the two codes to a certificate that its key has confirmed, and back after any break.
 */
#ifndef SERVICE_ENROL_H
#define SERVICE_ENROL_H

#include "service/call.h"

#define ENROL_SESSION_LIFE 1800 /* seconds */

struct enrol_check {
	struct str reference, code; /* as typed */
	struct bytes agent_nonce;   /* 32 octets, of the agent's hello */
};
struct enrol_subject_line {
	struct str attribute, value;
};
struct enrol_ticket {
	struct str enrolment; /* public id, 32 hex digits */
	struct str session;   /* bearer for this enrolment only */
	struct str profile;
	struct enrol_subject_line *subject;
	size_t subject_count;
	struct bytes job, job_signature; /* for the agent (S22) */
	int64_t expires;
};
/*
 * Are these the two codes of an open enrolment? Format, check characters, swap and environment cost
 * no try. E_CODE_WRONG for an unknown reference and a wrong code alike; states only after the
 * right code: E_CODE_EXPIRED, E_CODE_USED, E_CODE_STARTED, E_CODE_VOID; E_CODE_LOCKED, E_BUSY. E_ENTRANCE:
 * its key does not come from the agent.
 */
NODISCARD enum err enrol_check(
    const struct call *c, const struct enrol_check *in, struct enrol_ticket *ret, struct fault *f);

struct enrol_issued {
	struct bytes certificate; /* DER */
	struct bytes chain[4];    /* issuing CA first, root last */
	size_t chain_count;
	struct bytes nonce; /* for the *installed* statement */
};
/*
 * The request for the certificate. The first accepted one binds the enrolment to its key (S19); the
 * same key again gives the same certificate. E_CSR_*, E_KEY_*, E_KEY_OTHER, E_CODE_EXPIRED.
 */
NODISCARD enum err enrol_issue(const struct call *c, struct str enrolment, struct bytes csr,
    struct enrol_issued *ret, struct fault *f);

struct enrol_done {
	struct str ca, serial; /* the certificate's name (L9) */
	struct str state;      /* "active" */
	int64_t not_before, not_after;
};

struct enrol_request {
	struct str reference, code; /* as typed */
	struct bytes csr;           /* PKCS #10, DER */
};
struct enrol_direct {
	struct enrol_issued issued; /* its nonce is of no use here */
	struct enrol_done done;
};
/*
 * Both codes and a request made elsewhere: certificate active, codes used (entrance api). The same key again gives
 * the same certificate. The faults of enrol_check and enrol_issue; E_ENTRANCE.
 */
NODISCARD enum err enrol_request(const struct call *c, const struct enrol_request *in,
    struct enrol_direct *ret, struct fault *f);

struct enrol_proof {
	struct bytes server_nonce; /* that came with the certificate */
	struct bytes agent_nonce;  /* 32 octets */
	struct bytes signature;    /* by the new key, purpose installed */
};
/* The new key says that its certificate is in place: certificate active, codes used. */
NODISCARD enum err enrol_installed(const struct call *c, struct str enrolment,
    const struct enrol_proof *in, struct enrol_done *ret, struct fault *f);

struct enrol_resume_challenge {
	struct str enrolment;
	struct bytes nonce;
};
/* Which enrolment is this reference's, and a nonce for its pending key (N3). Counted like a code. */
NODISCARD enum err enrol_resume_begin(const struct call *c, struct str reference,
    struct enrol_resume_challenge *ret, struct fault *f);

struct enrol_resume {
	struct bytes agent_nonce, spki, signature; /* purpose resume, by the pending key */
	struct bytes nonce;
};
struct enrol_resumed {
	struct enrol_ticket ticket;
	struct str state;           /* "issuing" | "issued" | "used" */
	struct enrol_issued issued; /* when state is "issued" or "used" */
};
NODISCARD enum err enrol_resume(const struct call *c, struct str enrolment,
    const struct enrol_resume *in, struct enrol_resumed *ret, struct fault *f);

#endif
