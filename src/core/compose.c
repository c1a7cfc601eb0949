/* SPDX-License-Identifier: Apache-2.0 */
#include "core/compose.h"

#include "core/address.h"

enum err
compose_issuer(struct arena *a, const struct profile_issuer *ca, unsigned addresses,
    struct cert_shape *shape, struct fault *f)
{
	shape->alg = ca->alg;
	shape->issuer = ca->subject;
	shape->aki = ca->ski;
	shape->ski = true;
	if (addresses == 0)
		return OK;
	TRY(address_base_check(ca->base, f));
	if (addresses & COMPOSE_CRL)
		shape->cdp = address_crl(a, ca->base, ca->generation);
	if (addresses & COMPOSE_OCSP)
		shape->ocsp = address_ocsp(a, ca->base);
	if (addresses & COMPOSE_CA)
		shape->issuers = address_ca(a, ca->base, ca->generation);
	return OK;
}

enum err
compose_policy(struct arena *a, const struct profile_issuer *ca, uint32_t suffix,
    struct cert_shape *shape, struct fault *f)
{
	char *dotted = arena_fmt(a, "%.*s.%u", (int)ca->policy_arc.n, ca->policy_arc.p, suffix);

	if (ca->policy_arc.n == 0 || !oid_parse(a, str_of(dotted), &shape->policy))
		return FAIL_FIELD(f, E_CONFIG, "policy_arc", "1.2.3", "policy arc");
	return OK;
}

enum err
compose_tbs(struct arena *a, const struct cert_template *t, const struct profile_request *r,
    struct validity v, struct bytes *ret, struct fault *f)
{
	struct cert_fields fields = {
	    .serial = serial_bytes(&r->serial),
	    .not_before = v.not_before,
	    .not_after = v.not_after,
	    .subject = r->subject,
	    .spki = r->spki,
	    .ski = r->ski,
	    .san = r->san,
	};

	return cert_tbs(a, t, &fields, ret, f);
}
