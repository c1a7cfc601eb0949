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

static const struct profile_part *
part_of(const struct profile *p, enum profile_attribute x)
{
	for (size_t i = 0; i < p->part_count; i++) {
		if (p->parts[i].attribute == x)
			return &p->parts[i];
	}
	return NULL;
}

static enum err
roster(const struct profile *p, const struct yaml *at, struct fault *f)
{
	if (p->purposes != PROFILE_PURPOSE_CLIENT)
		return broken(at, "purposes", "V10: client-auth", f);
	if (p->usage != PROFILE_USAGE_SIGN)
		return broken(at, "key-usage", "V10: digital-signature", f);
	if (p->term.years > 1 || p->term.days > 366)
		return broken(at, p->term.years ? "years" : "days", "V10: ≤ 1", f);
	if (p->approvals != 0)
		return broken(at, "approvals", "S1: by: roster, count: 0", f);
	return OK;
}

/* Who may sign for whom (S12, V10). */
static enum err
issuer(const struct profile *p, const struct yaml *at, struct fault *f)
{
	if (p->approver == PROFILE_BY_ROSTER)
		return p->ca == PROFILE_CA_MANAGEMENT
		    ? roster(p, at, f)
		    : broken(at, "approvals", "ca: issuing, by: operator", f);
	if (p->ca == PROFILE_CA_MANAGEMENT && !profile_is_tls(p))
		return broken(at, "approvals", "S12: ca: management, by: roster, or TLS", f);
	if (profile_mail_field(p).n == 0)
		return broken(at, "form", "S16: type: mail", f);
	return OK;
}

/* V9, S29. */
static enum err
server(const struct profile *p, const struct yaml *at, struct fault *f)
{
	const unsigned rsa =
	    1u << KEYRULE_RSA_2048 | 1u << KEYRULE_RSA_3072 | 1u << KEYRULE_RSA_4096;

	if (p->purposes != PROFILE_PURPOSE_SERVER)
		return broken(at, "purposes", "V9: server-auth", f);
	if (p->usage & PROFILE_USAGE_ENCIPHER && p->keys & ~rsa)
		return broken(at, "key-usage", "V9: key-encipherment, keys: rsa", f);
	if (p->term.years || p->term.days > 199)
		return broken(at, p->term.years ? "years" : "days", "V9: days ≤ 199", f);
	if (p->suspension)
		return broken(at, "suspension", "S29: no", f);
	if (part_of(p, PROFILE_ATTRIBUTE_UNIT) || part_of(p, PROFILE_ATTRIBUTE_COMMON_NAME))
		return broken(at, "subject", "V9: ≠ unit, ≠ common-name", f);
	if (p->san != PROFILE_SAN_REQUIRED)
		return broken(at, "san", "V9: dns | ip, required: yes", f);
	for (size_t i = 0; i < p->alt_count; i++) {
		if (p->alts[i].kind == PROFILE_NAME_MAIL)
			return broken(at, "san", "V9: dns | ip", f);
	}
	return OK;
}

/* V6, V7, V8: people, organisations, TLS clients. */
static enum err
others(const struct profile *p, const struct yaml *at, struct fault *f)
{
	const struct profile_part *cn = part_of(p, PROFILE_ATTRIBUTE_COMMON_NAME);
	unsigned beside = p->purposes & ~(unsigned)PROFILE_PURPOSE_CLIENT;
	bool mail = false;

	if (p->usage & PROFILE_USAGE_ENCIPHER)
		return broken(at, "key-usage", "V8: ≠ key-encipherment", f);
	if (p->usage & PROFILE_USAGE_NONREPUDIATION && beside == 0)
		return broken(at, "purposes", "V7: email-protection | document-signing", f);
	for (size_t i = 0; i < p->alt_count; i++)
		mail = mail || p->alts[i].kind == PROFILE_NAME_MAIL;
	if (p->purposes & PROFILE_PURPOSE_MAIL && !mail)
		return broken(at, "san", "V20: mail: optional | required", f);
	if (cn == NULL || !cn->required)
		return broken(at, "subject", "common-name, required: yes", f);
	return OK;
}

/* Nobody looks at the names: only those that the document itself bounds (S2). */
static enum err
unapproved(const struct profile *p, const struct yaml *at, struct fault *f)
{
	for (size_t i = 0; i < p->part_count; i++) {
		if (p->parts[i].source == PROFILE_FIELD)
			return broken(at, "subject", "S2: count: 0, fixed | from", f);
	}
	for (size_t i = 0; i < p->alt_count; i++) {
		if (p->alts[i].kind != PROFILE_NAME_DNS || p->alts[i].within_count == 0)
			return broken(at, "san", "S2: count: 0, dns, within", f);
	}
	return OK;
}

enum err
profile_rule_whole(const struct profile *p, const struct yaml *at, struct fault *f)
{
	if (!(p->usage & PROFILE_USAGE_SIGN))
		return broken(at, "key-usage", "V6: digital-signature", f);
	if (p->purposes & PROFILE_PURPOSE_SERVER)
		TRY(server(p, at, f));
	else
		TRY(others(p, at, f));
	if (p->usage & PROFILE_USAGE_NONREPUDIATION && p->purposes & PROFILE_PURPOSE_SERVER)
		return broken(at, "key-usage", "V9: ≠ non-repudiation", f);
	if (p->place == PROFILE_PLACE_TOKEN && p->entrances != PROFILE_ENTRANCE_AGENT)
		return broken(at, "entrances", "S20: key-place: token, entrances: [agent]", f);
	if (p->quota_hour > p->quota_day)
		return broken(at, "quota", "hour ≤ day", f);
	TRY(issuer(p, at, f));
	if (p->approvals == 0 && p->approver == PROFILE_BY_OPERATOR)
		return unapproved(p, at, f);
	return OK;
}
