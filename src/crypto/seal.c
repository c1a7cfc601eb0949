/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/seal.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/must.h"
#include "crypto/fail.h"
#include "crypto/random.h"

#define VERSION    1
#define AES256_GCM 1
#define HEAD       2
#define NONCE      12
#define TAG        16

_Static_assert(SEAL_OVERHEAD == HEAD + NONCE + TAG, "the form of what is sealed");

enum err
seal(const uint8_t key[static SEAL_KEY_SIZE], struct bytes associated, struct bytes secret,
    struct arena *a, struct bytes *ret, struct fault *f)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t *p, *body;
	int n = 0, last = 0;

	if (secret.n > SEAL_MAX || associated.n > SEAL_MAX)
		return FAIL(f, E_FIELD_LENGTH, "a secret of %zu octets", secret.n);
	p = arena_alloc(a, secret.n + SEAL_OVERHEAD);
	body = p + HEAD + NONCE;
	p[0] = VERSION;
	p[1] = AES256_GCM;
	random_bytes(p + HEAD, NONCE);
	must(ctx = EVP_CIPHER_CTX_new());
	must(EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, p + HEAD) == 1);
	must(EVP_EncryptUpdate(ctx, NULL, &n, p, HEAD) == 1);
	must(associated.n == 0 ||
	    EVP_EncryptUpdate(ctx, NULL, &n, associated.p, (int)associated.n) == 1);
	n = 0;
	must(secret.n == 0 || EVP_EncryptUpdate(ctx, body, &n, secret.p, (int)secret.n) == 1);
	must(EVP_EncryptFinal_ex(ctx, body + n, &last) == 1 && (size_t)n == secret.n);
	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, body + n) == 1);
	EVP_CIPHER_CTX_free(ctx);
	*ret = bytes_of(p, secret.n + SEAL_OVERHEAD);
	return OK;
}

enum err
seal_open(const uint8_t key[static SEAL_KEY_SIZE], struct bytes associated, struct bytes sealed,
    struct arena *a, struct bytes *ret, struct fault *f)
{
	size_t size = sealed.n - SEAL_OVERHEAD;
	uint8_t *p, tag[TAG];
	EVP_CIPHER_CTX *ctx;
	int n = 0, last = 0, ok;

	if (sealed.n < SEAL_OVERHEAD || size > SEAL_MAX || associated.n > SEAL_MAX)
		return FAIL(f, E_SEAL, "sealed: %zu octets", sealed.n);
	if (sealed.p[0] != VERSION || sealed.p[1] != AES256_GCM)
		return FAIL(f, E_SEAL, "sealed: version %u", sealed.p[0]);
	p = arena_alloc(a, size + 1);
	memcpy(tag, sealed.p + sealed.n - TAG, TAG);
	must(ctx = EVP_CIPHER_CTX_new());
	must(EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, sealed.p + HEAD) == 1);
	must(EVP_DecryptUpdate(ctx, NULL, &n, sealed.p, HEAD) == 1);
	must(associated.n == 0 ||
	    EVP_DecryptUpdate(ctx, NULL, &n, associated.p, (int)associated.n) == 1);
	n = 0;
	must(size == 0 || EVP_DecryptUpdate(ctx, p, &n, sealed.p + HEAD + NONCE, (int)size) == 1);
	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1);
	ok = EVP_DecryptFinal_ex(ctx, p + n, &last);
	EVP_CIPHER_CTX_free(ctx);
	if (ok != 1) {
		wipe(p, size);
		return FAIL(f, E_SEAL, "sealed: %s", openssl_reason());
	}
	*ret = bytes_of(p, size);
	return OK;
}
