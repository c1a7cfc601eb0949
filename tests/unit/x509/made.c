/* SPDX-License-Identifier: Apache-2.0 */
#include "made.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/text.h"
#include "x509/name.h"

struct arena *mem;
struct fault fault;

static EVP_PKEY *keys[KEY__COUNT];

int
made_setup(void **state)
{
	(void)state;
	mem = arena_new(0);
	fault = (struct fault){0};
	return 0;
}

int
made_teardown(void **state)
{
	(void)state;
	arena_free(&mem);
	return 0;
}

struct bytes
hex(const char *text)
{
	struct buf digits = buf_new(mem, 1 << 20);
	struct bytes b;

	for (; *text; text++) {
		if (*text != ' ' && *text != '\n' && *text != '\t')
			buf_u8(&digits, (uint8_t)*text);
	}
	assert_true(hex_parse(mem, buf_view(&digits), &b));
	return b;
}

struct bytes
hex_fill(const char *prefix, uint8_t fill, size_t n)
{
	struct buf b = buf_new(mem, 1 << 20);

	buf_put(&b, hex(prefix));
	for (size_t i = 0; i < n; i++)
		buf_u8(&b, fill);
	return buf_bytes(&b);
}

struct bytes
swapped(struct bytes b, const char *from, const char *to)
{
	struct bytes f = hex(from), t = hex(to);
	const uint8_t *at = memmem(b.p, b.n, f.p, f.n);
	struct buf out = buf_new(mem, b.n + t.n);
	size_t before;

	assert_non_null(at);
	before = (size_t)(at - b.p);
	assert_null(memmem(at + 1, b.n - before - 1, f.p, f.n));
	buf_put(&out, bytes_of(b.p, before));
	buf_put(&out, t);
	buf_put(&out, bytes_of(at + f.n, b.n - before - f.n));
	return buf_bytes(&out);
}

void
assert_bytes(struct bytes got, struct bytes want)
{
	assert_string_equal(hex_text(mem, got), hex_text(mem, want));
}

void
assert_hex(struct bytes got, const char *want)
{
	assert_bytes(got, hex(want));
}

void
assert_str(struct str got, const char *want)
{
	assert_string_equal(arena_cstr(mem, got), want);
}

void
assert_fault(enum err got, enum err e, const char *field)
{
	if (got != e)
		print_error("%s %s: %s\n", err_row(got)->symbol, fault.field, fault.detail);
	assert_string_equal(err_row(got)->symbol, err_row(e)->symbol);
	assert_int_equal(fault.code, e);
	if (field != NULL)
		assert_string_equal(fault.field, field);
	fault = (struct fault){0};
}

EVP_PKEY *
made_key(enum key_kind kind)
{
	if (keys[kind] == NULL) {
		switch (kind) {
		case KEY_P256:
			keys[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
			break;
		case KEY_P384:
			keys[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
			break;
		case KEY_RSA:
			keys[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
			break;
		case KEY_ED25519:
			keys[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
			break;
		case KEY_SM2:
			keys[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
			break;
		case KEY__COUNT:
			break;
		}
	}
	assert_non_null(keys[kind]);
	return keys[kind];
}

struct bytes
made_spki(EVP_PKEY *key)
{
	unsigned char *p = NULL;
	int n = i2d_PUBKEY(key, &p);
	struct bytes b;

	assert_true(n > 0);
	b = arena_bytes(mem, bytes_of(p, (size_t)n));
	OPENSSL_free(p);
	return b;
}

static const EVP_MD *
digest_of(enum sigalg alg)
{
	switch (sigalg_digest(alg)) {
	case 32:
		return EVP_sha256();
	case 48:
		return EVP_sha384();
	case 64:
		return EVP_sha512();
	default:
		return NULL;
	}
}

struct bytes
made_signature(EVP_PKEY *key, enum sigalg alg, struct bytes data)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t n = 1024;
	uint8_t *p = arena_alloc(mem, n);

	assert_int_equal(EVP_DigestSignInit(c, NULL, digest_of(alg), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(c, p, &n, data.p, data.n), 1);
	EVP_MD_CTX_free(c);
	return bytes_of(p, n);
}

bool
made_verifies(EVP_PKEY *key, enum sigalg alg, struct bytes data, struct bytes signature)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	int r;

	assert_int_equal(EVP_DigestVerifyInit(c, NULL, digest_of(alg), NULL, key), 1);
	r = EVP_DigestVerify(c, signature.p, signature.n, data.p, data.n);
	EVP_MD_CTX_free(c);
	return r == 1;
}

struct bytes
made_digest(const char *name, struct bytes data)
{
	size_t n = 0;
	uint8_t *p = arena_alloc(mem, EVP_MAX_MD_SIZE);

	assert_int_equal(EVP_Q_digest(NULL, name, NULL, data.p, data.n, p, &n), 1);
	return bytes_of(p, n);
}

struct bytes
made_key_id(struct bytes spki)
{
	struct key key;

	assert_int_equal(key_parse(spki, &key, &fault), OK);
	return bytes_of(made_digest("SHA256", key.bits).p, 20);
}

struct bytes
made_name(const char *country, const char *org, const char *cn)
{
	struct name name = {0};
	struct bytes der;

	if (country != NULL)
		assert_true(name_add(&name, OID_COUNTRY, str_of(country)));
	if (org != NULL)
		assert_true(name_add(&name, OID_ORGANIZATION, str_of(org)));
	if (cn != NULL)
		assert_true(name_add(&name, OID_CN, str_of(cn)));
	assert_int_equal(name_encode(mem, &name, &der, &fault), OK);
	return der;
}

struct bytes
made_cert(const struct cert_shape *shape, struct bytes subject, EVP_PKEY *subject_key,
    EVP_PKEY *issuer_key, int64_t not_before)
{
	struct cert_template t;
	struct cert_fields x = {.serial = hex("01 0065 9200 8011 1213 1415 1617 1819 1a1b 1c"),
	    .not_before = not_before,
	    .not_after = not_before + 366 * 86400 - 1,
	    .subject = subject,
	    .spki = made_spki(subject_key)};
	struct bytes tbs, der;

	x.ski = shape->ski ? made_key_id(x.spki) : (struct bytes){0};
	assert_int_equal(cert_compile(mem, shape, &t, &fault), OK);
	assert_int_equal(cert_tbs(mem, &t, &x, &tbs, &fault), OK);
	assert_int_equal(cert_finish(mem, tbs, shape->alg,
			     made_signature(issuer_key, shape->alg, tbs), &der, &fault),
	    OK);
	return der;
}

struct ocsp_id
made_ocsp_id(enum oid hash, const char *serial)
{
	const char *name = oid_name(hash);
	struct ocsp_id id = {.hash = hash,
	    .name_hash = made_digest(name, hex("01")),
	    .key_hash = made_digest(name, hex("02")),
	    .serial = hex(serial)};

	assert_int_equal(ocsp_id_encode(mem, &id, &id, &fault), OK);
	return id;
}
