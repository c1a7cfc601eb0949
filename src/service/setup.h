/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setup: from an empty installation to a CA, over the admin socket, once (S4, S14).
 */
#ifndef SERVICE_SETUP_H
#define SERVICE_SETUP_H

#include "service/call.h"

struct setup_key {
	struct str label;  /* issuing, management, ocsp-issuing, ocsp-management, audit, job */
	struct bytes spki; /* DER */
};
struct setup_keys {
	struct setup_key keys[8];
	size_t count;
	struct str environment, origin, http_base, policy_arc; /* as configured */
	int64_t administrators;                                /* n of the roster's version 1 */
};
/* Kinds of keys by word (x509/keyalg.h); empty: preset, or as they were made. */
struct setup_kinds {
	struct str issuing, management, ocsp;
};
/*
 * The signer makes the online keys. Again before setup_finish: the same keys. E_STATE afterwards, or
 * when another kind is named; E_FIELD_VALUE.
 */
NODISCARD enum err setup_keys(
    const struct call *c, const struct setup_kinds *kinds, struct setup_keys *ret, struct fault *f);

struct setup_person {
	struct str name, phone, mail, lang; /* an administrator of version 1 */
};
struct setup_finish {
	struct bytes root, issuing, management; /* certificates, DER */
	struct bytes root_crl;                  /* DER */
	struct bytes profiles[16];              /* documents, version 1 */
	size_t profile_count;
	struct setup_person people[8];
	size_t person_count;
};
/* Imports all of it, has OCSP and portal TLS certificates signed, makes the first CRLs. */
NODISCARD enum err setup_finish(
    const struct call *c, const struct setup_finish *in, struct fault *f);

struct setup_codes {
	struct str name, reference, code;
};
/* The codes of version-1 administrator rows, once (S16's one exception). */
NODISCARD enum err setup_bootstrap(
    const struct call *c, struct setup_codes **ret, size_t *count, struct fault *f);

#endif
