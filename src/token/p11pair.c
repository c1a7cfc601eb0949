/* SPDX-License-Identifier: Apache-2.0 */
#include "token/p11pair.h"

#include <pthread.h>
#include <string.h>

#include "token/p11kind.h"
#include "token/p11object.h"
#include "token/pair.h"

/* How a key of this kind is made and signs; NULL: not on a token (pair.h). */
static const struct p11_kind *
kind_of(unsigned alg)
{
	if (alg >= KEYALG__COUNT || !pair_fits((enum keyalg)alg))
		return NULL;
	return &p11_kinds[keyalg_kind((enum keyalg)alg)];
}

/* Found before a key is made: what the token cannot do, an id that is taken. */
static CK_RV
possible(struct p11 *p, const struct p11_kind *r, struct bytes id)
{
	CK_MECHANISM_INFO info = {.flags = 0};
	struct p11_found found;
	CK_RV rv = p11_note(p, P11_AT_KEYGEN, "C_GetMechanismInfo(key pair)",
	    p->f->C_GetMechanismInfo(p->slot, r->make, &info));

	if (rv == CKR_OK)
		rv = p11_note(p, P11_AT_KEYGEN, "C_GetMechanismInfo(sign)",
		    p->f->C_GetMechanismInfo(p->slot, r->sign, &info));
	if (rv == CKR_OK && !(info.flags & CKF_SIGN))
		rv = p11_note(p, P11_AT_KEYGEN, "mechanism to sign", CKR_MECHANISM_INVALID);
	if (rv == CKR_OK)
		rv = p11_find(p, P11_AT_KEYGEN, CKO_PRIVATE_KEY, id, &found);
	if (rv == CKR_OK && found.n)
		rv = p11_note(p, P11_AT_KEYGEN, "a key of that id", CKR_FUNCTION_REJECTED);
	return rv;
}

/* The public half as the world writes it; not another kind than ALG. */
static CK_RV
spki_of(struct p11 *p, CK_OBJECT_HANDLE h, enum keyalg alg, struct bytes *ret)
{
	struct bytes spki = p11_spki(p, h);
	enum keyalg is;

	if (keyalg_of_spki(spki, &is, NULL) != OK || is != alg)
		return p11_note(p, P11_AT_SIGN, "public key of that id", CKR_KEY_HANDLE_INVALID);
	*ret = spki;
	return CKR_OK;
}

static CK_RV
generate(struct p11 *p, const struct p11_kind *r, const struct pair_names *s, CK_OBJECT_HANDLE *ret)
{
	static const CK_BYTE f4[] = {1, 0, 1};
	CK_MECHANISM mechanism = {r->make, NULL, 0};
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ULONG bits = keyalg_bits(s->alg);
	void *id = (void *)(uintptr_t)s->id.p, *label = (void *)(uintptr_t)s->label.p;
	CK_ATTRIBUTE public[7] = {
	    {CKA_TOKEN, &yes, sizeof(yes)},
	    {CKA_PRIVATE, &no, sizeof(no)},
	    {CKA_VERIFY, &yes, sizeof(yes)},
	    {CKA_ID, id, s->id.n},
	    {CKA_LABEL, label, s->label.n},
	};
	CK_ATTRIBUTE private[] = {
	    {CKA_TOKEN, &yes, sizeof(yes)},
	    {CKA_PRIVATE, &yes, sizeof(yes)},
	    {CKA_SENSITIVE, &yes, sizeof(yes)},
	    {CKA_EXTRACTABLE, &no, sizeof(no)},
	    {CKA_SIGN, &yes, sizeof(yes)},
	    {CKA_ID, id, s->id.n},
	    {CKA_LABEL, label, s->label.n},
	};
	CK_OBJECT_HANDLE priv = 0;
	CK_ULONG n = 5;

	if (r->params.n) {
		public[n++] =
		    (CK_ATTRIBUTE){CKA_EC_PARAMS, (void *)(uintptr_t)r->params.p, r->params.n};
	} else {
		public[n++] = (CK_ATTRIBUTE){CKA_MODULUS_BITS, &bits, sizeof(bits)};
		public[n++] =
		    (CK_ATTRIBUTE){CKA_PUBLIC_EXPONENT, (void *)(uintptr_t)f4, sizeof(f4)};
	}
	return p11_note(p, P11_AT_KEYGEN, "C_GenerateKeyPair",
	    p->f->C_GenerateKeyPair(p->session, &mechanism, public, n, private,
		sizeof(private) / sizeof(private[0]), ret, &priv));
}

CK_RV
p11_pair_make(struct p11 *p, struct rd *in, struct buf *out)
{
	uint8_t alg = rd_u8(in);
	const struct p11_kind *r = kind_of(alg);
	struct pair_names s = {.alg = (enum keyalg)alg, .id = rd_field(in, TOKEN_ID_MAX)};
	struct bytes spki = {0};
	CK_OBJECT_HANDLE pub = 0;
	CK_RV rv;

	s.label = rd_text(in, P11_TEXT_MAX);
	if (in->bad || s.id.n == 0 || r == NULL) {
		in->bad = true;
		return CKR_OK;
	}
	rv = possible(p, r, s.id);
	if (rv != CKR_OK)
		return rv;
	rv = generate(p, r, &s, &pub);
	if (rv == CKR_OK)
		rv = spki_of(p, pub, s.alg, &spki);
	if (rv != CKR_OK) {
		/* Half a pair may be there, with some modules even after a failure. */
		(void)p11_destroy(p, CKO_PRIVATE_KEY, s.id);
		(void)p11_destroy(p, CKO_PUBLIC_KEY, s.id);
	}
	buf_put(out, spki);
	return rv;
}

/* The only private key of this id; its handle is kept while the session lasts. */
static CK_RV
private_of(struct p11 *p, struct bytes id, CK_OBJECT_HANDLE *ret)
{
	struct p11_found found;
	CK_RV rv;

	for (size_t i = 0; i < P11_KEPT; i++)
		if (p->kept[i].n == id.n && memcmp(p->kept[i].id, id.p, id.n) == 0) {
			*ret = p->kept[i].h;
			return CKR_OK;
		}
	rv = p11_find(p, P11_AT_SIGN, CKO_PRIVATE_KEY, id, &found);
	if (rv == CKR_OK && found.n != 1)
		rv = p11_note(p, P11_AT_SIGN, "private key of that id", CKR_KEY_HANDLE_INVALID);
	if (rv != CKR_OK)
		return rv;
	p->next = (p->next + 1) % P11_KEPT;
	p->kept[p->next].n = id.n;
	memcpy(p->kept[p->next].id, id.p, id.n);
	*ret = p->kept[p->next].h = found.h[0];
	return CKR_OK;
}

CK_RV
p11_pair_find(struct p11 *p, struct rd *in, struct buf *out)
{
	uint8_t alg = rd_u8(in);
	struct bytes id = rd_field(in, TOKEN_ID_MAX), spki = {0};
	struct p11_found found;
	CK_OBJECT_HANDLE priv;
	CK_RV rv;

	if (in->bad || id.n == 0 || kind_of(alg) == NULL) {
		in->bad = true;
		return CKR_OK;
	}
	rv = private_of(p, id, &priv);
	if (rv == CKR_OK)
		rv = p11_find(p, P11_AT_SIGN, CKO_PUBLIC_KEY, id, &found);
	if (rv == CKR_OK && found.n != 1)
		rv = p11_note(p, P11_AT_SIGN, "public key of that id", CKR_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		rv = spki_of(p, found.h[0], (enum keyalg)alg, &spki);
	buf_put(out, spki);
	return rv;
}

/* One session's share of a question: every STEP-th signature from FROM on. */
struct share {
	struct p11 *p;
	const struct p11_kind *row;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	const struct bytes *data;
	struct bytes *out; /* room of PAIR_SIGNATURE_MAX octets each */
	size_t from, step, n;
	const char *call;
	CK_RV rv;
};

static void
sign_share(struct share *x)
{
	CK_FUNCTION_LIST *f = x->p->f;

	for (size_t i = x->from; i < x->n && x->rv == CKR_OK; i += x->step) {
		CK_MECHANISM mechanism = {x->row->sign, NULL, 0};
		CK_ULONG n = PAIR_SIGNATURE_MAX;
		uint8_t *room = (uint8_t *)(uintptr_t)x->out[i].p;

		x->call = "C_SignInit";
		x->rv = f->C_SignInit(x->session, &mechanism, x->key);
		if (x->rv != CKR_OK)
			break;
		x->call = "C_Sign";
		x->rv = f->C_Sign(
		    x->session, (CK_BYTE *)(uintptr_t)x->data[i].p, x->data[i].n, room, &n);
		if (x->rv == CKR_OK && n > PAIR_SIGNATURE_MAX)
			x->rv = CKR_FUNCTION_FAILED;
		x->out[i].n = x->rv == CKR_OK ? n : 0;
	}
}

static void *
sign_thread(void *x)
{
	sign_share(x);
	return NULL;
}

/* Shared among the sessions: the token may do several at the same time. */
static CK_RV
sign_all(struct p11 *p, const struct share *whole)
{
	struct share part[P11_SESSIONS];
	pthread_t thread[P11_SESSIONS];
	size_t step = whole->n < p->more_n + 1 ? whole->n : p->more_n + 1, started = 1;
	CK_RV rv = CKR_OK;

	for (size_t k = 0; k < step; k++) {
		part[k] = *whole;
		part[k].session = k ? p->more[k - 1] : p->session;
		part[k].from = k;
		part[k].step = step;
	}
	while (started < step &&
	    pthread_create(&thread[started], NULL, sign_thread, &part[started]) == 0)
		started++;
	/* Shares without a thread are ours too. */
	sign_share(&part[0]);
	for (size_t k = started; k < step; k++)
		sign_share(&part[k]);
	for (size_t k = 1; k < started; k++)
		(void)pthread_join(thread[k], NULL);
	for (size_t k = 0; k < step && rv == CKR_OK; k++)
		rv = p11_note(p, P11_AT_SIGN, part[k].call, part[k].rv);
	return rv;
}

CK_RV
p11_pair_sign(struct p11 *p, struct rd *in, struct buf *out)
{
	const struct p11_kind *r = kind_of(rd_u8(in));
	struct bytes id = rd_field(in, TOKEN_ID_MAX), data[PAIR_MANY];
	struct bytes signature[PAIR_MANY];
	uint32_t n = rd_u32(in);
	struct share whole = {.p = p, .row = r, .data = data, .out = signature, .n = n};
	CK_RV rv;

	for (uint32_t i = 0; i < n && n <= PAIR_MANY; i++)
		data[i] = rd_field(in, PAIR_DATA_MAX);
	if (in->bad || id.n == 0 || r == NULL || n == 0 || n > PAIR_MANY) {
		in->bad = true;
		return CKR_OK;
	}
	for (uint32_t i = 0; i < n; i++)
		signature[i] = bytes_of(arena_alloc(p->a, PAIR_SIGNATURE_MAX), 0);
	rv = private_of(p, id, &whole.key);
	if (rv == CKR_OK)
		rv = sign_all(p, &whole);
	buf_u32(out, n);
	for (uint32_t i = 0; rv == CKR_OK && i < n; i++)
		buf_field(out, signature[i]);
	/* Whatever went wrong, the handle may be stale. */
	if (rv != CKR_OK)
		memset(p->kept, 0, sizeof(p->kept));
	return rv;
}
