/* SPDX-License-Identifier: Apache-2.0 */
/* ocsp.h: requests, and the shell of a response. */
#include "x509/ocsp.h"

#include "base/must.h"

#define HASH_MAX   64 /* octets of a digest in a CertID */
#define SERIAL_MAX 20 /* octets of a serial number (RFC 5280 4.1.2.2) */

/* Digests of a CertID that we know, and their octets. */
static const struct {
	enum oid oid;
	size_t n;
} hashes[] = {{OID_SHA1, 20}, {OID_SHA256, 32}, {OID_SHA384, 48}, {OID_SHA512, 64}};
#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

/* ---- CertID ---- */

static enum err
get_hash(struct der *d, struct ocsp_id *id, size_t *size, struct fault *f)
{
	struct der alg;
	struct bytes oid;

	TRY(der_enter(d, DER_SEQ, "hashAlgorithm", &alg, f));
	TRY(der_get_oid(&alg, "hashAlgorithm", &oid, f));
	/* Clients write NULL or nothing; it is echoed as it came. */
	if (!der_empty(&alg))
		TRY(der_get_null(&alg, "hashAlgorithm", f));
	TRY(der_end(&alg, "hashAlgorithm", f));
	id->hash = OID_UNKNOWN;
	*size = 0;
	for (size_t i = 0; i < HASHES; i++) {
		if (oid_is(oid, hashes[i].oid)) {
			id->hash = hashes[i].oid;
			*size = hashes[i].n;
		}
	}
	return OK;
}

enum err
ocsp_id_get(struct der *d, struct ocsp_id *ret, struct fault *f)
{
	struct ocsp_id id;
	struct der in;
	size_t size;

	TRY(der_whole(d, DER_SEQ, "reqCert", &id.whole, f));
	TRY(der_only(id.whole, DER_SEQ, "reqCert", &in, f));
	TRY(get_hash(&in, &id, &size, f));
	TRY(der_get(&in, DER_OCTETS, "issuerNameHash", &id.name_hash, f));
	TRY(der_get(&in, DER_OCTETS, "issuerKeyHash", &id.key_hash, f));
	if (id.name_hash.n != id.key_hash.n || id.key_hash.n == 0 || id.key_hash.n > HASH_MAX ||
	    (size && id.key_hash.n != size))
		return FAIL_FIELD(f, E_DER, "reqCert", NULL, "digests of %zu and %zu octets",
		    id.name_hash.n, id.key_hash.n);
	TRY(der_get_int(&in, SERIAL_MAX, "serialNumber", &id.serial, f));
	TRY(der_end(&in, "reqCert", f));
	*ret = id;
	return OK;
}

enum err
ocsp_id_encode(struct arena *a, const struct ocsp_id *id, struct ocsp_id *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, id->name_hash.n + id->key_hash.n + id->serial.n + 64);
	struct bytes whole;
	struct der d;

	der_open(&w, DER_SEQ);
	der_open(&w, DER_SEQ);
	der_oid(&w, oid_der(id->hash));
	der_null(&w);
	der_close(&w);
	der_put(&w, DER_OCTETS, id->name_hash);
	der_put(&w, DER_OCTETS, id->key_hash);
	der_int(&w, id->serial);
	der_close(&w);
	TRY(der_done(&w, "reqCert", &whole, f));
	d = der_new(whole);
	return ocsp_id_get(&d, ret, f);
}

/* ---- the nonce and other extensions ---- */

/* Extensions of a request or a response: the nonce is read, others are skipped unless critical. */
enum err
ocsp_exts_get(struct der *d, struct bytes *nonce, struct fault *f)
{
	struct ext_list exts;
	struct bytes v = {0};

	TRY(ext_list_get(d, "requestExtensions", &exts, f));
	for (size_t i = 0; i < exts.n; i++) {
		const struct ext *x = &exts.v[i];
		struct der value = der_new(x->value);

		if (nonce != NULL && oid_is(x->oid, OID_OCSP_NONCE)) {
			TRY(der_get(&value, DER_OCTETS, "nonce", &v, f));
			TRY(der_end(&value, "nonce", f));
			/* RFC 9654 2.1: 1 to 128 octets, else malformedRequest. */
			if (v.n == 0 || v.n > OCSP_NONCE_MAX)
				return FAIL_FIELD(f, E_DER, "nonce", "1 … 128", "%zu octets", v.n);
		} else if (x->critical) {
			return FAIL_FIELD(
			    f, E_DER, "requestExtensions", NULL, "unknown critical extension");
		}
	}
	if (nonce != NULL)
		*nonce = v;
	return OK;
}

void
ocsp_nonce_put(struct der_out *w, unsigned tag, struct bytes nonce)
{
	if (nonce.n == 0)
		return;
	der_open(w, tag);
	der_open(w, DER_SEQ);
	der_open(w, DER_SEQ);
	der_oid(w, oid_der(OID_OCSP_NONCE));
	der_open(w, DER_OCTETS);
	der_put(w, DER_OCTETS, nonce);
	der_close(w);
	der_close(w);
	der_close(w);
	der_close(w);
}

/* ---- requests ---- */

/* Request (RFC 6960 4.1.1). */
static enum err
get_single(struct der *list, struct ocsp_request *r, struct fault *f)
{
	struct der single, exts;

	if (r->n == OCSP_IDS)
		return FAIL_FIELD(f, E_DER, "requestList", "≤ 32", "too many requests");
	TRY(der_enter(list, DER_SEQ, "request", &single, f));
	TRY(ocsp_id_get(&single, &r->v[r->n], f));
	r->n++;
	if (der_is(&single, DER_CONTEXT_CONS(0))) {
		TRY(der_enter(&single, DER_CONTEXT_CONS(0), "singleRequestExtensions", &exts, f));
		TRY(ocsp_exts_get(&exts, NULL, f));
		TRY(der_end(&exts, "singleRequestExtensions", f));
	}
	return der_end(&single, "request", f);
}

static enum err
get_tbs_request(struct der *outer, struct ocsp_request *r, struct fault *f)
{
	struct der tbs, list, exts;
	struct bytes ignored;

	/* The version is not looked for: v1 is the default and has no DER. */
	TRY(der_enter(outer, DER_SEQ, "tbsRequest", &tbs, f));
	if (der_is(&tbs, DER_CONTEXT_CONS(1)))
		TRY(der_get(&tbs, DER_CONTEXT_CONS(1), "requestorName", &ignored, f));
	TRY(der_enter(&tbs, DER_SEQ, "requestList", &list, f));
	do {
		TRY(get_single(&list, r, f));
	} while (!der_empty(&list));
	if (der_is(&tbs, DER_CONTEXT_CONS(2))) {
		TRY(der_enter(&tbs, DER_CONTEXT_CONS(2), "requestExtensions", &exts, f));
		TRY(ocsp_exts_get(&exts, &r->nonce, f));
		TRY(der_end(&exts, "requestExtensions", f));
	}
	return der_end(&tbs, "tbsRequest", f);
}

enum err
ocsp_request_parse(struct bytes der, struct ocsp_request *ret, struct fault *f)
{
	struct ocsp_request r = {0};
	struct der outer;
	struct bytes ignored;

	if (der.n > OCSP_REQUEST_MAX)
		return FAIL(f, E_BODY_SIZE, "OCSP request of %zu octets", der.n);
	TRY(der_check(der, "OCSPRequest", f));
	TRY(der_only(der, DER_SEQ, "OCSPRequest", &outer, f));
	TRY(get_tbs_request(&outer, &r, f));
	/* optionalSignature: who asks makes no difference to the answer. */
	if (der_is(&outer, DER_CONTEXT_CONS(0)))
		TRY(der_get(&outer, DER_CONTEXT_CONS(0), "optionalSignature", &ignored, f));
	TRY(der_end(&outer, "OCSPRequest", f));
	*ret = r;
	return OK;
}

enum err
ocsp_request_encode(
    struct arena *a, const struct ocsp_request *request, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, OCSP_REQUEST_MAX);

	must(request->n >= 1 && request->n <= OCSP_IDS);
	der_open(&w, DER_SEQ);
	der_open(&w, DER_SEQ);
	der_open(&w, DER_SEQ);
	for (size_t i = 0; i < request->n; i++)
		der_put(&w, DER_SEQ, request->v[i].whole);
	der_close(&w);
	ocsp_nonce_put(&w, DER_CONTEXT_CONS(2), request->nonce);
	der_close(&w);
	der_close(&w);
	return der_done(&w, "OCSPRequest", ret, f);
}

/* ---- the shell of a response ---- */

enum err
ocsp_finish(struct arena *a, const struct sealed *tbs, struct bytes cert, struct bytes *ret,
    struct fault *f)
{
	struct der_out w = der_out_new(a, tbs->body.n + tbs->signature.n + cert.n + 256);

	der_open(&w, DER_SEQ);
	der_small(&w, DER_ENUM, OCSP_SUCCESSFUL);
	der_open(&w, DER_CONTEXT_CONS(0));
	der_open(&w, DER_SEQ);
	der_oid(&w, oid_der(OID_OCSP_BASIC));
	der_open(&w, DER_OCTETS);
	der_open(&w, DER_SEQ);
	der_raw(&w, tbs->body);
	sigalg_put(&w, tbs->alg);
	der_bits(&w, tbs->signature);
	if (cert.n) {
		der_open(&w, DER_CONTEXT_CONS(0));
		der_put(&w, DER_SEQ, cert);
		der_close(&w);
	}
	for (unsigned i = 0; i < 5; i++)
		der_close(&w);
	return der_done(&w, "OCSPResponse", ret, f);
}

struct bytes
ocsp_error(enum ocsp_result result)
{
	/* OCSPResponse { responseStatus } without responseBytes (RFC 6960 2.3). */
	static const uint8_t answers[][5] = {
#define ERROR(status) [status] = {DER_SEQ, 3, DER_ENUM, 1, status}
	    ERROR(OCSP_MALFORMED), ERROR(OCSP_INTERNAL), ERROR(OCSP_TRY_LATER),
	    ERROR(OCSP_SIG_REQUIRED), ERROR(OCSP_UNAUTHORIZED)
#undef ERROR
	};

	must(result >= OCSP_MALFORMED && result <= OCSP_UNAUTHORIZED && answers[result][0]);
	return BYTES_OF(answers[result]);
}

/* BasicOCSPResponse (RFC 6960 4.2.1). */
static enum err
get_basic(struct bytes der, struct ocsp_response *r, struct fault *f)
{
	struct der basic, certs, list;

	TRY(der_only(der, DER_SEQ, "BasicOCSPResponse", &basic, f));
	TRY(der_whole(&basic, DER_SEQ, "tbsResponseData", &r->sealed.body, f));
	TRY(sigalg_get(&basic, "signatureAlgorithm", &r->sealed.alg, f));
	TRY(der_get_bits(&basic, "signature", &r->sealed.signature, f));
	if (der_is(&basic, DER_CONTEXT_CONS(0))) {
		TRY(der_enter(&basic, DER_CONTEXT_CONS(0), "certs", &certs, f));
		TRY(der_enter(&certs, DER_SEQ, "certs", &list, f));
		TRY(der_end(&certs, "certs", f));
		if (!der_empty(&list))
			TRY(der_whole(&list, DER_SEQ, "certs", &r->cert, f));
	}
	return der_end(&basic, "BasicOCSPResponse", f);
}

enum err
ocsp_response_parse(struct bytes der, struct ocsp_response *ret, struct fault *f)
{
	struct ocsp_response r = {0};
	struct der outer, holder, bytes;
	struct bytes type, basic;
	uint64_t status;

	TRY(der_only(der, DER_SEQ, "OCSPResponse", &outer, f));
	TRY(der_get_small(&outer, DER_ENUM, OCSP_UNAUTHORIZED, "responseStatus", &status, f));
	r.result = (enum ocsp_result)status;
	if (r.result == OCSP_SUCCESSFUL) {
		TRY(der_enter(&outer, DER_CONTEXT_CONS(0), "responseBytes", &holder, f));
		TRY(der_enter(&holder, DER_SEQ, "responseBytes", &bytes, f));
		TRY(der_end(&holder, "responseBytes", f));
		TRY(der_get_oid(&bytes, "responseType", &type, f));
		if (!oid_is(type, OID_OCSP_BASIC))
			return FAIL_FIELD(f, E_DER, "responseType", NULL, "not basic");
		TRY(der_get(&bytes, DER_OCTETS, "response", &basic, f));
		TRY(der_end(&bytes, "responseBytes", f));
		TRY(get_basic(basic, &r, f));
	}
	TRY(der_end(&outer, "OCSPResponse", f));
	*ret = r;
	return OK;
}
