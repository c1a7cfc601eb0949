/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: a profile against a CA, and a request against a profile (N36). */
#include "core/profile.h"

#include <stdio.h>

#include "core/address.h"
#include "core/ask.h"
#include "core/compose.h"
#include "x509/cert.h"

static uint16_t
usage_bits(unsigned usage)
{
	return (uint16_t)((usage & PROFILE_USAGE_SIGN ? EXT_KU_DIGITAL_SIGNATURE : 0) |
	    (usage & PROFILE_USAGE_NONREPUDIATION ? EXT_KU_NON_REPUDIATION : 0));
}

enum err
profile_template(struct arena *a, const struct profile *p, const struct profile_issuer *ca,
    struct cert_template *ret, struct fault *f)
{
	static const struct {
		unsigned bit;
		enum oid oid;
	} purposes[] = {
	    {PROFILE_PURPOSE_CLIENT, OID_EKU_CLIENT},
	    {PROFILE_PURPOSE_MAIL, OID_EKU_EMAIL},
	    {PROFILE_PURPOSE_DOCUMENT, OID_EKU_DOCUMENT},
	};
	static const enum cert_san san[] = {
	    [PROFILE_SAN_NONE] = CERT_SAN_NEVER,
	    [PROFILE_SAN_OPTIONAL] = CERT_SAN_OPTIONAL,
	    [PROFILE_SAN_REQUIRED] = CERT_SAN_REQUIRED,
	};
	enum oid eku[sizeof(purposes) / sizeof(purposes[0])];
	struct cert_shape shape = {.ku = usage_bits(p->usage), .eku = eku, .san = san[p->san]};

	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++) {
		if (p->purposes & purposes[i].bit)
			eku[shape.eku_n++] = purposes[i].oid;
	}
	TRY(compose_issuer(a, ca, COMPOSE_ALL, &shape, f));
	TRY(compose_policy(a, ca, p->policy, &shape, f));
	return cert_compile(a, &shape, ret, f);
}

static enum err
key_allowed(const struct profile *p, struct bytes spki, struct fault *f)
{
	char rule[FAULT_RULE] = "";
	enum keyrule k;
	size_t at = 0;

	TRY(keyrule_of_spki(spki, &k, f));
	if (p->keys & 1u << k)
		return OK;
	for (unsigned i = 0; i < KEYRULE__COUNT; i++) {
		if (p->keys & 1u << i && at < sizeof(rule))
			at += (size_t)snprintf(rule + at, sizeof(rule) - at, "%s%s",
			    at ? " | " : "", keyrule_name((enum keyrule)i));
	}
	return FAIL_FIELD(f, E_KEY_TYPE, "key", rule, "%s", keyrule_name(k));
}

enum err
profile_apply(struct arena *a, const struct profile *p, const struct cert_template *t,
    const struct profile_request *r, int64_t now, struct bytes *ret, struct fault *f)
{
	/* People and operators: from the second of signing (L4). */
	struct validity v = validity_of((struct term){.years = p->years}, false, now);

	TRY(key_allowed(p, r->spki, f));
	TRY(ask_check(a, t, r, f));
	TRY(validity_in_ca(v, r->ca_not_after, f));
	return compose_tbs(a, t, r, v, ret, f);
}
