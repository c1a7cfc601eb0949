/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/must.h"

static const struct err_row rows[E__COUNT] = {
    [OK] = {"OK", "ok", 200, 0, "", WHO_SERVICE},
#define X(symbol, slug, http, exit, cfca, who) \
	[E_##symbol] = {#symbol, slug, http, exit, cfca, WHO_##who},
#include "base/err.def"
#undef X
};

const struct err_row *
err_row(enum err e)
{
	must((unsigned)e < E__COUNT);
	return &rows[e];
}

enum err
err_of_slug(struct str slug)
{
	for (unsigned e = OK; e < E__COUNT; e++) {
		if (str_is(slug, rows[e].slug))
			return (enum err)e;
	}
	return E_INTERNAL;
}

enum err
fault_set(struct fault *f, enum err e, const char *file, int line, const char *field,
    const char *rule, const char *fmt, ...)
{
	va_list ap;

	must(e != OK);
	if (f == NULL || f->code != OK)
		return f == NULL ? e : f->code;
	f->code = e;
	f->file = file;
	f->line = line;
	(void)snprintf(f->field, sizeof(f->field), "%s", field ? field : "");
	(void)snprintf(f->rule, sizeof(f->rule), "%s", rule ? rule : "");
	va_start(ap, fmt);
	(void)vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	va_end(ap);
	return e;
}
