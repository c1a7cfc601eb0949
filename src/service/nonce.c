/* SPDX-License-Identifier: Apache-2.0 */
#include "service/nonce.h"

#include "base/buf.h"
#include "base/must.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "service/realm.h"

#define HEAD 16 /* octets: end and random part */

static void
tag(const struct call *c, enum purpose purpose, struct bytes binding, struct bytes head,
    uint8_t ret[static SHA256_SIZE])
{
	struct buf b = buf_new(c->a, 1024);

	buf_field(&b, str_bytes(str_of(purpose_name(purpose))));
	buf_field(&b, binding);
	buf_field(&b, head);
	hmac_sha256(BYTES_OF(c->service->key_nonce), buf_bytes(&b), ret);
}

enum err
nonce_make(const struct call *c, enum purpose purpose, struct bytes binding, int64_t life,
    struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(c->a, STATEMENT_NONCE);
	uint8_t random[8], mac[SHA256_SIZE];

	if (!c->service->keyed)
		return FAIL(f, E_NOT_READY, "no nonce key yet");
	random_bytes(random, sizeof(random));
	buf_i64(&b, c->now + life);
	buf_put(&b, BYTES_OF(random));
	tag(c, purpose, binding, buf_bytes(&b), mac);
	buf_put(&b, bytes_of(mac, STATEMENT_NONCE - HEAD));
	*ret = buf_bytes(&b);
	return OK;
}

static int64_t
end_of(struct bytes nonce)
{
	uint64_t v = 0;

	for (size_t i = 0; i < 8; i++)
		v = v << 8 | nonce.p[i];
	return (int64_t)v;
}

enum err
nonce_check(const struct call *c, enum purpose purpose, struct bytes binding, struct bytes nonce,
    struct fault *f)
{
	uint8_t mac[SHA256_SIZE];

	if (!c->service->keyed)
		return FAIL(f, E_NOT_READY, "no nonce key yet");
	if (nonce.n != STATEMENT_NONCE)
		return FAIL_FIELD(f, E_NONCE, "nonce", NULL, "%zu octets", nonce.n);
	tag(c, purpose, binding, bytes_of(nonce.p, HEAD), mac);
	if (!secret_eq(bytes_of(nonce.p + HEAD, nonce.n - HEAD), bytes_of(mac, nonce.n - HEAD)))
		return FAIL_FIELD(f, E_NONCE, "nonce", NULL, "not ours, or for another act");
	if (end_of(nonce) < c->now)
		return FAIL_FIELD(f, E_NONCE, "nonce", NULL, "too old");
	return OK;
}

void
nonce_use_for(struct unit *u, const struct call *c, enum purpose purpose, struct bytes nonce,
    struct str object)
{
	struct buf b = buf_new(c->a, STATEMENT_NONCE + 64);
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);

	buf_put(&b, nonce);
	buf_str(&b, object);
	must(!b.bad);
	sha256(buf_bytes(&b), hash);
	unit_nonce_use(
	    u, bytes_of(hash, SHA256_SIZE), str_of(purpose_name(purpose)), end_of(nonce));
}

void
nonce_use(struct unit *u, const struct call *c, enum purpose purpose, struct bytes nonce)
{
	nonce_use_for(u, c, purpose, nonce, (struct str){0});
}
