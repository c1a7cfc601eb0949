/* SPDX-License-Identifier: Apache-2.0 */
/* A filled form to the names that a certificate will carry: at submit, once and for all. */
#include "core/profile.h"

#include <stdio.h>

#include "base/must.h"
#include "base/text.h"
#include "core/profilesan.h"
#include "core/word.h"
#include "x509/name.h"

static const enum oid oids[PROFILE_ATTRIBUTE__COUNT] = {
#define X(symbol, word, oid, max) OID_##oid,
#include "core/attribute.def"
#undef X
};

const struct profile_field *
profile_field_find(const struct profile *p, struct str name)
{
	for (size_t i = 0; i < p->field_count; i++) {
		if (str_eq(p->fields[i].name, name))
			return &p->fields[i];
	}
	return NULL;
}

struct str
profile_mail_field(const struct profile *p)
{
	for (size_t i = 0; i < p->alt_count; i++) {
		if (p->alts[i].kind == PROFILE_NAME_MAIL)
			return p->alts[i].field;
	}
	for (size_t i = 0; i < p->field_count; i++) {
		if (p->fields[i].type == FIELDTYPE_MAIL)
			return p->fields[i].name;
	}
	return (struct str){0};
}

static enum err
too_long(const char *field, size_t max, struct fault *f)
{
	char rule[32];

	(void)snprintf(rule, sizeof(rule), "≤ %zu", max);
	return FAIL_FIELD(f, E_NAME_LONG, field, rule, "too long");
}

static enum err
check_value(struct arena *a, const struct profile_field *field, struct str s, struct str *ret,
    struct fault *f)
{
	struct fieldtype_ask ask = {.type = field->type,
	    .name = arena_cstr(a, field->name),
	    .max = field->max,
	    .pattern = field->pattern,
	    .choice_count = field->choice_count};
	struct str *choices = arena_array(a, field->choice_count + 1, sizeof(*choices));

	for (size_t i = 0; i < field->choice_count; i++)
		choices[i] = field->choices[i].value;
	ask.choices = choices;
	return fieldtype_check(a, &ask, s, ret, f);
}

/* The name of a field that does not exist is a stranger's text: shown only when it is a plain word. */
static enum err
known_once(
    struct arena *a, const struct profile *p, const struct profile_form *form, struct fault *f)
{
	for (size_t i = 0; i < form->count; i++) {
		const struct profile_field *field = profile_field_find(p, form->values[i].name);

		if (field == NULL)
			return FAIL_FIELD(f, E_FIELD_UNKNOWN,
			    word_is_name(form->values[i].name, PROFILE_NAME_MAX)
				? arena_cstr(a, form->values[i].name)
				: "form",
			    NULL, "not in profile %.*s", (int)p->name.n, p->name.p);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(form->values[k].name, field->name))
				return FAIL_FIELD(f, E_FIELD_DUPLICATE, arena_cstr(a, field->name),
				    NULL, "twice");
		}
	}
	return OK;
}

static struct str
value_of(const struct profile_value *values, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(values[i].name, name))
			return values[i].value;
	}
	return (struct str){0};
}

static enum err
fill(struct arena *a, const struct profile *p, const struct profile_form *form, bool whole,
    struct profile_names *ret, struct fault *f)
{
	struct profile_names n = {.values = arena_array(a, p->field_count + 1, sizeof(*n.values))};

	TRY(known_once(a, p, form, f));
	for (size_t i = 0; i < p->field_count; i++) {
		const struct profile_field *field = &p->fields[i];
		struct str given = value_of(form->values, form->count, field->name);
		struct profile_value *out = &n.values[n.count];

		if (given.n == 0) {
			if (whole && field->required)
				return FAIL_FIELD(f, E_FIELD_MISSING, arena_cstr(a, field->name),
				    NULL, "not filled in");
			continue;
		}
		TRY(check_value(a, field, given, &out->value, f));
		out->name = field->name;
		n.count++;
	}
	*ret = n;
	return OK;
}

enum err
profile_draft(struct arena *a, const struct profile *p, const struct profile_form *form,
    struct profile_names *ret, struct fault *f)
{
	return fill(a, p, form, false, ret, f);
}

/* The text of one part of the subject; empty when an optional one was not filled in. */
static enum err
part_text(const struct profile_part *part, const struct profile_form *form,
    const struct profile_names *names, struct str *ret, struct fault *f)
{
	const char *attribute = profile_attribute_name(part->attribute);
	struct str s = {0};

	switch (part->source) {
	case PROFILE_FIXED:
		s = part->value;
		break;
	case PROFILE_FIELD:
		s = value_of(names->values, names->count, part->value);
		break;
	case PROFILE_CREDENTIAL:
		s = form->credential;
		break;
	case PROFILE_PERSON:
		s = form->person;
		break;
	}
	if (s.n == 0 && part->required)
		return FAIL_FIELD(f, E_FIELD_MISSING, attribute, NULL, "nothing to put there");
	if (utf8_count(s) > part->max)
		return too_long(attribute, part->max, f);
	*ret = s;
	return OK;
}

enum err
profile_subject(struct arena *a, const struct profile *p, const struct profile_form *form,
    struct profile_names *ret, struct fault *f)
{
	struct name *name = arena_alloc(a, sizeof(*name));
	struct profile_names n;
	struct str text;

	TRY(fill(a, p, form, true, &n, f));
	for (size_t i = 0; i < p->part_count; i++) {
		TRY(part_text(&p->parts[i], form, &n, &text, f));
		if (text.n)
			must(name_add(name, oids[p->parts[i].attribute], text));
	}
	TRY(name_encode(a, name, &n.subject, f));
	TRY(profilesan_encode(a, p, n.values, n.count, &n.san, f));
	*ret = n;
	return OK;
}
