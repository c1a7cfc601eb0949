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
#include "crypto/verify.h"

#define ECDSA_MAX 72 /* octets of a P-256 ECDSA-Sig-Value */
#define SALT_SIZE 16

struct softkey {
	EVP_PKEY *key;
	EVP_PKEY_CTX *ctx; /* for signing, kept: making one costs as much as the signature */
	pthread_mutex_t lock;
	uint8_t spki[P256_SPKI_SIZE];
};

/* Takes KEY over, also when it fails. */
static enum err
wrap(EVP_PKEY *key, struct softkey **ret, struct fault *f)
{
	uint8_t point[P256_POINT_SIZE];
	struct softkey *k;
	char group[32] = "";
	size_t n = 0;

	if (!EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 ||
	    strcmp(group, "prime256v1") != 0 ||
	    EVP_PKEY_get_octet_string_param(key, "pub", point, sizeof(point), &n) != 1 ||
	    n != sizeof(point)) {
		EVP_PKEY_free(key);
		return FAIL(f, E_FILE, "not a P-256 key: %s", openssl_reason());
	}
	must(k = calloc(1, sizeof(*k)));
	k->key = key;
	must(k->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL));
	must(EVP_PKEY_sign_init(k->ctx) == 1);
	must(pthread_mutex_init(&k->lock, NULL) == 0);
	spki_of_point(point, k->spki);
	*ret = k;
	return OK;
}

enum err
softkey_generate(struct softkey **ret, struct fault *f)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	if (!key)
		return FAIL(f, E_INTERNAL, "make a key: %s", openssl_reason());
	return wrap(key, ret, f);
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

struct bytes
softkey_spki(const struct softkey *k)
{
	return BYTES_OF(k->spki);
}

enum err
softkey_sign(
    struct softkey *k, struct arena *a, struct bytes message, struct bytes *ret, struct fault *f)
{
	uint8_t hash[SHA256_SIZE], *der = arena_alloc(a, ECDSA_MAX);
	size_t n = ECDSA_MAX;
	int ok;

	sha256(message, hash);
	must(pthread_mutex_lock(&k->lock) == 0);
	ok = EVP_PKEY_sign(k->ctx, der, &n, hash, sizeof(hash));
	must(pthread_mutex_unlock(&k->lock) == 0);
	if (ok != 1)
		return FAIL(f, E_INTERNAL, "sign: %s", openssl_reason());
	*ret = bytes_of(der, n);
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
