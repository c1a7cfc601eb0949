/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migration.h"

#include "base/must.h"
#include "store/store.h"

#define X(number)                                                     \
	extern const char sqlite_##number[], sqlite_##number##_end[]; \
	extern const char postgres_##number[], postgres_##number##_end[];
#include "store/migration.def"
#undef X

static const struct {
	const char *from, *to;
} texts[STORE_SCHEMA][2] = {
#define X(number) \
	{{sqlite_##number, sqlite_##number##_end}, {postgres_##number, postgres_##number##_end}},
#include "store/migration.def"
#undef X
};

struct str
migration_text(enum dialect d, int64_t n)
{
	must(n >= 1 && n <= STORE_SCHEMA && (unsigned)d < 2);
	return (struct str){
	    texts[n - 1][d].from, (size_t)(texts[n - 1][d].to - texts[n - 1][d].from)};
}
