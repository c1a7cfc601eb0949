/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job: what the agent is told to do with a token, signed by the service's job key (S22). Without one
 * there is no enrolment. The person reads the lines before consenting.
 *
 * Octets: the word signet-job-v1, then fields with a 32-bit big-endian length: agent nonce (32
 * octets), origin, environment, enrolment (16 octets), profile, key rule, not after (decimal Unix
 * seconds), number of lines (decimal), and for each line name and text.
 */
#ifndef CORE_JOB_H
#define CORE_JOB_H

#include "base/arena.h"
#include "base/err.h"
#include "core/environment.h"
#include "core/id.h"
#include "core/keyrule.h"

#define JOB_WORD      "signet-job-v1"
#define JOB_NONCE     32  /* octets */
#define JOB_LIFE      120 /* seconds */
#define JOB_LINES_MAX 12
#define JOB_MAX       ((size_t)8 << 10) /* octets */

struct job_line {
	struct str name; /* a word; the catalogue's "attribute.WORD" is its title */
	struct str text; /* a good label, or a mail address */
};

struct job {
	struct bytes agent_nonce; /* of the agent's hello */
	struct str origin;
	enum environment env;
	struct id enrolment;
	struct str profile;
	enum keyrule key;
	int64_t not_after; /* Unix seconds */
	const struct job_line *lines;
	size_t line_count;
};

/*
 * The octets, on A. E_ORIGIN, E_FIELD_VALUE or label faults naming the field: nothing is signed that the
 * agent would refuse to show.
 */
NODISCARD enum err job_encode(
    struct arena *a, const struct job *j, struct bytes *ret, struct fault *f);
/* Lines on A, the rest views of IN. E_FRAME for any octets that job_encode would not have written. */
NODISCARD enum err job_parse(struct arena *a, struct bytes in, struct job *ret, struct fault *f);
/*
 * Is it an answer to this hello, from this page, now? E_AGENT_JOB: other nonce, other environment,
 * past its time or further ahead than JOB_LIFE (with 60 s for clocks); E_ORIGIN: another origin.
 */
NODISCARD enum err job_check(const struct job *j, struct bytes agent_nonce, struct str origin,
    enum environment env, int64_t now, struct fault *f);

#endif
