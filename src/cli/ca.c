/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ca.h"

#include "base/buf.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/selfcheck.h"
#include "x509/cert.h"
#include "x509/crl.h"

#define KEY_ID    20 /* octets of a key identifier (V5) */
#define ROOT_NODE 1
#define MS        1000

/* RFC 7093 2, method 1: the left 160 bits of SHA-256 of the key's bits. */
static enum err
key_id(struct arena *a, struct bytes spki, struct bytes *ret, struct fault *f)
{
	uint8_t hash[SHA256_SIZE];
	struct key key;

	TRY(key_parse(spki, &key, f));
	sha256(key.bits, hash);
	*ret = arena_bytes(a, bytes_of(hash, KEY_ID));
	return OK;
}

/* One certificate of the house, signed by the root key. */
static enum err
make_one(struct arena *a, struct softkey *root, const struct ca_plan *plan,
    const struct profile_issuer *issuer, enum builtin which, struct bytes *ret, struct fault *f)
{
	struct bytes spki = which == BUILTIN_ISSUING ? plan->issuing_spki
	    : which == BUILTIN_MANAGEMENT            ? plan->management_spki
						     : softkey_spki(root);
	struct profile_request r = {.spki = spki, .ca_not_after = issuer->not_after};
	struct cert_template t;
	struct bytes tbs, signature;
	uint8_t chance[SERIAL_RANDOM];

	random_bytes(chance, sizeof(chance));
	r.serial = serial_make(ROOT_NODE, plan->now, chance);
	TRY(builtin_subject(a, which, &plan->house, &r.subject, f));
	TRY(key_id(a, spki, &r.ski, f));
	TRY(builtin_template(a, which, issuer, &t, f));
	TRY(builtin_apply(a, which, &t, &r, plan->now, &tbs, f));
	TRY(softkey_sign(root, a, tbs, &signature, f));
	return cert_finish(a, tbs, issuer->alg, signature, ret, f);
}

/* The list of revoked CAs: none. */
static enum err
make_crl(struct arena *a, struct softkey *root, const struct profile_issuer *issuer, int64_t now,
    struct bytes *ret, struct fault *f)
{
	struct civil end = civil_of(now);
	struct buf out = buf_new(a, 4096);
	struct crl_head head = {.alg = issuer->alg,
	    .issuer = issuer->subject,
	    .this_update = now,
	    .aki = issuer->ski,
	    .number = now * MS};
	struct bytes signature;

	end.month += CA_CRL_MONTHS;
	end.year += (end.month - 1) / 12;
	end.month = (end.month - 1) % 12 + 1;
	if (end.day > civil_days(end.year, end.month))
		end.day = civil_days(end.year, end.month);
	head.next_update = civil_seconds(end);
	TRY(crl_head(&out, &head, 0, f));
	TRY(crl_tail(&out, &head, f));
	TRY(softkey_sign(root, a, buf_bytes(&out), &signature, f));
	return crl_finish(a, buf_bytes(&out), issuer->alg, signature, ret, f);
}

enum err
ca_make(struct arena *a, struct softkey *root, const struct ca_plan *plan, struct ca_made *ret,
    struct fault *f)
{
	struct profile_issuer issuer = {.alg = keyalg_sigalg(softkey_alg(root)),
	    .base = plan->base,
	    .policy_arc = plan->policy_arc,
	    .generation = str_of(builtin_generation(a, BUILTIN_ROOT, plan->house.generation))};
	struct ca_made made;
	struct cert cert;

	TRY(builtin_subject(a, BUILTIN_ROOT, &plan->house, &issuer.subject, f));
	TRY(key_id(a, softkey_spki(root), &issuer.ski, f));
	TRY(make_one(a, root, plan, &issuer, BUILTIN_ROOT, &made.root, f));
	TRY(cert_parse(made.root, &cert, f));
	issuer.not_after = cert.not_after;
	TRY(make_one(a, root, plan, &issuer, BUILTIN_ISSUING, &made.issuing, f));
	TRY(make_one(a, root, plan, &issuer, BUILTIN_MANAGEMENT, &made.management, f));
	TRY(make_crl(a, root, &issuer, plan->now, &made.crl, f));
	TRY(selfcheck_certificate(made.issuing, &made.root, 1, plan->now, f));
	TRY(selfcheck_certificate(made.management, &made.root, 1, plan->now, f));
	TRY(selfcheck_crl(made.crl, made.root, plan->now, f));
	*ret = made;
	return OK;
}
