/* SPDX-License-Identifier: Apache-2.0 */
#include "token/p11key.h"

#include <string.h>

#include "base/must.h"
#include "token/p11child.h"
#include "token/p11kind.h"
#include "token/p11object.h"

/* Can the token use this mechanism for FLAG, with keys of that many bits? */
static CK_RV
mechanism_there(
    struct p11 *p, CK_MECHANISM_TYPE type, const char *name, CK_FLAGS flag, CK_ULONG bits)
{
	CK_MECHANISM_INFO info = {.flags = 0};
	CK_RV rv = p11_note(p, P11_AT_KEYGEN, name, p->f->C_GetMechanismInfo(p->slot, type, &info));

	if (rv == CKR_OK && !(info.flags & flag))
		return p11_note(p, P11_AT_KEYGEN, name, CKR_MECHANISM_INVALID);
	/* Only for RSA do all modules count in bits. */
	if (rv == CKR_OK && bits && info.ulMaxKeySize &&
	    (bits < info.ulMinKeySize || bits > info.ulMaxKeySize))
		return p11_note(p, P11_AT_KEYGEN, name, CKR_KEY_SIZE_RANGE);
	return rv;
}

/* What the token cannot do is found before a key is made: no orphan. */
static CK_RV
keygen_possible(struct p11 *p, struct bytes id, const struct p11_kind *k, CK_ULONG bits)
{
	struct p11_found found;
	CK_RV rv;

	bits = k->params.n ? 0 : bits;
	rv = mechanism_there(p, k->make, k->make_name, CKF_GENERATE_KEY_PAIR, bits);
	if (rv == CKR_OK)
		rv = mechanism_there(p, k->sign, k->sign_name, CKF_SIGN, bits);
	if (rv == CKR_OK)
		rv = p11_find(p, P11_AT_KEYGEN, CKO_PRIVATE_KEY, id, &found);
	if (rv == CKR_OK && found.n)
		rv = p11_note(p, P11_AT_KEYGEN, "a key of that id", CKR_FUNCTION_REJECTED);
	return rv;
}

/* The pair; its public half's handle in *PUB. */
static CK_RV
generate(struct p11 *p, const struct p11_kind *k, CK_ULONG bits, struct bytes id,
    struct bytes label, CK_OBJECT_HANDLE *pub)
{
	static const uint8_t exponent[] = {1, 0, 1};
	CK_MECHANISM mechanism = {k->make, NULL, 0};
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	void *name = (void *)(uintptr_t)id.p, *title = (void *)(uintptr_t)label.p;
	CK_ATTRIBUTE public[8] = {
	    {CKA_TOKEN, &yes, sizeof(yes)},
	    {CKA_PRIVATE, &no, sizeof(no)},
	    {CKA_VERIFY, &yes, sizeof(yes)},
	    {CKA_ID, name, id.n},
	    {CKA_LABEL, title, label.n},
	};
	CK_ATTRIBUTE private[] = {
	    {CKA_TOKEN, &yes, sizeof(yes)},
	    {CKA_PRIVATE, &yes, sizeof(yes)},
	    {CKA_SENSITIVE, &yes, sizeof(yes)},
	    {CKA_EXTRACTABLE, &no, sizeof(no)},
	    {CKA_SIGN, &yes, sizeof(yes)},
	    {CKA_ID, name, id.n},
	    {CKA_LABEL, title, label.n},
	};
	CK_OBJECT_HANDLE priv = 0;
	CK_ULONG n = 5;

	if (k->params.n) {
		public[n++] =
		    (CK_ATTRIBUTE){CKA_EC_PARAMS, (void *)(uintptr_t)k->params.p, k->params.n};
	} else {
		public[n++] = (CK_ATTRIBUTE){CKA_MODULUS_BITS, &bits, sizeof(bits)};
		public[n++] = (CK_ATTRIBUTE){
		    CKA_PUBLIC_EXPONENT, (void *)(uintptr_t)exponent, sizeof(exponent)};
	}
	return p11_note(p, P11_AT_KEYGEN, "C_GenerateKeyPair",
	    p->f->C_GenerateKeyPair(p->session, &mechanism, public, n, private,
		sizeof(private) / sizeof(private[0]), pub, &priv));
}

CK_RV
p11_keygen(struct p11 *p, struct rd *in, struct buf *out)
{
	struct bytes id = rd_field(in, TOKEN_ID_MAX), label = rd_field(in, P11_TEXT_MAX), spki;
	uint8_t kind = rd_u8(in);
	uint16_t bits = rd_u16(in);
	CK_OBJECT_HANDLE pub = 0;
	CK_RV rv;

	if (in->bad || id.n == 0 || kind >= KEY__COUNT) {
		in->bad = true;
		return CKR_OK;
	}
	rv = keygen_possible(p, id, &p11_kinds[kind], bits);
	if (rv != CKR_OK)
		return rv;
	rv = generate(p, &p11_kinds[kind], bits, id, label, &pub);
	spki = rv == CKR_OK ? p11_spki(p, pub) : (struct bytes){0};
	if (rv == CKR_OK && spki.n == 0)
		rv = p11_note(p, P11_AT_KEYGEN, "the public key", CKR_FUNCTION_FAILED);
	if (rv != CKR_OK) {
		/* Half a pair may be there, with some modules even after a failure. */
		(void)p11_destroy(p, CKO_PRIVATE_KEY, id);
		(void)p11_destroy(p, CKO_PUBLIC_KEY, id);
	}
	buf_put(out, spki);
	return rv;
}

CK_RV
p11_sign_pin(struct p11 *p, struct rd *in, struct buf *out)
{
	struct bytes pin = rd_take(in, in->n);

	(void)out;
	secret_clear(&p->pin);
	must(pin.n <= p->pin.room);
	if (pin.n)
		memcpy(p->pin.p, pin.p, pin.n);
	p->pin.n = pin.n;
	return CKR_OK;
}

/* PKCS #11 2.40 5.6: keys with CKA_ALWAYS_AUTHENTICATE want a login between C_SignInit and C_Sign. */
static CK_RV
context_login(struct p11 *p, CK_OBJECT_HANDLE key)
{
	struct bytes always;
	CK_RV rv;

	(void)p11_attribute(p, key, CKA_ALWAYS_AUTHENTICATE, sizeof(CK_BBOOL), &always);
	if (!(p->quirks & P11_QUIRK_CTX_LOGIN) && (always.n != 1 || always.p[0] != CK_TRUE))
		return CKR_OK;
	rv = p11_note(p, P11_AT_SIGN, "C_Login(context)",
	    p->f->C_Login(p->session, CKU_CONTEXT_SPECIFIC, p->pin.n ? p->pin.p : NULL, p->pin.n));
	return rv;
}

CK_RV
p11_sign(struct p11 *p, struct rd *in, struct buf *out)
{
	struct bytes id = rd_field(in, TOKEN_ID_MAX);
	uint8_t kind = rd_u8(in);
	struct bytes data = rd_field(in, TOKEN_SIGN_MAX);
	const struct p11_kind *k = &p11_kinds[kind < KEY__COUNT ? kind : 0];
	CK_MECHANISM mechanism = {k->sign, NULL, 0};
	uint8_t raw[TOKEN_RAW_MAX];
	CK_ULONG n = sizeof(raw);
	struct p11_found found;
	CK_RV rv;

	if (in->bad || id.n == 0 || kind >= KEY__COUNT || (k->digest && data.n != k->digest)) {
		in->bad = true;
		return CKR_OK;
	}
	rv = p11_find(p, P11_AT_SIGN, CKO_PRIVATE_KEY, id, &found);
	if (rv == CKR_OK && found.n != 1)
		rv = p11_note(p, P11_AT_SIGN, "private key of that id", CKR_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		rv = p11_note(p, P11_AT_SIGN, "C_SignInit",
		    p->f->C_SignInit(p->session, &mechanism, found.h[0]));
	if (rv == CKR_OK)
		rv = context_login(p, found.h[0]);
	secret_clear(&p->pin);
	if (rv == CKR_OK)
		rv = p11_note(p, P11_AT_SIGN, "C_Sign",
		    p->f->C_Sign(p->session, (CK_BYTE *)(uintptr_t)data.p, data.n, raw, &n));
	if (rv == CKR_OK && (n == 0 || n > sizeof(raw) || (k->raw && n != k->raw)))
		rv = p11_note(p, P11_AT_SIGN, "length of a signature", CKR_FUNCTION_FAILED);
	if (rv == CKR_OK)
		buf_put(out, bytes_of(raw, n));
	return rv;
}

/* Is the certificate of handle H the octets DER, and under ID? */
static bool
reads_back(struct p11 *p, CK_OBJECT_HANDLE h, struct bytes id, struct bytes der)
{
	struct bytes got_id, got;

	return p11_attribute(p, h, CKA_ID, TOKEN_ID_MAX, &got_id) == CKR_OK &&
	    p11_attribute(p, h, CKA_VALUE, TOKEN_CERT_MAX, &got) == CKR_OK &&
	    bytes_eq(got_id, id) && bytes_eq(got, der);
}

CK_RV
p11_cert_put(struct p11 *p, struct rd *in, struct buf *out)
{
	struct bytes id = rd_field(in, TOKEN_ID_MAX), label = rd_field(in, P11_TEXT_MAX);
	struct bytes der = rd_field(in, TOKEN_CERT_MAX);
	struct bytes subject = rd_field(in, TOKEN_CERT_MAX), issuer = rd_field(in, TOKEN_CERT_MAX);
	struct bytes serial = rd_field(in, 64);
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ATTRIBUTE object[] = {
	    {CKA_CLASS, &class, sizeof(class)},
	    {CKA_CERTIFICATE_TYPE, &type, sizeof(type)},
	    {CKA_TOKEN, &yes, sizeof(yes)},
	    {CKA_PRIVATE, &no, sizeof(no)},
	    {CKA_ID, (void *)(uintptr_t)id.p, id.n},
	    {CKA_LABEL, (void *)(uintptr_t)label.p, label.n},
	    {CKA_VALUE, (void *)(uintptr_t)der.p, der.n},
	    {CKA_SUBJECT, (void *)(uintptr_t)subject.p, subject.n},
	    {CKA_ISSUER, (void *)(uintptr_t)issuer.p, issuer.n},
	    {CKA_SERIAL_NUMBER, (void *)(uintptr_t)serial.p, serial.n},
	};
	CK_OBJECT_HANDLE made = 0;
	struct p11_found former;
	CK_RV rv;

	(void)out;
	if (in->bad || id.n == 0 || der.n == 0) {
		in->bad = true;
		return CKR_OK;
	}
	rv = p11_find(p, P11_AT_WRITE, CKO_PRIVATE_KEY, id, &former);
	if (rv == CKR_OK && former.n == 0)
		rv = p11_note(p, P11_AT_WRITE, "private key of that id", CKR_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		rv = p11_find(p, P11_AT_WRITE, CKO_CERTIFICATE, id, &former);
	if (rv == CKR_OK)
		rv = p11_note(p, P11_AT_WRITE, "C_CreateObject",
		    p->f->C_CreateObject(
			p->session, object, sizeof(object) / sizeof(object[0]), &made));
	if (rv == CKR_OK && !reads_back(p, made, id, der)) {
		(void)p->f->C_DestroyObject(p->session, made);
		rv = p11_note(p, P11_AT_WRITE, "reading back", CKR_FUNCTION_FAILED);
	}
	/* The former one goes only when the new one stands. */
	for (CK_ULONG i = 0; rv == CKR_OK && i < former.n; i++)
		rv = p11_note(p, P11_AT_WRITE, "C_DestroyObject",
		    p->f->C_DestroyObject(p->session, former.h[i]));
	return rv;
}

CK_RV
p11_delete(struct p11 *p, struct rd *in, struct buf *out)
{
	uint8_t parts = rd_u8(in);
	struct bytes id = rd_field(in, TOKEN_ID_MAX);
	CK_RV rv = CKR_OK;

	(void)out;
	if (in->bad || id.n == 0) {
		in->bad = true;
		return CKR_OK;
	}
	if (parts & TOKEN_CERTIFICATE)
		rv = p11_destroy(p, CKO_CERTIFICATE, id);
	if (rv == CKR_OK && parts & TOKEN_KEYS)
		rv = p11_destroy(p, CKO_PRIVATE_KEY, id);
	if (rv == CKR_OK && parts & TOKEN_KEYS)
		rv = p11_destroy(p, CKO_PUBLIC_KEY, id);
	return rv;
}
