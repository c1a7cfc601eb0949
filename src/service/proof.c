/* SPDX-License-Identifier: Apache-2.0 */
#include "service/proof.h"

#include "crypto/verify.h"
#include "service/act.h"

static struct bytes
hash_of(const struct call *c, struct bytes b)
{
	return b.n ? act_hash(c, b) : (struct bytes){0};
}

enum err
proof_check(const struct call *c, const struct proof *p, struct fault *f)
{
	struct statement s = {.env = c->service->env,
	    .origin = c->service->conf.origin,
	    .purpose = p->purpose,
	    .server_nonce = p->server_nonce,
	    .agent_nonce = p->agent_nonce,
	    .spki_hash = hash_of(c, p->spki),
	    .certificate_hash = hash_of(c, p->certificate),
	    .payload_hash = hash_of(c, p->payload)};
	struct bytes octets;
	struct key key;

	TRY(key_parse(p->spki, &key, f));
	TRY(statement_encode(c->a, &s, &octets, f));
	return verify_key(&key, sigalg_of_key(key.kind), octets, p->signature, f);
}
