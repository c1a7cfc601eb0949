/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "base/must.h"

static const char *const names[] = {
    [DIGEST_SHA1] = "SHA1", [DIGEST_SHA256] = "SHA256", [DIGEST_SHA384] = "SHA384"};

static struct {
	CRYPTO_ONCE once;
	EVP_MD *md[sizeof(names) / sizeof(names[0])];
	EVP_MAC *hmac;
	EVP_KDF *hkdf;
} lib = {.once = CRYPTO_ONCE_STATIC_INIT};

static void
forget(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		EVP_MD_free(lib.md[i]);
	EVP_MAC_free(lib.hmac);
	EVP_KDF_free(lib.hkdf);
}

/* Fetching is the dear part of a digest in OpenSSL 3: once a process. */
static void
fetch(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		must(lib.md[i] = EVP_MD_fetch(NULL, names[i], NULL));
	must(lib.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL));
	must(lib.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL));
	must(OPENSSL_atexit(forget) == 1);
}

static const EVP_MD *
md_of(enum digest_kind kind)
{
	must(CRYPTO_THREAD_run_once(&lib.once, fetch) == 1);
	must(lib.md[kind] != NULL);
	return lib.md[kind];
}

void
sha1(struct bytes in, uint8_t ret[static SHA1_SIZE])
{
	must(EVP_Digest(in.p, in.n, ret, NULL, md_of(DIGEST_SHA1), NULL) == 1);
}

void
sha256(struct bytes in, uint8_t ret[static SHA256_SIZE])
{
	must(EVP_Digest(in.p, in.n, ret, NULL, md_of(DIGEST_SHA256), NULL) == 1);
}

void
sha384(struct bytes in, uint8_t ret[static SHA384_SIZE])
{
	must(EVP_Digest(in.p, in.n, ret, NULL, md_of(DIGEST_SHA384), NULL) == 1);
}

struct digest {
	EVP_MD_CTX *ctx;
	const EVP_MD *md;
};

struct digest *
digest_new(enum digest_kind kind)
{
	struct digest *d = calloc(1, sizeof(*d));

	must(d != NULL);
	d->md = md_of(kind);
	must(d->ctx = EVP_MD_CTX_new());
	must(EVP_DigestInit_ex(d->ctx, d->md, NULL) == 1);
	return d;
}

void
digest_add(struct digest *d, struct bytes part)
{
	must(EVP_DigestUpdate(d->ctx, part.p, part.n) == 1);
}

void
digest_end(struct digest *d, uint8_t *ret)
{
	must(EVP_DigestFinal_ex(d->ctx, ret, NULL) == 1);
	must(EVP_DigestInit_ex(d->ctx, d->md, NULL) == 1);
}

void
digest_free(struct digest **d)
{
	if (!*d)
		return;
	EVP_MD_CTX_free((*d)->ctx);
	free(*d);
	*d = NULL;
}

void
hmac_sha256(struct bytes key, struct bytes message, uint8_t ret[static SHA256_SIZE])
{
	char name[] = "SHA256";
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
	    OSSL_PARAM_construct_end()};
	EVP_MAC_CTX *ctx;
	size_t n = 0;

	(void)md_of(DIGEST_SHA256);
	must(ctx = EVP_MAC_CTX_new(lib.hmac));
	must(EVP_MAC_init(ctx, key.p, key.n, params) == 1);
	must(EVP_MAC_update(ctx, message.p, message.n) == 1);
	must(EVP_MAC_final(ctx, ret, &n, SHA256_SIZE) == 1 && n == SHA256_SIZE);
	EVP_MAC_CTX_free(ctx);
}

void
hkdf_sha256(struct bytes key, struct bytes label, uint8_t *ret, size_t n)
{
	char name[] = "SHA256";
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key.p, key.n),
	    OSSL_PARAM_construct_octet_string(
		OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)label.p, label.n),
	    OSSL_PARAM_construct_end()};
	EVP_KDF_CTX *ctx;

	(void)md_of(DIGEST_SHA256);
	must(ctx = EVP_KDF_CTX_new(lib.hkdf));
	must(EVP_KDF_derive(ctx, ret, n, params) == 1);
	EVP_KDF_CTX_free(ctx);
}
