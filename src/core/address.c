/* SPDX-License-Identifier: Apache-2.0 */
#include "core/address.h"

#include "core/origin.h"

enum err
address_base_check(struct str base, struct fault *f)
{
	/* A base has the shape of an origin, but plain http wherever it is (V16, V17). */
	if (base.n > ADDRESS_BASE_MAX || !origin_is_http(base))
		return FAIL_FIELD(
		    f, E_CONFIG, "public_http_url", "http://host:port", "public base");
	return OK;
}

struct str
address_crl(struct arena *a, struct str base, struct str generation)
{
	return str_of(arena_fmt(
	    a, "%.*s/crl/%.*s/0.crl", (int)base.n, base.p, (int)generation.n, generation.p));
}

struct str
address_ca(struct arena *a, struct str base, struct str generation)
{
	return str_of(
	    arena_fmt(a, "%.*s/ca/%.*s.cer", (int)base.n, base.p, (int)generation.n, generation.p));
}

struct str
address_ocsp(struct arena *a, struct str base)
{
	return str_of(arena_fmt(a, "%.*s/ocsp", (int)base.n, base.p));
}
