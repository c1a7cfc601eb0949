/* SPDX-License-Identifier: Apache-2.0 */
#include "core/builtin.h"

#include <string.h>

#include "base/must.h"
#include "core/ask.h"
#include "core/compose.h"
#include "core/country.h"
#include "core/host.h"
#include "core/label.h"
#include "core/word.h"
#include "x509/cert.h"
#include "x509/keyalg.h"
#include "x509/name.h"

#define TEST_WORD     "TEST"
#define POLICY_PORTAL 0 /* profiles' policies start at 1 */

static const char *const names[BUILTIN__COUNT] = {
#define X(symbol, word, title, years, days) word,
#include "core/builtin.def"
#undef X
};

static const struct {
	const char *title;
	struct term term;
} rows[BUILTIN__COUNT] = {
#define X(symbol, word, title, years, days) {title, {years, days}},
#include "core/builtin.def"
#undef X
};

const char *
builtin_name(enum builtin b)
{
	must((unsigned)b < BUILTIN__COUNT);
	return names[b];
}

bool
builtin_parse(struct str word, enum builtin *ret)
{
	unsigned i;

	if (!word_find(names, BUILTIN__COUNT, word, &i))
		return false;
	*ret = (enum builtin)i;
	return true;
}

struct term
builtin_term(enum builtin b)
{
	must((unsigned)b < BUILTIN__COUNT);
	return rows[b].term;
}

enum builtin
builtin_issuer(enum builtin b)
{
	static const enum builtin issuers[BUILTIN__COUNT] = {
	    [BUILTIN_ROOT] = BUILTIN_ROOT,
	    [BUILTIN_ISSUING] = BUILTIN_ROOT,
	    [BUILTIN_MANAGEMENT] = BUILTIN_ROOT,
	    [BUILTIN_OCSP_ISSUING] = BUILTIN_ISSUING,
	    [BUILTIN_OCSP_MANAGEMENT] = BUILTIN_MANAGEMENT,
	    [BUILTIN_TLS_PORTAL] = BUILTIN_MANAGEMENT,
	};

	must((unsigned)b < BUILTIN__COUNT);
	return issuers[b];
}

bool
builtin_is_ca(enum builtin b)
{
	return builtin_issuer(b) == BUILTIN_ROOT;
}

/* Is TEST one of the words of S, in any case of letters? */
static bool
says_test(struct str s, bool *exact)
{
	bool found = false;

	*exact = false;
	for (size_t i = 0; i + 4 <= s.n; i++) {
		bool edge = (i == 0 || s.p[i - 1] == ' ') && (i + 4 == s.n || s.p[i + 4] == ' ');

		if (edge && strncasecmp(s.p + i, TEST_WORD, 4) == 0) {
			found = true;
			*exact = *exact || memcmp(s.p + i, TEST_WORD, 4) == 0;
		}
	}
	return found;
}

enum err
builtin_subject(struct arena *a, enum builtin b, const struct builtin_house *house,
    struct bytes *ret, struct fault *f)
{
	struct name *name = arena_alloc(a, sizeof(*name));
	struct str organisation, common;
	bool exact, test;

	must((unsigned)b < BUILTIN__COUNT && b != BUILTIN_TLS_PORTAL && house->generation > 0);
	if (!country_known(house->country))
		return FAIL_FIELD(f, E_FIELD_VALUE, "country", "ISO 3166: AA", "no country");
	TRY(label_check(a, house->organisation, LABEL_MAX, "organisation", &organisation, f));
	test = says_test(organisation, &exact);
	if (house->env == ENVIRONMENT_TEST ? !exact : test)
		return FAIL_FIELD(f, E_FIELD_VALUE, "organisation",
		    house->env == ENVIRONMENT_TEST ? TEST_WORD : "≠ " TEST_WORD,
		    "the environment is %s", environment_name(house->env));
	common = str_of(arena_fmt(a, "%.*s %s G%u", (int)organisation.n, organisation.p,
	    rows[b].title, house->generation));
	TRY(label_check(a, common, LABEL_MAX, "organisation", &common, f));
	must(name_add(name, OID_COUNTRY, house->country) &&
	    name_add(name, OID_ORGANIZATION, organisation) && name_add(name, OID_CN, common));
	return name_encode(a, name, ret, f);
}

char *
builtin_generation(struct arena *a, enum builtin b, unsigned generation)
{
	must(builtin_is_ca(b) && generation > 0);
	return arena_fmt(a, "%s-g%u", names[b], generation);
}

enum err
builtin_portal(struct arena *a, struct str host, struct bytes *ret_subject, struct bytes *ret_san,
    struct fault *f)
{
	struct name *name = arena_alloc(a, sizeof(*name));
	uint8_t octets[16];
	size_t n = host_address(host, octets);
	struct san_name one = {.kind = SAN_DNS, .value = str_bytes(host)};
	struct san san = {.v = &one, .n = 1};
	struct bytes subject, names_der;

	if (n == 0 && !host_is_name(host, true))
		return FAIL_FIELD(f, E_FIELD_FORMAT, "host", "host", "no name and no address");
	if (n)
		one = (struct san_name){.kind = SAN_IP, .value = bytes_of(octets, n)};
	/* CN is absent or equal to a SAN (V9): a name too long for CN is left to the SAN alone. */
	if (host.n <= NAME_CHARS)
		must(name_add(name, OID_CN, host));
	TRY(name_encode(a, name, &subject, f));
	TRY(ext_san_check(&san, f));
	TRY(ext_san_encode(a, &san, &names_der, f));
	*ret_subject = subject;
	*ret_san = names_der;
	return OK;
}

enum err
builtin_template(struct arena *a, enum builtin b, const struct profile_issuer *ca,
    struct cert_template *ret, struct fault *f)
{
	static const enum oid ocsp[] = {OID_EKU_OCSP}, server[] = {OID_EKU_SERVER};
	struct cert_shape shape = {.san = CERT_SAN_NEVER};
	unsigned addresses = 0;

	must((unsigned)b < BUILTIN__COUNT);
	switch (b) {
	case BUILTIN_ROOT: /* V14 */
	case BUILTIN_ISSUING:
	case BUILTIN_MANAGEMENT: /* V12, V13 */
		shape.ca = true;
		shape.path_len = b == BUILTIN_ROOT ? EXT_NO_PATH_LEN : 0;
		shape.ku = EXT_KU_KEY_CERT_SIGN | EXT_KU_CRL_SIGN;
		if (b != BUILTIN_ROOT) {
			addresses = COMPOSE_CRL | COMPOSE_CA;
			shape.policy = oid_der(OID_ANY_POLICY);
		}
		break;
	case BUILTIN_OCSP_ISSUING:
	case BUILTIN_OCSP_MANAGEMENT: /* V11 */
		shape.ku = EXT_KU_DIGITAL_SIGNATURE;
		shape.eku = ocsp;
		shape.eku_n = 1;
		shape.nocheck = true;
		break;
	case BUILTIN_TLS_PORTAL: /* V9 */
		shape.ku = EXT_KU_DIGITAL_SIGNATURE;
		shape.eku = server;
		shape.eku_n = 1;
		shape.san = CERT_SAN_REQUIRED;
		addresses = COMPOSE_ALL;
		TRY(compose_policy(a, ca, POLICY_PORTAL, &shape, f));
		break;
	case BUILTIN__COUNT:
		break;
	}
	TRY(compose_issuer(a, ca, addresses, &shape, f));
	if (b == BUILTIN_ROOT) /* V4: the root has none */
		shape.aki = (struct bytes){0};
	return cert_compile(a, &shape, ret, f);
}

enum err
builtin_apply(struct arena *a, enum builtin b, const struct cert_template *t,
    const struct profile_request *r, int64_t now, struct bytes *ret, struct fault *f)
{
	struct validity v = validity_of(builtin_term(b), true, now);
	enum keyalg k;

	TRY(keyalg_of_spki(r->spki, &k, f));
	if (builtin_is_ca(b) && !keyalg_for_ca(k))
		return FAIL_FIELD(
		    f, E_KEY_TYPE, "key", "≥ rsa-3072", "%s for a CA", keyalg_name(k));
	TRY(ask_check(a, t, r, f));
	if (b != BUILTIN_ROOT)
		TRY(validity_in_ca(v, r->ca_not_after, f));
	return compose_tbs(a, t, r, v, ret, f);
}
