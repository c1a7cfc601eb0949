/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crl: certificate revocation lists (RFC 5280 5), written and read as a stream. Pure.
 *
 * Writing takes two passes over the rows and calls nobody back: add up crl_entry_size, then
 * crl_head, crl_entry for each row, crl_tail. Each appends to a buffer that the caller may empty
 * between calls, so a list of millions never stands in memory. What was written in between is the
 * TBSCertList; crl_prefix and crl_suffix make the CertificateList around it.
 */
#ifndef X509_CRL_H
#define X509_CRL_H

#include "x509/ext.h"
#include "x509/sigalg.h"

#define CRL_NO_TIME INT64_MIN

struct crl_item {
	struct bytes serial; /* big-endian, positive, at most 20 octets */
	int64_t date;        /* of the revocation */
	enum ext_reason reason;
	int64_t invalidity; /* or CRL_NO_TIME */
};

/* What a list says of itself. */
struct crl_head {
	enum sigalg alg;
	struct bytes issuer; /* Name: a byte copy of the CA's subject */
	int64_t this_update, next_update;
	struct bytes aki; /* the CA's subjectKeyIdentifier */
	int64_t number;
};

/* Octets that crl_entry will write for ROW. */
size_t crl_entry_size(const struct crl_item *row);
/*
 * Begin: ENTRIES is the sum of crl_entry_size (0: revokedCertificates is absent). E_GATE:
 * nextUpdate is not after thisUpdate, the number is negative; E_INTERNAL: the buffer is full.
 */
NODISCARD enum err crl_head(
    struct buf *out, const struct crl_head *head, size_t entries, struct fault *f);
/*
 * One row. E_GATE: a serial that is not positive or too long, a reason that may not stand in a full
 * list, a date after THIS_UPDATE; E_INTERNAL: the buffer is full.
 */
NODISCARD enum err crl_entry(
    struct buf *out, const struct crl_item *row, int64_t this_update, struct fault *f);
/* The extensions. */
NODISCARD enum err crl_tail(struct buf *out, const struct crl_head *head, struct fault *f);

/* What stands before a TBSCertList of TBS_SIZE octets, and what after it. */
NODISCARD enum err crl_prefix(
    struct buf *out, size_t tbs_size, enum sigalg alg, struct bytes signature, struct fault *f);
NODISCARD enum err crl_suffix(
    struct buf *out, enum sigalg alg, struct bytes signature, struct fault *f);
/* Both, for a list in memory. */
NODISCARD enum err crl_finish(struct arena *a, struct bytes tbs, enum sigalg alg,
    struct bytes signature, struct bytes *ret, struct fault *f);

/* A list that is being read: views of the input. */
struct crl {
	struct bytes whole; /* empty after crl_tbs_open */
	struct bytes tbs;
	struct crl_head head;
	struct bytes signature; /* empty after crl_tbs_open */
	struct der entries;     /* what crl_next has still to give */
};

/*
 * Read all but the entries: version 2, nextUpdate there and later, AKI and CRLNumber and no other
 * extension, none critical, revokedCertificates absent when empty, inner and outer algorithm equal.
 * E_DER, E_ALG_UNSUPPORTED.
 */
NODISCARD enum err crl_open(struct bytes der, struct crl *ret, struct fault *f);
/* The same for a TBSCertList alone. */
NODISCARD enum err crl_tbs_open(struct bytes tbs, struct crl *ret, struct fault *f);
/*
 * The next entry, or *MORE false at the end. Strict as crl_entry writes: reason 1 to 6, 9, 10, not
 * critical; invalidityDate; no other extension; date ≤ thisUpdate. Order and duplicates are for the
 * caller, who compares with what he knows.
 */
NODISCARD enum err crl_next(struct crl *crl, struct crl_item *ret, bool *more, struct fault *f);

#endif
