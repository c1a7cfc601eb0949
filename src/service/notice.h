/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notice: what the holder of a certificate, or of two codes, is told: by mail, where it is urgent by SMS too, in
 * their language. Only for the files of service/. (What an applicant is told: approve_tell.)
 */
#ifndef SERVICE_NOTICE_H
#define SERVICE_NOTICE_H

#include "service/act.h"

enum notice {
#define N(symbol, mail, sms) NOTICE_##symbol,
#include "service/notice.def"
#undef N
	NOTICE__COUNT
};

/*
 * Add it to the unit. AT: the time that it names. REASON: a word of reason.def, or NULL. Certificates of the
 * service's own have no holder, and nobody is told.
 */
struct notice_of {
	enum notice kind;
	int64_t at;
	const char *reason;
};
NODISCARD enum err notice_certificate(const struct call *c, struct unit *u,
    const struct certificate_row *row, const struct notice_of *n, struct fault *f);
NODISCARD enum err notice_enrolment(const struct call *c, struct unit *u,
    const struct enrolment_row *row, const struct notice_of *n, struct fault *f);

#endif
