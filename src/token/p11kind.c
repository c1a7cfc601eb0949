/* SPDX-License-Identifier: Apache-2.0 */
#include "token/p11kind.h"

#include <string.h>

#include "token/p11object.h"

/* PKCS #11 3.0 2.3; not in the headers of 2.40. */
#define EC_EDWARDS     0x40UL
#define EDWARDS_GEN    0x1055UL
#define EDDSA          0x1057UL
#define OFFERED        1024 /* octets of an attribute that are looked at before it is refused */
#define MODULUS_OCTETS (KEY_RSA_MAX / 8)

/* DER of the named curves (RFC 5480 2.1.1.1, RFC 8410 3), the value of CKA_EC_PARAMS. */
static const uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static const uint8_t ed25519[] = {
    0x13, 12, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
static const uint8_t ed25519_oid[] = {0x06, 0x03, 0x2b, 0x65, 0x70};

#define B(array)                     \
	{                            \
		array, sizeof(array) \
	}

const struct p11_kind p11_kinds[KEY__COUNT] = {
    [KEY_P256] = {CKK_EC, CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, "CKM_EC_KEY_PAIR_GEN", "CKM_ECDSA",
	B(p256), B(p256), 65, 32, 64},
    [KEY_P384] = {CKK_EC, CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, "CKM_EC_KEY_PAIR_GEN", "CKM_ECDSA",
	B(p384), B(p384), 97, 48, 96},
    [KEY_RSA] = {CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS, "CKM_RSA_PKCS_KEY_PAIR_GEN",
	"CKM_RSA_PKCS", {0}, {0}, 0, 51, 0},
    [KEY_ED25519] = {EC_EDWARDS, EDWARDS_GEN, EDDSA, "CKM_EC_EDWARDS_KEY_PAIR_GEN", "CKM_EDDSA",
	B(ed25519), B(ed25519_oid), 32, 0, 64},
};

static struct bytes
no_zeros(struct bytes n)
{
	while (n.n && n.p[0] == 0)
		n = bytes_of(n.p + 1, n.n - 1);
	return n;
}

static struct bytes
rsa_spki(struct p11 *p, CK_OBJECT_HANDLE h)
{
	struct bytes n, e, ret = {0};

	if (p11_attribute(p, h, CKA_MODULUS, MODULUS_OCTETS + 1, &n) != CKR_OK ||
	    p11_attribute(p, h, CKA_PUBLIC_EXPONENT, MODULUS_OCTETS, &e) != CKR_OK)
		return ret;
	n = no_zeros(n);
	e = no_zeros(e);
	if (n.n == 0 || e.n == 0 || key_spki_rsa(p->a, n, e, &ret, NULL) != OK)
		return (struct bytes){0};
	return ret;
}

static struct bytes
point_spki(struct p11 *p, CK_OBJECT_HANDLE h, CK_KEY_TYPE type)
{
	struct bytes params, point, ret = {0}, none = {0};

	if (p11_attribute(p, h, CKA_EC_PARAMS, OFFERED, &params) != CKR_OK ||
	    p11_attribute(p, h, CKA_EC_POINT, OFFERED, &point) != CKR_OK)
		return none;
	for (size_t i = 0; i < KEY__COUNT; i++) {
		const struct p11_kind *k = &p11_kinds[i];

		if (k->type != type || !(bytes_eq(params, k->params) || bytes_eq(params, k->again)))
			continue;
		/* A DER OCTET STRING by the standard, the bare point from some modules. */
		if (point.n == k->point + 2 && point.p[0] == 4 && point.p[1] == k->point)
			point = bytes_of(point.p + 2, k->point);
		if (point.n != k->point ||
		    key_spki(p->a, (enum key_kind)i, point, &ret, NULL) != OK)
			return none;
		return ret;
	}
	return none;
}

struct bytes
p11_spki(struct p11 *p, CK_OBJECT_HANDLE h)
{
	CK_KEY_TYPE type;
	struct bytes b;

	if (p11_attribute(p, h, CKA_KEY_TYPE, sizeof(type), &b) != CKR_OK || b.n != sizeof(type))
		return (struct bytes){0};
	memcpy(&type, b.p, sizeof(type));
	return type == CKK_RSA ? rsa_spki(p, h) : point_spki(p, h, type);
}
