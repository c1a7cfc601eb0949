/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/names.h"

#include "base/text.h"
#include "core/profilesan.h"
#include "x509/name.h"

static const enum oid attribute_oid[] = {
#define X(symbol, word, oid, max) OID_##oid,
#include "core/attribute.def"
#undef X
};

static const struct profile_part *
part_of(const struct profile *p, enum oid type)
{
	for (size_t i = 0; i < p->part_count; i++)
		if (attribute_oid[p->parts[i].attribute] == type)
			return &p->parts[i];
	return NULL;
}

/* What the document or the roster fixes; empty: anything that was approved. */
static struct str
value_fixed(struct arena *a, const struct profile_part *part, const struct roster_row *row)
{
	if (part->source == PROFILE_FIXED)
		return part->value;
	if (!row)
		return str_of(NULL);
	if (part->source == PROFILE_PERSON)
		return str_of(id_text(a, row->person));
	return row->name;
}

static enum err
attribute_check(struct arena *a, const struct profile *p, const struct name_attr *attr,
    const struct roster_row *row, struct fault *f)
{
	const struct profile_part *part = part_of(p, attr->type);
	struct str fixed;

	if (!part)
		return FAIL_FIELD(f, E_GATE, "subject", oid_name(attr->type),
		    "the profile has no such attribute");
	/* The roster vouches for a name and a person only. */
	if (row && part->source != PROFILE_FIXED && part->source != PROFILE_PERSON &&
	    part->attribute != PROFILE_ATTRIBUTE_COMMON_NAME)
		return FAIL_FIELD(
		    f, E_GATE, "subject", oid_name(attr->type), "nothing the roster says");
	fixed = value_fixed(a, part, row);
	if ((fixed.n > 0 && !str_eq(fixed, attr->value)) ||
	    (part->source == PROFILE_PERSON && !row))
		return FAIL_FIELD(f, E_GATE, "subject", oid_name(attr->type), "another value");
	if (utf8_count(attr->value) > part->max)
		return FAIL_FIELD(f, E_GATE, "subject", oid_name(attr->type), "too long");
	return OK;
}

static enum err
subject_check(struct arena *a, const struct profile *p, struct bytes subject,
    const struct roster_row *row, struct fault *f)
{
	struct name name;
	struct bytes again = {0};

	TRY(name_parse(subject, &name, f));
	TRY(name_encode(a, &name, &again, f));
	if (!bytes_eq(subject, again))
		return FAIL_FIELD(f, E_GATE, "subject", "form", "not in our one form");
	for (size_t i = 0; i < name.n; i++)
		TRY(attribute_check(a, p, &name.v[i], row, f));
	for (size_t i = 0; i < p->part_count; i++) {
		enum oid type = attribute_oid[p->parts[i].attribute];

		if (p->parts[i].required && name_get(&name, type).n == 0)
			return FAIL_FIELD(f, E_GATE, "subject", oid_name(type), "missing");
	}
	return OK;
}

enum err
names_check(struct arena *a, const struct profile *p, struct bytes subject, struct bytes san,
    const struct roster_row *row, struct fault *f)
{
	TRY(subject_check(a, p, subject, row, f));
	return profilesan_check(a, p, san, f);
}
