/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11_frame: what the client reads from a p11 child, whose module may have taken it over: a frame,
 * then each reading of its body.
 */
#include <stdlib.h>

#include "base/ipc.h"
#include "token/ckr.h"
#include "token/pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct token_containers containers;
	struct token_slots slots;
	struct p11_failure failure;
	struct ipc_frame frame;
	bool failed;
	struct rd r;

	if (ipc_parse(bytes_of(p, n), &frame, NULL) == OK &&
	    p11_get_answer(frame.body, &r, &failed, &failure, NULL) == OK) {
		if (failed && ckr_err(&failure, 4) == OK)
			abort();
		if (!failed && p11_get_slots(r, 0, a, &slots, NULL) == OK &&
		    (slots.n > TOKEN_LIST_MAX || slots.strange_n > TOKEN_LIST_MAX))
			abort();
		for (unsigned k = 0; !failed && k < KEYALG__COUNT; k++) {
			struct bytes spki, signature[2];
			enum keyalg alg;

			if (pair_get_spki(r, (enum keyalg)k, &spki, NULL) == OK &&
			    (keyalg_of_spki(spki, &alg, NULL) != OK || alg != (enum keyalg)k))
				abort();
			if (pair_get_signatures(r, 2, signature, NULL) == OK &&
			    (signature[0].n > PAIR_SIGNATURE_MAX ||
				signature[1].n > PAIR_SIGNATURE_MAX))
				abort();
		}
		/* What was read is written back to the same octets. */
		if (!failed && p11_get_containers(r, a, &containers, NULL) == OK) {
			struct buf b = buf_new(a, IPC_BODY_MAX);

			buf_u8(&b, 0);
			buf_u32(&b, (uint32_t)containers.n);
			for (size_t i = 0; i < containers.n; i++)
				p11_put_container(&b, &containers.list[i]);
			if (!bytes_eq(buf_bytes(&b), frame.body))
				abort();
		}
	}
	arena_free(&a);
	return 0;
}
