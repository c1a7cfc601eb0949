/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: a profile against a CA, and a request against a profile (N36). */
#include "core/profile.h"

#include "core/address.h"
#include "core/ask.h"
#include "core/compose.h"
#include "x509/cert.h"

static uint16_t
usage_bits(unsigned usage)
{
	return (uint16_t)((usage & PROFILE_USAGE_SIGN ? EXT_KU_DIGITAL_SIGNATURE : 0) |
	    (usage & PROFILE_USAGE_NONREPUDIATION ? EXT_KU_NON_REPUDIATION : 0) |
	    (usage & PROFILE_USAGE_ENCIPHER ? EXT_KU_KEY_ENCIPHERMENT : 0));
}

bool
profile_is_tls(const struct profile *p)
{
	return p->purposes == PROFILE_PURPOSE_SERVER ||
	    (p->purposes == PROFILE_PURPOSE_CLIENT && p->place == PROFILE_PLACE_ANY);
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
	    {PROFILE_PURPOSE_SERVER, OID_EKU_SERVER},
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

enum err
profile_key_allowed(const struct profile *p, struct bytes spki, struct fault *f)
{
	char rule[KEYRULES_TEXT];
	struct fault why = {0};
	enum keyrule k;
	enum err e = keyrule_of_spki(spki, &k, &why);

	if (e == OK && p->keys & 1u << k)
		return OK;
	if (e == OK || e == E_KEY_TYPE)
		return FAIL_FIELD(f, E_KEY_TYPE, "key", keyrules_text(p->keys, rule), "%s",
		    e == OK ? keyrule_name(k) : why.detail);
	return FAIL_FIELD(f, e, "key", why.rule, "%s", why.detail);
}

enum err
profile_apply(struct arena *a, const struct profile *p, const struct cert_template *t,
    const struct profile_request *r, int64_t now, struct bytes *ret, struct fault *f)
{
	struct validity v = validity_of(p->term, profile_is_tls(p), now);

	TRY(profile_key_allowed(p, r->spki, f));
	TRY(ask_check(a, t, r, f));
	TRY(validity_in_ca(v, r->ca_not_after, f));
	return compose_tbs(a, t, r, v, ret, f);
}
