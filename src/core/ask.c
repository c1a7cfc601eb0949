/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ask.h"

#include "x509/cert.h"
#include "x509/csr.h"
#include "x509/ext.h"
#include "x509/name.h"

#define MORE(f, field, rule) FAIL_FIELD(f, E_CSR_MORE, field, rule, "more than will be issued")

/* Each attribute asked for is in the name that was pinned, with the same value. */
static enum err
ask_subject(struct arena *a, const struct csr *csr, struct bytes subject, struct fault *f)
{
	struct name *asked = arena_alloc(a, sizeof(*asked)),
		    *given = arena_alloc(a, sizeof(*given));

	if (bytes_eq(csr->subject, subject) || name_is_empty(csr->subject))
		return OK;
	if (name_parse(csr->subject, asked, NULL) != OK)
		return MORE(f, "subject", "an attribute we do not know");
	TRY(name_parse(subject, given, f));
	for (size_t i = 0; i < asked->n; i++) {
		bool found = false;

		for (size_t k = 0; k < given->n; k++)
			found = found ||
			    (asked->v[i].type == given->v[k].type &&
				str_eq(asked->v[i].value, given->v[k].value));
		if (!found)
			return MORE(f, "subject", oid_name(asked->v[i].type));
	}
	return OK;
}

static enum err
ask_san(struct arena *a, struct bytes value, struct bytes pinned, struct fault *f)
{
	struct san asked, given = {0};

	if (ext_get_san(a, value, &asked, NULL) != OK)
		return MORE(f, "subjectAltName", "a kind of name we do not know");
	if (pinned.n)
		TRY(ext_get_san(a, pinned, &given, f));
	for (size_t i = 0; i < asked.n; i++) {
		bool found = false;

		for (size_t k = 0; k < given.n; k++)
			found = found ||
			    (asked.v[i].kind == given.v[k].kind &&
				bytes_eq(asked.v[i].value, given.v[k].value));
		if (!found)
			return MORE(f, "subjectAltName", san_kind_name(asked.v[i].kind));
	}
	return OK;
}

/* The contents of the template's extension with this OID. */
static bool
issued(const struct cert_template *t, struct bytes oid, struct bytes *ret)
{
	const struct bytes parts[] = {t->before, t->after};

	for (size_t i = 0; i < 2; i++) {
		struct der d = der_new(parts[i]), ext;
		struct bytes id, value;
		bool critical;

		while (!der_empty(&d)) {
			if (der_enter(&d, DER_SEQ, "template", &ext, NULL) != OK ||
			    der_get_oid(&ext, "template", &id, NULL) != OK ||
			    der_get_flag(&ext, "template", &critical, NULL) != OK ||
			    der_get(&ext, DER_OCTETS, "template", &value, NULL) != OK)
				return false;
			if (bytes_eq(id, oid)) {
				*ret = value;
				return true;
			}
		}
	}
	return false;
}

static enum err
ask_usage(struct bytes asked, struct bytes given, struct fault *f)
{
	uint16_t want, have;

	if (ext_get_ku(asked, &want, NULL) != OK || ext_get_ku(given, &have, NULL) != OK ||
	    want & ~have)
		return MORE(f, "keyUsage", NULL);
	return OK;
}

static enum err
ask_purposes(struct bytes asked, struct bytes given, struct fault *f)
{
	struct ext_eku want, have;

	if (ext_get_eku(asked, &want, NULL) != OK || ext_get_eku(given, &have, NULL) != OK)
		return MORE(f, "extKeyUsage", NULL);
	for (size_t i = 0; i < want.n; i++) {
		if (!ext_eku_has(&have, oid_of(want.v[i])))
			return MORE(f, "extKeyUsage", oid_name(oid_of(want.v[i])));
	}
	return OK;
}

static enum err
ask_extension(struct arena *a, const struct cert_template *t, const struct profile_request *r,
    const struct ext *asked, struct fault *f)
{
	enum oid oid = oid_of(asked->oid);
	const char *name = oid == OID_UNKNOWN ? oid_text(a, asked->oid) : oid_name(oid);
	struct ext_basic basic;
	struct bytes ski, given;

	if (oid == OID_SAN)
		return ask_san(a, asked->value, r->san, f);
	if (oid == OID_SKI)
		return t->ski && ext_get_ski(asked->value, &ski, NULL) == OK &&
			bytes_eq(ski, r->ski)
		    ? OK
		    : MORE(f, name, NULL);
	/* "I am no CA" asks for nothing: our leaves say it by silence (V15). */
	if (oid == OID_BASIC && ext_get_basic(asked->value, &basic, NULL) == OK && !basic.ca)
		return OK;
	if (!issued(t, asked->oid, &given))
		return MORE(f, name, NULL);
	if (oid == OID_KEY_USAGE)
		return ask_usage(asked->value, given, f);
	if (oid == OID_EKU)
		return ask_purposes(asked->value, given, f);
	return bytes_eq(asked->value, given) ? OK : MORE(f, name, NULL);
}

enum err
ask_check(struct arena *a, const struct cert_template *t, const struct profile_request *r,
    struct fault *f)
{
	if (r->csr == NULL)
		return OK;
	if (!bytes_eq(r->csr->key.spki, r->spki))
		return FAIL_FIELD(f, E_KEY_OTHER, "key", NULL, "the request is for another key");
	TRY(ask_subject(a, r->csr, r->subject, f));
	for (size_t i = 0; i < r->csr->exts.n; i++)
		TRY(ask_extension(a, t, r, &r->csr->exts.v[i], f));
	return OK;
}
