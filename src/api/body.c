/* SPDX-License-Identifier: Apache-2.0 */
#include "api/body.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"

/* Where we are in the body, for faults. */
struct path {
	struct arena *a;
	const char *text;
};

/*
 * While a body is decoded jansson lives on its arena, too: codes and session secrets are wiped with
 * the request, and there is nothing to free. At other times it has what it had before.
 */
static _Thread_local struct arena *place;
static json_malloc_t heap_take;
static json_free_t heap_give;

static void *
take(size_t n)
{
	if (place == NULL)
		return heap_take(n);
	/* The parser may say that it has no room; the arena may not. */
	return arena_left(place) / 2 > n ? arena_alloc(place, n) : NULL;
}

static void
give(void *p)
{
	if (place == NULL)
		heap_give(p);
}

void
body_setup(void)
{
	json_get_alloc_funcs(&heap_take, &heap_give);
	json_set_alloc_funcs(take, give);
	json_object_seed(0);
}

static struct path
path_member(struct path p, const char *name)
{
	p.text = p.text[0] ? arena_fmt(p.a, "%s.%s", p.text, name) : name;
	return p;
}

static struct path
path_element(struct path p, size_t i)
{
	p.text = arena_fmt(p.a, "%s[%zu]", p.text, i);
	return p;
}

/* "64", "≤ 64", "22–64": without words. */
static const char *
range(struct arena *a, size_t least, size_t most)
{
	if (least == most)
		return arena_fmt(a, "%zu", most);
	if (least == 0)
		return arena_fmt(a, "≤ %zu", most);
	return arena_fmt(a, "%zu–%zu", least, most);
}

static enum err
check_count(struct path at, const struct body_field *x, size_t n, const char *what, struct fault *f)
{
	if (n >= x->least && n <= x->most)
		return OK;
	return FAIL_FIELD(
	    f, E_FIELD_LENGTH, at.text, range(at.a, x->least, x->most), "%zu %s", n, what);
}

/* C0, DEL and C1; with LINES tab and line ends are good. */
static bool
has_control(struct str s, bool lines)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];
		bool line = c == '\t' || c == '\n' || c == '\r';

		if ((c < 0x20 || c == 0x7f) && !(lines && line))
			return true;
		if (c == 0xc2 && i + 1 < s.n && (uint8_t)s.p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static enum err
text_put(struct path at, const struct body_field *x, struct str s, void *ret, struct fault *f)
{
	bool lines = x->type == BODY_LINES;
	struct bytes octets;

	TRY(check_count(at, x, utf8_count(s), "characters", f));
	if (has_control(s, lines))
		return FAIL_FIELD(f, E_FIELD_CHARS, at.text, NULL, "control character");
	s = arena_str(at.a, s);
	octets = str_bytes(s);
	if (lines)
		memcpy(ret, &octets, sizeof(octets));
	else
		memcpy(ret, &s, sizeof(s));
	return OK;
}

static enum err
base64_put(struct path at, const struct body_field *x, struct str s, void *ret, struct fault *f)
{
	struct bytes octets;

	if (s.n / 4 > x->most / 3 + 1)
		return check_count(at, x, s.n / 4 * 3, "octets", f);
	if (!base64_parse(at.a, s, &octets))
		return FAIL_FIELD(f, E_FIELD_FORMAT, at.text, "base64", "not base64");
	TRY(check_count(at, x, octets.n, "octets", f));
	memcpy(ret, &octets, sizeof(octets));
	return OK;
}

static enum err
time_put(struct path at, struct str s, void *ret, struct fault *f)
{
	int64_t t;

	if (!time_parse(s, &t))
		return FAIL_FIELD(f, E_FIELD_FORMAT, at.text, "RFC 3339", "not a time");
	memcpy(ret, &t, sizeof(t));
	return OK;
}

static enum err
string_put(struct path at, const struct body_field *x, json_t *v, uint8_t *ret, struct fault *f)
{
	struct str s = {json_string_value(v), json_string_length(v)};

	if (x->type == BODY_BASE64)
		return base64_put(at, x, s, ret, f);
	if (x->type == BODY_TIME)
		return time_put(at, s, ret, f);
	return text_put(at, x, s, ret, f);
}

static enum err
bool_put(struct path at, const struct body_field *x, json_t *v, uint8_t *ret, struct fault *f)
{
	bool truth = json_is_true(v);

	(void)at, (void)x, (void)f;
	memcpy(ret, &truth, sizeof(truth));
	return OK;
}

static enum err
number_put(struct path at, const struct body_field *x, json_t *v, uint8_t *ret, struct fault *f)
{
	int64_t n = json_integer_value(v);

	if (n < (int64_t)x->least || n > (int64_t)x->most)
		return FAIL_FIELD(
		    f, E_FIELD_VALUE, at.text, range(at.a, x->least, x->most), "out of range");
	memcpy(ret, &n, sizeof(n));
	return OK;
}

/* BASE is the struct that X belongs to. */
static enum err field_put(
    struct path at, const struct body_field *x, json_t *v, uint8_t *base, struct fault *f);

static enum err
members_put(struct path at, const struct body_object *o, json_t *v, uint8_t *base, struct fault *f)
{
	const char *key;
	json_t *child;

	json_object_foreach(v, key, child)
	{
		size_t i = 0;

		while (i < o->count && strcmp(o->fields[i].name, key) != 0)
			i++;
		if (i == o->count)
			return FAIL_FIELD(
			    f, E_FIELD_UNKNOWN, path_member(at, key).text, NULL, "unknown member");
	}
	for (size_t i = 0; i < o->count; i++) {
		const struct body_field *x = &o->fields[i];
		struct path in = path_member(at, x->name);

		child = json_object_get(v, x->name);
		if (child != NULL)
			TRY(field_put(in, x, child, base, f));
		else if (x->required)
			return FAIL_FIELD(f, E_FIELD_MISSING, in.text, NULL, "missing member");
	}
	return OK;
}

static enum err
object_put(struct path at, const struct body_field *x, json_t *v, uint8_t *ret, struct fault *f)
{
	return members_put(at, x->of, v, ret, f);
}

static enum err
list_put(struct path at, const struct body_field *x, json_t *v, uint8_t *ret, struct fault *f)
{
	const struct body_object *o = x->of;

	for (size_t i = 0; i < json_array_size(v); i++) {
		struct path in = path_element(at, i);
		uint8_t *item = ret + i * o->size;

		if (o->fields[0].name == NULL)
			TRY(field_put(in, &o->fields[0], json_array_get(v, i), item, f));
		else if (json_is_object(json_array_get(v, i)))
			TRY(members_put(in, o, json_array_get(v, i), item, f));
		else
			return FAIL_FIELD(f, E_FIELD_TYPE, in.text, "object", "element");
	}
	return OK;
}

static enum err
map_put(struct path at, const struct body_field *x, json_t *v, uint8_t *ret, struct fault *f)
{
	const struct body_field *name = &x->of->fields[0], *value = &x->of->fields[1];
	uint8_t *item = ret;
	const char *key;
	json_t *child;

	json_object_foreach(v, key, child)
	{
		struct path in = path_member(at, key);

		TRY(text_put(in, name, str_of(key), item + name->at, f));
		TRY(field_put(in, value, child, item, f));
		item += x->of->size;
	}
	return OK;
}

/* What JSON a type is made of, and who reads it. */
static const struct {
	const char *rule;
	json_type type, also;
	enum err (*put)(
	    struct path at, const struct body_field *x, json_t *v, uint8_t *ret, struct fault *f);
} kinds[] = {
    [BODY_TEXT] = {"string", JSON_STRING, JSON_STRING, string_put},
    [BODY_LINES] = {"string", JSON_STRING, JSON_STRING, string_put},
    [BODY_BASE64] = {"string", JSON_STRING, JSON_STRING, string_put},
    [BODY_BOOL] = {"true | false", JSON_TRUE, JSON_FALSE, bool_put},
    [BODY_NUMBER] = {"integer", JSON_INTEGER, JSON_INTEGER, number_put},
    [BODY_TIME] = {"string", JSON_STRING, JSON_STRING, string_put},
    [BODY_OBJECT] = {"object", JSON_OBJECT, JSON_OBJECT, object_put},
    [BODY_LIST] = {"array", JSON_ARRAY, JSON_ARRAY, list_put},
    [BODY_MAP] = {"object", JSON_OBJECT, JSON_OBJECT, map_put},
};

static enum err
field_put(struct path at, const struct body_field *x, json_t *v, uint8_t *base, struct fault *f)
{
	json_type type = json_typeof(v);
	size_t n = type == JSON_ARRAY ? json_array_size(v) : json_object_size(v);

	if (type != kinds[x->type].type && type != kinds[x->type].also)
		return FAIL_FIELD(
		    f, E_FIELD_TYPE, at.text, kinds[x->type].rule, "JSON type %d", (int)type);
	if (x->type == BODY_LIST || x->type == BODY_MAP) {
		TRY(check_count(at, x, n, "elements", f));
		memcpy(base + x->count_at, &n, sizeof(n));
	}
	return kinds[x->type].put(at, x, v, base + x->at, f);
}

/* Nesting without parsing: the parser itself recurses. */
static bool
too_deep(struct bytes in)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > BODY_DEPTH_MAX)
			return true;
		else if (!quoted && (c == '}' || c == ']'))
			depth--;
	}
	return false;
}

/* jansson names a key that stands twice only in its message: "… near '"phone"'". */
static const char *
twice(struct arena *a, const char *message)
{
	const char *from = strchr(message, '"'), *to = from ? strchr(from + 1, '"') : NULL;

	return to ? arena_fmt(a, "%.*s", (int)(to - from - 1), from + 1) : NULL;
}

static enum err
parse(struct arena *a, struct bytes in, json_t **ret, struct fault *f)
{
	json_error_t why;

	if (!utf8_valid(bytes_str(in)))
		return FAIL_FIELD(f, E_JSON, NULL, "UTF-8", "not UTF-8");
	if (too_deep(in))
		return FAIL_FIELD(
		    f, E_JSON, NULL, arena_fmt(a, "[[…]] ≤ %d", BODY_DEPTH_MAX), "too deep");
	*ret = json_loadb((const char *)in.p, in.n, JSON_REJECT_DUPLICATES, &why);
	if (*ret != NULL)
		return OK;
	if (json_error_code(&why) == json_error_out_of_memory)
		return FAIL(f, E_BODY_SIZE, "%zu octets do not fit", in.n);
	if (json_error_code(&why) == json_error_duplicate_key)
		return FAIL_FIELD(f, E_FIELD_DUPLICATE, twice(a, why.text), NULL, "duplicate key");
	return FAIL_FIELD(f, E_JSON, NULL, arena_fmt(a, "%d:%d", why.line, why.column),
	    "JSON fault %d", (int)json_error_code(&why));
}

static enum err
decode(struct arena *a, struct bytes in, const struct body_object *o, void *ret, struct fault *f)
{
	json_t *root;

	TRY(parse(a, in, &root, f));
	if (!json_is_object(root))
		return FAIL_FIELD(f, E_JSON, NULL, "{…}", "an array at the top");
	return members_put((struct path){a, ""}, o, root, ret, f);
}

enum err
body_decode(
    struct arena *a, struct bytes in, const struct body_object *o, void *ret, struct fault *f)
{
	enum err e;

	memset(ret, 0, o->size);
	if (in.n == 0 && o->count == 0)
		return OK;
	place = a;
	e = decode(a, in, o, ret, f);
	place = NULL;
	return e;
}
