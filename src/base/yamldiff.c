/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yamldiff.h"

#include "base/buf.h"

#define LIST_TEXT ((size_t)64 << 10) /* octets of a list as one value */

/* A document as a list of paths and values. */
struct leaf {
	struct str path, value;
};
struct leaves {
	struct arena *a;
	struct leaf *v;
	size_t n, room;
};

static void
add(struct leaves *l, struct str path, struct str value)
{
	if (l->n < l->room)
		l->v[l->n++] = (struct leaf){path, value};
}

static struct str
join(struct arena *a, struct str path, struct str key)
{
	return path.n == 0
	    ? key
	    : str_of(arena_fmt(a, "%.*s.%.*s", (int)path.n, path.p, (int)key.n, key.p));
}

/* "[a, b]" of the plain values in LIST, or of the names of its mappings. */
static struct str
list_text(struct arena *a, const struct yaml *list, const char *id)
{
	struct buf b = buf_new(a, LIST_TEXT);

	buf_u8(&b, '[');
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		const struct yaml *named = id && c->kind == YAML_MAPPING ? yaml_get(c, id) : c;

		if (c != list->child)
			buf_str(&b, STR(", "));
		if (named != NULL && named->kind == YAML_SCALAR)
			buf_str(&b, named->text);
	}
	buf_u8(&b, ']');
	return buf_view(&b);
}

/* Does KEY name each element of LIST, and no two alike? */
static bool
names(const struct yaml *list, const char *key)
{
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		const struct yaml *mine = c->kind == YAML_MAPPING ? yaml_get(c, key) : NULL;

		if (mine == NULL || mine->kind != YAML_SCALAR)
			return false;
		for (const struct yaml *d = list->child; d != c; d = d->next) {
			if (str_eq(yaml_get(d, key)->text, mine->text))
				return false;
		}
	}
	return true;
}

static const char *
naming_key(const struct yaml *list)
{
	static const char *const keys[] = {"name", "attribute", "field", "value"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (names(list, keys[i]))
			return keys[i];
	}
	return NULL;
}

static bool
is_plain(const struct yaml *list)
{
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		if (c->kind != YAML_SCALAR)
			return false;
	}
	return true;
}

/* Depth is bounded by the parser (YAML_DEPTH_MAX). */
static void
flatten(struct leaves *l, const struct yaml *n, struct str path)
{
	const char *id;
	size_t place = 0;

	if (n->kind == YAML_SCALAR) {
		add(l, path, n->text.n ? n->text : STR("''"));
		return;
	}
	if (n->kind == YAML_MAPPING) {
		for (const struct yaml *c = n->child; c != NULL; c = c->next)
			flatten(l, c, join(l->a, path, c->key));
		return;
	}
	if (is_plain(n)) {
		add(l, path, list_text(l->a, n, NULL));
		return;
	}
	id = naming_key(n);
	if (id != NULL) /* what there is, and in which order */
		add(l, path, list_text(l->a, n, id));
	for (const struct yaml *c = n->child; c != NULL; c = c->next) {
		place++;
		flatten(l, c,
		    join(l->a, path,
			id ? yaml_get(c, id)->text : str_of(arena_fmt(l->a, "%zu", place))));
	}
}

static size_t
nodes(const struct yaml *n)
{
	size_t sum = 2;

	for (const struct yaml *c = n->child; c != NULL; c = c->next)
		sum += nodes(c);
	return sum;
}

static struct leaves
leaves_of(struct arena *a, const struct yaml *n)
{
	struct leaves l = {.a = a, .room = n ? nodes(n) : 1};

	l.v = arena_array(a, l.room, sizeof(*l.v));
	if (n != NULL)
		flatten(&l, n, (struct str){0});
	return l;
}

static const struct leaf *
find(const struct leaves *l, struct str path)
{
	for (size_t i = 0; i < l->n; i++) {
		if (str_eq(l->v[i].path, path))
			return &l->v[i];
	}
	return NULL;
}

struct yamldiff_change *
yamldiff(struct arena *a, const struct yaml *old, const struct yaml *now, size_t *ret_n)
{
	struct leaves was = leaves_of(a, old), is = leaves_of(a, now);
	struct yamldiff_change *out = arena_array(a, was.n + is.n + 1, sizeof(*out));
	size_t n = 0;

	for (size_t i = 0; i < is.n; i++) {
		const struct leaf *before = find(&was, is.v[i].path);

		if (before == NULL)
			out[n++] =
			    (struct yamldiff_change){is.v[i].path, (struct str){0}, is.v[i].value};
		else if (!str_eq(before->value, is.v[i].value))
			out[n++] =
			    (struct yamldiff_change){is.v[i].path, before->value, is.v[i].value};
	}
	for (size_t i = 0; i < was.n; i++) {
		if (find(&is, was.v[i].path) == NULL)
			out[n++] = (struct yamldiff_change){
			    was.v[i].path, was.v[i].value, (struct str){0}};
	}
	*ret_n = n;
	return out;
}
