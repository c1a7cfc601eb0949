/* SPDX-License-Identifier: Apache-2.0 */
/* The two codes as typed: first line the reference number, the rest the code. */
#include "base/must.h"
#include "core/code.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	const uint8_t *line = n ? memchr(p, '\n', n) : NULL;
	size_t head = line ? (size_t)(line - p) : n;
	struct str ref = {(const char *)p, head}, ret[2];
	struct str code =
	    line ? (struct str){(const char *)line + 1, n - head - 1} : (struct str){0};

	for (int env = 0; env < ENVIRONMENT__COUNT; env++) {
		if (code_pair_check(a, ref, code, (enum environment)env, ret, NULL) != OK)
			continue;
		must(code_ref_check(ret[0], NULL) == OK && code_auth_check(ret[1], NULL) == OK);
		must((int)code_ref_environment(ret[0]) == env);
		must(str_eq(code_normal(a, str_of(code_shown(a, ret[1]))), ret[1]));
	}
	arena_free(&a);
	return 0;
}
