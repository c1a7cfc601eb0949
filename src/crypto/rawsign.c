/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rawsign.h"

#include "crypto/digest.h"
#include "x509/oid.h"

/* RFC 8017 9.2: DigestInfo ::= SEQUENCE { digestAlgorithm { sha256, NULL }, digest OCTET STRING } */
static enum err
digest_info(struct arena *a, struct bytes message, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, 64);
	uint8_t digest[SHA256_SIZE];

	sha256(message, digest);
	der_open(&w, DER_SEQ);
	der_open(&w, DER_SEQ);
	der_oid(&w, oid_der(OID_SHA256));
	der_null(&w);
	der_close(&w);
	der_put(&w, DER_OCTETS, BYTES_OF(digest));
	der_close(&w);
	return der_done(&w, "DigestInfo", ret, f);
}

enum err
rawsign_input(
    struct arena *a, enum key_kind kind, struct bytes message, struct bytes *ret, struct fault *f)
{
	uint8_t *digest = arena_alloc(a, SHA384_SIZE);

	switch (kind) {
	case KEY_P256:
		sha256(message, digest);
		*ret = bytes_of(digest, SHA256_SIZE);
		return OK;
	case KEY_P384:
		sha384(message, digest);
		*ret = bytes_of(digest, SHA384_SIZE);
		return OK;
	case KEY_RSA:
		return digest_info(a, message, ret, f);
	case KEY_SM2: /* no token of ours makes them yet */
		return FAIL_FIELD(f, E_KEY_TYPE, "key", NULL, "SM2");
	case KEY_ED25519:
	case KEY__COUNT:
		break;
	}
	*ret = message;
	return OK;
}

enum err
rawsign_output(
    struct arena *a, enum key_kind kind, struct bytes raw, struct bytes *ret, struct fault *f)
{
	if (kind == KEY_P256 || kind == KEY_P384)
		return sigalg_ecdsa_der(a, raw, ret, f);
	if (raw.n == 0)
		return FAIL(f, E_SIGNATURE, "no octets");
	*ret = raw;
	return OK;
}
