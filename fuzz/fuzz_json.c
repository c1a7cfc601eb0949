/* SPDX-License-Identifier: Apache-2.0 */
/* Request bodies: the first octet chooses a table, the rest is the body. */
#include <string.h>

#include "api/tables.h"
#include "base/must.h"
#include "base/text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct body_object *const tables[] = {
#define X(method, pattern, name, who, listener, body_max, body, query, flags) &body_##body,
#include "api/route.def"
#undef X
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	body_setup();
	return 0;
}

/* What was accepted keeps its row: text is UTF-8 without control characters, of the row's length. */
static void
check(const struct body_object *o, const uint8_t *base)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct body_field *x = &o->fields[i];
		struct str s;

		if (x->type != BODY_TEXT)
			continue;
		memcpy(&s, base + x->at, sizeof(s));
		if (s.p == NULL) {
			must(!x->required);
			continue;
		}
		must(utf8_valid(s) && utf8_count(s) >= x->least && utf8_count(s) <= x->most);
		must(s.n == 0 || (memchr(s.p, 0, s.n) == NULL && memchr(s.p, '\n', s.n) == NULL));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct body_object *o;
	struct arena *a;
	struct fault f = {0};
	void *ret;

	if (size == 0)
		return 0;
	o = tables[data[0] % (sizeof(tables) / sizeof(tables[0]))];
	a = arena_new(0);
	ret = arena_alloc(a, o->size + 1);
	if (body_decode(a, bytes_of(data + 1, size - 1), o, ret, &f) == OK)
		check(o, ret);
	else
		must(f.code != OK);
	arena_free(&a);
	return 0;
}
