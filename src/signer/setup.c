/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/setup.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "core/origin.h"
#include "crypto/selfcheck.h"
#include "signer/file.h"
#include "signer/handle.h"
#include "x509/oid.h"

void
setup_pass(const struct signer *s, char ret[static SETUP_PASS])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t key[(SETUP_PASS - 1) / 2];

	state_derive(s, "key-file", bytes_of(NULL, 0), key, sizeof(key));
	for (size_t i = 0; i < sizeof(key); i++) {
		ret[2 * i] = digits[key[i] >> 4];
		ret[2 * i + 1] = digits[key[i] & 15];
	}
	ret[SETUP_PASS - 1] = '\0';
	wipe(key, sizeof(key));
}

static void
put_keys(const struct signer *s, struct buf *answer)
{
	for (int i = 0; i < SIGNER_KEY__COUNT; i++)
		buf_field(answer, s->key[i].spki);
}

/*
 * The kinds that are asked for; a key without one has *RET_NAMED false. The audit and job keys are
 * P-256: their readers know no other.
 */
static enum err
kinds_read(
    const struct signer *s, struct ask *q, enum keyalg *ret, bool *ret_named, struct fault *f)
{
	struct str issuing = rd_text(&q->body, 16), management = rd_text(&q->body, 16),
		   ocsp = rd_text(&q->body, 16);
	const struct {
		enum signer_key key;
		struct str word;
		bool ca;
	} rows[] = {{SIGNER_KEY_ISSUING, issuing, true}, {SIGNER_KEY_MANAGEMENT, management, true},
	    {SIGNER_KEY_OCSP_ISSUING, ocsp, false}, {SIGNER_KEY_OCSP_MANAGEMENT, ocsp, false}};

	for (int i = 0; i < SIGNER_KEY__COUNT; i++)
		ret[i] = KEYALG_EC_P256;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum keyalg alg;
		const char *field = rows[i].ca ? state_key_name(rows[i].key) : "ocsp";

		if (rows[i].word.n == 0)
			continue;
		if (!keyalg_parse(rows[i].word, &alg) || (rows[i].ca && !keyalg_for_ca(alg)))
			return FAIL_FIELD(f, E_FIELD_VALUE, field,
			    rows[i].ca ? KEYALG_CA_WORDS : KEYALG_WORDS, "%.*s",
			    (int)rows[i].word.n, rows[i].word.p);
		if (rows[i].ca && s->options.hsm && !pair_fits(alg))
			return FAIL_FIELD(f, E_FIELD_VALUE, field, KEYS_TOKEN_WORDS,
			    "%s on a token", keyalg_name(alg));
		ret[rows[i].key] = alg;
		ret_named[rows[i].key] = true;
	}
	return OK;
}

/* Begun before: the same keys, if the same is asked. */
static enum err
keys_again(const struct signer *s, const enum keyalg *kinds, const bool *named, struct buf *answer,
    struct fault *f)
{
	for (int i = 0; i < SIGNER_KEY__COUNT; i++)
		if (named[i] && s->key[i].alg != kinds[i])
			return FAIL_FIELD(f, E_STATE, state_key_name((enum signer_key)i),
			    keyalg_name(s->key[i].alg), "begun with a key of another kind");
	put_keys(s, answer);
	return OK;
}

enum err
handle_SETUP_KEYS(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct str word = rd_text(&q->body, 16), origin = rd_text(&q->body, ORIGIN_MAX);
	struct buf b = buf_new(q->a, 1024);
	enum keyalg kinds[SIGNER_KEY__COUNT];
	bool named[SIGNER_KEY__COUNT] = {0};
	enum environment env;

	TRY(kinds_read(s, q, kinds, named, f));
	TRY(ask_end(q, f));
	if (!environment_parse(word, &env))
		return FAIL_FIELD(f, E_ENVIRONMENT, "environment", NULL, "no environment");
	TRY(origin_check(origin, env, f));
	if (s->state == SIGNER_KEYS) {
		if (env != s->env || !str_eq(origin, s->origin))
			return FAIL_FIELD(
			    f, E_STATE, "origin", NULL, "begun for another environment or origin");
		return keys_again(s, kinds, named, answer, f);
	}
	TRY(keys_make(s, kinds, f));
	buf_field(&b, str_bytes(word));
	buf_field(&b, str_bytes(origin));
	TRY(file_write(s->dir, "house", buf_bytes(&b), f));
	s->env = env;
	s->origin = arena_str(s->a, origin);
	s->state = SIGNER_KEYS;
	put_keys(s, answer);
	return OK;
}

struct finish {
	struct setup_files files;
	struct bytes root_crl, roster;
	struct bytes profile[SIGNER_PROFILES];
	uint32_t profiles;
};

static enum err
finish_read(struct ask *q, struct finish *ret, struct fault *f)
{
	struct rd *r = &q->body;

	ret->files.root = rd_field(r, CERT_MAX);
	ret->files.ca[PROFILE_CA_ISSUING] = rd_field(r, CERT_MAX);
	ret->files.ca[PROFILE_CA_MANAGEMENT] = rd_field(r, CERT_MAX);
	ret->root_crl = rd_field(r, CERT_MAX);
	ret->files.base = rd_text(r, 200);
	ret->files.arc = rd_text(r, 128);
	ret->profiles = rd_u32(r);
	if (ret->profiles > SIGNER_PROFILES)
		return FAIL(f, E_FRAME, "%u profiles", ret->profiles);
	for (uint32_t i = 0; i < ret->profiles; i++)
		ret->profile[i] = rd_field(r, PROFILE_MAX);
	ret->roster = rd_field(r, SIGNER_DOCUMENT_MAX);
	return ask_end(q, f);
}

/* Is CERT what the builtin template of B gives, with our house's name, and good by OpenSSL? */
static enum err
ca_check(struct signer *s, struct arena *a, enum builtin b, const struct cert *cert, int64_t now,
    struct fault *f)
{
	struct cert_fields root = {0};
	enum keyalg kind;
	struct cert_template t = {0};
	struct cert tbs;
	struct bytes subject = {0};
	struct profile_issuer issuer;

	TRY(cert_fields_of(&s->root, &root, f));
	issuer = (struct profile_issuer){.alg = s->root.alg,
	    .subject = s->root.subject,
	    .ski = root.ski,
	    .base = s->base,
	    .generation = str_of(builtin_generation(a, BUILTIN_ROOT, 1)),
	    .policy_arc = s->arc,
	    .not_after = s->root.not_after};
	TRY(builtin_template(a, b, &issuer, &t, f));
	TRY(cert_tbs_check(a, &t, cert->tbs, &tbs, f));
	TRY(builtin_subject(a, b, &s->house, &subject, f));
	if (!bytes_eq(subject, cert->subject))
		return FAIL_FIELD(f, E_GATE, builtin_name(b), "subject", "another name");
	TRY(keyalg_of_spki(cert->spki, &kind, f));
	if (!keyalg_for_ca(kind))
		return FAIL_FIELD(
		    f, E_KEY_TYPE, builtin_name(b), "≥ rsa-3072", "%s for a CA", keyalg_name(kind));
	if (cert->not_after > s->root.not_after)
		return FAIL_FIELD(f, E_CA_ENDS, builtin_name(b), "notAfter", "after the root's");
	return selfcheck_certificate(cert->whole, &s->root.whole, 1, now, f);
}

/* Addresses and identifiers that stand in certificates for ever (L2, L3). */
static enum err
words_check(struct arena *a, const struct setup_files *files, struct fault *f)
{
	struct bytes arc = {0};

	if (!str_starts(files->base, STR("http://")) || files->base.p[files->base.n - 1] == '/')
		return FAIL_FIELD(f, E_FIELD_FORMAT, "public base", "http://host[:port]", "form");
	for (size_t i = 0; i < files->base.n; i++)
		if (files->base.p[i] <= ' ' || files->base.p[i] > '~')
			return FAIL_FIELD(f, E_FIELD_CHARS, "public base", "ASCII", "octet %zu", i);
	if (!oid_parse(a, files->arc, &arc))
		return FAIL_FIELD(f, E_FIELD_FORMAT, "policy arc", "OID", "form");
	return OK;
}

/* Everything is checked in place: a fault makes the caller load again. */
static enum err
finish_check(struct signer *s, struct ask *q, const struct finish *x, struct fault *f)
{
	int64_t now = q->now / 1000;

	TRY(words_check(q->a, &x->files, f));
	TRY(setup_load_cas(s, &x->files, f));
	TRY(ca_check(s, q->a, BUILTIN_ROOT, &s->root, now, f));
	TRY(ca_check(s, q->a, BUILTIN_ISSUING, &s->ca[PROFILE_CA_ISSUING].cert, now, f));
	TRY(ca_check(s, q->a, BUILTIN_MANAGEMENT, &s->ca[PROFILE_CA_MANAGEMENT].cert, now, f));
	TRY(selfcheck_crl(x->root_crl, s->root.whole, now, f));
	for (uint32_t i = 0; i < x->profiles; i++)
		TRY(state_profile_add(s, x->profile[i], f));
	TRY(roster_parse(q->a, x->roster, &s->roster, f));
	if (s->roster.version != 1)
		return FAIL_FIELD(
		    f, E_STATE, "roster", "version 1", "version %u", s->roster.version);
	if (s->env == ENVIRONMENT_PRODUCTION && s->roster.n < 2)
		return FAIL_FIELD(f, E_GATE, "roster", "n ≥ 2", "n is %u", s->roster.n);
	return OK;
}

/* What an earlier try may have left. */
static void
documents_drop(struct signer *s)
{
	char name[32];

	for (unsigned n = 1; n <= STATE_PROFILES; n++) {
		(void)snprintf(name, sizeof(name), "profile-%u.yaml", n);
		if (unlinkat(s->dir, name, 0) != 0)
			break;
	}
}

static enum err
finish_write(struct signer *s, struct ask *q, const struct finish *x, struct fault *f)
{
	struct buf b = buf_new(q->a, 1024), r = buf_new(q->a, 1024);
	uint8_t hash[SHA256_SIZE];
	uint64_t offset;
	char name[32];

	documents_drop(s);
	TRY(file_write(s->dir, "root.cer", x->files.root, f));
	TRY(file_write(s->dir, "issuing.cer", x->files.ca[PROFILE_CA_ISSUING], f));
	TRY(file_write(s->dir, "management.cer", x->files.ca[PROFILE_CA_MANAGEMENT], f));
	TRY(file_write(s->dir, "root.crl", x->root_crl, f));
	for (uint32_t i = 0; i < x->profiles; i++) {
		(void)snprintf(name, sizeof(name), "profile-%u.yaml", i + 1);
		TRY(file_write(s->dir, name, x->profile[i], f));
	}
	TRY(file_write(s->dir, "roster-1", x->roster, f));
	buf_field(&r, str_bytes(str_of(environment_name(s->env))));
	buf_field(&r, str_bytes(s->origin));
	sha256(x->files.root, hash);
	buf_field(&r, BYTES_OF(hash));
	sha256(x->roster, hash);
	buf_field(&r, BYTES_OF(hash));
	TRY(journal_append(s->journal, SIGNER_RECORD_SETUP, q->now, buf_bytes(&r), &offset, f));
	TRY(journal_sync(s->journal, f));
	/* The last step: from here it is set up. */
	buf_field(&b, str_bytes(x->files.base));
	buf_field(&b, str_bytes(x->files.arc));
	return file_write(s->dir, "setup", buf_bytes(&b), f);
}

enum err
handle_SETUP_FINISH(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct finish *x = arena_alloc(q->a, sizeof(*x));
	enum err e;

	(void)answer;
	if (s->state != SIGNER_KEYS)
		return FAIL(f, E_STATE, "SETUP_KEYS comes first");
	TRY(finish_read(q, x, f));
	e = finish_check(s, q, x, f);
	if (e == OK)
		e = finish_write(s, q, x, f);
	if (e == OK)
		return state_load(s, f);
	/* Checked in place: what was put into memory goes again. Refusals noted before stay. */
	if (journal_sync(s->journal, NULL) != OK || state_load(s, NULL) != OK)
		s->stale = true;
	return e;
}
