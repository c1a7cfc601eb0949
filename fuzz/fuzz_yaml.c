/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration and documents as text: read the tree, then every typed read at every key. */
#include "base/yaml.h"
#include "base/yamldiff.h"

#include "base/must.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
visit(struct arena *a, const struct yaml *n, int depth)
{
	static const char *const words[] = {"test", "production", NULL};
	struct fault f = {0};
	size_t count = 0;

	must(depth <= YAML_DEPTH_MAX + 1);
	must(n->line > 0 && n->column > 0);
	must(utf8_valid(n->text));
	for (const struct yaml *c = n->child; c; c = c->next, count++) {
		if (n->kind == YAML_MAPPING) {
			const char *key = arena_cstr(a, c->key);
			struct str text;
			int64_t number;
			size_t word;
			bool yes;

			must(key != NULL && yaml_get(n, key) == c);
			(void)(yaml_str(n, key, 20, &text, &f) == OK);
			(void)(yaml_i64(n, key, -5, 5, &number, &f) == OK);
			(void)(yaml_word(n, key, words, &word, &f) == OK);
			(void)(yaml_bool(n, key, &yes, &f) == OK);
		}
		visit(a, c, depth + 1);
	}
	must(count == n->count);
}

/* Against nothing, against itself, against its first part. */
static void
compare(struct arena *a, const struct yaml *doc, size_t size)
{
	struct yamldiff_change *v;
	size_t n;

	if (size > 2048) /* its time grows with the square */
		return;
	v = yamldiff(a, NULL, doc, &n);
	for (size_t i = 0; i < n; i++)
		must(v[i].old.n == 0 && v[i].now.n > 0);
	(void)yamldiff(a, doc, doc, &n);
	if (doc->child != NULL)
		(void)yamldiff(a, doc, doc->child, &n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new((size_t)64 << 20);
	const struct yaml *doc = NULL;
	struct fault f = {0};

	if (yaml_parse(a, bytes_of(data, size), &doc, &f) != OK) {
		must(doc == NULL && f.code == E_YAML);
	} else {
		visit(a, doc, 0);
		compare(a, doc, size);
	}
	arena_free(&a);
	return 0;
}
