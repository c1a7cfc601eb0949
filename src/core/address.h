/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address: the public addresses that certificates carry for ever (L1, L2): under the public base, by
 * CA generation, CRLs by shard.
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include "base/arena.h"
#include "base/err.h"

#define ADDRESS_BASE_MAX 255 /* octets */

/* "http://host" or "http://host:port", nothing after it. E_CONFIG, field "public_http_url". */
NODISCARD enum err address_base_check(struct str base, struct fault *f);
/* BASE/crl/issuing-g1/0.crl, BASE/ca/issuing-g1.cer, BASE/ocsp. */
struct str address_crl(struct arena *a, struct str base, struct str generation);
struct str address_ca(struct arena *a, struct str base, struct str generation);
struct str address_ocsp(struct arena *a, struct str base);

#endif
