/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as the agent gets them: what is read has exactly this encoding. */
#include "base/must.h"
#include "core/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct bytes again;
	struct job job;

	if (job_parse(a, bytes_of(p, n), &job, NULL) == OK) {
		must(job_encode(a, &job, &again, NULL) == OK);
		must(bytes_eq(again, bytes_of(p, n)));
	}
	arena_free(&a);
	return 0;
}
