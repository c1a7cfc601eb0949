/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "base/text.h"

struct reader {
	yaml_parser_t parser;
	struct arena *a;
	size_t nodes;
};

enum err
yaml_fail(const struct yaml *n, enum err e, const char *key, const char *rule, struct fault *f)
{
	char field[FAULT_FIELD];

	(void)snprintf(field, sizeof(field), "line %d, column %d%s%s", n->line, n->column,
	    key ? ": " : "", key ? key : "");
	return FAIL_FIELD(f, e, field, rule, "yaml");
}

static enum err
refuse(yaml_mark_t at, const char *rule, struct fault *f)
{
	struct yaml n = {.line = (int)at.line + 1, .column = (int)at.column + 1};

	return yaml_fail(&n, E_YAML, NULL, rule, f);
}

static enum err
next_event(struct reader *r, yaml_event_t *ev, struct fault *f)
{
	if (!yaml_parser_parse(&r->parser, ev)) {
		const char *why = r->parser.problem ? r->parser.problem : "not readable";

		return refuse(r->parser.problem_mark, why, f);
	}
	return OK;
}

static enum err
plain(const yaml_event_t *ev, const yaml_char_t *anchor, const yaml_char_t *tag, struct fault *f)
{
	if (anchor != NULL)
		return refuse(ev->start_mark, "no anchors", f);
	if (tag != NULL)
		return refuse(ev->start_mark, "no tags", f);
	return OK;
}

static struct yaml *
node(struct reader *r, enum yaml_kind kind, const yaml_event_t *ev)
{
	struct yaml *n = arena_alloc(r->a, sizeof(*n));

	n->kind = kind;
	n->line = (int)ev->start_mark.line + 1;
	n->column = (int)ev->start_mark.column + 1;
	return n;
}

static bool
key_word(struct str s)
{
	if (s.n == 0 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '_' || c == '-' || c == '.'))
			return false;
	}
	return true;
}

static enum err read_value(
    struct reader *r, yaml_event_t *ev, int depth, struct yaml **ret, struct fault *f);

static enum err
read_children(struct reader *r, struct yaml *parent, int depth, struct fault *f)
{
	struct yaml **tail = &parent->child;
	enum err e = OK;

	for (;;) {
		yaml_event_t ev;
		struct yaml *n = NULL;
		struct str key = {0};

		TRY(next_event(r, &ev, f));
		if (ev.type == YAML_MAPPING_END_EVENT || ev.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&ev);
			return OK;
		}
		if (parent->kind == YAML_MAPPING) {
			if (ev.type != YAML_SCALAR_EVENT)
				e = refuse(ev.start_mark, "a key must be a word", f);
			else {
				key = arena_str(r->a,
				    (struct str){
					(const char *)ev.data.scalar.value, ev.data.scalar.length});
				if (!key_word(key))
					e = refuse(ev.start_mark, "a key must be a word", f);
				else if (yaml_get(parent, arena_cstr(r->a, key)) != NULL)
					e = refuse(ev.start_mark, "duplicate key", f);
				else
					e = plain(
					    &ev, ev.data.scalar.anchor, ev.data.scalar.tag, f);
			}
			yaml_event_delete(&ev);
			TRY(e);
			TRY(next_event(r, &ev, f));
		}
		TRY(read_value(r, &ev, depth, &n, f));
		n->key = key;
		*tail = n;
		tail = &n->next;
		parent->count++;
	}
}

/* Takes over *EV. */
static enum err
read_value(struct reader *r, yaml_event_t *ev, int depth, struct yaml **ret, struct fault *f)
{
	enum err e = OK;
	struct yaml *n = NULL;

	if (++r->nodes > YAML_NODES_MAX || depth > YAML_DEPTH_MAX)
		e = refuse(ev->start_mark, "too many values or levels", f);
	else if (ev->type == YAML_SCALAR_EVENT) {
		struct str text = {(const char *)ev->data.scalar.value, ev->data.scalar.length};

		e = plain(ev, ev->data.scalar.anchor, ev->data.scalar.tag, f);
		if (e == OK && (!utf8_valid(text) || (text.n && memchr(text.p, 0, text.n))))
			e = refuse(ev->start_mark, "text must be UTF-8 without NUL", f);
		if (e == OK) {
			n = node(r, YAML_SCALAR, ev);
			n->text = arena_str(r->a, text);
			n->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		}
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		e = plain(ev, ev->data.sequence_start.anchor, ev->data.sequence_start.tag, f);
		n = node(r, YAML_SEQUENCE, ev);
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		e = plain(ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag, f);
		n = node(r, YAML_MAPPING, ev);
	} else if (ev->type == YAML_ALIAS_EVENT) {
		e = refuse(ev->start_mark, "no aliases", f);
	} else {
		e = refuse(ev->start_mark, "a value is missing", f);
	}
	yaml_event_delete(ev);
	TRY(e);
	if (n->kind != YAML_SCALAR)
		TRY(read_children(r, n, depth + 1, f));
	*ret = n;
	return OK;
}

/* Take the next event, which must be of this type. */
static enum err
expect(struct reader *r, yaml_event_type_t type, const char *rule, struct fault *f)
{
	yaml_event_t ev;
	enum err e = OK;

	TRY(next_event(r, &ev, f));
	if (ev.type != type)
		e = refuse(ev.start_mark, rule, f);
	yaml_event_delete(&ev);
	return e;
}

static enum err
read_document(struct reader *r, struct yaml **ret, struct fault *f)
{
	yaml_event_t ev;

	TRY(expect(r, YAML_STREAM_START_EVENT, "not readable", f));
	TRY(expect(r, YAML_DOCUMENT_START_EVENT, "the document is empty", f));
	TRY(next_event(r, &ev, f));
	TRY(read_value(r, &ev, 0, ret, f));
	TRY(expect(r, YAML_DOCUMENT_END_EVENT, "one value only", f));
	return expect(r, YAML_STREAM_END_EVENT, "one document only", f);
}

enum err
yaml_parse(struct arena *a, struct bytes in, const struct yaml **ret, struct fault *f)
{
	struct reader r = {.a = a};
	struct yaml *root = NULL;
	enum err e;

	if (in.n > YAML_INPUT_MAX)
		return FAIL(f, E_YAML, "%zu octets", in.n);
	if (!yaml_parser_initialize(&r.parser))
		return FAIL(f, E_INTERNAL, "yaml parser");
	yaml_parser_set_input_string(&r.parser, in.p ? in.p : (const uint8_t *)"", in.n);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	e = read_document(&r, &root, f);
	yaml_parser_delete(&r.parser);
	if (e == OK)
		*ret = root;
	return e;
}

const struct yaml *
yaml_get(const struct yaml *map, const char *key)
{
	if (map == NULL || map->kind != YAML_MAPPING)
		return NULL;
	for (const struct yaml *n = map->child; n != NULL; n = n->next) {
		if (str_is(n->key, key))
			return n;
	}
	return NULL;
}

enum err
yaml_only(const struct yaml *map, const char *const *keys, struct fault *f)
{
	if (map->kind != YAML_MAPPING)
		return yaml_fail(map, E_FIELD_TYPE, NULL, "mapping", f);
	for (const struct yaml *n = map->child; n != NULL; n = n->next) {
		size_t i = 0;

		while (keys[i] != NULL && !str_is(n->key, keys[i]))
			i++;
		if (keys[i] == NULL) {
			char key[65];

			(void)snprintf(key, sizeof(key), "%.*s", (int)n->key.n, n->key.p);
			return yaml_fail(n, E_FIELD_UNKNOWN, key, NULL, f);
		}
	}
	return OK;
}

static enum err
scalar(const struct yaml *map, const char *key, const struct yaml **ret, struct fault *f)
{
	const struct yaml *n = yaml_get(map, key);

	if (n == NULL)
		return yaml_fail(map, E_FIELD_MISSING, key, NULL, f);
	if (n->kind != YAML_SCALAR)
		return yaml_fail(n, E_FIELD_TYPE, key, "one value", f);
	*ret = n;
	return OK;
}

enum err
yaml_str(const struct yaml *map, const char *key, size_t max, struct str *ret, struct fault *f)
{
	const struct yaml *n;
	char rule[32];

	TRY(scalar(map, key, &n, f));
	if (n->text.n == 0 || utf8_count(n->text) > max) {
		(void)snprintf(rule, sizeof(rule), "1–%zu", max);
		return yaml_fail(n, E_FIELD_LENGTH, key, rule, f);
	}
	*ret = n->text;
	return OK;
}

enum err
yaml_i64(const struct yaml *map, const char *key, int64_t least, int64_t most, int64_t *ret,
    struct fault *f)
{
	const struct yaml *n;
	struct str digits;
	uint64_t v = 0;
	int64_t value;
	bool negative;
	char rule[64];

	TRY(scalar(map, key, &n, f));
	digits = n->text;
	negative = digits.n > 1 && digits.p[0] == '-';
	if (negative) {
		digits.p++;
		digits.n--;
	}
	(void)snprintf(rule, sizeof(rule), "%lld–%lld", (long long)least, (long long)most);
	if (n->quoted || !u64_parse(digits, INT64_MAX, &v))
		return yaml_fail(n, E_FIELD_TYPE, key, rule, f);
	value = negative ? -(int64_t)v : (int64_t)v;
	if (value < least || value > most)
		return yaml_fail(n, E_FIELD_VALUE, key, rule, f);
	*ret = value;
	return OK;
}

enum err
yaml_bool(const struct yaml *map, const char *key, bool *ret, struct fault *f)
{
	static const char *const words[] = {"no", "yes", NULL};
	size_t i;

	TRY(yaml_word(map, key, words, &i, f));
	*ret = i == 1;
	return OK;
}

enum err
yaml_word(
    const struct yaml *map, const char *key, const char *const *words, size_t *ret, struct fault *f)
{
	const struct yaml *n;
	char rule[FAULT_RULE] = "";
	size_t at = 0;

	TRY(scalar(map, key, &n, f));
	for (size_t i = 0; words[i] != NULL; i++) {
		if (str_is(n->text, words[i])) {
			*ret = i;
			return OK;
		}
		if (at < sizeof(rule))
			at += (size_t)snprintf(
			    rule + at, sizeof(rule) - at, "%s%s", i ? " | " : "", words[i]);
	}
	return yaml_fail(n, E_FIELD_VALUE, key, rule, f);
}

enum err
yaml_child(const struct yaml *map, const char *key, enum yaml_kind kind, const struct yaml **ret,
    struct fault *f)
{
	const struct yaml *n = yaml_get(map, key);

	if (n == NULL)
		return yaml_fail(map, E_FIELD_MISSING, key, NULL, f);
	if (n->kind != kind)
		return yaml_fail(
		    n, E_FIELD_TYPE, key, kind == YAML_MAPPING ? "mapping" : "list", f);
	*ret = n;
	return OK;
}
