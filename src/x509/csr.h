/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csr: PKCS#10 certification requests (RFC 2986). Pure: whoever calls csr_parse verifies
 * the signature over TBS with KEY (crypto) before anything in it counts.
 */
#ifndef X509_CSR_H
#define X509_CSR_H

#include "x509/ext.h"
#include "x509/key.h"
#include "x509/sigalg.h"

#define CSR_MAX       ((size_t)64 << 10) /* octets of a request */
#define CSR_CHALLENGE 255                /* octets of a challengePassword (RFC 2985 5.4.1) */

/* All views of the input. */
struct csr {
	struct bytes whole;
	struct bytes tbs;     /* CertificationRequestInfo, what is signed */
	struct bytes subject; /* Name; see name_parse */
	struct key key;
	struct ext_list exts;                  /* extensionRequest; none: n = 0 */
	struct str challenge;                  /* challengePassword, UTF-8; empty when absent */
	struct bytes temporary_x, temporary_y; /* SM2 point for a returned key; empty when absent */
	enum sigalg alg;
	struct bytes signature;
};

/*
 * Read a request. Unknown attributes are skipped, none may come twice. What others write though RFC 2986 forbids
 * it is read too: attributes in another order or left out, and, as CFCA's software does, an attribute's one value
 * without the SET around it. E_BODY_SIZE: more than
 * CSR_MAX; E_DER: not DER; E_CSR_FORMAT: DER, but no request (version, attributes, a signature
 * algorithm that does not fit the key); E_KEY_TYPE, E_ALG_UNSUPPORTED as key_parse and sigalg_get.
 */
NODISCARD enum err csr_parse(struct bytes der, struct csr *ret, struct fault *f);

/*
 * CertificationRequestInfo of SUBJECT (Name DER), SPKI and EXTENSIONS (whole Extension elements, as
 * ext_put_x writes them; empty: no attribute).
 */
NODISCARD enum err csr_tbs(struct arena *a, struct bytes subject, struct bytes spki,
    struct bytes extensions, struct bytes *ret, struct fault *f);
/* The request from what was signed and its signature. */
NODISCARD enum err csr_finish(struct arena *a, struct bytes tbs, enum sigalg alg,
    struct bytes signature, struct bytes *ret, struct fault *f);

#endif
