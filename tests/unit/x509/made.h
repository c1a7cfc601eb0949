/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made: what the tests of x509 share: octets from text, and keys, digests and signatures made by
 * the other implementation (libcrypto). Everything lies on MEM, which lives for one case.
 */
#ifndef TESTS_X509_MADE_H
#define TESTS_X509_MADE_H

#include <openssl/evp.h>

#include "test.h"
#include "x509/cert.h"
#include "x509/ocsp.h"

/* A literal as an initializer of a struct str in a constant table. */
#define LIT(text)                         \
	{                                 \
		"" text, sizeof(text) - 1 \
	}

extern struct arena *mem;
extern struct fault fault;

/* Every case: a fresh arena and a clean fault. */
int made_setup(void **state);
int made_teardown(void **state);
#define MADE_CASE(name) cmocka_unit_test_setup_teardown(name, made_setup, made_teardown)

/* Octets of hexadecimal with blanks. */
struct bytes hex(const char *text);
/* PREFIX, then N octets of FILL. */
struct bytes hex_fill(const char *prefix, uint8_t fill, size_t n);
/* A copy of B in which the only occurrence of FROM (hexadecimal) is TO, lengths left alone. */
struct bytes swapped(struct bytes b, const char *from, const char *to);
void assert_bytes(struct bytes got, struct bytes want);
void assert_hex(struct bytes got, const char *want);
void assert_str(struct str got, const char *want);
/* The call failed with E and the fault names FIELD (NULL: any). Clears the fault. */
void assert_fault(enum err got, enum err e, const char *field);

/* A key of this kind, one for the whole program. */
EVP_PKEY *made_key(enum key_kind kind);
struct bytes made_spki(EVP_PKEY *key);
/* Signature over DATA with the algorithm's digest. */
struct bytes made_signature(EVP_PKEY *key, enum sigalg alg, struct bytes data);
bool made_verifies(EVP_PKEY *key, enum sigalg alg, struct bytes data, struct bytes signature);
struct bytes made_digest(const char *name, struct bytes data);
/* The left 160 bits of SHA-256 of the key bits of SPKI. */
struct bytes made_key_id(struct bytes spki);
/* DER of a name of these attributes. */
struct bytes made_name(const char *country, const char *org, const char *cn);

/* A certificate made here and signed by KEY: subject CN, issuer ISSUER (empty: itself). */
struct bytes made_cert(const struct cert_shape *shape, struct bytes subject, EVP_PKEY *subject_key,
    EVP_PKEY *issuer_key, int64_t not_before);
/* CertID of this serial by an issuer whose name and key have digests of nothing real. */
struct ocsp_id made_ocsp_id(enum oid hash, const char *serial);

#endif
