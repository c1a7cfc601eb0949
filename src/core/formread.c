/* SPDX-License-Identifier: Apache-2.0 */
#include "core/formread.h"

#include <stdio.h>

#include "core/label.h"
#include "core/word.h"

#define HELP_MAX 200 /* characters */

enum err
formread_name(const struct yaml *map, const char *key, struct str *ret, struct fault *f)
{
	struct str s;

	TRY(yaml_str(map, key, PROFILE_NAME_MAX, &s, f));
	if (!word_is_name(s, PROFILE_NAME_MAX))
		return yaml_fail(yaml_get(map, key), E_FIELD_FORMAT, key, "a-z, 0-9, -", f);
	*ret = s;
	return OK;
}

enum err
formread_label(struct arena *a, const struct yaml *map, const char *key, size_t max,
    struct str *ret, struct fault *f)
{
	struct fault why = {0};
	enum err e;

	TRY(yaml_str(map, key, max, ret, f));
	e = label_check(a, *ret, max, key, ret, &why);
	return e == OK ? OK : yaml_fail(yaml_get(map, key), e, key, why.rule, f);
}

enum err
formread_texts(struct arena *a, const struct yaml *map, const char *key, size_t max,
    struct str ret[static LANG__COUNT], struct fault *f)
{
	const char *keys[LANG__COUNT + 1] = {NULL};
	const struct yaml *t;

	for (int l = 0; l < LANG__COUNT; l++)
		keys[l] = lang_tag((enum lang)l);
	TRY(yaml_child(map, key, YAML_MAPPING, &t, f));
	TRY(yaml_only(t, keys, f));
	for (int l = 0; l < LANG__COUNT; l++)
		TRY(formread_label(a, t, keys[l], max, &ret[l], f));
	return OK;
}

static enum err
choices(struct arena *a, const struct yaml *c, struct profile_field *field, struct fault *f)
{
	static const char *const keys[] = {"value", "title", NULL};
	const struct yaml *list;

	TRY(yaml_child(c, "choices", YAML_SEQUENCE, &list, f));
	if (list->count == 0 || list->count > PROFILE_CHOICES_MAX)
		return yaml_fail(list, E_FIELD_LENGTH, "choices", "1-32", f);
	field->choices = arena_array(a, list->count, sizeof(*field->choices));
	for (const struct yaml *x = list->child; x != NULL; x = x->next) {
		struct profile_choice *choice = &field->choices[field->choice_count];

		if (x->kind != YAML_MAPPING)
			return yaml_fail(x, E_FIELD_TYPE, "choices", "mapping", f);
		TRY(yaml_only(x, keys, f));
		TRY(formread_name(x, "value", &choice->value, f));
		TRY(formread_texts(a, x, "title", LABEL_MAX, choice->title, f));
		for (size_t i = 0; i < field->choice_count; i++) {
			if (str_eq(field->choices[i].value, choice->value))
				return yaml_fail(x, E_FIELD_DUPLICATE, "value", NULL, f);
		}
		field->choice_count++;
	}
	return OK;
}

/* What only some types may have. */
static enum err
details(struct arena *a, const struct yaml *c, struct profile_field *field, struct fault *f)
{
	bool one_of = field->type == FIELDTYPE_ONE_OF, pattern = yaml_get(c, "pattern") != NULL;

	if (one_of)
		TRY(choices(a, c, field, f));
	else if (yaml_get(c, "choices") != NULL)
		return yaml_fail(
		    yaml_get(c, "choices"), E_PROFILE_RULE, "choices", "type: one-of", f);
	if (!pattern)
		return OK;
	if (field->type != FIELDTYPE_TEXT && field->type != FIELDTYPE_NUMBER)
		return yaml_fail(
		    yaml_get(c, "pattern"), E_PROFILE_RULE, "pattern", "type: text | number", f);
	TRY(yaml_str(c, "pattern", FIELDTYPE_PATTERN_MAX, &field->pattern, f));
	if (!fieldtype_is_pattern(field->pattern) || field->pattern.n > field->max)
		return yaml_fail(yaml_get(c, "pattern"), E_FIELD_FORMAT, "pattern",
		    "9 = 0-9, A = A-Z, X = 0-9 A-Z; ≤ max", f);
	return OK;
}

static enum err
one(struct arena *a, const struct yaml *c, struct profile_field *field, struct fault *f)
{
	static const char *const keys[] = {
	    "name", "type", "required", "max", "title", "help", "pattern", "choices", NULL};
	const char *words[FIELDTYPE__COUNT + 1] = {NULL};
	size_t type;
	int64_t max;

	if (c->kind != YAML_MAPPING)
		return yaml_fail(c, E_FIELD_TYPE, "form", "mapping", f);
	TRY(yaml_only(c, keys, f));
	TRY(formread_name(c, "name", &field->name, f));
	for (int t = 0; t < FIELDTYPE__COUNT; t++)
		words[t] = fieldtype_row((enum fieldtype)t)->word;
	TRY(yaml_word(c, "type", words, &type, f));
	field->type = (enum fieldtype)type;
	TRY(yaml_bool(c, "required", &field->required, f));
	max = (int64_t)fieldtype_row(field->type)->most;
	if (yaml_get(c, "max") != NULL)
		TRY(yaml_i64(c, "max", 1, PROFILE_VALUE_MAX, &max, f));
	field->max = (size_t)max;
	TRY(formread_texts(a, c, "title", LABEL_MAX, field->title, f));
	if (yaml_get(c, "help") != NULL)
		TRY(formread_texts(a, c, "help", HELP_MAX, field->help, f));
	return details(a, c, field, f);
}

enum err
formread(struct arena *a, const struct yaml *doc, struct profile *p, struct fault *f)
{
	const struct yaml *list;

	TRY(yaml_child(doc, "form", YAML_SEQUENCE, &list, f));
	if (list->count == 0 || list->count > PROFILE_FIELDS_MAX)
		return yaml_fail(list, E_FIELD_LENGTH, "form", "1-24", f);
	p->fields = arena_array(a, list->count, sizeof(*p->fields));
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		struct profile_field *field = &p->fields[p->field_count];

		TRY(one(a, c, field, f));
		if (profile_field_find(p, field->name) != NULL)
			return yaml_fail(c, E_FIELD_DUPLICATE, "name", NULL, f);
		p->field_count++;
	}
	return OK;
}
