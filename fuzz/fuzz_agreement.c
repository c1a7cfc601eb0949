/* SPDX-License-Identifier: Apache-2.0 */
/* Agreements: what is read shows every one of its characters. */
#include "base/must.h"
#include "core/agreement.h"
#include "core/shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct agreement g;

	if (agreement_parse(a, bytes_of(p, n), &g, NULL) == OK) {
		for (int l = 0; l < LANG__COUNT; l++)
			must(g.text[l].n > 0 && shown_whole(g.text[l]) && shown_whole(g.title[l]));
	}
	arena_free(&a);
	return 0;
}
