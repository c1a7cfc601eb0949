/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agreement: what applicants agree to, and that they did. A profile names an agreement by its id; the newest signed
 * document of that id holds. Version 1 of some comes with the service (the catalogue's "consent.ID").
 */
#ifndef SERVICE_AGREEMENT_H
#define SERVICE_AGREEMENT_H

#include "service/call.h"

struct application_row;
struct apply_consent;
struct profile;

struct agreement_view {
	struct str id;
	int64_t version;
	int64_t newest; /* the version that holds */
	enum lang lang;
	struct str title, text;
	struct bytes hash; /* SHA-256 of TEXT */
};
/* In the caller's language; VERSION 0: the one that holds. E_NOT_FOUND. */
NODISCARD enum err agreement_get(const struct call *c, struct str id, int64_t version,
    struct agreement_view *ret, struct fault *f);
/* Is there such an agreement? E_FIELD_VALUE "consent". */
NODISCARD enum err agreement_known(const struct call *c, struct str id, struct fault *f);
/*
 * The consent that comes with a submission, into the application's row: id, version, language and hash.
 * E_FIELD_VALUE: not given, or to another text; E_AGREEMENT: to a version that holds no more.
 */
NODISCARD enum err agreement_consent(const struct call *c, const struct profile *p,
    const struct apply_consent *in, struct application_row *row, struct fault *f);

#endif
