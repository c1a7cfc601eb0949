/* SPDX-License-Identifier: Apache-2.0 */
#include "core/profilerule.h"

#include "base/must.h"
#include "base/text.h"
#include "core/country.h"
#include "core/label.h"

static const size_t maxima[PROFILE_ATTRIBUTE__COUNT] = {
#define X(symbol, word, oid, max) max,
#include "core/attribute.def"
#undef X
};

size_t
profile_attribute_max(enum profile_attribute x)
{
	must((unsigned)x < PROFILE_ATTRIBUTE__COUNT);
	return maxima[x];
}

static enum err
broken(const struct yaml *at, const char *key, const char *rule, struct fault *f)
{
	const struct yaml *n = at->kind == YAML_MAPPING ? yaml_get(at, key) : NULL;

	return yaml_fail(n ? n : at, E_PROFILE_RULE, key, rule, f);
}

/* A part that takes a form's field: there, of the right type, filled in whenever the part must be. */
static enum err
part_field(const struct profile *p, const struct profile_part *part, const struct yaml *at,
    struct fault *f)
{
	const struct profile_field *field = profile_field_find(p, part->value);
	bool country = part->attribute == PROFILE_ATTRIBUTE_COUNTRY;

	if (field == NULL)
		return broken(at, "field", "a field of the form", f);
	if ((field->type == FIELDTYPE_COUNTRY) != country)
		return broken(at, "field", country ? "type: country" : "type: text", f);
	if (fieldtype_row(field->type)->use == FIELDTYPE_CONTACT)
		return broken(at, "field", "V20: type: text", f);
	if (fieldtype_row(field->type)->use == FIELDTYPE_PERSONAL && !part->identity)
		return broken(at, "field", "S27: identity: yes", f);
	if (part->required && !field->required)
		return broken(at, "field", "required: yes", f);
	return OK;
}

enum err
profile_rule_part(const struct profile *p, const struct profile_part *part, const struct yaml *at,
    struct fault *f)
{
	bool country = part->attribute == PROFILE_ATTRIBUTE_COUNTRY;
	bool serial = part->attribute == PROFILE_ATTRIBUTE_SERIAL;

	if (part > p->parts && part[-1].attribute >= part->attribute)
		return broken(at, "attribute", "V19: C, ST, L, O, OU, SN, GN, CN, serialNumber", f);
	switch (part->source) {
	case PROFILE_FIELD:
		return part_field(p, part, at, f);
	case PROFILE_FIXED:
		if (country && !country_known(part->value))
			return broken(at, "fixed", "ISO 3166: AA", f);
		if (utf8_count(part->value) > part->max)
			return broken(at, "fixed", "max", f);
		return OK;
	case PROFILE_CREDENTIAL:
	case PROFILE_PERSON:
		break;
	}
	/* Numbers of ours are ASCII and belong into serialNumber (P31, S27). */
	return serial ? OK : broken(at, "from", "attribute: serial-number", f);
}

enum err
profile_rule_san(const struct profile *p, const struct yaml *at, struct fault *f)
{
	const struct profile_field *field;

	if (p->san == PROFILE_SAN_NONE)
		return yaml_get(at, "field") ? broken(at, "field", "mail: none", f) : OK;
	field = profile_field_find(p, p->san_field);
	if (field == NULL || field->type != FIELDTYPE_MAIL)
		return broken(at, "field", "type: mail", f);
	/* What enters a certificate is shown by the agent, 64 characters a line (S22). */
	if (field->max > LABEL_MAX)
		return broken(at, "field", "max ≤ 64", f);
	if (p->san == PROFILE_SAN_REQUIRED && !field->required)
		return broken(at, "field", "required: yes", f);
	return OK;
}

static bool
has_common_name(const struct profile *p)
{
	for (size_t i = 0; i < p->part_count; i++) {
		if (p->parts[i].attribute == PROFILE_ATTRIBUTE_COMMON_NAME)
			return p->parts[i].required;
	}
	return false;
}

static enum err
management(const struct profile *p, const struct yaml *at, struct fault *f)
{
	if (p->usage != PROFILE_USAGE_SIGN)
		return broken(at, "key-usage", "V10: digital-signature", f);
	if (p->purposes != PROFILE_PURPOSE_CLIENT)
		return broken(at, "purposes", "V10: client-auth", f);
	if (p->years > 1)
		return broken(at, "years", "V10: ≤ 1", f);
	if (p->approver != PROFILE_BY_ROSTER || p->approvals != 0)
		return broken(at, "approvals", "S1: by: roster, count: 0", f);
	return OK;
}

enum err
profile_rule_whole(const struct profile *p, const struct yaml *at, struct fault *f)
{
	unsigned beside = p->purposes & ~(unsigned)PROFILE_PURPOSE_CLIENT;

	if (!(p->usage & PROFILE_USAGE_SIGN))
		return broken(at, "key-usage", "V6: digital-signature", f);
	if (p->usage & PROFILE_USAGE_NONREPUDIATION && beside == 0)
		return broken(at, "purposes", "V7: email-protection | document-signing", f);
	if (p->purposes & PROFILE_PURPOSE_MAIL && p->san == PROFILE_SAN_NONE)
		return broken(at, "san", "V20: mail: optional | required", f);
	if (!has_common_name(p))
		return broken(at, "subject", "common-name, required: yes", f);
	if (p->place == PROFILE_PLACE_TOKEN && p->entrances != PROFILE_ENTRANCE_AGENT)
		return broken(at, "entrances", "S20: key-place: token, entrances: [agent]", f);
	if (p->quota_hour > p->quota_day)
		return broken(at, "quota", "hour ≤ day", f);
	if (p->ca == PROFILE_CA_MANAGEMENT)
		return management(p, at, f);
	if (p->approver == PROFILE_BY_ROSTER)
		return broken(at, "approvals", "by: operator", f);
	return OK;
}
