/* SPDX-License-Identifier: Apache-2.0 */
#include "service/status.h"

#include "core/validity.h"
#include "crypto/digest.h"
#include "service/act.h"
#include "service/ready.h"
#include "x509/ocsp.h"

#define OCSP_LIFE 86400 /* seconds (S6, V24) */

static const struct realm_ca *
ca_of_id(const struct realm *h, const struct ocsp_id *id)
{
	static const struct {
		enum oid hash;
		size_t n;
	} rows[] = {{OID_SHA1, SHA1_SIZE}, {OID_SHA256, SHA256_SIZE}, {OID_SHA384, SHA384_SIZE}};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		if (id->hash != rows[k].hash)
			continue;
		for (size_t i = 0; i < REALM_CAS; i++) {
			if (bytes_eq(id->name_hash, bytes_of(h->ca[i].name_hash[k], rows[k].n)) &&
			    bytes_eq(id->key_hash, bytes_of(h->ca[i].key_hash[k], rows[k].n)))
				return &h->ca[i];
		}
	}
	return NULL;
}

/* Who answers for a CA. */
struct responder {
	struct bytes cert; /* DER */
	struct bytes hash; /* SHA-1 of its key bits */
	enum sigalg alg;
};

/* The responder's certificate that answers for this CA: the newest that holds. */
static enum err
responder(const struct call *c, const struct realm_ca *ca, struct responder *ret, struct fault *f)
{
	struct str profile =
	    ca->which == PROFILE_CA_ISSUING ? STR("ocsp-issuing") : STR("ocsp-management");
	struct certificate_list list;
	uint8_t *h = arena_alloc(c->a, SHA1_SIZE);
	struct cert cert;
	struct key key;

	TRY(store_certificates_of_profile(c->service->store, c->a, ca->id, profile, &list, f));
	for (size_t i = 0; i < list.n; i++) {
		if (list.rows[i].not_before > c->now || list.rows[i].not_after < c->now ||
		    !str_is(list.rows[i].state, certificate_state_name(CERTIFICATE_ACTIVE)))
			continue;
		TRY(store_certificate_der(c->service->store, c->a, list.rows[i].id, &ret->cert, f));
		TRY(cert_parse(ret->cert, &cert, f));
		TRY(key_parse(cert.spki, &key, f));
		sha1(key.bits, h);
		ret->hash = bytes_of(h, SHA1_SIZE);
		ret->alg = sigalg_of_key(key.kind);
		return OK;
	}
	return FAIL(f, E_NOT_READY, "no OCSP certificate that holds");
}

static enum err
single(const struct call *c, const struct realm_ca *ca, const struct ocsp_id *id,
    struct ocsp_single *ret, struct fault *f)
{
	struct ocsp_single s = {.id = *id,
	    .status = OCSP_GOOD,
	    .this_update = c->now,
	    .next_update = c->now + OCSP_LIFE,
	    .archive_cutoff = OCSP_NO_TIME};
	struct status_row row;

	TRY(store_status(c->service->store, c->a, ca->id, id->serial, &row, f));
	if (row.revoked_at) {
		s.status = OCSP_REVOKED;
		s.revoked_at = row.revoked_at;
		s.reason = (enum ext_reason)row.reason;
	} else if (row.not_after < c->now) {
		/* L8: what has ended is answered for all the same, as far back as the CA goes (RFC 6960 4.4.4). */
		s.archive_cutoff = ca->cert.not_before;
	}
	*ret = s;
	return OK;
}

static enum err
answer(const struct call *c, const struct ocsp_request *q, struct bytes *ret, struct fault *f)
{
	struct ocsp_answer *a = arena_alloc(c->a, sizeof(*a));
	struct sealed sealed = {0};
	struct signer_ocsp order = {.count = 1};
	const struct realm *h;
	const struct realm_ca *ca;
	const struct bytes *signatures;
	struct responder by;

	TRY(realm_now(c, &h, f));
	ca = ca_of_id(h, &q->v[0]);
	if (ca == NULL)
		return FAIL(f, E_NOT_FOUND, "not our CA");
	for (size_t i = 0; i < q->n; i++) {
		if (ca_of_id(h, &q->v[i]) != ca)
			return FAIL(f, E_NOT_FOUND, "another CA");
		TRY(single(c, ca, &q->v[i], &a->v[i], f));
	}
	a->n = q->n;
	a->nonce = q->nonce;
	a->produced_at = c->now;
	TRY(responder(c, ca, &by, f));
	a->responder = by.hash;
	sealed.alg = by.alg;
	TRY(ocsp_tbs(c->a, a, &sealed.body, f));
	order.ca = ca->which;
	order.data = &sealed.body;
	TRY(signer_ocsp_sign(c->service->signer, c->a, &order, &signatures, f));
	sealed.signature = signatures[0];
	return ocsp_finish(c->a, &sealed, by.cert, ret, f);
}

/* An answer to one question without a nonce is the same for everybody. */
static bool
same_for_all(const struct ocsp_request *q)
{
	return q->n == 1 && q->nonce.n == 0;
}

bool
status_ocsp_ready(const struct call *c, struct bytes request, struct status_object *ret)
{
	struct ocsp_request *q = arena_alloc(c->a, sizeof(*q));

	return ocsp_request_parse(request, q, NULL) == OK && same_for_all(q) &&
	    ready_get(c, &q->v[0], ret);
}

void
status_ocsp(const struct call *c, struct bytes request, struct status_object *ret)
{
	struct ocsp_request *q = arena_alloc(c->a, sizeof(*q));
	struct status_object o = {0};
	struct fault f = {0};
	uint32_t turn = 0;
	enum err e = ocsp_request_parse(request, q, &f);

	if (e != OK) {
		o.body = ocsp_error(OCSP_MALFORMED);
		*ret = o;
		return;
	}
	if (same_for_all(q))
		turn = ready_turn(c, &q->v[0]);
	e = answer(c, q, &o.body, &f);
	if (e == OK) {
		o.this_update = c->now;
		o.next_update = c->now + OCSP_LIFE;
		o.cacheable = q->nonce.n == 0;
		if (same_for_all(q))
			ready_put(c, &q->v[0], turn, &o);
	} else if (e == E_NOT_FOUND) {
		/* Never issued, or not ours: unsigned, so that nobody can make us sign at will (V24). */
		o.body = ocsp_error(OCSP_UNAUTHORIZED);
	} else {
		o.body = ocsp_error(OCSP_TRY_LATER);
	}
	*ret = o;
}

enum err
status_ca(const struct call *c, struct str ca, struct status_object *ret, struct fault *f)
{
	const struct realm *h;
	const struct realm_ca *issuer;

	TRY(realm_now(c, &h, f));
	if (str_is(ca, "root-g1")) {
		*ret = (struct status_object){.body = h->root, .cacheable = true};
		return OK;
	}
	TRY(realm_ca(h, ca, &issuer, f));
	*ret = (struct status_object){
	    .body = issuer->der, .this_update = issuer->cert.not_before, .cacheable = true};
	return OK;
}
