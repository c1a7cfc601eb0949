/* SPDX-License-Identifier: Apache-2.0 */
#include "token/token.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "token/link.h"
#include "token/tokenset.h"

struct token {
	struct link *link;
	unsigned generation; /* of the child in which the session is open */
};

/* A question in the token's session, whose answer lies on A. */
enum err
token_ask(struct token *t, enum p11_message type, struct bytes body, struct arena *a,
    struct rd *ret, struct fault *f)
{
	if (t->link->sock < 0 || t->link->generation != t->generation)
		return FAIL_FIELD(f, E_MODULE_CRASHED, t->link->module->name, NULL,
		    "the session went with its child");
	return link_ask(t->link, type, body, a, ret, f);
}

enum err
token_nonsense(struct token *t, const char *what, struct fault *f)
{
	link_close(t->link);
	return FAIL_FIELD(f, E_MODULE_CRASHED, t->link->module->name, NULL, "not %s", what);
}

/* The same for answers of N octets, copied to RET. */
static enum err
ask(struct token *t, enum p11_message type, struct bytes body, void *ret, size_t n, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct bytes got;
	struct rd r;
	enum err e = token_ask(t, type, body, a, &r, f);

	if (e == OK) {
		got = rd_take(&r, n);
		if (!rd_done(&r))
			e = FAIL(f, E_MODULE_CRASHED, "answer to question %d", type);
		else if (n)
			memcpy(ret, got.p, n);
	}
	arena_free(&a);
	return e;
}

enum err
token_open(struct token_set *s, const struct token_info *info, struct token **ret, struct fault *f)
{
	struct link *l = &s->links[info->module];
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, 8);
	struct token *t;
	struct rd r;
	enum err e;

	must(info->module < s->n);
	buf_u64(&b, info->slot);
	e = link_ask(l, P11_OPEN, buf_bytes(&b), a, &r, f);
	arena_free(&a);
	if (e != OK)
		return e;
	t = calloc(1, sizeof(*t));
	must(t != NULL);
	t->link = l;
	t->generation = l->generation;
	*ret = t;
	return OK;
}

void
token_close(struct token **t)
{
	if (*t == NULL)
		return;
	if ((*t)->link->sock >= 0 && (*t)->link->generation == (*t)->generation) {
		/* Nobody waits for the outcome: a child that cannot close is dropped by link_ask. */
		enum err e = ask(*t, P11_CLOSE, (struct bytes){0}, NULL, 0, NULL);

		(void)e;
	}
	free(*t);
	*t = NULL;
}

enum err
token_flags(struct token *t, unsigned *ret, struct fault *f)
{
	uint8_t b[4];

	TRY(ask(t, P11_FLAGS, (struct bytes){0}, b, sizeof(b), f));
	*ret = (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];
	return OK;
}

enum err
token_containers(struct token *t, struct arena *a, struct token_containers *ret, struct fault *f)
{
	struct rd r;

	TRY(token_ask(t, P11_LIST, (struct bytes){0}, a, &r, f));
	return p11_get_containers(r, a, ret, f);
}

const struct token_container *
token_container(const struct token_containers *c, struct bytes id)
{
	for (size_t i = 0; i < c->n; i++) {
		if (bytes_eq(c->list[i].id, id))
			return &c->list[i];
	}
	return NULL;
}

enum err
token_login(struct token *t, const struct secret *pin, struct fault *f)
{
	return ask(t, P11_LOGIN, secret_bytes(pin), NULL, 0, f);
}

enum err
token_set_pin(struct token *t, const struct secret *old, const struct secret *new, struct fault *f)
{
	struct secret body = secret_new((size_t)p11_body_max(P11_SET_PIN));
	const struct secret *both[] = {old, new};
	enum err e;

	for (size_t i = 0; i < 2; i++) {
		must(both[i]->n <= TOKEN_PIN_MAX);
		body.p[body.n++] = 0;
		body.p[body.n++] = 0;
		body.p[body.n++] = (uint8_t)(both[i]->n >> 8);
		body.p[body.n++] = (uint8_t)both[i]->n;
		if (both[i]->n)
			memcpy(body.p + body.n, both[i]->p, both[i]->n);
		body.n += both[i]->n;
	}
	e = ask(t, P11_SET_PIN, secret_bytes(&body), NULL, 0, f);
	secret_free(&body);
	return e;
}

enum err
token_logout(struct token *t, struct fault *f)
{
	return ask(t, P11_LOGOUT, (struct bytes){0}, NULL, 0, f);
}

static enum err
id_check(struct bytes id, struct fault *f)
{
	if (id.n == 0 || id.n > TOKEN_ID_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "container", "1 … 64", "%zu octets", id.n);
	return OK;
}

/* The rest of an answer, copied to A (where the answer lies already: a view). */
static enum err
ask_all(struct token *t, enum p11_message type, struct bytes body, struct arena *a, size_t most,
    struct bytes *ret, struct fault *f)
{
	struct rd r;

	TRY(token_ask(t, type, body, a, &r, f));
	if (r.n == 0 || r.n > most)
		return FAIL(f, E_MODULE_CRASHED, "answer of %zu octets to question %d", r.n, type);
	*ret = rd_take(&r, r.n);
	return OK;
}

enum err
token_keygen(struct token *t, struct bytes id, struct str label, struct token_kind kind,
    struct arena *a, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, P11_BODY_MAX);
	struct key key;

	TRY(id_check(id, f));
	buf_field(&b, id);
	buf_field(&b, str_bytes(label));
	buf_u8(&b, (uint8_t)kind.kind);
	buf_u16(&b, (uint16_t)kind.bits);
	TRY(ask_all(t, P11_KEYGEN, buf_bytes(&b), a, TOKEN_SPKI_MAX, ret, f));
	if (key_parse(*ret, &key, NULL) != OK || key.kind != kind.kind ||
	    (kind.kind == KEY_RSA && key.size != kind.bits))
		return FAIL(f, E_TOKEN_ERROR, "another kind of key than was asked for");
	return OK;
}

enum err
token_sign(struct token *t, const struct token_sign *x, const struct secret *pin, struct arena *a,
    struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, P11_BODY_MAX);

	TRY(id_check(x->id, f));
	buf_field(&b, x->id);
	buf_u8(&b, (uint8_t)x->kind);
	buf_field(&b, x->data);
	if (x->data.n > TOKEN_SIGN_MAX)
		return FAIL(f, E_FIELD_LENGTH, "%zu octets to sign", x->data.n);
	if (pin && pin->n)
		TRY(ask(t, P11_SIGN_PIN, secret_bytes(pin), NULL, 0, f));
	return ask_all(t, P11_SIGN, buf_bytes(&b), a, TOKEN_RAW_MAX, ret, f);
}

enum err
token_cert_put(struct token *t, struct bytes id, const struct token_certificate *c, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, P11_BODY_MAX);
	enum err e = id_check(id, f);

	buf_field(&b, id);
	buf_field(&b, str_bytes(c->label));
	buf_field(&b, c->der);
	buf_field(&b, c->subject);
	buf_field(&b, c->issuer);
	buf_field(&b, c->serial);
	if (e == OK &&
	    (b.bad || b.n > (size_t)p11_body_max(P11_CERT_PUT) || c->der.n > TOKEN_CERT_MAX))
		e = FAIL(f, E_FIELD_LENGTH, "certificate of %zu octets", c->der.n);
	if (e == OK)
		e = ask(t, P11_CERT_PUT, buf_bytes(&b), NULL, 0, f);
	arena_free(&a);
	return e;
}

enum err
token_delete(struct token *t, struct bytes id, unsigned parts, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, P11_BODY_MAX);
	enum err e = id_check(id, f);

	buf_u8(&b, (uint8_t)parts);
	buf_field(&b, id);
	if (e == OK)
		e = ask(t, P11_DELETE, buf_bytes(&b), NULL, 0, f);
	arena_free(&a);
	return e;
}
