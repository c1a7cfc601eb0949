/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/softkey.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "crypto/digest.h"
#include "crypto/fail.h"
#include "crypto/random.h"

#define SIGNATURE_MAX 512 /* octets: RSA of 4096 bits */
#define SPKI_MAX      1024
#define SALT_SIZE     16

struct softkey {
	EVP_PKEY *key;
	EVP_PKEY_CTX
	*ctx; /* for signing, kept: making one costs as much as the signature; NULL: Ed25519 */
	pthread_mutex_t lock;
	enum keyalg alg;
	size_t spki_n;
	uint8_t spki[SPKI_MAX];
};

/* The context that signs digests, once for all. */
static EVP_PKEY_CTX *
digest_signer(EVP_PKEY *key, enum keyalg alg)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	must(ctx && EVP_PKEY_sign_init(ctx) == 1);
	if (keyalg_kind(alg) == KEY_RSA)
		must(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1);
	return ctx;
}

/* Takes KEY over, also when it fails. */
static enum err
wrap(EVP_PKEY *key, struct softkey **ret, struct fault *f)
{
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	struct softkey *k;
	enum keyalg alg;

	if (n <= 0 || n > SPKI_MAX || keyalg_of_spki(bytes_of(der, (size_t)n), &alg, NULL) != OK) {
		OPENSSL_free(der);
		EVP_PKEY_free(key);
		return FAIL(f, E_FILE, "not a key of a kind that we know: %s", openssl_reason());
	}
	must(k = calloc(1, sizeof(*k)));
	k->key = key;
	k->alg = alg;
	k->spki_n = (size_t)n;
	memcpy(k->spki, der, k->spki_n);
	OPENSSL_free(der);
	if (alg != KEYALG_ED25519)
		k->ctx = digest_signer(key, alg);
	must(pthread_mutex_init(&k->lock, NULL) == 0);
	*ret = k;
	return OK;
}

enum err
softkey_make(enum keyalg alg, struct softkey **ret, struct fault *f)
{
	EVP_PKEY *key = NULL;

	switch (keyalg_kind(alg)) {
	case KEY_P256:
		key = EVP_EC_gen("P-256");
		break;
	case KEY_P384:
		key = EVP_EC_gen("P-384");
		break;
	case KEY_RSA:
		key = EVP_RSA_gen(keyalg_bits(alg));
		break;
	case KEY_ED25519:
		key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		break;
	case KEY_SM2: /* no keyalg of ours names it */
	case KEY__COUNT:
		break;
	}
	if (!key)
		return FAIL(f, E_INTERNAL, "make a key: %s", openssl_reason());
	return wrap(key, ret, f);
}

enum err
softkey_generate(struct softkey **ret, struct fault *f)
{
	return softkey_make(KEYALG_EC_P256, ret, f);
}

void
softkey_free(struct softkey **k)
{
	if (!*k)
		return;
	EVP_PKEY_CTX_free((*k)->ctx);
	EVP_PKEY_free((*k)->key);
	(void)pthread_mutex_destroy(&(*k)->lock);
	free(*k);
	*k = NULL;
}

enum keyalg
softkey_alg(const struct softkey *k)
{
	return k->alg;
}

struct bytes
softkey_spki(const struct softkey *k)
{
	return bytes_of(k->spki, k->spki_n);
}

/* RFC 8032: the message itself is signed. */
static bool
sign_message(struct softkey *k, struct bytes message, uint8_t *sig, size_t *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	must(ctx != NULL);
	ok = EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, k->key, NULL) == 1 &&
	    EVP_DigestSign(ctx, sig, n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool
sign_digest(struct softkey *k, struct bytes message, uint8_t *sig, size_t *n)
{
	uint8_t hash[SHA384_SIZE];
	size_t size = sigalg_digest(keyalg_sigalg(k->alg));
	int ok;

	if (size == SHA384_SIZE)
		sha384(message, hash);
	else
		sha256(message, hash);
	must(pthread_mutex_lock(&k->lock) == 0);
	ok = EVP_PKEY_sign(k->ctx, sig, n, hash, size);
	must(pthread_mutex_unlock(&k->lock) == 0);
	return ok == 1;
}

enum err
softkey_sign(
    struct softkey *k, struct arena *a, struct bytes message, struct bytes *ret, struct fault *f)
{
	uint8_t *sig = arena_alloc(a, SIGNATURE_MAX);
	size_t n = SIGNATURE_MAX;

	if (!(k->ctx ? sign_digest(k, message, sig, &n) : sign_message(k, message, sig, &n)))
		return FAIL(f, E_INTERNAL, "sign: %s", openssl_reason());
	*ret = bytes_of(sig, n);
	return OK;
}

static X509_SIG *
encrypt(PKCS8_PRIV_KEY_INFO *info, struct bytes passphrase, int rounds)
{
	uint8_t salt[SALT_SIZE];
	X509_ALGOR *way;
	X509_SIG *sealed;

	random_bytes(salt, sizeof(salt));
	way = PKCS5_pbe2_set_iv(
	    EVP_aes_256_cbc(), rounds, salt, sizeof(salt), NULL, NID_hmacWithSHA256);
	if (!way)
		return NULL;
	sealed = PKCS8_set0_pbe((const char *)passphrase.p, (int)passphrase.n, info, way);
	if (!sealed)
		X509_ALGOR_free(way);
	return sealed;
}

/* Write INFO to BIO, encrypted when there is a passphrase. */
static bool
write_info(BIO *bio, PKCS8_PRIV_KEY_INFO *info, struct bytes passphrase, int rounds)
{
	X509_SIG *sealed;
	int ok;

	if (passphrase.n == 0)
		return PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) == 1;
	sealed = encrypt(info, passphrase, rounds);
	ok = sealed && PEM_write_bio_PKCS8(bio, sealed) == 1;
	X509_SIG_free(sealed);
	return ok;
}

enum err
softkey_pem(const struct softkey *k, struct bytes passphrase, int rounds, struct arena *a,
    struct str *ret, struct fault *f)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k->key);
	BIO *bio = BIO_new(BIO_s_secmem());
	char *p = NULL;
	long n = 0;

	must(bio != NULL && passphrase.n < SOFTKEY_FILE_MAX);
	if (info && write_info(bio, info, passphrase, rounds))
		n = BIO_get_mem_data(bio, &p);
	if (n > 0)
		*ret = arena_str(a, (struct str){.p = p, .n = (size_t)n});
	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
	return n > 0 ? OK : FAIL(f, E_INTERNAL, "write a key: %s", openssl_reason());
}

static PKCS8_PRIV_KEY_INFO *
read_info(BIO *bio, struct bytes passphrase)
{
	PKCS8_PRIV_KEY_INFO *info;
	X509_SIG *sealed;

	if (passphrase.n == 0)
		return PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio, NULL, NULL, NULL);
	sealed = PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
	if (!sealed)
		return NULL;
	info = PKCS8_decrypt(sealed, (const char *)passphrase.p, (int)passphrase.n);
	X509_SIG_free(sealed);
	return info;
}

enum err
softkey_parse(struct bytes pem, struct bytes passphrase, struct softkey **ret, struct fault *f)
{
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *key = NULL;
	BIO *bio;

	if (pem.n == 0 || pem.n > SOFTKEY_FILE_MAX || passphrase.n > SOFTKEY_FILE_MAX)
		return FAIL(f, E_FILE, "a key file of %zu octets", pem.n);
	must(bio = BIO_new_mem_buf(pem.p, (int)pem.n));
	info = read_info(bio, passphrase);
	if (info)
		key = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
	if (!key)
		return FAIL(f, E_FILE, "not a key, or another passphrase: %s", openssl_reason());
	return wrap(key, ret, f);
}

static enum err
write_all(int fd, struct str text, const char *path, struct fault *f)
{
	for (size_t at = 0; at < text.n;) {
		ssize_t n = write(fd, text.p + at, text.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
		at += (size_t)n;
	}
	if (fsync(fd) != 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	return OK;
}

enum err
softkey_save(
    const struct softkey *k, const char *path, struct bytes passphrase, int rounds, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct str pem = {0};
	enum err e = softkey_pem(k, passphrase, rounds, a, &pem, f);
	int fd = -1;

	if (e == OK) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			e = FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	}
	if (e == OK) {
		e = write_all(fd, pem, path, f);
		(void)close(fd);
		if (e != OK)
			(void)unlink(path);
	}
	arena_free(&a);
	return e;
}

/* At most N octets of a regular file that only its owner may read. */
static enum err
read_file(const char *path, uint8_t *p, size_t *n, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t got = -1;

	if (fd < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
		(void)close(fd);
		return FAIL_FIELD(f, E_FILE, NULL, "0600", "%s: others may read it", path);
	}
	if (st.st_size <= (off_t)*n)
		got = read(fd, p, *n);
	(void)close(fd);
	if (got <= 0 || got != st.st_size)
		return FAIL(f, E_FILE, "%s: its size", path);
	*n = (size_t)got;
	return OK;
}

enum err
softkey_load(const char *path, struct bytes passphrase, struct softkey **ret, struct fault *f)
{
	uint8_t pem[SOFTKEY_FILE_MAX];
	size_t n = sizeof(pem);
	enum err e = read_file(path, pem, &n, f);

	if (e == OK)
		e = softkey_parse(bytes_of(pem, n), passphrase, ret, f);
	wipe(pem, sizeof(pem));
	return e;
}
