/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP: requests as strangers send them, responses, and the data that the signer checks. */
#include "base/must.h"
#include "x509/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
answer(struct arena *a, struct bytes tbs)
{
	struct ocsp_answer x;
	struct bytes again;

	/* ResponseData has one form: what passes the gate is what we would have written. */
	if (ocsp_tbs_parse(tbs, &x, NULL) == OK && ocsp_tbs(a, &x, &again, NULL) == OK)
		must(bytes_eq(tbs, again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct bytes in = bytes_of(p, n), again;
	struct ocsp_request request, back;
	struct ocsp_response response;

	if (ocsp_request_parse(in, &request, NULL) == OK) {
		must(request.n >= 1 && request.n <= OCSP_IDS && request.nonce.n <= OCSP_NONCE_MAX);
		must(ocsp_request_encode(a, &request, &again, NULL) == OK);
		must(ocsp_request_parse(again, &back, NULL) == OK && back.n == request.n);
		must(bytes_eq(back.nonce, request.nonce));
	}
	if (ocsp_response_parse(in, &response, NULL) == OK && response.result == OCSP_SUCCESSFUL)
		answer(a, response.sealed.body);
	answer(a, in);
	arena_free(&a);
	return 0;
}
