/* SPDX-License-Identifier: Apache-2.0 */
#include "service/agreement.h"

#include <inttypes.h>

#include "core/agreement.h"
#include "core/word.h"
#include "crypto/digest.h"
#include "service/act.h"
#include "service/amend_in.h"
#include "service/apply.h"

/* The text that comes with the service, or NULL. */
static const char *
built_in(const struct call *c, struct str id, enum lang lang)
{
	return catalogue_text(lang, arena_fmt(c->a, "consent.%.*s", (int)id.n, id.p));
}

/* The newest signed version; 0 with OK: there is none. */
static enum err
newest(const struct call *c, struct str id, struct document_row *ret, struct fault *f)
{
	struct fault why = {0};
	enum err e = store_document_newest(
	    c->service->store, c->a, str_of(agreement_kind(c->a, id)), ret, &why);

	if (e == E_NOT_FOUND)
		*ret = (struct document_row){.version = built_in(c, id, LANG_EN) ? 1 : 0};
	else if (e != OK)
		return FAIL(f, e, "%s", why.detail);
	return OK;
}

static enum err
not_there(struct fault *f)
{
	return FAIL_FIELD(f, E_NOT_FOUND, "agreement", NULL, "no such agreement or version");
}

static enum err
get(const struct call *c, struct str id, int64_t version, enum lang lang,
    struct agreement_view *ret, struct fault *f)
{
	struct agreement_view v = {.id = id, .lang = lang};
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);
	struct document_row row;
	struct agreement g;

	if (!word_is_name(id, AGREEMENT_NAME_MAX))
		return not_there(f);
	TRY(newest(c, id, &row, f));
	if (row.version == 0 || version < 0 || version > row.version)
		return not_there(f);
	v.newest = row.version;
	v.version = version ? version : row.version;
	if (v.version != row.version && !(v.version == 1 && built_in(c, id, lang))) {
		TRY(store_document(
		    c->service->store, c->a, str_of(agreement_kind(c->a, id)), v.version, &row, f));
		if (row.applied == 0)
			return not_there(f);
	}
	if (v.version == 1 && built_in(c, id, lang)) {
		v.title = str_of(catalogue_text(lang, "agreement.title"));
		v.text = str_of(built_in(c, id, lang));
	} else {
		TRY(agreement_parse(c->a, row.octets, &g, f));
		v.title = g.title[lang];
		v.text = g.text[lang];
	}
	sha256(str_bytes(v.text), hash);
	v.hash = bytes_of(hash, SHA256_SIZE);
	*ret = v;
	return OK;
}

enum err
agreement_get(const struct call *c, struct str id, int64_t version, struct agreement_view *ret,
    struct fault *f)
{
	TRY(service_ready(c->service, f));
	return get(c, id, version, c->lang, ret, f);
}

enum err
agreement_known(const struct call *c, struct str id, struct fault *f)
{
	struct document_row row;

	TRY(newest(c, id, &row, f));
	if (row.version == 0)
		return FAIL_FIELD(
		    f, E_FIELD_VALUE, "consent", "agreement: ID", "no agreement of that id");
	return OK;
}

enum err
agreement_consent(const struct call *c, const struct profile *p, const struct apply_consent *in,
    struct application_row *row, struct fault *f)
{
	struct agreement_view v;
	enum lang lang;

	if (!in->given || !str_eq(in->text_id, p->consent))
		return FAIL_FIELD(f, E_FIELD_VALUE, "consent", arena_cstr(c->a, p->consent),
		    "not given, or to another text");
	if (!lang_parse(in->lang, &lang))
		return FAIL_FIELD(f, E_FIELD_VALUE, "lang", "en | zh | ru", "lang");
	TRY(get(c, p->consent, 0, lang, &v, f));
	if (in->version && in->version != v.version)
		return FAIL_FIELD(f, E_AGREEMENT, "consent.version",
		    arena_fmt(c->a, "%.*s %" PRId64, (int)v.id.n, v.id.p, v.version),
		    "version %" PRId64, in->version);
	row->consent = p->consent;
	row->consent_version = v.version;
	row->consent_hash = v.hash;
	row->consent_lang = in->lang;
	return OK;
}

enum err
amend_agreement(
    const struct call *c, struct bytes yaml, struct amend_prepared *ret, struct fault *f)
{
	struct amend_prepared out = {.octets = yaml};
	struct document_row now;
	struct agreement g;

	TRY(act_role(c, PERSON_ADMINISTRATOR, f));
	TRY(agreement_parse(c->a, yaml, &g, f));
	TRY(newest(c, g.id, &now, f));
	if (g.version != now.version + 1)
		return FAIL_FIELD(f, E_FIELD_VALUE, "version",
		    arena_fmt(c->a, "%" PRId64, now.version + 1), "version %u", g.version);
	out.kind = str_of(agreement_kind(c->a, g.id));
	out.version = g.version;
	out.diff = amend_diff(c, bytes_str(now.octets), bytes_str(yaml));
	TRY(amend_prepare(c, &out, (struct bytes){0}, f));
	*ret = out;
	return OK;
}
