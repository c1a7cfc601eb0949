/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/selfcheck.h"

#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/must.h"
#include "crypto/fail.h"

static X509 *
certificate(struct bytes der)
{
	const uint8_t *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	if (x && p != der.p + der.n) {
		X509_free(x);
		x = NULL;
	}
	return x;
}

enum err
selfcheck_readable(struct bytes der, struct fault *f)
{
	X509 *x = certificate(der);
	uint8_t *tbs = NULL;
	int n = x ? i2d_re_X509_tbs(x, &tbs) : -1;
	/* SEQUENCE with a two-octet length: the TBSCertificate begins at octet 4. */
	bool same = n > 0 && (size_t)n + 4 < der.n && memcmp(der.p + 4, tbs, (size_t)n) == 0;
	bool good = same && (X509_get_extension_flags(x) & EXFLAG_INVALID) == 0;

	OPENSSL_free(tbs);
	X509_free(x);
	return good ? OK : FAIL(f, E_INTERNAL, "certificate: %s", openssl_reason());
}

static void
pop_free(STACK_OF(X509) * stack)
{
	sk_X509_pop_free(stack, X509_free);
}

/* Does X verify under CHAIN (of which the last is trusted) at SECONDS? */
static enum err
verify(X509 *x, STACK_OF(X509) * chain, int64_t seconds, struct fault *f)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum err e = OK;

	must(store && ctx);
	must(X509_STORE_add_cert(store, sk_X509_value(chain, sk_X509_num(chain) - 1)) == 1);
	must(X509_STORE_CTX_init(ctx, store, x, chain) == 1);
	X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), (time_t)seconds);
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
	if (X509_verify_cert(ctx) != 1)
		e = FAIL(f, E_INTERNAL, "OpenSSL at depth %d: %s",
		    X509_STORE_CTX_get_error_depth(ctx),
		    X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return e;
}

enum err
selfcheck_certificate(
    struct bytes der, const struct bytes *chain, size_t n, int64_t seconds, struct fault *f)
{
	STACK_OF(X509) *stack = sk_X509_new_null();
	X509 *x = certificate(der);
	enum err e = OK;

	must(stack != NULL && n > 0);
	for (size_t i = 0; i < n && e == OK; i++) {
		X509 *above = certificate(chain[i]);

		if (!above)
			e = FAIL(f, E_INTERNAL, "certificate %zu above: %s", i, openssl_reason());
		else
			must(sk_X509_push(stack, above) > 0);
	}
	if (e == OK && !x)
		e = FAIL(f, E_INTERNAL, "certificate: %s", openssl_reason());
	if (e == OK)
		e = verify(x, stack, seconds, f);
	X509_free(x);
	pop_free(stack);
	return e;
}

static enum err
check_list(X509_CRL *list, X509 *by, int64_t seconds, struct fault *f)
{
	time_t at = (time_t)seconds;

	if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(by)) != 0)
		return FAIL(f, E_INTERNAL, "the CRL names another issuer");
	if (X509_CRL_verify(list, X509_get0_pubkey(by)) != 1)
		return FAIL(f, E_INTERNAL, "the CRL's signature: %s", openssl_reason());
	if (X509_cmp_time(X509_CRL_get0_lastUpdate(list), &at) > 0 ||
	    !X509_CRL_get0_nextUpdate(list) ||
	    X509_cmp_time(X509_CRL_get0_nextUpdate(list), &at) < 0)
		return FAIL(f, E_INTERNAL, "the CRL is not current");
	return OK;
}

enum err
selfcheck_crl(struct bytes crl, struct bytes issuer, int64_t seconds, struct fault *f)
{
	const uint8_t *p = crl.p;
	X509_CRL *list = d2i_X509_CRL(NULL, &p, (long)crl.n);
	X509 *by = certificate(issuer);
	enum err e;

	if (!list || !by || p != crl.p + crl.n)
		e = FAIL(f, E_INTERNAL, "CRL or its issuer: %s", openssl_reason());
	else
		e = check_list(list, by, seconds, f);
	X509_CRL_free(list);
	X509_free(by);
	return e;
}

static enum err
check_basic(OCSP_BASICRESP *basic, X509 *by, int64_t seconds, struct fault *f)
{
	STACK_OF(X509) *above = sk_X509_new_null();
	X509_STORE *store = X509_STORE_new();
	OCSP_SINGLERESP *one = OCSP_resp_get0(basic, 0);
	ASN1_GENERALIZEDTIME *from = NULL, *to = NULL;
	time_t at = (time_t)seconds;
	enum err e = OK;

	must(above && store && X509_STORE_add_cert(store, by) == 1);
	must(sk_X509_push(above, by) > 0);
	/* The issuing CA is trust enough here: its own chain is another check. */
	must(X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), at);
	if (OCSP_basic_verify(basic, above, store, 0) != 1)
		e = FAIL(f, E_INTERNAL, "OCSP answer: %s", openssl_reason());
	else if (!one || OCSP_single_get0_status(one, NULL, NULL, &from, &to) < 0 || !from || !to ||
	    X509_cmp_time(from, &at) > 0 || X509_cmp_time(to, &at) < 0)
		e = FAIL(f, E_INTERNAL, "OCSP answer is not current");
	X509_STORE_free(store);
	sk_X509_free(above);
	return e;
}

enum err
selfcheck_ocsp(struct bytes response, struct bytes issuer, int64_t seconds, struct fault *f)
{
	const uint8_t *p = response.p;
	OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &p, (long)response.n);
	OCSP_BASICRESP *basic = NULL;
	X509 *by = certificate(issuer);
	enum err e;

	if (r && OCSP_response_status(r) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(r);
	if (!basic || !by || p != response.p + response.n)
		e = FAIL(f, E_INTERNAL, "OCSP answer or issuer: %s", openssl_reason());
	else
		e = check_basic(basic, by, seconds, f);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(r);
	X509_free(by);
	return e;
}
