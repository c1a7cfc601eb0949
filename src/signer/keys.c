/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/keys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/rd.h"
#include "crypto/random.h"
#include "crypto/verify.h"
#include "signer/file.h"
#include "signer/setup.h"
#include "signer/state.h"

#define FORMAT    1 /* of keys/NAME.token (L12) */
#define ID_SIZE   16
#define ROW_MAX   4096
#define LABEL_MAX 200

bool
keys_is_ca(enum signer_key k)
{
	return k == SIGNER_KEY_ISSUING || k == SIGNER_KEY_MANAGEMENT;
}

/* "keys/issuing.token" */
static const char *
place(enum signer_key k, const char *end, char ret[static 64])
{
	(void)snprintf(ret, 64, "keys/%s.%s", state_key_name(k), end);
	return ret;
}

static enum err
row_read(struct signer *s, enum signer_key k, struct signkey *ret, struct fault *f)
{
	struct signkey key = {0};
	struct bytes b = {0};
	char name[64];
	struct rd r;
	uint8_t format;
	bool good;

	TRY(file_read(s->dir, place(k, "token", name), ROW_MAX, s->a, &b, f));
	r = rd_new(b);
	format = rd_u8(&r);
	good = keyalg_parse(rd_text(&r, 16), &key.alg);
	key.token.alg = key.alg;
	key.token.id = rd_field(&r, TOKEN_ID_MAX);
	key.token.label = rd_text(&r, LABEL_MAX);
	key.spki = rd_field(&r, ROW_MAX);
	if (!good || !rd_done(&r) || format != FORMAT || key.token.id.n == 0 || !pair_fits(key.alg))
		return FAIL(f, E_FILE, "%s: not as written", name);
	*ret = key;
	return OK;
}

static enum err
row_write(struct signer *s, enum signer_key k, const struct signkey *key, struct fault *f)
{
	struct buf b = buf_new(s->a, ROW_MAX);
	char name[64];

	buf_u8(&b, FORMAT);
	buf_field(&b, str_bytes(str_of(keyalg_name(key->alg))));
	buf_field(&b, key->token.id);
	buf_field(&b, str_bytes(key->token.label));
	buf_field(&b, key->spki);
	return file_write(s->dir, place(k, "token", name), buf_bytes(&b), f);
}

/*
 * A pair on the token. The row is written first, so that a set-up that broke off in between finds what it
 * made; it deletes nothing: what lies on a token may be somebody's CA.
 */
static enum err
make_on_token(struct signer *s, enum signer_key k, enum keyalg alg, struct fault *f)
{
	uint8_t *id = arena_alloc(s->a, ID_SIZE);
	struct signkey key = {0};
	struct fault none = {0};
	char name[64];

	if (file_there(s->dir, place(k, "token", name)) && row_read(s, k, &key, &none) == OK &&
	    key.alg == alg && hsm_find(s->options.hsm, &key.token, s->a, &key.spki, &none) == OK) {
		TRY(row_write(s, k, &key, f));
		s->key[k] = key;
		return OK;
	}
	random_bytes(id, ID_SIZE);
	key = (struct signkey){.alg = alg, .token = {.alg = alg, .id = bytes_of(id, ID_SIZE)}};
	key.token.label = str_of(arena_fmt(s->a, "signet %s-g1", state_key_name(k)));
	TRY(row_write(s, k, &key, f));
	TRY(hsm_make(s->options.hsm, &key.token, s->a, &key.spki, f));
	key.spki = arena_bytes(s->a, key.spki);
	TRY(row_write(s, k, &key, f));
	s->key[k] = key;
	return OK;
}

static const char *
file_path(const struct signer *s, enum signer_key k, char ret[static 4096])
{
	(void)snprintf(ret, 4096, "%s/keys/%s.pem", s->options.folder, state_key_name(k));
	return ret;
}

static enum err
make_in_file(
    struct signer *s, enum signer_key k, enum keyalg alg, struct bytes pass, struct fault *f)
{
	struct signkey *key = &s->key[k];
	char path[4096];

	(void)unlink(file_path(s, k, path));
	softkey_free(&key->soft);
	TRY(softkey_make(alg, &key->soft, f));
	TRY(softkey_save(key->soft, path, pass, SOFTKEY_ROUNDS_RANDOM, f));
	key->alg = alg;
	key->spki = softkey_spki(key->soft);
	return OK;
}

enum err
keys_make(struct signer *s, const enum keyalg *kinds, struct fault *f)
{
	char path[4096], pass[SETUP_PASS];
	enum err e = OK;
	int dir = -1;

	setup_pass(s, pass);
	/* The token first: it is what may be missing. */
	for (int i = 0; i < SIGNER_KEY__COUNT && e == OK; i++) {
		enum signer_key k = (enum signer_key)i;

		e = keys_is_ca(k) && s->options.hsm
		    ? make_on_token(s, k, kinds[i], f)
		    : make_in_file(s, k, kinds[i], str_bytes(str_of(pass)), f);
	}
	wipe(pass, sizeof(pass));
	TRY(e);
	(void)snprintf(path, sizeof(path), "%s/keys", s->options.folder);
	TRY(file_folder(path, &dir, f));
	if (fsync(dir) != 0)
		e = FAIL(f, E_FILE, "%s: sync", path);
	(void)close(dir);
	return e;
}

/* S15: a CA's keys lie in files only where that is wanted. */
static enum err
load_file(struct signer *s, enum signer_key k, struct bytes pass, struct fault *f)
{
	struct signkey *key = &s->key[k];
	char path[4096];

	if (keys_is_ca(k) && s->options.no_soft_keys)
		return FAIL_FIELD(f, E_CONFIG, "soft_keys", NULL,
		    "the %s key lies in a file: set soft_keys: yes", state_key_name(k));
	TRY(softkey_load(file_path(s, k, path), pass, &key->soft, f));
	key->alg = softkey_alg(key->soft);
	key->spki = softkey_spki(key->soft);
	return OK;
}

static enum err
load_row(struct signer *s, enum signer_key k, struct fault *f)
{
	struct signkey *key = &s->key[k];
	enum keyalg alg;

	if (!s->options.hsm)
		return FAIL_FIELD(f, E_CONFIG, "hsm_module", NULL,
		    "the %s key lies on a token: set hsm_module", state_key_name(k));
	TRY(row_read(s, k, key, f));
	if (keyalg_of_spki(key->spki, &alg, NULL) != OK || alg != key->alg)
		return FAIL(f, E_FILE, "keys/%s.token: no public key", state_key_name(k));
	return hsm_expect(s->options.hsm, &key->token, key->spki, f);
}

enum err
keys_load(struct signer *s, struct fault *f)
{
	char name[64], pass[SETUP_PASS];
	enum err e = OK;

	setup_pass(s, pass);
	for (int i = 0; i < SIGNER_KEY__COUNT && e == OK; i++) {
		enum signer_key k = (enum signer_key)i;

		e = keys_is_ca(k) && file_there(s->dir, place(k, "token", name))
		    ? load_row(s, k, f)
		    : load_file(s, k, str_bytes(str_of(pass)), f);
	}
	wipe(pass, sizeof(pass));
	return e;
}

void
keys_drop(struct signer *s)
{
	if (s->options.hsm)
		hsm_forget(s->options.hsm);
	for (int i = 0; i < SIGNER_KEY__COUNT; i++) {
		softkey_free(&s->key[i].soft);
		s->key[i] = (struct signkey){0};
	}
}

/* What the token signs of a message. */
static enum err
data_of(struct arena *a, enum keyalg alg, struct bytes message, struct bytes *ret, struct fault *f)
{
	uint8_t *hash = arena_alloc(a, SHA384_SIZE);
	size_t n = sigalg_digest(keyalg_sigalg(alg));

	if (n == SHA384_SIZE)
		sha384(message, hash);
	else
		sha256(message, hash);
	if (keyalg_kind(alg) == KEY_RSA)
		return sigalg_digest_info(a, bytes_of(hash, n), ret, f);
	*ret = bytes_of(hash, n);
	return OK;
}

/* The form in which certificates have it; then it must be one. */
static enum err
check_token(struct arena *a, const struct signkey *k, struct bytes message, struct bytes *signature,
    struct fault *f)
{
	static const enum verify_algorithm ways[KEY__COUNT] = {[KEY_P256] = VERIFY_ECDSA_SHA256,
	    [KEY_P384] = VERIFY_ECDSA_SHA384,
	    [KEY_RSA] = VERIFY_RSA_SHA256,
	    [KEY_ED25519] = VERIFY_ED25519};
	enum key_kind kind = keyalg_kind(k->alg);
	struct fault why = {0};
	enum err e = OK;

	if (kind != KEY_RSA)
		e = sigalg_ecdsa_der(a, *signature, signature, &why);
	if (e == OK)
		e = verify_spki(k->spki, ways[kind], message, *signature, &why);
	return e == OK ? OK
		       : FAIL_FIELD(f, E_UNAVAILABLE, "token", NULL,
			     "what the token gave is no signature: %s", why.detail);
}

enum err
keys_sign_many(struct signer *s, const struct signkey *k, struct arena *a,
    const struct keys_many *many, struct fault *f)
{
	struct bytes data[PAIR_MANY];
	struct pair_order order = {.key = &k->token, .data = data, .count = many->count};
	struct fault why = {0};

	for (size_t i = 0; i < many->count; i++)
		TRY(data_of(a, k->alg, many->message[i], &data[i], f));
	if (!s->options.hsm || hsm_sign(s->options.hsm, &order, a, many->signature, &why) != OK)
		return FAIL_FIELD(f, E_UNAVAILABLE, "token", NULL, "%s", why.detail);
	for (size_t i = 0; i < many->count; i++)
		TRY(check_token(a, k, many->message[i], &many->signature[i], f));
	return OK;
}

enum err
keys_sign(struct signer *s, const struct signkey *k, struct arena *a, struct bytes message,
    struct bytes *ret, struct fault *f)
{
	struct bytes signature = {0};

	if (k->soft)
		return softkey_sign(k->soft, a, message, ret, f);
	TRY(keys_sign_many(s, k, a, &(struct keys_many){&message, &signature, 1}, f));
	*ret = signature;
	return OK;
}
