/* SPDX-License-Identifier: Apache-2.0 */
/* signetd.conf: what is accepted prints to a file that reads back the same. */
#include <string.h>

#include "base/must.h"
#include "monitor/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct fault f = {0};
	struct conf c, again;
	enum err e = conf_parse(a, bytes_of(data, size), &c, &f);

	if (e == OK) {
		struct str text = conf_print(a, &c);

		must(conf_parse(a, str_bytes(text), &again, NULL) == OK);
		must(str_eq(conf_print(a, &again), text));
	} else {
		must(f.code == e);
	}
	arena_free(&a);
	return 0;
}
