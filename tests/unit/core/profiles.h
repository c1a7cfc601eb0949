/* SPDX-License-Identifier: Apache-2.0 */
/* profiles: what the tests of profiles share: the shipped documents, a CA, a key, a request. */
#ifndef TESTS_PROFILES_H
#define TESTS_PROFILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/profile.h"
#include "test.h"
#include "x509/cert.h"
#include "x509/csr.h"
#include "x509/name.h"

/* A document of share/profiles; the folder comes from the environment (PROFILES). */
static inline struct bytes
profiles_document(struct arena *a, const char *name)
{
	char path[4096];
	uint8_t *p = arena_alloc(a, PROFILE_MAX);
	size_t n;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s.yaml", getenv("PROFILES"), name);
	file = fopen(path, "rb");
	assert_non_null(file);
	n = fread(p, 1, PROFILE_MAX, file);
	(void)fclose(file);
	return bytes_of(p, n);
}

static inline struct profile
profiles_shipped(struct arena *a, const char *name)
{
	struct profile p;
	struct fault f = {0};

	if (profile_parse(a, profiles_document(a, name), &p, &f) != OK)
		fail_msg("%s: %s %s %s", name, err_row(f.code)->slug, f.field, f.rule);
	return p;
}

/* The document with the one occurrence of FROM replaced by TO. */
static inline struct bytes
profiles_changed(struct arena *a, struct bytes document, const char *from, const char *to)
{
	size_t at = 0, n = strlen(from), m = strlen(to);
	uint8_t *p;

	while (at + n <= document.n && memcmp(document.p + at, from, n) != 0)
		at++;
	if (at + n > document.n)
		fail_msg("no \"%s\" in the document", from);
	p = arena_alloc(a, document.n + m);
	memcpy(p, document.p, at);
	memcpy(p + at, to, m);
	memcpy(p + at + m, document.p + at + n, document.n - at - n);
	return bytes_of(p, document.n - n + m);
}

static inline struct bytes
profiles_name(struct arena *a, const char *common)
{
	struct name *name = arena_alloc(a, sizeof(*name));
	struct bytes der;

	assert_true(name_add(name, OID_CN, str_of(common)));
	assert_int_equal(name_encode(a, name, &der, NULL), OK);
	return der;
}

/* A SubjectPublicKeyInfo of this kind; whether the point lies on the curve is not core's question. */
static inline struct bytes
profiles_spki(struct arena *a, enum key_kind kind)
{
	size_t n = kind == KEY_P256 ? 65 : kind == KEY_P384 ? 97 : 32;
	uint8_t *point = arena_alloc(a, n);
	struct bytes spki;

	memset(point, 7, n);
	if (kind != KEY_ED25519)
		point[0] = 4;
	assert_int_equal(key_spki(a, kind, bytes_of(point, n), &spki, NULL), OK);
	return spki;
}

/* An RSA key of so many bits: a modulus, and the usual exponent. */
static inline struct bytes
profiles_rsa(struct arena *a, size_t bits)
{
	static const uint8_t e[] = {1, 0, 1};
	uint8_t *n = arena_alloc(a, bits / 8);
	struct bytes spki;

	memset(n, 0xc5, bits / 8);
	assert_int_equal(key_spki_rsa(a, bytes_of(n, bits / 8), BYTES_OF(e), &spki, NULL), OK);
	return spki;
}

#define PROFILES_NOW ((int64_t)1795507200) /* 2026-11-24T08:00:00Z */

static inline struct profile_issuer
profiles_issuer(struct arena *a, const char *generation)
{
	uint8_t *ski = arena_alloc(a, 20);

	memset(ski, 0xca, 20);
	return (struct profile_issuer){
	    .alg = SIGALG_ECDSA_SHA256,
	    .subject = profiles_name(a, "Example TEST CA G1"),
	    .ski = bytes_of(ski, 20),
	    .base = STR("http://localhost:8445"),
	    .generation = str_of(generation),
	    .policy_arc = STR("2.25.1"),
	    .not_after = PROFILES_NOW + 3650 * VALIDITY_DAY,
	};
}

/* A request for NAMES with a P-256 key and no CSR. */
static inline struct profile_request
profiles_request(struct arena *a, struct bytes subject, struct bytes san)
{
	static const uint8_t random[SERIAL_RANDOM] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	uint8_t *ski = arena_alloc(a, 20);

	memset(ski, 0x5e, 20);
	return (struct profile_request){
	    .subject = subject,
	    .san = san,
	    .spki = profiles_spki(a, KEY_P256),
	    .ski = bytes_of(ski, 20),
	    .serial = serial_make(1, PROFILES_NOW, random),
	    .ca_not_after = PROFILES_NOW + 3650 * VALIDITY_DAY,
	};
}

#endif
