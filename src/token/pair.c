/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pair.h"

#include "base/must.h"
#include "token/link.h"

#define SPKI_MAX 1024

bool
pair_fits(enum keyalg alg)
{
	return alg != KEYALG_ED25519;
}

static void
put_names(struct buf *b, const struct pair_names *s)
{
	must(s->id.n > 0 && s->id.n <= TOKEN_ID_MAX && pair_fits(s->alg));
	buf_u8(b, (uint8_t)s->alg);
	buf_field(b, s->id);
}

enum err
pair_get_spki(struct rd r, enum keyalg alg, struct bytes *ret, struct fault *f)
{
	struct bytes spki = rd_take(&r, r.n);
	enum keyalg is;

	if (r.bad || spki.n > SPKI_MAX || keyalg_of_spki(spki, &is, NULL) != OK || is != alg)
		return FAIL(f, E_FRAME, "public key of %zu octets", spki.n);
	*ret = spki;
	return OK;
}

enum err
pair_get_signatures(struct rd r, size_t n, struct bytes *ret, struct fault *f)
{
	if (rd_u32(&r) != n)
		return FAIL(f, E_FRAME, "number of signatures");
	for (size_t i = 0; i < n; i++)
		ret[i] = rd_field(&r, PAIR_SIGNATURE_MAX);
	return rd_done(&r) ? OK : FAIL(f, E_FRAME, "signatures");
}

/* A public key of the kind that was asked for, or a child that talks nonsense. */
static enum err
take_spki(
    struct token *t, struct rd r, const struct pair_names *s, struct bytes *ret, struct fault *f)
{
	return pair_get_spki(r, s->alg, ret, NULL) == OK ? OK
							 : token_nonsense(t, "a public key", f);
}

enum err
pair_make(struct token *t, const struct pair_names *s, struct arena *a, struct bytes *ret,
    struct fault *f)
{
	struct buf b = buf_new(a, 512);
	struct rd r;

	put_names(&b, s);
	buf_field(&b, str_bytes(s->label));
	TRY(token_ask(t, P11_PAIR_MAKE, buf_bytes(&b), a, &r, f));
	return take_spki(t, r, s, ret, f);
}

enum err
pair_find(struct token *t, const struct pair_names *s, struct arena *a, struct bytes *ret,
    struct fault *f)
{
	struct buf b = buf_new(a, 512);
	struct rd r;

	put_names(&b, s);
	TRY(token_ask(t, P11_PAIR_FIND, buf_bytes(&b), a, &r, f));
	return take_spki(t, r, s, ret, f);
}

enum err
pair_sign(struct token *t, const struct pair_order *o, struct arena *a, struct bytes *ret,
    struct fault *f)
{
	struct buf b = buf_new(a, P11_BODY_MAX);
	struct rd r;

	must(o->count > 0 && o->count <= PAIR_MANY);
	put_names(&b, o->key);
	buf_u32(&b, (uint32_t)o->count);
	for (size_t i = 0; i < o->count; i++) {
		must(o->data[i].n <= PAIR_DATA_MAX);
		buf_field(&b, o->data[i]);
	}
	TRY(token_ask(t, P11_PAIR_SIGN, buf_bytes(&b), a, &r, f));
	if (pair_get_signatures(r, o->count, ret, NULL) != OK)
		return token_nonsense(t, "signatures", f);
	return OK;
}
