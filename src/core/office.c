/* SPDX-License-Identifier: Apache-2.0 */
#include "core/office.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/yaml.h"
#include "core/label.h"
#include "core/word.h"

#define LINE_MAX 128 /* characters */

/* A line that people read, in NFC; absent: empty. */
static enum err
line(struct arena *a, const struct yaml *map, const char *key, struct str *ret, struct fault *f)
{
	struct fault why = {0};
	struct str s;
	enum err e;

	*ret = (struct str){0};
	if (yaml_get(map, key) == NULL)
		return OK;
	TRY(yaml_str(map, key, LINE_MAX, &s, f));
	e = label_check(a, s, LINE_MAX, key, ret, &why);
	return e == OK ? OK : yaml_fail(yaml_get(map, key), e, key, why.rule, f);
}

static enum err
titles(struct arena *a, const struct yaml *doc, struct office *o, struct fault *f)
{
	const char *keys[LANG__COUNT + 1] = {NULL};
	const struct yaml *t;

	for (int l = 0; l < LANG__COUNT; l++)
		keys[l] = lang_tag((enum lang)l);
	TRY(yaml_child(doc, "title", YAML_MAPPING, &t, f));
	TRY(yaml_only(t, keys, f));
	for (int l = 0; l < LANG__COUNT; l++) {
		TRY(line(a, t, keys[l], &o->title[l], f));
		if (o->title[l].n == 0)
			return yaml_fail(t, E_FIELD_MISSING, keys[l], NULL, f);
	}
	return OK;
}

enum err
office_parse(struct arena *a, struct bytes document, struct office *ret, struct fault *f)
{
	static const char *const keys[] = {
	    "office", "version", "title", "address", "phone", "hours", NULL};
	struct office o = {0};
	const struct yaml *doc;
	int64_t version;

	if (document.n > OFFICE_MAX)
		return FAIL_FIELD(f, E_BODY_SIZE, "office", "≤ 16 KiB", "%zu octets", document.n);
	TRY(yaml_parse(a, document, &doc, f));
	if (doc->kind != YAML_MAPPING)
		return yaml_fail(doc, E_FIELD_TYPE, "office", "mapping", f);
	TRY(yaml_only(doc, keys, f));
	TRY(yaml_str(doc, "office", OFFICE_NAME_MAX, &o.name, f));
	if (!word_is_name(o.name, OFFICE_NAME_MAX))
		return yaml_fail(
		    yaml_get(doc, "office"), E_FIELD_FORMAT, "office", "a-z, 0-9, -", f);
	TRY(yaml_i64(doc, "version", 1, INT32_MAX, &version, f));
	o.version = (uint32_t)version;
	TRY(titles(a, doc, &o, f));
	TRY(line(a, doc, "address", &o.address, f));
	TRY(line(a, doc, "phone", &o.phone, f));
	TRY(line(a, doc, "hours", &o.hours, f));
	*ret = o;
	return OK;
}

static int
by_name(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int c = memcmp(x->p, y->p, n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

enum err
office_scope(struct arena *a, const struct str *names, size_t n, struct str *ret, struct fault *f)
{
	struct buf b = buf_new(a, OFFICE_SCOPE * (OFFICE_NAME_MAX + 1));
	struct str sorted[OFFICE_SCOPE];

	if (n > OFFICE_SCOPE)
		return FAIL_FIELD(f, E_FIELD_VALUE, "offices", "≤ 8", "%zu of them", n);
	for (size_t i = 0; i < n; i++) {
		if (!word_is_name(names[i], OFFICE_NAME_MAX))
			return FAIL_FIELD(f, E_FIELD_VALUE, "offices", "a-z, 0-9, -", "no name");
		sorted[i] = names[i];
	}
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++) {
		if (i && str_eq(sorted[i], sorted[i - 1]))
			return FAIL_FIELD(f, E_FIELD_DUPLICATE, "offices", NULL, "twice");
		if (i)
			buf_u8(&b, ' ');
		buf_str(&b, sorted[i]);
	}
	must(!b.bad);
	*ret = buf_view(&b);
	return OK;
}

size_t
office_scope_names(struct str scope, struct str ret[static OFFICE_SCOPE])
{
	size_t n = 0;

	while (scope.n && n < OFFICE_SCOPE) {
		const char *blank = memchr(scope.p, ' ', scope.n);
		size_t len = blank ? (size_t)(blank - scope.p) : scope.n;

		ret[n++] = (struct str){scope.p, len};
		len += blank != NULL;
		scope.p += len;
		scope.n -= len;
	}
	return n;
}

bool
office_scope_good(struct arena *a, struct str scope)
{
	struct str names[OFFICE_SCOPE], again;
	size_t n = office_scope_names(scope, names);

	return office_scope(a, names, n, &again, NULL) == OK && str_eq(again, scope);
}

bool
office_in_scope(struct str scope, struct str office)
{
	struct str names[OFFICE_SCOPE];
	size_t n = office_scope_names(scope, names);

	for (size_t i = 0; i < n; i++) {
		if (str_eq(names[i], office))
			return true;
	}
	return n == 0;
}
