/* SPDX-License-Identifier: Apache-2.0 */
/* A profile's document to a profile: types and words here, rules of the whole in profilerule.c. */
#include "core/profile.h"

#include <stdio.h>

#include "base/must.h"
#include "base/text.h"
#include "base/yaml.h"
#include "core/code.h"
#include "core/formread.h"
#include "core/label.h"
#include "core/profilerule.h"
#include "core/profilesan.h"
#include "core/word.h"

#define YEARS_MAX   10
#define DAYS_MAX    3650
#define CODE_DAYS   90
#define CODE_TRIES  10
#define IDLE_DAYS   30 /* where a document says nothing */
#define IDLE_MOST   365
#define QUOTA_MAX   1000000
#define CONSENT_MAX 40

static const char *const ca_words[] = {"issuing", "management", NULL};
static const char *const place_words[] = {"token", "any", NULL};
static const char *const usage_words[] = {
    "digital-signature", "non-repudiation", "key-encipherment", NULL};
static const char *const purpose_words[] = {
    "client-auth", "email-protection", "document-signing", "server-auth", NULL};
static const char *const entrance_words[] = {"agent", "api", NULL};
static const char *const approver_words[] = {"operator", "roster", NULL};
static const char *const from_words[] = {"credential", "person", NULL};
static const char *const key_words[] = {
#define X(symbol, word, kind, least, most) word,
#include "core/keyrule.def"
#undef X
    NULL};
static const char *const attribute_words[] = {
#define X(symbol, word, oid, max) word,
#include "core/attribute.def"
#undef X
    NULL};

const char *
profile_attribute_name(enum profile_attribute x)
{
	must((unsigned)x < PROFILE_ATTRIBUTE__COUNT);
	return attribute_words[x];
}

/* A list of different words as a set of 1 << index, at least one. */
static enum err
word_set(const struct yaml *map, const char *key, const char *const *words, unsigned *ret,
    struct fault *f)
{
	const struct yaml *list;
	unsigned set = 0, i;
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	TRY(yaml_child(map, key, YAML_SEQUENCE, &list, f));
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		if (c->kind != YAML_SCALAR || !word_find(words, n, c->text, &i))
			return yaml_fail(c, E_FIELD_VALUE, key, "not a word of this list", f);
		if (set & 1u << i)
			return yaml_fail(c, E_FIELD_DUPLICATE, key, words[i], f);
		set |= 1u << i;
	}
	if (set == 0)
		return yaml_fail(list, E_FIELD_MISSING, key, "n ≥ 1", f);
	*ret = set;
	return OK;
}

static enum err
word(const struct yaml *map, const char *key, const char *const *words, unsigned *ret,
    struct fault *f)
{
	size_t i;

	TRY(yaml_word(map, key, words, &i, f));
	*ret = (unsigned)i;
	return OK;
}

static enum err
number(const struct yaml *map, const char *key, int64_t least, int64_t most, uint32_t *ret,
    struct fault *f)
{
	int64_t v;

	TRY(yaml_i64(map, key, least, most, &v, f));
	*ret = (uint32_t)v;
	return OK;
}

/* Where a part's text comes from: exactly one of three keys. */
static enum err
part_source(struct arena *a, const struct yaml *c, struct profile_part *part, struct fault *f)
{
	bool fixed = yaml_get(c, "fixed") != NULL, field = yaml_get(c, "field") != NULL;
	bool from = yaml_get(c, "from") != NULL;
	unsigned which;

	if (fixed + field + from != 1)
		return yaml_fail(c, E_PROFILE_RULE, "subject", "fixed | field | from", f);
	if (fixed) {
		part->source = PROFILE_FIXED;
		return formread_label(a, c, "fixed", LABEL_MAX, &part->value, f);
	}
	if (field) {
		part->source = PROFILE_FIELD;
		return formread_name(c, "field", &part->value, f);
	}
	TRY(word(c, "from", from_words, &which, f));
	part->source = which == 0 ? PROFILE_CREDENTIAL : PROFILE_PERSON;
	return OK;
}

static enum err
subject(struct arena *a, const struct yaml *doc, struct profile *p, struct fault *f)
{
	static const char *const keys[] = {
	    "attribute", "fixed", "field", "from", "required", "identity", "max", NULL};
	const struct yaml *list;

	TRY(yaml_child(doc, "subject", YAML_SEQUENCE, &list, f));
	if (list->count == 0 || list->count > PROFILE_ATTRIBUTE__COUNT)
		return yaml_fail(list, E_FIELD_LENGTH, "subject", "1-9", f);
	p->parts = arena_array(a, list->count, sizeof(*p->parts));
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		struct profile_part *part = &p->parts[p->part_count++];
		unsigned attribute;
		uint32_t max;

		if (c->kind != YAML_MAPPING)
			return yaml_fail(c, E_FIELD_TYPE, "subject", "mapping", f);
		TRY(yaml_only(c, keys, f));
		TRY(word(c, "attribute", attribute_words, &attribute, f));
		part->attribute = (enum profile_attribute)attribute;
		TRY(part_source(a, c, part, f));
		part->required = true;
		if (yaml_get(c, "required") != NULL)
			TRY(yaml_bool(c, "required", &part->required, f));
		if (yaml_get(c, "identity") != NULL)
			TRY(yaml_bool(c, "identity", &part->identity, f));
		max = (uint32_t)profile_attribute_max(part->attribute);
		if (yaml_get(c, "max") != NULL)
			TRY(number(c, "max", 1, max, &max, f));
		part->max = max;
		TRY(profile_rule_part(p, part, c, f));
	}
	return OK;
}

/* Calendar years or days: one of them. */
static enum err
term(const struct yaml *doc, struct term *ret, struct fault *f)
{
	bool days = yaml_get(doc, "days") != NULL;
	uint32_t n;

	if (days && yaml_get(doc, "years") != NULL)
		return yaml_fail(yaml_get(doc, "days"), E_PROFILE_RULE, "days", "years | days", f);
	TRY(number(doc, days ? "days" : "years", 1, days ? DAYS_MAX : YEARS_MAX, &n, f));
	*ret = days ? (struct term){.days = (int)n} : (struct term){.years = (int)n};
	return OK;
}

static enum err
codes(const struct yaml *doc, struct profile *p, struct fault *f)
{
	static const char *const keys[] = {"days", "length", "tries", NULL};
	const struct yaml *map;
	uint32_t days, length, tries;

	TRY(yaml_child(doc, "codes", YAML_MAPPING, &map, f));
	TRY(yaml_only(map, keys, f));
	TRY(number(map, "days", 1, CODE_DAYS, &days, f));
	TRY(number(map, "length", CODE_AUTH_SHORT, CODE_AUTH_LONG, &length, f));
	TRY(number(map, "tries", 1, CODE_TRIES, &tries, f));
	if (length != CODE_AUTH_SHORT && length != CODE_AUTH_LONG)
		return yaml_fail(yaml_get(map, "length"), E_FIELD_VALUE, "length", "12 | 20", f);
	p->code_days = (int)days;
	p->code_length = length;
	p->code_tries = tries;
	return OK;
}

static enum err
approvals_and_quota(const struct yaml *doc, struct profile *p, struct fault *f)
{
	static const char *const approval_keys[] = {"count", "by", NULL};
	static const char *const quota_keys[] = {"hour", "day", NULL};
	const struct yaml *map;
	unsigned by;

	TRY(yaml_child(doc, "approvals", YAML_MAPPING, &map, f));
	TRY(yaml_only(map, approval_keys, f));
	TRY(number(map, "count", 0, APPROVALS_MAX, &p->approvals, f));
	TRY(word(map, "by", approver_words, &by, f));
	p->approver = (enum profile_approver)by;
	TRY(yaml_child(doc, "quota", YAML_MAPPING, &map, f));
	TRY(yaml_only(map, quota_keys, f));
	TRY(number(map, "hour", 1, QUOTA_MAX, &p->quota_hour, f));
	return number(map, "day", 1, QUOTA_MAX, &p->quota_day, f);
}

static enum err
words(const struct yaml *doc, struct profile *p, struct fault *f)
{
	unsigned ca, place;
	uint32_t idle = IDLE_DAYS;

	TRY(formread_name(doc, "profile", &p->name, f));
	TRY(number(doc, "version", 1, INT32_MAX, &p->version, f));
	TRY(word(doc, "ca", ca_words, &ca, f));
	TRY(number(doc, "policy", 1, INT32_MAX, &p->policy, f));
	TRY(term(doc, &p->term, f));
	TRY(word_set(doc, "keys", key_words, &p->keys, f));
	TRY(word(doc, "key-place", place_words, &place, f));
	TRY(word_set(doc, "key-usage", usage_words, &p->usage, f));
	TRY(word_set(doc, "purposes", purpose_words, &p->purposes, f));
	TRY(word_set(doc, "entrances", entrance_words, &p->entrances, f));
	TRY(yaml_bool(doc, "suspension", &p->suspension, f));
	if (yaml_get(doc, "supersede") != NULL)
		TRY(yaml_bool(doc, "supersede", &p->supersede, f));
	if (yaml_get(doc, "idle-days") != NULL)
		TRY(number(doc, "idle-days", 1, IDLE_MOST, &idle, f));
	if (yaml_get(doc, "office") != NULL)
		TRY(formread_name(doc, "office", &p->office, f));
	p->idle_days = (int)idle;
	p->ca = (enum profile_ca)ca;
	p->place = (enum profile_place)place;
	return formread_name(doc, "consent", &p->consent, f);
}

enum err
profile_parse(struct arena *a, struct bytes document, struct profile *ret, struct fault *f)
{
	static const char *const keys[] = {"profile", "version", "title", "ca", "policy", "years",
	    "days", "keys", "key-place", "key-usage", "purposes", "subject", "san", "approvals",
	    "codes", "entrances", "quota", "suspension", "supersede", "consent", "idle-days",
	    "office", "form", "papers", NULL};
	struct profile p = {0};
	const struct yaml *doc;

	if (document.n > PROFILE_MAX)
		return FAIL_FIELD(f, E_BODY_SIZE, "profile", "≤ 64 KiB", "%zu octets", document.n);
	TRY(yaml_parse(a, document, &doc, f));
	if (doc->kind != YAML_MAPPING)
		return yaml_fail(doc, E_FIELD_TYPE, "profile", "mapping", f);
	TRY(yaml_only(doc, keys, f));
	TRY(words(doc, &p, f));
	TRY(formread_texts(a, doc, "title", LABEL_MAX, p.title, f));
	TRY(formread(a, doc, &p, f));
	TRY(formread_papers(a, doc, &p, f));
	TRY(subject(a, doc, &p, f));
	TRY(profilesan_read(a, doc, &p, f));
	TRY(codes(doc, &p, f));
	TRY(approvals_and_quota(doc, &p, f));
	TRY(profile_rule_whole(&p, doc, f));
	*ret = p;
	return OK;
}
