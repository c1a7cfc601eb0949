/* SPDX-License-Identifier: Apache-2.0 */
/* Values of forms: the first octet says which type, the rest is what was typed. */
#include "base/must.h"
#include "core/fieldtype.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct str choices[] = {STR("a"), STR("b-1")};
	struct fieldtype_ask ask = {.name = "x", .choices = choices, .choice_count = 2};
	struct arena *a = arena_new(0);
	struct str typed, kept, again;

	if (n > 0) {
		ask.type = (enum fieldtype)(p[0] % FIELDTYPE__COUNT);
		ask.max = fieldtype_row(ask.type)->most;
		ask.pattern = p[0] & 0x80 ? STR("A9-X") : (struct str){0};
		typed = (struct str){(const char *)p + 1, n - 1};
		if (fieldtype_check(a, &ask, typed, &kept, NULL) == OK) {
			/* One form only: what is kept is kept as it is. */
			must(fieldtype_check(a, &ask, kept, &again, NULL) == OK);
			must(str_eq(kept, again));
			must(fieldtype_shown(a, ask.type, kept).n > 0);
		}
	}
	arena_free(&a);
	return 0;
}
