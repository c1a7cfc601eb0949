/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bulk: one act on many applications or certificates (P3). Each row is decided, done, logged and answered by
 * itself, by the same use-case as when it is alone: one that is refused stops no other, and a repeat with
 * the same Idempotency-Key does nothing twice.
 */
#ifndef SERVICE_BULK_H
#define SERVICE_BULK_H

#include "service/apply.h"
#include "service/certs.h"

#define BULK_MAX 200

struct bulk_number {
	struct str no;
};

struct bulk_applications {
	struct str act; /* approve | return | reject */
	struct bulk_number numbers[BULK_MAX];
	size_t count;
	bool dry_run;              /* say for each what would happen, change nothing */
	struct str reason;         /* return, reject */
	struct apply_return words; /* return: the fields (its reason is not used) */
	struct approval
	    approval; /* approve: signature.n 0 in a dry run; its list names what was signed */
};

/* One row; fault.code OK: done (or would be done). */
struct bulk_result {
	struct str name;  /* number, or ca/serial */
	struct str state; /* now, when it was done */
	struct fault fault;
};
struct bulk_answer {
	struct bulk_result *rows; /* in the order asked */
	size_t count, done;
	struct str nonce;     /* dry run of approve: base64, for one signature over all that pass */
	struct bytes payload; /* the same: what the agent is given (approval_bundle) */
};

/*
 * E_FIELD_VALUE "act"; E_FIELD_DUPLICATE "numbers"; E_FIELD_MISSING "reason", "approval"; E_FIELD_LENGTH
 * "numbers": more to approve than one signature covers. What a row is refused for stands in its fault.
 */
NODISCARD enum err bulk_applications(const struct call *c, const struct bulk_applications *in,
    struct bulk_answer *ret, struct fault *f);

struct bulk_certificates {
	struct certs_name names[BULK_MAX];
	size_t count;
	bool dry_run;
	struct str reason;
	int64_t invalidity;
};
/* Revoke them all: operators, and for the roster administrators. E_FIELD_DUPLICATE "certificates". */
NODISCARD enum err bulk_revoke(const struct call *c, const struct bulk_certificates *in,
    struct bulk_answer *ret, struct fault *f);

#endif
