/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codes: make the two codes of an enrolment and send each on its own channel (S16). Only for the
 * files of service/.
 */
#ifndef SERVICE_CODES_H
#define SERVICE_CODES_H

#include "core/id.h"
#include "service/act.h"

struct codes {
	char reference[11];
	char code[21]; /* wiped by codes_send or the caller */
	struct bytes salt, mac;
	int64_t expires;
};
/* For GENERATION of this enrolment. Costs a slow hash. */
NODISCARD enum err codes_make(const struct call *c, struct id enrolment, int64_t generation,
    const struct profile *p, struct codes *ret, struct fault *f);
struct codes_to {
	struct str mail, phone, lang;
	struct str object;     /* the application's number, or a person's id */
	struct str name, role; /* of somebody in the roster; empty for an applicant */
	int64_t after;         /* they leave no earlier (S18); 0: at once */
};
/* Reference number by mail, authorization code by SMS; then the clear code is wiped. */
NODISCARD enum err codes_send(const struct call *c, struct unit *u, struct codes *codes,
    const struct codes_to *to, struct fault *f);
/* The enrolment row of a roster person under the newest operator profile, with these codes. */
NODISCARD enum err codes_person_enrolment(const struct call *c, const struct person_row *person,
    const struct realm_profile *p, const struct codes *codes, struct enrolment_row *ret,
    struct fault *f);
/* The slow hash of a typed code, for the check. */
NODISCARD enum err codes_hash(const struct call *c, struct str code, struct bytes salt,
    uint8_t ret[static 32], struct fault *f);

#endif
