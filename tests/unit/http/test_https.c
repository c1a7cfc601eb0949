/* SPDX-License-Identifier: Apache-2.0 */
/* tls and the server together: OpenSSL's client at the other end. */
#include "crypto/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/must.h"
#include "client.h"
#include "http/server.h"
#include "test.h"

#define H "Host: a\r\n"

struct identity {
	EVP_PKEY *key;
	X509 *cert;
	struct bytes key_pem, cert_pem;
};

static struct arena *a;
static struct http_server *server;
static struct tls_server *tls;
static struct identity one, two;
static int port;

static struct bytes
take_pem(BIO *b)
{
	char *p;
	long n = BIO_get_mem_data(b, &p);
	struct bytes out = arena_bytes(a, bytes_of(p, (size_t)n));

	BIO_free(b);
	return out;
}

static struct identity
new_identity(const char *name)
{
	struct identity id = {.key = EVP_EC_gen("P-256"), .cert = X509_new()};
	X509_NAME *n = X509_get_subject_name(id.cert);
	BIO *b = BIO_new(BIO_s_mem());

	must(id.key != NULL && b != NULL);
	(void)X509_set_version(id.cert, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(id.cert), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(id.cert), -60);
	(void)X509_gmtime_adj(X509_getm_notAfter(id.cert), 3600);
	(void)X509_NAME_add_entry_by_txt(
	    n, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	(void)X509_set_issuer_name(id.cert, n);
	(void)X509_set_pubkey(id.cert, id.key);
	must(X509_sign(id.cert, id.key, EVP_sha256()) > 0);
	must(PEM_write_bio_X509(b, id.cert) == 1);
	id.cert_pem = take_pem(b);
	b = BIO_new(BIO_s_mem());
	must(PEM_write_bio_PrivateKey(b, id.key, NULL, NULL, 0, NULL, NULL) == 1);
	id.key_pem = take_pem(b);
	return id;
}

static void
echo(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)route;
	(void)app;
	http_resp_body(resp, 200, "text/plain", req->body);
}

static void
certificate(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)route;
	(void)app;
	http_resp_body(resp, 200, "application/pkix-cert", req->certificate);
}

static void
tell(struct http_req *req, struct http_resp *resp, const struct fault *f, void *app)
{
	(void)req;
	(void)app;
	resp->status = err_row(f->code)->http;
}

static const struct http_route routes[] = {
    {HTTP_POST, "/echo", HTTP_MACHINE | HTTP_PORTAL, 1 << 20, NULL, 0, echo, NULL},
    {HTTP_GET, "/certificate", HTTP_MACHINE | HTTP_PORTAL, 0, NULL, HTTP_ON_LOOP, certificate,
	NULL},
};

static void
start(enum http_listener listener, bool ask)
{
	const struct http_config config = {.routes = routes,
	    .route_count = sizeof(routes) / sizeof(routes[0]),
	    .fault = tell,
	    .hsts = true};
	int fd = client_bound(&port);

	must(tls_server_new(one.cert_pem, one.key_pem, ask, &tls, NULL) == OK);
	must(http_server_new(&config, &server, NULL) == OK);
	must(http_server_open(server, listener, fd, tls, NULL) == OK);
	must(http_server_start(server, NULL) == OK);
	(void)close(fd);
}

static void
stop(void)
{
	assert_int_equal(http_server_drain(server, 5000, NULL), OK);
	http_server_free(&server);
	tls_server_free(&tls);
}

/* NULL when the handshake fails. */
static struct client *
secure(const struct identity *with, int max_version, const char *alpn)
{
	struct client *c = client_open(port);
	SSL_CTX *x = SSL_CTX_new(TLS_client_method());

	assert_true(c->fd >= 0);
	(void)SSL_CTX_set_max_proto_version(x, max_version);
	if (max_version != 0 && max_version < TLS1_2_VERSION)
		SSL_CTX_set_security_level(x, 0);
	if (with != NULL) {
		assert_int_equal(SSL_CTX_use_certificate(x, with->cert), 1);
		assert_int_equal(SSL_CTX_use_PrivateKey(x, with->key), 1);
	}
	if (alpn != NULL)
		(void)SSL_CTX_set_alpn_protos(
		    x, (const unsigned char *)alpn, (unsigned)strlen(alpn));
	c->ssl = SSL_new(x);
	SSL_CTX_free(x);
	(void)SSL_set_fd(c->ssl, c->fd);
	if (SSL_connect(c->ssl) == 1)
		return c;
	client_close(c);
	return NULL;
}

static bool
shows(struct client *c, const struct identity *id)
{
	return X509_cmp(SSL_get0_peer_certificate(c->ssl), id->cert) == 0;
}

TEST_CASE(both_versions_serve_and_close_properly)
{
	const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

	start(HTTP_PORTAL, false);
	for (int i = 0; i < 2; i++) {
		struct client *c = secure(NULL, versions[i], "\x08http/1.1");

		assert_non_null(c);
		assert_int_equal(SSL_version(c->ssl), versions[i]);
		client_say(c, "POST /echo HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi");
		assert_int_equal(client_answer(c, false), 200);
		assert_string_equal(c->body, "hi");
		assert_true(client_has(c, "Strict-Transport-Security"));
		client_say(c,
		    "POST /echo HTTP/1.1\r\n" H "Connection: close\r\nContent-Length: 2\r\n\r\nho");
		assert_int_equal(client_answer(c, false), 200);
		/* With close_notify: the answer was not cut by somebody in between. */
		assert_true(client_closed(c));
		client_close(c);
	}
	stop();
}

TEST_CASE(old_versions_other_protocols_and_plain_text_are_refused)
{
	struct client *c;

	start(HTTP_PORTAL, false);
	assert_null(secure(NULL, TLS1_1_VERSION, NULL));
	assert_null(secure(NULL, 0, "\x02h2"));
	c = client_open(port);
	client_say(c, "GET /certificate HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 0);
	client_close(c);
	stop();
}

TEST_CASE(large_bodies_go_both_ways)
{
	static char body[1 << 20];
	struct client *c;

	start(HTTP_PORTAL, false);
	c = secure(NULL, 0, NULL);
	assert_non_null(c);
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)(i * 31 >> 3);
	for (int i = 0; i < 3; i++) {
		client_say(c, "POST /echo HTTP/1.1\r\n" H "Content-Length: 1048576\r\n\r\n");
		client_send(c, body, sizeof(body));
		assert_int_equal(client_answer(c, false), 200);
		assert_memory_equal(c->body, body, sizeof(body));
	}
	client_close(c);
	stop();
}

TEST_CASE(posts_do_not_wait_for_a_delayed_ack)
{
	static char body[20000];
	struct timespec t, u;
	struct client *c;

	start(HTTP_PORTAL, false);
	c = secure(NULL, 0, NULL);
	assert_non_null(c);
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	for (int i = 0; i < 50; i++) {
		/* Head and body in two writes, both ways: the answer is too large for one. */
		client_say(c, "POST /echo HTTP/1.1\r\n" H "Content-Length: 20000\r\n\r\n");
		client_send(c, body, sizeof(body));
		assert_int_equal(client_answer(c, false), 200);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &u);
	/* The mean; with Nagle against a delayed ACK it is 40 ms. */
	assert_true((u.tv_sec - t.tv_sec) * 1000 + (u.tv_nsec - t.tv_nsec) / 1000000 < 50 * 20);
	client_close(c);
	stop();
}

TEST_CASE(the_machine_listener_takes_a_client_certificate_or_none)
{
	uint8_t *der = NULL;
	int n = i2d_X509(two.cert, &der);
	const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

	start(HTTP_MACHINE, true);
	for (int i = 0; i < 2; i++) {
		struct client *c = secure(&two, versions[i], NULL);

		assert_non_null(c);
		client_say(c, "GET /certificate HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(c, false), 200);
		assert_int_equal(c->body_n, n);
		assert_memory_equal(c->body, der, c->body_n);
		client_close(c);
		c = secure(NULL, versions[i], NULL);
		assert_non_null(c);
		client_say(c, "GET /certificate HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(c, false), 200);
		assert_int_equal(c->body_n, 0);
		client_close(c);
	}
	OPENSSL_free(der);
	stop();
}

TEST_CASE(the_portal_never_asks_for_one)
{
	struct client *c;

	start(HTTP_PORTAL, false);
	c = secure(&two, 0, NULL);
	assert_non_null(c);
	client_say(c, "GET /certificate HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	assert_int_equal(c->body_n, 0);
	client_close(c);
	stop();
}

TEST_CASE(a_reload_serves_the_new_certificate_and_keeps_connections)
{
	struct client *before, *after;

	start(HTTP_PORTAL, false);
	before = secure(NULL, 0, NULL);
	assert_non_null(before);
	assert_true(shows(before, &one));
	assert_int_equal(tls_server_reload(tls, two.cert_pem, one.key_pem, NULL), E_CONFIG);
	assert_int_equal(tls_server_reload(tls, two.cert_pem, two.key_pem, NULL), OK);
	after = secure(NULL, 0, NULL);
	assert_non_null(after);
	assert_true(shows(after, &two));
	client_say(before, "POST /echo HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi");
	assert_int_equal(client_answer(before, false), 200);
	client_close(before);
	client_close(after);
	stop();
}

TEST_CASE(an_idle_handshake_is_cut)
{
	const struct http_config config = {.routes = routes,
	    .route_count = 2,
	    .fault = tell,
	    .times = {.header = 100, .idle = 60000}};
	int fd = client_bound(&port);
	struct client *c;

	must(tls_server_new(one.cert_pem, one.key_pem, false, &tls, NULL) == OK);
	must(http_server_new(&config, &server, NULL) == OK);
	must(http_server_open(server, HTTP_PORTAL, fd, tls, NULL) == OK);
	must(http_server_start(server, NULL) == OK);
	(void)close(fd);
	c = client_open(port);
	assert_true(client_closed(c));
	client_close(c);
	stop();
}

TEST_CASE(what_is_no_certificate_or_key_is_refused)
{
	struct tls_server *t = NULL;
	struct fault f = {0};
	const struct bytes junk = str_bytes(STR("-----BEGIN CERTIFICATE-----\nAA\n"));

	assert_int_equal(tls_server_new(junk, one.key_pem, false, &t, &f), E_CONFIG);
	assert_int_equal(tls_server_new(one.cert_pem, junk, false, &t, NULL), E_CONFIG);
	assert_int_equal(tls_server_new(one.cert_pem, two.key_pem, false, &t, NULL), E_CONFIG);
	assert_null(t);
	assert_non_null(strstr(f.detail, "certificate"));
}

static int
begin(void **state)
{
	(void)state;
	a = arena_new(0);
	one = new_identity("one");
	two = new_identity("two");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	EVP_PKEY_free(one.key);
	EVP_PKEY_free(two.key);
	X509_free(one.cert);
	X509_free(two.cert);
	arena_free(&a);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_versions_serve_and_close_properly),
	    cmocka_unit_test(old_versions_other_protocols_and_plain_text_are_refused),
	    cmocka_unit_test(large_bodies_go_both_ways),
	    cmocka_unit_test(posts_do_not_wait_for_a_delayed_ack),
	    cmocka_unit_test(the_machine_listener_takes_a_client_certificate_or_none),
	    cmocka_unit_test(the_portal_never_asks_for_one),
	    cmocka_unit_test(a_reload_serves_the_new_certificate_and_keeps_connections),
	    cmocka_unit_test(an_idle_handshake_is_cut),
	    cmocka_unit_test(what_is_no_certificate_or_key_is_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
