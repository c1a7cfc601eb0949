/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin: the profiles of our own CA: root, issuing and management CA, their OCSP signers, the
 * portal's TLS certificate. Rows: builtin.def. The same templates as profile.h, from constants.
 */
#ifndef CORE_BUILTIN_H
#define CORE_BUILTIN_H

#include "core/environment.h"
#include "core/profile.h"

enum builtin {
#define X(symbol, word, title, years, days) BUILTIN_##symbol,
#include "core/builtin.def"
#undef X
	BUILTIN__COUNT
};

const char *builtin_name(enum builtin b);
bool builtin_parse(struct str word, enum builtin *ret);
struct term builtin_term(enum builtin b);
/* Who signs it: ROOT for CAs (itself too), the CA it answers for, MANAGEMENT for the portal. */
enum builtin builtin_issuer(enum builtin b);
/* Only off line (S4). */
bool builtin_is_ca(enum builtin b);

/* How an installation calls itself. */
struct builtin_house {
	enum environment env;
	struct str country; /* "CN" */
	struct str
	    organisation;    /* must hold the word TEST in test and must not in production (S15) */
	unsigned generation; /* from 1 (L1) */
};

/*
 * The subject of a CA or OCSP signer: C, O, CN "ORGANISATION Issuing CA G1". On A. Not for TLS_PORTAL.
 * E_FIELD_VALUE ("country", "organisation"), label faults.
 */
NODISCARD enum err builtin_subject(struct arena *a, enum builtin b,
    const struct builtin_house *house, struct bytes *ret, struct fault *f);
/* "issuing-g1": the place of a CA in addresses. */
char *builtin_generation(struct arena *a, enum builtin b, unsigned generation);
/* Subject (CN = host) and SAN of the portal's certificate: one DNS name or IP address. */
NODISCARD enum err builtin_portal(struct arena *a, struct str host, struct bytes *ret_subject,
    struct bytes *ret_san, struct fault *f);

/* CA: the issuer's values; for ROOT its own subject, other fields unused. */
NODISCARD enum err builtin_template(struct arena *a, enum builtin b,
    const struct profile_issuer *ca, struct cert_template *ret, struct fault *f);
/* As profile_apply; notBefore lies VALIDITY_EARLY before NOW (L4). For ROOT ca_not_after is unused. */
NODISCARD enum err builtin_apply(struct arena *a, enum builtin b, const struct cert_template *t,
    const struct profile_request *r, int64_t now, struct bytes *ret, struct fault *f);

#endif
