/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door for programs: both codes and a request in one question, certificate and chain in its answer. The key is
 * somewhere else, nothing confirms that it got there, so certificate and enrolment go straight to active and used.
 */
#include "service/act.h"
#include "service/enrol_in.h"

/* The same question again, after its answer got lost: the same answer. */
static enum err
answer(const struct call *c, const struct enrolment_row *row, struct enrol_direct *ret,
    struct fault *f)
{
	struct certificate_row cert;
	struct enrol_direct out;

	TRY(enrol_present(c, row, &cert, &out.issued, f));
	TRY(enrol_done_view(c, &cert, &out.done, f));
	*ret = out;
	return OK;
}

enum err
enrol_request(
    const struct call *c, const struct enrol_request *in, struct enrol_direct *ret, struct fault *f)
{
	struct enrolment_row row;
	struct enrol_issued issued;
	struct call own = *c;

	TRY(enrol_codes(c, in->reference, in->code, &row, f));
	/* From here on it is the enrolment that acts: in the log, and before the signer. */
	own.who = (struct principal){.assurance = ASSURANCE_ENROLMENT, .enrolment = row.public_id};
	if (!str_is(row.state, enrolment_state_name(ENROLMENT_ISSUING)) &&
	    !str_is(row.state, enrolment_state_name(ENROLMENT_USED)))
		TRY(enrol_usable(&own, &row, f));
	TRY(enrol_certify(&own, row.public_id, in->csr, PROFILE_ENTRANCE_API, &issued, f));
	TRY(store_enrolment_by_public(c->service->store, c->a, row.public_id, &row, f));
	return answer(&own, &row, ret, f);
}
