/* SPDX-License-Identifier: Apache-2.0 */
#include "core/profilesan.h"

#include "core/formread.h"
#include "core/host.h"
#include "core/label.h"
#include "core/word.h"
#include "x509/ext.h"

#define WITHIN_MAX 32 /* domains of one name */

static const enum san_kind kinds[] = {
    [PROFILE_NAME_MAIL] = SAN_MAIL,
    [PROFILE_NAME_DNS] = SAN_DNS,
    [PROFILE_NAME_IP] = SAN_IP,
};

/* May a field of this type hold such a name? */
static bool
type_fits(enum profile_name_kind kind, enum fieldtype type)
{
	switch (kind) {
	case PROFILE_NAME_MAIL:
		return type == FIELDTYPE_MAIL;
	case PROFILE_NAME_DNS:
		return type == FIELDTYPE_HOST || type == FIELDTYPE_WILDCARD;
	case PROFILE_NAME_IP:
		return type == FIELDTYPE_ADDRESS;
	}
	return false;
}

/* The form's field of a name: there, of its type, filled in whenever the name must be. */
static enum err
name_field(
    const struct profile *p, const struct profile_alt *alt, const struct yaml *at, struct fault *f)
{
	static const char *const types[] = {
	    "type: mail", "type: host | host-or-wildcard", "type: ip-address"};
	const struct profile_field *field = profile_field_find(p, alt->field);
	const struct yaml *key = yaml_get(at, "field");

	if (field == NULL || !type_fits(alt->kind, field->type))
		return yaml_fail(key ? key : at, E_PROFILE_RULE, "field", types[alt->kind], f);
	/* What enters a certificate is shown by the agent, 64 characters a line (S22). */
	if (alt->kind == PROFILE_NAME_MAIL && field->max > LABEL_MAX)
		return yaml_fail(key, E_PROFILE_RULE, "field", "max ≤ 64", f);
	if (alt->required && !field->required)
		return yaml_fail(key, E_PROFILE_RULE, "field", "required: yes", f);
	for (const struct profile_alt *before = p->alts; before < alt; before++) {
		if (str_eq(before->field, alt->field))
			return yaml_fail(key, E_FIELD_DUPLICATE, "field", NULL, f);
	}
	return OK;
}

static enum err
within(struct arena *a, const struct yaml *map, struct profile_alt *alt, struct fault *f)
{
	const struct yaml *list;
	struct str *domains;

	if (yaml_get(map, "within") == NULL)
		return OK;
	TRY(yaml_child(map, "within", YAML_SEQUENCE, &list, f));
	if (alt->kind != PROFILE_NAME_DNS)
		return yaml_fail(list, E_PROFILE_RULE, "within", "name: dns", f);
	if (list->count == 0 || list->count > WITHIN_MAX)
		return yaml_fail(list, E_FIELD_LENGTH, "within", "1-32", f);
	domains = arena_array(a, list->count, sizeof(*domains));
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		if (c->kind != YAML_SCALAR || !host_is_name(c->text, true))
			return yaml_fail(c, E_FIELD_FORMAT, "within", "a-z 0-9 - .", f);
		domains[alt->within_count++] = c->text;
	}
	alt->within = domains;
	return OK;
}

/* The older form: one address of mail. */
static enum err
read_mail(struct arena *a, const struct yaml *map, struct profile *p, struct fault *f)
{
	static const char *const keys[] = {"mail", "field", NULL};
	static const char *const words[] = {"none", "optional", "required", NULL};
	struct profile_alt *alt = arena_alloc(a, sizeof(*alt));
	size_t rule;

	TRY(yaml_only(map, keys, f));
	TRY(yaml_word(map, "mail", words, &rule, f));
	if (rule == 0)
		return yaml_get(map, "field")
		    ? yaml_fail(yaml_get(map, "field"), E_PROFILE_RULE, "field", "mail: none", f)
		    : OK;
	*alt = (struct profile_alt){.kind = PROFILE_NAME_MAIL, .required = rule == 2};
	TRY(formread_name(map, "field", &alt->field, f));
	p->alts = alt;
	TRY(name_field(p, alt, map, f));
	p->alt_count = 1;
	return OK;
}

static enum err
read_list(struct arena *a, const struct yaml *list, struct profile *p, struct fault *f)
{
	static const char *const keys[] = {"name", "field", "required", "within", NULL};
	static const char *const words[] = {"mail", "dns", "ip", NULL};
	size_t kind;

	if (list->count > PROFILE_FIELDS_MAX)
		return yaml_fail(list, E_FIELD_LENGTH, "san", "0-24", f);
	p->alts = arena_array(a, list->count + 1, sizeof(*p->alts));
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		struct profile_alt *alt = &p->alts[p->alt_count];

		if (c->kind != YAML_MAPPING)
			return yaml_fail(c, E_FIELD_TYPE, "san", "mapping", f);
		TRY(yaml_only(c, keys, f));
		TRY(yaml_word(c, "name", words, &kind, f));
		alt->kind = (enum profile_name_kind)kind;
		TRY(formread_name(c, "field", &alt->field, f));
		TRY(yaml_bool(c, "required", &alt->required, f));
		TRY(within(a, c, alt, f));
		TRY(name_field(p, alt, c, f));
		p->alt_count++;
	}
	return OK;
}

enum err
profilesan_read(struct arena *a, const struct yaml *doc, struct profile *p, struct fault *f)
{
	const struct yaml *san = yaml_get(doc, "san");

	if (san != NULL && san->kind == YAML_SEQUENCE) {
		TRY(read_list(a, san, p, f));
	} else {
		TRY(yaml_child(doc, "san", YAML_MAPPING, &san, f));
		TRY(read_mail(a, san, p, f));
	}
	p->san = p->alt_count ? PROFILE_SAN_OPTIONAL : PROFILE_SAN_NONE;
	for (size_t i = 0; i < p->alt_count; i++) {
		if (p->alts[i].required)
			p->san = PROFILE_SAN_REQUIRED;
	}
	return OK;
}

/* Is HOST, or what stands behind its wildcard, one of the domains or below one? */
static bool
is_within(struct str host, const struct profile_alt *alt)
{
	if (host.n > 2 && host.p[0] == '*' && host.p[1] == '.')
		host = (struct str){host.p + 2, host.n - 2};
	for (size_t i = 0; i < alt->within_count; i++) {
		struct str d = alt->within[i];
		size_t before = host.n < d.n ? 0 : host.n - d.n;

		if (host.n >= d.n && str_eq((struct str){host.p + before, d.n}, d) &&
		    (before == 0 || host.p[before - 1] == '.'))
			return true;
	}
	return alt->within_count == 0;
}

/* What stands in the certificate for the text of a field. */
static struct bytes
octets(struct arena *a, const struct profile_alt *alt, struct str text)
{
	uint8_t *address;

	if (alt->kind != PROFILE_NAME_IP)
		return str_bytes(text);
	address = arena_alloc(a, 16);
	return bytes_of(address, host_address(text, address));
}

enum err
profilesan_encode(struct arena *a, const struct profile *p, const struct profile_value *values,
    size_t count, struct bytes *ret, struct fault *f)
{
	struct san_name names[PROFILE_FIELDS_MAX];
	struct san san = {.v = names, .n = 0};

	for (size_t i = 0; i < p->alt_count; i++) {
		const struct profile_alt *alt = &p->alts[i];
		struct san_name *name = &names[san.n];
		struct str text = {0};

		for (size_t k = 0; k < count; k++) {
			if (str_eq(values[k].name, alt->field))
				text = values[k].value;
		}
		if (text.n == 0)
			continue;
		if (!is_within(text, alt))
			return FAIL_FIELD(f, E_FIELD_VALUE, arena_cstr(a, alt->field),
			    arena_cstr(a, alt->within[0]), "not within the profile's domains");
		*name = (struct san_name){kinds[alt->kind], octets(a, alt, text)};
		for (size_t k = 0; k < san.n; k++) {
			if (names[k].kind == name->kind && bytes_eq(names[k].value, name->value))
				return FAIL_FIELD(f, E_FIELD_DUPLICATE, arena_cstr(a, alt->field),
				    NULL, "the same name twice");
		}
		san.n++;
	}
	if (san.n == 0) {
		*ret = (struct bytes){0};
		return OK;
	}
	TRY(ext_san_check(&san, f));
	return ext_san_encode(a, &san, ret, f);
}

/* Does P have a field from which this name may have come? */
static bool
has_source(const struct profile *p, const struct san_name *name)
{
	bool wild = name->kind == SAN_DNS && name->value.n > 0 && name->value.p[0] == '*';

	for (size_t i = 0; i < p->alt_count; i++) {
		const struct profile_alt *alt = &p->alts[i];
		const struct profile_field *field = profile_field_find(p, alt->field);

		if (kinds[alt->kind] == name->kind &&
		    (!wild || field->type == FIELDTYPE_WILDCARD) &&
		    (name->kind != SAN_DNS || is_within(bytes_str(name->value), alt)))
			return true;
	}
	return false;
}

static enum err
check_numbers(const struct profile *p, const struct san *san, struct fault *f)
{
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		size_t have = 0, least = 0, most = 0;

		for (size_t i = 0; i < san->n; i++)
			have += san->v[i].kind == kinds[k];
		for (size_t i = 0; i < p->alt_count; i++) {
			most += p->alts[i].kind == k;
			least += p->alts[i].kind == k && p->alts[i].required;
		}
		if (have < least || have > most)
			return FAIL_FIELD(f, E_GATE, "san", san_kind_name(kinds[k]),
			    "%zu, not %zu to %zu", have, least, most);
	}
	return OK;
}

enum err
profilesan_check(struct arena *a, const struct profile *p, struct bytes der, struct fault *f)
{
	struct san san = {0};
	struct bytes again = {0};

	if (der.n == 0)
		return p->san == PROFILE_SAN_REQUIRED
		    ? FAIL_FIELD(f, E_GATE, "san", "required", "no alternative names")
		    : OK;
	if (p->san == PROFILE_SAN_NONE)
		return FAIL_FIELD(f, E_GATE, "san", "none", "the profile has none");
	TRY(ext_get_san(a, der, &san, f));
	for (size_t i = 0; i < san.n; i++) {
		if (!has_source(p, &san.v[i]))
			return FAIL_FIELD(f, E_GATE, "san", san_kind_name(san.v[i].kind),
			    "a name that the profile does not give");
	}
	TRY(check_numbers(p, &san, f));
	if (ext_san_check(&san, NULL) != OK || ext_san_encode(a, &san, &again, NULL) != OK ||
	    !bytes_eq(der, again))
		return FAIL_FIELD(f, E_GATE, "san", "form", "not in our one form");
	return OK;
}
