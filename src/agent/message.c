/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"

enum err
message_parse(struct bytes in, size_t max, json_t **ret, struct fault *f)
{
	json_error_t why;
	json_t *obj;

	if (in.n > max)
		return FAIL_FIELD(f, E_BODY_SIZE, NULL, NULL, "%zu octets", in.n);
	obj = json_loadb((const char *)in.p, in.n, JSON_REJECT_DUPLICATES, &why);
	if (obj == NULL)
		return FAIL(f,
		    json_error_code(&why) == json_error_duplicate_key ? E_FIELD_DUPLICATE : E_JSON,
		    "line %d, column %d: %s", why.line, why.column, why.text);
	if (!json_is_object(obj)) {
		json_decref(obj);
		return FAIL(f, E_JSON, "not an object");
	}
	*ret = obj;
	return OK;
}

static enum err
read_text(struct arena *a, const json_t *v, const struct message_field *field, struct str *ret,
    struct fault *f)
{
	struct str s = {json_string_value(v), json_string_length(v)};

	if (s.n > field->most)
		return FAIL_FIELD(f, E_FIELD_LENGTH, field->name, NULL, "%zu octets", s.n);
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return FAIL_FIELD(f, E_FIELD_CHARS, field->name, NULL, "octet %zu", i);
	}
	*ret = arena_str(a, s);
	return OK;
}

static enum err
read_octets(struct arena *a, const json_t *v, const struct message_field *field, struct bytes *ret,
    struct fault *f)
{
	struct str s = {json_string_value(v), json_string_length(v)};
	struct bytes b;

	if (!json_is_string(v))
		return FAIL_FIELD(f, E_FIELD_TYPE, field->name, "base64", "not text");
	if (s.n > (field->most + 2) / 3 * 4)
		return FAIL_FIELD(f, E_FIELD_LENGTH, field->name, NULL, "%zu characters", s.n);
	if (!base64_parse(a, s, &b))
		return FAIL_FIELD(f, E_FIELD_FORMAT, field->name, "base64", "no base64");
	if (b.n > field->most || (field->kind == MESSAGE_NONCE && b.n != field->most))
		return FAIL_FIELD(f, E_FIELD_LENGTH, field->name, NULL, "%zu octets", b.n);
	*ret = b;
	return OK;
}

static enum err
read_list(struct arena *a, const json_t *v, const struct message_field *field,
    struct message_list *ret, struct fault *f)
{
	struct message_list list = {.n = json_array_size(v)};

	if (list.n > MESSAGE_LIST_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, field->name, "≤ 8", "%zu elements", list.n);
	for (size_t i = 0; i < list.n; i++)
		TRY(read_octets(a, json_array_get(v, i), field, &list.v[i], f));
	*ret = list;
	return OK;
}

static bool
type_fits(enum message_kind kind, const json_t *v)
{
	switch (kind) {
	case MESSAGE_TEXT:
	case MESSAGE_OCTETS:
	case MESSAGE_NONCE:
		return json_is_string(v);
	case MESSAGE_NUMBER:
		return json_is_integer(v);
	case MESSAGE_BOOL:
		return json_is_boolean(v);
	case MESSAGE_LIST:
	case MESSAGE_ARRAY:
		return json_is_array(v);
	case MESSAGE_OBJECT:
		return json_is_object(v);
	}
	return false;
}

static enum err
read_one(struct arena *a, json_t *v, const struct message_field *field, void *at, struct fault *f)
{
	json_int_t number;

	if (!type_fits(field->kind, v))
		return FAIL_FIELD(
		    f, E_FIELD_TYPE, field->name, NULL, "JSON type %d", json_typeof(v));
	switch (field->kind) {
	case MESSAGE_TEXT:
		return read_text(a, v, field, at, f);
	case MESSAGE_OCTETS:
	case MESSAGE_NONCE:
		return read_octets(a, v, field, at, f);
	case MESSAGE_NUMBER:
		number = json_integer_value(v);
		if (number < 0 || (uint64_t)number > field->most)
			return FAIL_FIELD(f, E_FIELD_VALUE, field->name, NULL, "out of range");
		*(int64_t *)at = number;
		return OK;
	case MESSAGE_BOOL:
		*(bool *)at = json_is_true(v);
		return OK;
	case MESSAGE_LIST:
		return read_list(a, v, field, at, f);
	case MESSAGE_ARRAY:
		if (json_array_size(v) > field->most)
			return FAIL_FIELD(f, E_FIELD_LENGTH, field->name, NULL, "elements");
		*(json_t **)at = v;
		return OK;
	case MESSAGE_OBJECT:
		*(json_t **)at = v;
		return OK;
	}
	return OK;
}

static bool
allowed(const char *name, const struct message_field *fields, size_t n, unsigned rows)
{
	for (size_t i = 0; i < n; i++) {
		if (rows >> i & 1 && strcmp(fields[i].name, name) == 0)
			return true;
	}
	return false;
}

enum err
message_read(struct arena *a, const json_t *obj, const struct message_field *fields, size_t n,
    const struct message_want *want, void *ret, struct fault *f)
{
	unsigned rows = want->required | want->optional;
	const char *name;
	json_t *v;

	for (void *it = want->strict ? json_object_iter((json_t *)(uintptr_t)obj) : NULL; it;
	     it = json_object_iter_next((json_t *)(uintptr_t)obj, it)) {
		name = json_object_iter_key(it);
		if (!allowed(name, fields, n, rows))
			return FAIL_FIELD(f, E_FIELD_UNKNOWN, name, NULL, "not of this verb");
	}
	for (size_t i = 0; i < n; i++) {
		if ((rows >> i & 1) == 0)
			continue;
		v = json_object_get(obj, fields[i].name);
		if (v == NULL && want->required >> i & 1)
			return FAIL_FIELD(f, E_FIELD_MISSING, fields[i].name, NULL, "missing");
		if (v)
			TRY(read_one(a, v, &fields[i], (char *)ret + fields[i].offset, f));
	}
	return OK;
}

struct bytes
message_text(struct arena *a, json_t *obj)
{
	char *text = json_dumps(obj, JSON_COMPACT);
	struct bytes ret;

	must(text != NULL);
	ret = arena_bytes(a, bytes_of(text, strlen(text)));
	free(text);
	json_decref(obj);
	return ret;
}

json_t *
message_str(struct str s)
{
	json_t *v = json_stringn(s.p ? s.p : "", s.n);

	return v ? v : json_string("");
}

json_t *
message_octets(struct arena *a, struct bytes b)
{
	return json_string(base64_text(a, b));
}
