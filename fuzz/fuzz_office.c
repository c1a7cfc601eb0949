/* SPDX-License-Identifier: Apache-2.0 */
/* Office documents, and a scope's text: what is a scope is written the same again. */
#include "base/must.h"
#include "core/office.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct str names[OFFICE_SCOPE], again, scope = bytes_str(bytes_of(p, n));
	struct office office;
	size_t count;

	if (office_parse(a, bytes_of(p, n), &office, NULL) == OK)
		must(office.name.n > 0 && office.version > 0);
	if (office_scope_good(a, scope)) {
		count = office_scope_names(scope, names);
		must(office_scope(a, names, count, &again, NULL) == OK && str_eq(again, scope));
		for (size_t i = 0; i < count; i++)
			must(office_in_scope(scope, names[i]));
	}
	arena_free(&a);
	return 0;
}
