/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ca: what the root key signs, off line (S4): itself, the issuing and the management CA, and the list
 * of revoked CAs. Values V12 to V14 and V22 come from core's built-in profiles.
 */
#ifndef CLI_CA_H
#define CLI_CA_H

#include "core/builtin.h"
#include "crypto/softkey.h"

#define CA_CRL_MONTHS 13 /* until the root's list must be made anew (V22) */

struct ca_plan {
	struct builtin_house house;
	struct str base;       /* public_http_url */
	struct str policy_arc; /* dotted */
	struct bytes issuing_spki, management_spki;
	int64_t now;
};

struct ca_made {
	struct bytes root, issuing, management; /* certificates, DER */
	struct bytes crl;                       /* the root's, DER */
};

/* All four, on A, checked with the other implementation before they are given out. */
NODISCARD enum err ca_make(struct arena *a, struct softkey *root, const struct ca_plan *plan,
    struct ca_made *ret, struct fault *f);

#endif
