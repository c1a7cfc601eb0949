/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/payload.h"

#include "agent/message.h"
#include "base/text.h"
#include "core/approval.h"
#include "core/document.h"
#include "crypto/digest.h"
#include "x509/ext.h"
#include "x509/name.h"

struct approve_args {
	struct str application, profile, enrolment;
	int64_t revision, profile_version;
	struct bytes subject, san;
};

static enum err
number(struct consent *c, const char *title, int64_t v, struct fault *f)
{
	return consent_exact(c, title, str_of(arena_fmt(c->a, "%lld", (long long)v)), f);
}

/* Attributes by the title of their kind; a kind without a title shows its short name. */
static enum err
subject_lines(struct consent *c, struct bytes der, struct fault *f)
{
	static const struct {
		enum oid oid;
		const char *key;
	} titles[] = {
#define X(symbol, word, oid, most) {OID_##oid, "attribute." word},
#include "core/attribute.def"
#undef X
	};
	struct name name;

	TRY(name_parse(der, &name, f));
	for (size_t i = 0; i < name.n; i++) {
		const char *key = oid_name(name.v[i].type);

		for (size_t k = 0; k < sizeof(titles) / sizeof(titles[0]); k++) {
			if (titles[k].oid == name.v[i].type)
				key = titles[k].key;
		}
		TRY(consent_exact(c, key, name.v[i].value, f));
	}
	return OK;
}

static enum err
san_lines(struct consent *c, struct bytes der, struct fault *f)
{
	struct san san = {.n = 0};

	if (der.n)
		TRY(ext_get_san(c->a, der, &san, f));
	for (size_t i = 0; i < san.n; i++) {
		struct str text = san.v[i].kind == SAN_IP ? str_of(hex_text(c->a, san.v[i].value))
							  : bytes_str(san.v[i].value);

		TRY(consent_exact(c,
		    san.v[i].kind == SAN_MAIL ? "attribute.mail" : san_kind_name(san.v[i].kind),
		    text, f));
	}
	return OK;
}

static enum err
subject_read(struct arena *a, const json_t *obj, struct approval_subject *ret, struct fault *f)
{
	static const struct message_field fields[] = {
	    {"application", MESSAGE_TEXT, 32, offsetof(struct approve_args, application)},
	    {"revision", MESSAGE_NUMBER, UINT32_MAX, offsetof(struct approve_args, revision)},
	    {"profile", MESSAGE_TEXT, 64, offsetof(struct approve_args, profile)},
	    {"profileVersion", MESSAGE_NUMBER, UINT32_MAX,
		offsetof(struct approve_args, profile_version)},
	    {"subject", MESSAGE_OCTETS, APPROVAL_NAMES_MAX, offsetof(struct approve_args, subject)},
	    {"san", MESSAGE_OCTETS, APPROVAL_NAMES_MAX, offsetof(struct approve_args, san)},
	    {"enrolment", MESSAGE_TEXT, ID_TEXT, offsetof(struct approve_args, enrolment)},
	};
	static const struct message_want want = {.required = 0x7f, .strict = true};
	struct approve_args in = {0};
	struct approval_subject s;

	TRY(message_read(a, obj, fields, 7, &want, &in, f));
	s = (struct approval_subject){.application = in.application,
	    .revision = (uint32_t)in.revision,
	    .profile = in.profile,
	    .profile_version = (uint32_t)in.profile_version,
	    .subject = in.subject,
	    .san = in.san};
	if (!id_parse(in.enrolment, &s.enrolment))
		return FAIL_FIELD(f, E_FIELD_FORMAT, "enrolment", "32 hex", "no id");
	*ret = s;
	return OK;
}

static enum err
approve_one(struct consent *c, const json_t *obj, struct bytes *ret, struct fault *f)
{
	struct approval_subject s;
	struct catalogue_value no;

	TRY(subject_read(c->a, obj, &s, f));
	no = (struct catalogue_value){"application", consent_clean(c->a, s.application)};
	consent_sentence(c, "purpose.approve", &no, 1);
	TRY(consent_exact(c, "agent.application", s.application, f));
	TRY(number(c, "agent.revision", s.revision, f));
	TRY(consent_exact(c, "agent.profile", s.profile, f));
	TRY(number(c, "agent.version", s.profile_version, f));
	TRY(subject_lines(c, s.subject, f));
	TRY(san_lines(c, s.san, f));
	TRY(consent_exact(c, "agent.enrolment", str_of(id_text(c->a, s.enrolment)), f));
	return approval_payload(c->a, &s, ret, f);
}

/* One of many: whose it is, of which profile, and where mail goes. */
static enum err
short_lines(struct consent *c, const struct approval_subject *s, struct fault *f)
{
	const char *title = arena_fmt(c->a, "%.*s (%.*s %u)", (int)s->application.n,
	    s->application.p, (int)s->profile.n, s->profile.p, s->profile_version);
	struct name name;

	TRY(name_parse(s->subject, &name, f));
	TRY(consent_exact(c, title, name_get(&name, OID_CN), f));
	if (name_get(&name, OID_ORGANIZATION).n)
		TRY(consent_exact(
		    c, "attribute.organisation", name_get(&name, OID_ORGANIZATION), f));
	return san_lines(c, s->san, f);
}

static enum err
approve_list(struct consent *c, const json_t *list, struct bytes *ret, struct fault *f)
{
	size_t n = json_array_size(list), i;
	uint8_t *hashes = arena_array(c->a, n + 1, SHA256_SIZE);
	struct catalogue_value count = {"count", str_of(arena_fmt(c->a, "%zu", n))};
	json_t *obj;

	if (n == 0 || n > APPROVAL_LIST_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "list", "1-20", "%zu of them", n);
	consent_sentence(c, "purpose.approve-list", &count, 1);
	json_array_foreach(list, i, obj)
	{
		struct approval_subject s;
		struct bytes payload;

		TRY(subject_read(c->a, obj, &s, f));
		TRY(approval_payload(c->a, &s, &payload, f));
		TRY(short_lines(c, &s, f));
		sha256(payload, hashes + i * SHA256_SIZE);
	}
	return approval_list(c->a, bytes_of(hashes, n * SHA256_SIZE), ret, f);
}

static enum err
approve(struct consent *c, const json_t *obj, struct bytes *ret, struct fault *f)
{
	const json_t *list = json_object_get(obj, "list");

	if (list == NULL)
		return approve_one(c, obj, ret, f);
	if (json_object_size(obj) != 1)
		return FAIL_FIELD(f, E_FIELD_UNKNOWN, "payload", "list", "beside a list");
	return approve_list(c, list, ret, f);
}

struct document_args {
	struct str kind;
	int64_t version;
	struct bytes hash;
};

static enum err
document(struct consent *c, const json_t *obj, struct bytes *ret, struct fault *f)
{
	static const struct message_field fields[] = {
	    {"kind", MESSAGE_TEXT, 16, offsetof(struct document_args, kind)},
	    {"version", MESSAGE_NUMBER, UINT32_MAX, offsetof(struct document_args, version)},
	    {"hash", MESSAGE_NONCE, STATEMENT_HASH, offsetof(struct document_args, hash)},
	};
	static const struct message_want want = {.required = 7, .strict = true};
	struct catalogue_value values[2];
	struct document_args in = {0};
	struct document d;

	TRY(message_read(c->a, obj, fields, 3, &want, &in, f));
	d = (struct document){.version = (uint32_t)in.version, .hash = in.hash};
	if (!document_kind_parse(in.kind, &d.kind))
		return FAIL_FIELD(f, E_FIELD_VALUE, "kind", NULL, "no such document");
	if (d.version == 0)
		return FAIL_FIELD(f, E_FIELD_VALUE, "version", "≥ 1", "version 0");
	values[0] = (struct catalogue_value){"kind", in.kind};
	values[1] = (struct catalogue_value){
	    "version", str_of(arena_fmt(c->a, "%lld", (long long)in.version))};
	consent_sentence(c, "purpose.document", values, 2);
	TRY(consent_exact(c, "agent.hash", str_of(hex_text(c->a, in.hash)), f));
	*ret = document_payload(c->a, &d);
	return OK;
}

enum err
payload_read(struct consent *c, enum purpose purpose, struct str origin, const json_t *obj,
    struct bytes *ret, struct fault *f)
{
	struct catalogue_value site = {"origin", origin};

	if (purpose_has_payload(purpose) != (obj != NULL))
		return FAIL_FIELD(f, obj ? E_FIELD_UNKNOWN : E_FIELD_MISSING, "payload", NULL,
		    "purpose %s", purpose_name(purpose));
	if (purpose == PURPOSE_APPROVE)
		return approve(c, obj, ret, f);
	if (purpose == PURPOSE_DOCUMENT)
		return document(c, obj, ret, f);
	consent_sentence(c, purpose_key(purpose), &site, 1);
	*ret = (struct bytes){0};
	return OK;
}
