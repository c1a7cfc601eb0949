/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tls.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/must.h"

#define CHAIN_MAX ((size_t)256 << 10) /* octets of PEM */

struct tls_server {
	pthread_mutex_t lock;
	SSL_CTX *context;
	bool ask;
};

/* A key in a file that needs a passphrase is refused, never asked about on a terminal. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

/* ALPN: http/1.1 or nothing (RFC 7301 3.2). */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in,
    unsigned int n, void *arg)
{
	static const char http[] = "http/1.1";

	(void)ssl;
	(void)arg;
	for (unsigned int i = 0; i < n && in[i] < n - i; i += in[i] + 1U) {
		if (in[i] == sizeof(http) - 1 && memcmp(in + i + 1, http, sizeof(http) - 1) == 0) {
			*out = in + i + 1;
			*out_n = in[i];
			return SSL_TLSEXT_ERR_OK;
		}
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* The handshake proves the key; whose it is, is decided per request. */
static int
take_any_chain(X509_STORE_CTX *store, void *arg)
{
	(void)store;
	(void)arg;
	return 1;
}

static bool
load_chain(SSL_CTX *x, struct bytes pem)
{
	BIO *in = pem.n <= CHAIN_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	X509 *c = in ? PEM_read_bio_X509(in, NULL, no_passphrase, NULL) : NULL;
	bool good = c != NULL && SSL_CTX_use_certificate(x, c) == 1;

	X509_free(c);
	while (good && (c = PEM_read_bio_X509(in, NULL, no_passphrase, NULL)) != NULL) {
		good = SSL_CTX_add0_chain_cert(x, c) == 1;
		if (!good)
			X509_free(c);
	}
	BIO_free(in);
	ERR_clear_error();
	return good;
}

static bool
load_key(SSL_CTX *x, struct bytes pem)
{
	BIO *in = pem.n <= CHAIN_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
	bool good =
	    key != NULL && SSL_CTX_use_PrivateKey(x, key) == 1 && SSL_CTX_check_private_key(x) == 1;

	EVP_PKEY_free(key);
	BIO_free(in);
	ERR_clear_error();
	return good;
}

static bool
set_rules(SSL_CTX *x, bool ask)
{
	const uint64_t options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
	    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
	/* The macro casts const away; it is only read. */
	char groups[] = "X25519:P-256:P-384";

	(void)SSL_CTX_set_options(x, options);
	(void)SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
	/* Idle connections are many: their buffers go back. */
	(void)SSL_CTX_set_mode(x, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_alpn_select_cb(x, choose_protocol, NULL);
	if (ask) {
		SSL_CTX_set_verify(x, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_cert_verify_callback(x, take_any_chain, NULL);
	}
	return SSL_CTX_set_num_tickets(x, 0) == 1 &&
	    SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set1_groups_list(x, groups) == 1 &&
	    SSL_CTX_set_cipher_list(x, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

static enum err
new_context(struct bytes chain, struct bytes key, bool ask, SSL_CTX **ret, struct fault *f)
{
	SSL_CTX *x = SSL_CTX_new(TLS_server_method());
	const char *bad = NULL;

	must(x != NULL);
	if (!set_rules(x, ask))
		bad = "rules of TLS";
	else if (!load_chain(x, chain))
		bad = "TLS certificate: not PEM";
	else if (!load_key(x, key))
		bad = "TLS key: not PEM, encrypted, or not the certificate's";
	if (bad != NULL) {
		SSL_CTX_free(x);
		return FAIL(f, E_CONFIG, "%s", bad);
	}
	*ret = x;
	return OK;
}

enum err
tls_server_new(
    struct bytes chain, struct bytes key, bool ask, struct tls_server **ret, struct fault *f)
{
	SSL_CTX *x;
	struct tls_server *t;

	TRY(new_context(chain, key, ask, &x, f));
	t = calloc(1, sizeof(*t));
	must(t != NULL);
	(void)pthread_mutex_init(&t->lock, NULL);
	t->context = x;
	t->ask = ask;
	*ret = t;
	return OK;
}

enum err
tls_server_reload(struct tls_server *t, struct bytes chain, struct bytes key, struct fault *f)
{
	SSL_CTX *x, *old;

	TRY(new_context(chain, key, t->ask, &x, f));
	(void)pthread_mutex_lock(&t->lock);
	old = t->context;
	t->context = x;
	(void)pthread_mutex_unlock(&t->lock);
	/* Open connections hold it as long as they need it. */
	SSL_CTX_free(old);
	return OK;
}

void
tls_server_free(struct tls_server **t)
{
	if (*t == NULL)
		return;
	SSL_CTX_free((*t)->context);
	(void)pthread_mutex_destroy(&(*t)->lock);
	free(*t);
	*t = NULL;
}

struct ssl_st *
tls_accept(struct tls_server *t)
{
	SSL *ssl;

	(void)pthread_mutex_lock(&t->lock);
	ssl = SSL_new(t->context);
	(void)pthread_mutex_unlock(&t->lock);
	return ssl;
}

struct bytes
tls_peer_certificate(struct ssl_st *ssl, struct arena *a)
{
	X509 *x = SSL_get0_peer_certificate(ssl);
	int n = x ? i2d_X509(x, NULL) : 0;
	uint8_t *p, *end;

	if (n <= 0)
		return (struct bytes){0};
	p = end = arena_alloc(a, (size_t)n);
	n = i2d_X509(x, &end);
	return bytes_of(p, n > 0 ? (size_t)n : 0);
}

void
tls_bye(struct ssl_st *ssl)
{
	if (SSL_is_init_finished(ssl) && !(SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN))
		(void)SSL_shutdown(ssl);
	ERR_clear_error();
}
