/* SPDX-License-Identifier: Apache-2.0 */
/* openapi.yaml and the tables of the program say the same: routes, who, bodies, limits, failures. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "api/rows.h"
#include "api/tables.h"
#include "test.h"

static yaml_document_t doc;

static const struct {
	const char *method, *pattern, *name, *who;
	size_t body_max;
	const struct body_object *body;
	const char *body_name;
	const char *const *query;
	unsigned flags;
} rows[] = {
#define X(method, pattern, name, who, listener, body_max, body, query, flags) \
	{#method, pattern, #name, #who, body_max, &body_##body, #body, query_##query, flags},
#include "api/route.def"
#undef X
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *
text(const yaml_node_t *n)
{
	return n && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : "";
}

static yaml_node_t *
get(const yaml_node_t *map, const char *key)
{
	if (map == NULL || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++) {
		if (!strcmp(text(yaml_document_get_node(&doc, p->key)), key))
			return yaml_document_get_node(&doc, p->value);
	}
	return NULL;
}

static size_t
length(const yaml_node_t *n)
{
	if (n == NULL)
		return 0;
	if (n->type == YAML_MAPPING_NODE)
		return (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
	return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
}

static yaml_node_t *
item(const yaml_node_t *seq, size_t i)
{
	return yaml_document_get_node(&doc, seq->data.sequence.items.start[i]);
}

/* N itself, or what its $ref names. */
static yaml_node_t *
resolve(yaml_node_t *n)
{
	const char *ref = text(get(n, "$ref"));
	yaml_node_t *at = yaml_document_get_root_node(&doc);
	char part[64];
	int used;

	if (*ref == 0)
		return n;
	assert_int_equal(*ref, '#');
	for (ref++; *ref == '/'; ref += used + 1) {
		assert_int_equal(sscanf(ref + 1, "%63[^/]%n", part, &used), 1);
		at = get(at, part);
		if (at == NULL)
			fail_msg("$ref to %s", part);
	}
	return at;
}

static bool
holds(const yaml_node_t *seq, const char *word)
{
	for (size_t i = 0; seq && i < length(seq); i++) {
		if (!strcmp(text(item(seq, i)), word))
			return true;
	}
	return false;
}

static yaml_node_t *
operation(size_t row, yaml_node_t **path)
{
	char method[16] = {0};

	for (size_t i = 0; rows[row].method[i]; i++)
		method[i] = (char)tolower(rows[row].method[i]);
	*path = get(get(yaml_document_get_root_node(&doc), "paths"), rows[row].pattern);
	return get(*path, method);
}

TEST_CASE(same_routes_names_and_callers)
{
	yaml_node_t *paths = get(yaml_document_get_root_node(&doc), "paths"), *path;
	size_t operations = 0;

	for (size_t i = 0; i < ROWS; i++) {
		yaml_node_t *op = operation(i, &path);
		const char *who = text(get(op, "x-who"));

		if (op == NULL || strcmp(text(get(op, "operationId")), rows[i].name) != 0 ||
		    strcasecmp(who, rows[i].who) != 0)
			fail_msg("%s %s", rows[i].method, rows[i].pattern);
		assert_int_equal(get(op, "security") != NULL,
		    strcmp(who, "none") != 0 && strcmp(who, "local") != 0);
	}
	for (const yaml_node_pair_t *p = paths->data.mapping.pairs.start;
	     p < paths->data.mapping.pairs.top; p++) {
		static const char *const methods[] = {"get", "put", "post", "patch", "delete"};

		for (size_t m = 0; m < 5; m++)
			operations +=
			    get(yaml_document_get_node(&doc, p->value), methods[m]) != NULL;
	}
	assert_int_equal(operations, ROWS);
}

/* How many parameters of this kind; each named one must be in LIST, when there is one. */
static size_t
parameters(yaml_node_t *seq, const char *in, const char *const *list)
{
	size_t n = 0;

	for (size_t i = 0; seq && i < length(seq); i++) {
		yaml_node_t *p = resolve(item(seq, i));
		size_t k = 0;

		if (strcmp(text(get(p, "in")), in) != 0)
			continue;
		while (list && list[k] && strcmp(list[k], text(get(p, "name"))) != 0)
			k++;
		if (list && list[k] == NULL)
			fail_msg("parameter %s", text(get(p, "name")));
		n++;
	}
	return n;
}

TEST_CASE(same_parameters)
{
	static const char *const key[] = {"Idempotency-Key", NULL};

	for (size_t i = 0; i < ROWS; i++) {
		yaml_node_t *path, *op = operation(i, &path);
		yaml_node_t *seq = get(op, "parameters"), *shared = get(path, "parameters");
		size_t keys = 0, braces = 0;

		while (rows[i].query[keys])
			keys++;
		for (const char *c = rows[i].pattern; *c; c++)
			braces += *c == '{';
		assert_int_equal(parameters(seq, "query", rows[i].query), keys);
		assert_int_equal(parameters(seq, "header", key), (rows[i].flags & API_KEY) != 0);
		assert_int_equal(parameters(shared, "path", NULL), braces);
	}
}

static void compare(const char *where, const struct body_object *o, yaml_node_t *schema);

static size_t
number(const yaml_node_t *schema, const char *key)
{
	const char *t = text(get(schema, key));

	return *t ? strtoul(t, NULL, 10) : 0;
}

static size_t
base64_length(size_t octets)
{
	return (octets + 2) / 3 * 4;
}

static void
compare_field(const char *where, const struct body_field *x, yaml_node_t *schema)
{
	static const struct {
		const char *type, *least, *most;
	} words[] = {
	    [BODY_TEXT] = {"string", "minLength", "maxLength"},
	    [BODY_LINES] = {"string", "minLength", "maxLength"},
	    [BODY_BASE64] = {"string", "minLength", "maxLength"},
	    [BODY_BOOL] = {"boolean", "", ""},
	    [BODY_NUMBER] = {"integer", "minimum", "maximum"},
	    [BODY_TIME] = {"string", "", ""},
	    [BODY_OBJECT] = {"object", "", ""},
	    [BODY_LIST] = {"array", "minItems", "maxItems"},
	    [BODY_MAP] = {"object", "minProperties", "maxProperties"},
	};
	bool base64 = x->type == BODY_BASE64;

	schema = resolve(schema);
	if (strcmp(text(get(schema, "type")), words[x->type].type) != 0 ||
	    number(schema, words[x->type].least) != (base64 ? base64_length(x->least) : x->least) ||
	    number(schema, words[x->type].most) != (base64 ? base64_length(x->most) : x->most) ||
	    (strcmp(text(get(schema, "contentEncoding")), "base64") == 0) != base64 ||
	    (strcmp(text(get(schema, "format")), "date-time") == 0) != (x->type == BODY_TIME))
		fail_msg("%s: %s", where, x->name ? x->name : "element");
	if (x->type == BODY_OBJECT)
		compare(x->name, x->of, schema);
	if (x->type == BODY_LIST && x->of->fields[0].name == NULL)
		compare_field(x->name, &x->of->fields[0], get(schema, "items"));
	else if (x->type == BODY_LIST)
		compare(x->name, x->of, resolve(get(schema, "items")));
	if (x->type == BODY_MAP) {
		yaml_node_t *names = get(schema, "propertyNames");

		assert_int_equal(number(names, "minLength"), x->of->fields[0].least);
		assert_int_equal(number(names, "maxLength"), x->of->fields[0].most);
		compare_field(x->name, &x->of->fields[1], get(schema, "additionalProperties"));
	}
}

static void
compare(const char *where, const struct body_object *o, yaml_node_t *schema)
{
	yaml_node_t *properties = get(schema, "properties"), *required = get(schema, "required");

	if (strcmp(text(get(schema, "additionalProperties")), "false") != 0)
		fail_msg("%s is open", where);
	assert_int_equal(properties ? length(properties) : 0, o->count);
	for (size_t i = 0; i < o->count; i++) {
		yaml_node_t *p = get(properties, o->fields[i].name);

		if (p == NULL || holds(required, o->fields[i].name) != o->fields[i].required)
			fail_msg("%s: %s", where, o->fields[i].name);
		compare_field(where, &o->fields[i], p);
	}
}

TEST_CASE(same_bodies)
{
	for (size_t i = 0; i < ROWS; i++) {
		yaml_node_t *path, *op = operation(i, &path), *body = get(op, "requestBody");
		yaml_node_t *json = get(get(body, "content"), "application/json");

		assert_int_equal(body != NULL, rows[i].body_max > 0);
		assert_int_equal(body == NULL, !strcmp(rows[i].body_name, "none"));
		if (body == NULL)
			continue;
		if (rows[i].flags & API_OCTETS) {
			yaml_node_t *octets = get(get(body, "content"), "application/octet-stream");

			assert_int_equal(
			    number(get(octets, "schema"), "maxLength"), rows[i].body_max);
			continue;
		}
		assert_string_equal(
		    text(get(body, "required")), rows[i].body->count ? "true" : "false");
		compare(rows[i].name, rows[i].body, resolve(get(json, "schema")));
	}
}

static void
known(const yaml_node_t *list, const char *where)
{
	assert_non_null(list);
	for (size_t i = 0; i < length(list); i++) {
		const char *slug = text(item(list, i));

		if (err_of_slug(str_of(slug)) == E_INTERNAL && strcmp(slug, "internal") != 0)
			fail_msg("%s: %s is no failure of ours", where, slug);
	}
}

TEST_CASE(failures_exist_and_go_with_the_row)
{
	yaml_node_t *root = yaml_document_get_root_node(&doc);

	known(get(root, "x-errors"), "top");
	known(get(root, "x-errors-session"), "session");
	known(get(root, "x-errors-body"), "body");
	known(get(root, "x-errors-path"), "path");
	for (size_t i = 0; i < ROWS; i++) {
		yaml_node_t *path, *op = operation(i, &path), *list = get(op, "x-errors");

		if (list)
			known(list, rows[i].name);
		assert_int_equal(holds(list, "idempotency-key"), (rows[i].flags & API_KEY) != 0);
		assert_string_equal(text(get(get(get(op, "responses"), "default"), "$ref")),
		    "#/components/responses/Problem");
	}
}

/* Every $ref of the document leads somewhere. */
TEST_CASE(references_resolve)
{
	size_t seen = 0;

	for (yaml_node_t *n = doc.nodes.start; n < doc.nodes.top; n++) {
		if (get(n, "$ref")) {
			assert_non_null(resolve(n));
			seen++;
		}
	}
	assert_true(seen > ROWS);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_routes_names_and_callers),
	    cmocka_unit_test(same_parameters),
	    cmocka_unit_test(same_bodies),
	    cmocka_unit_test(failures_exist_and_go_with_the_row),
	    cmocka_unit_test(references_resolve),
	};
	FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;
	yaml_parser_t parser;
	int failed;

	if (in == NULL || !yaml_parser_initialize(&parser))
		return 2;
	yaml_parser_set_input_file(&parser, in);
	if (!yaml_parser_load(&parser, &doc))
		return 2;
	failed = cmocka_run_group_tests_name("openapi", tests, NULL, NULL);
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
	(void)fclose(in);
	return failed;
}
