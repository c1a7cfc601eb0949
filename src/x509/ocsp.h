/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ocsp: the Online Certificate Status Protocol (RFC 6960, nonces by RFC 9654). Pure.
 */
#ifndef X509_OCSP_H
#define X509_OCSP_H

#include "x509/ext.h"
#include "x509/sigalg.h"

#define OCSP_REQUEST_MAX ((size_t)10 << 10) /* octets */
#define OCSP_IDS         32                 /* most certificates of one request */
#define OCSP_NONCE_MAX   128                /* octets (RFC 9654 2.1) */
#define OCSP_KEY_HASH    20                 /* octets of a responder's key hash: SHA-1 */
#define OCSP_NO_TIME     INT64_MIN

/* CertID: which certificate is meant. */
struct ocsp_id {
	struct bytes whole; /* all octets, echoed as they came */
	enum oid hash;      /* OID_SHA1, OID_SHA256 …; OID_UNKNOWN: any other */
	struct bytes name_hash, key_hash;
	struct bytes serial; /* big-endian, positive, at most 20 octets, no leading zeros */
};

struct ocsp_request {
	struct ocsp_id v[OCSP_IDS];
	size_t n;           /* at least 1 */
	struct bytes nonce; /* 1 to OCSP_NONCE_MAX octets; empty when absent */
};

/*
 * Read a request; views of DER. requestorName, the signature and extensions other than nonce are
 * ignored, critical ones refused. E_BODY_SIZE: more than OCSP_REQUEST_MAX; E_DER: all else: the
 * answer is OCSP_MALFORMED.
 */
NODISCARD enum err ocsp_request_parse(struct bytes der, struct ocsp_request *ret, struct fault *f);

/* Read the next CertID of D. */
NODISCARD enum err ocsp_id_get(struct der *d, struct ocsp_id *ret, struct fault *f);
/* CertID from digests of HASH (OID_SHA1, OID_SHA256 …); *ret has all members, on the arena. */
NODISCARD enum err ocsp_id_encode(
    struct arena *a, const struct ocsp_id *id, struct ocsp_id *ret, struct fault *f);
/* An unsigned request for N CertIDs (their WHOLE counts) with a nonce or without (empty). */
NODISCARD enum err ocsp_request_encode(
    struct arena *a, const struct ocsp_request *request, struct bytes *ret, struct fault *f);

/*
 * Read Extensions, the next element of D: the nonce into *NONCE (may be NULL), others are skipped,
 * critical ones refused.
 */
NODISCARD enum err ocsp_exts_get(struct der *d, struct bytes *nonce, struct fault *f);
/* Append the nonce as the only extension, under the context tag TAG; nothing when it is empty. */
void ocsp_nonce_put(struct der_out *w, unsigned tag, struct bytes nonce);

enum ocsp_status { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN };

struct ocsp_single {
	struct ocsp_id id; /* for writing only WHOLE counts */
	enum ocsp_status status;
	int64_t revoked_at;     /* OCSP_REVOKED only */
	enum ext_reason reason; /* OCSP_REVOKED only; REASON_NONE: omitted */
	int64_t this_update, next_update;
	int64_t archive_cutoff; /* or OCSP_NO_TIME */
};

/* ResponseData. */
struct ocsp_answer {
	struct bytes responder; /* byKey: SHA-1 of the responder's key bits, OCSP_KEY_HASH octets */
	int64_t produced_at;
	struct ocsp_single v[OCSP_IDS];
	size_t n;           /* at least 1 */
	struct bytes nonce; /* empty: none */
};

/*
 * ResponseData, what is signed. E_GATE: no or too many answers, a responder that is not 20 octets,
 * thisUpdate after producedAt, nextUpdate not after thisUpdate, a reason that may not be told, a
 * revocation after thisUpdate.
 */
NODISCARD enum err ocsp_tbs(
    struct arena *a, const struct ocsp_answer *answer, struct bytes *ret, struct fault *f);
/* Read ResponseData under the same rules, byKey only; E_DER, E_GATE. Views of TBS. */
NODISCARD enum err ocsp_tbs_parse(struct bytes tbs, struct ocsp_answer *ret, struct fault *f);

/* A successful OCSPResponse with one basic response and the certificate of its signer. */
NODISCARD enum err ocsp_finish(struct arena *a, const struct sealed *tbs, struct bytes cert,
    struct bytes *ret, struct fault *f);

/* OCSPResponseStatus (RFC 6960 4.2.1). */
enum ocsp_result {
	OCSP_SUCCESSFUL = 0,
	OCSP_MALFORMED = 1,
	OCSP_INTERNAL = 2,
	OCSP_TRY_LATER = 3,
	OCSP_SIG_REQUIRED = 5,
	OCSP_UNAUTHORIZED = 6
};
/* The whole unsigned answer for a failure (constant; RESULT is not OCSP_SUCCESSFUL). */
struct bytes ocsp_error(enum ocsp_result result);

/* An OCSPResponse that was read. All but RESULT is empty unless OCSP_SUCCESSFUL. */
struct ocsp_response {
	enum ocsp_result result;
	struct sealed sealed; /* body = ResponseData, for ocsp_tbs_parse */
	struct bytes cert;    /* the first certificate of certs, or empty */
};
NODISCARD enum err ocsp_response_parse(
    struct bytes der, struct ocsp_response *ret, struct fault *f);

#endif
