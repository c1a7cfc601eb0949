/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/must.h"
#include "base/rd.h"
#include "signer/file.h"
#include "signer/setup.h"
#include "signer/state.h"
#include "x509/key.h"
#include "x509/name.h"

#define ARENA_CAP  ((size_t)256 << 20) /* profiles, rosters, certificates: far less in practice */
#define CHUNK      128                 /* journal records read at once */
#define CHUNK_SIZE ((size_t)4 << 20)   /* octets */

static enum err
load_house(struct signer *s, struct fault *f)
{
	struct bytes b = {0};
	struct str env;
	struct rd r;

	TRY(file_read(s->dir, "house", 1024, s->a, &b, f));
	r = rd_new(b);
	env = rd_text(&r, 16);
	s->origin = rd_text(&r, 255);
	if (!rd_done(&r) || !environment_parse(env, &s->env))
		return FAIL(f, E_FILE, "house: not as written");
	s->state = SIGNER_KEYS;
	return OK;
}

/* The CA that CERT makes: its values for templates, its keys, its responder's name. */
static enum err
load_ca(struct signer *s, enum profile_ca which, struct fault *f)
{
	struct state_ca *ca = &s->ca[which];
	enum builtin b = which == PROFILE_CA_ISSUING ? BUILTIN_ISSUING : BUILTIN_MANAGEMENT;
	struct cert_fields fields = {0};
	struct key key = {0};

	ca->key = &s->key[which == PROFILE_CA_ISSUING ? SIGNER_KEY_ISSUING : SIGNER_KEY_MANAGEMENT];
	ca->ocsp = &s->key[which == PROFILE_CA_ISSUING ? SIGNER_KEY_OCSP_ISSUING
						       : SIGNER_KEY_OCSP_MANAGEMENT];
	TRY(cert_fields_of(&ca->cert, &fields, f));
	if (!bytes_eq(fields.spki, ca->key->spki))
		return FAIL_FIELD(
		    f, E_GATE, state_ca_name(which), "key", "the certificate of another key");
	ca->issuer = (struct profile_issuer){.alg = keyalg_sigalg(ca->key->alg),
	    .subject = fields.subject,
	    .ski = fields.ski,
	    .base = s->base,
	    .generation = str_of(builtin_generation(s->a, b, 1)),
	    .policy_arc = s->arc,
	    .not_after = fields.not_after};
	TRY(key_parse(ca->ocsp->spki, &key, f));
	sha1(key.bits, ca->ocsp_id);
	return OK;
}

static enum err
load_builtins(struct signer *s, struct fault *f)
{
	static const enum builtin ours[] = {
	    BUILTIN_OCSP_ISSUING, BUILTIN_OCSP_MANAGEMENT, BUILTIN_TLS_PORTAL};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		enum profile_ca ca = builtin_issuer(ours[i]) == BUILTIN_ISSUING
		    ? PROFILE_CA_ISSUING
		    : PROFILE_CA_MANAGEMENT;

		TRY(builtin_template(s->a, ours[i], &s->ca[ca].issuer, &s->builtin[ours[i]], f));
		TRY(state_template_try(s, &s->builtin[ours[i]], builtin_name(ours[i]), f));
		must(state_count(s, str_of(builtin_name(ours[i]))) != NULL);
	}
	return OK;
}

/* How the installation calls itself stands in the root's subject. */
static enum err
load_subject(struct signer *s, struct fault *f)
{
	struct name *name = arena_alloc(s->a, sizeof(*name));

	TRY(name_parse(s->root.subject, name, f));
	s->house = (struct builtin_house){.env = s->env,
	    .country = name_get(name, OID_COUNTRY),
	    .organisation = name_get(name, OID_ORGANIZATION),
	    .generation = 1};
	return OK;
}

enum err
setup_load_cas(struct signer *s, const struct setup_files *files, struct fault *f)
{
	s->base = arena_str(s->a, files->base);
	s->arc = arena_str(s->a, files->arc);
	TRY(cert_parse(arena_bytes(s->a, files->root), &s->root, f));
	TRY(cert_parse(
	    arena_bytes(s->a, files->ca[PROFILE_CA_ISSUING]), &s->ca[PROFILE_CA_ISSUING].cert, f));
	TRY(cert_parse(arena_bytes(s->a, files->ca[PROFILE_CA_MANAGEMENT]),
	    &s->ca[PROFILE_CA_MANAGEMENT].cert, f));
	TRY(load_subject(s, f));
	TRY(load_ca(s, PROFILE_CA_ISSUING, f));
	TRY(load_ca(s, PROFILE_CA_MANAGEMENT, f));
	return load_builtins(s, f);
}

/* The documents in their order, as SETUP_FINISH and DOCUMENT_PUT wrote them. */
static enum err
load_documents(struct signer *s, struct fault *f)
{
	char name[128];
	struct bytes b = {0};

	for (uint32_t n = 1;; n++) {
		(void)snprintf(name, sizeof(name), "profile-%u.yaml", n);
		if (!file_there(s->dir, name))
			break;
		TRY(file_read(s->dir, name, SIGNER_DOCUMENT_MAX, s->a, &b, f));
		TRY(state_profile_add(s, b, f));
	}
	for (uint32_t n = 1;; n++) {
		(void)snprintf(name, sizeof(name), "roster-%u", n);
		if (!file_there(s->dir, name))
			break;
		TRY(file_read(s->dir, name, SIGNER_DOCUMENT_MAX, s->a, &b, f));
		TRY(roster_parse(s->a, b, &s->roster, f));
		if (s->roster.version != n)
			return FAIL(f, E_FILE, "%s: version %u", name, s->roster.version);
	}
	return s->roster.version ? OK : FAIL(f, E_FILE, "no roster");
}

static enum err
load_lists(struct signer *s, struct fault *f)
{
	for (int i = 0; i < STATE_CAS; i++) {
		struct state_ca *ca = &s->ca[i];
		struct arena *a;
		struct bytes tbs = {0};
		char name[32];
		enum err e;

		(void)snprintf(name, sizeof(name), "crl-%s", state_ca_name((enum profile_ca)i));
		if (!file_there(s->dir, name))
			continue;
		a = arena_new(SIGNER_CRL_MAX + (1 << 20));
		e = file_read(s->dir, name, SIGNER_CRL_MAX, a, &tbs, f);
		if (e == OK)
			e = list_read(tbs, &ca->issuer, &ca->last, f);
		arena_free(&a);
		TRY(e);
	}
	return OK;
}

static enum err
note_checkpoint(struct signer *s, const struct journal_record *r, struct fault *f)
{
	if (r->body.n > CHECKPOINT_MAX)
		return FAIL(f, E_JOURNAL, "a checkpoint of %zu octets", r->body.n);
	return state_note_checkpoint(s, r->body, f);
}

/* Replay one chunk. */
static enum err
replay_some(struct signer *s, uint64_t *after, struct arena *a, bool *setup, struct fault *f)
{
	struct journal_record v[CHUNK];
	struct journal_records records = {.v = v, .most = CHUNK};

	TRY(journal_after(s->journal, *after, a, CHUNK_SIZE, &records, f));
	for (size_t i = 0; i < records.n; i++) {
		const struct journal_record *r = &v[i];

		*after = r->sequence;
		if (r->kind == SIGNER_RECORD_SETUP)
			*setup = true;
		else if (r->kind == SIGNER_RECORD_ISSUED || r->kind == SIGNER_RECORD_INTERNAL)
			TRY(state_note(s, r, f));
		else if (r->kind == SIGNER_RECORD_CHECKPOINT)
			TRY(note_checkpoint(s, r, f));
	}
	return OK;
}

static enum err
replay(struct signer *s, struct fault *f)
{
	struct arena *a = arena_new(2 * CHUNK_SIZE + 2 * JOURNAL_BODY_MAX);
	uint64_t after = 0, last = journal_sequence(s->journal);
	bool setup = false;
	enum err e = OK;

	while (e == OK && after < last) {
		e = replay_some(s, &after, a, &setup, f);
		arena_reset(a);
	}
	arena_free(&a);
	TRY(e);
	/* A journal that was taken away would give every right a second time. */
	if (!setup)
		return FAIL_FIELD(f, E_JOURNAL, "journal", "there since the set-up",
		    "the journal has no record of the set-up");
	return OK;
}

static enum err
load_rest(struct signer *s, struct fault *f)
{
	struct setup_files files = {0};
	struct bytes b = {0};
	struct rd r;

	TRY(file_read(s->dir, "setup", 4096, s->a, &b, f));
	r = rd_new(b);
	files.base = rd_text(&r, 1024);
	files.arc = rd_text(&r, 256);
	if (!rd_done(&r))
		return FAIL(f, E_FILE, "setup: not as written");
	TRY(file_read(s->dir, "root.cer", CERT_MAX, s->a, &files.root, f));
	TRY(file_read(s->dir, "issuing.cer", CERT_MAX, s->a, &files.ca[PROFILE_CA_ISSUING], f));
	TRY(file_read(
	    s->dir, "management.cer", CERT_MAX, s->a, &files.ca[PROFILE_CA_MANAGEMENT], f));
	TRY(setup_load_cas(s, &files, f));
	TRY(load_documents(s, f));
	TRY(load_lists(s, f));
	TRY(replay(s, f));
	s->state = SIGNER_READY;
	return OK;
}

static enum err
load(struct signer *s, struct fault *f)
{
	int keys;
	char path[4096];

	TRY(file_folder(s->options.folder, &s->dir, f));
	(void)snprintf(path, sizeof(path), "%s/keys", s->options.folder);
	TRY(file_folder(path, &keys, f));
	(void)close(keys);
	TRY(journal_open(s->dir, "journal", &s->journal, f));
	if (!file_there(s->dir, "house")) {
		if (file_there(s->dir, "setup"))
			return FAIL(f, E_FILE, "house: missing");
		s->state = SIGNER_EMPTY;
		return OK;
	}
	TRY(load_house(s, f));
	TRY(keys_load(s, f));
	return file_there(s->dir, "setup") ? load_rest(s, f) : OK;
}

enum err
state_load(struct signer *s, struct fault *f)
{
	struct fault own = {0};
	enum err e;

	state_drop(s);
	s->a = arena_new(ARENA_CAP);
	s->index = index_new();
	s->profile = arena_array(s->a, STATE_PROFILES, sizeof(*s->profile));
	s->count = arena_array(s->a, STATE_PROFILES + BUILTIN__COUNT, sizeof(*s->count));
	s->member = arena_array(s->a, 2 * (size_t)ROSTER_ROWS_MAX, sizeof(*s->member));
	e = load(s, &own);
	if (e == OK)
		return OK;
	s->state = SIGNER_STOPPED;
	(void)snprintf(s->reason, sizeof(s->reason), "%s: %s", err_row(e)->slug, own.detail);
	if (f)
		*f = own;
	return e;
}
