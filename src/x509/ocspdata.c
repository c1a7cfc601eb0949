/* SPDX-License-Identifier: Apache-2.0 */
/* ocsp.h: ResponseData (RFC 6960 4.2.1), written and read under the same rules. */
#include "x509/ocsp.h"

/* ---- the rules ---- */

static enum err
check_single(const struct ocsp_single *s, int64_t produced_at, struct fault *f)
{
	if (s->this_update > produced_at)
		return FAIL_FIELD(f, E_GATE, "thisUpdate", NULL, "after producedAt");
	if (s->next_update <= s->this_update)
		return FAIL_FIELD(f, E_GATE, "nextUpdate", NULL, "not after thisUpdate");
	if (s->status != OCSP_REVOKED)
		return OK;
	if (s->reason != REASON_NONE && !ext_reason_valid((uint64_t)s->reason))
		return FAIL_FIELD(
		    f, E_GATE, "revocationReason", "1-6, 9, 10", "reason %d", (int)s->reason);
	if (s->revoked_at > s->this_update)
		return FAIL_FIELD(f, E_GATE, "revocationTime", NULL, "after thisUpdate");
	return OK;
}

static enum err
check_answer(const struct ocsp_answer *x, struct fault *f)
{
	if (x->responder.n != OCSP_KEY_HASH)
		return FAIL_FIELD(f, E_GATE, "responderID", "n=20", "%zu octets", x->responder.n);
	if (x->n == 0 || x->n > OCSP_IDS)
		return FAIL_FIELD(f, E_GATE, "responses", "1 … 32", "%zu answers", x->n);
	if (x->nonce.n > OCSP_NONCE_MAX)
		return FAIL_FIELD(f, E_GATE, "nonce", "≤ 128", "%zu octets", x->nonce.n);
	for (size_t i = 0; i < x->n; i++)
		TRY(check_single(&x->v[i], x->produced_at, f));
	return OK;
}

/* ---- writing ---- */

static void
put_status(struct der_out *w, const struct ocsp_single *s)
{
	struct bytes nothing = {0};

	switch (s->status) {
	case OCSP_GOOD:
		der_put(w, DER_CONTEXT(0), nothing);
		break;
	case OCSP_REVOKED:
		der_open(w, DER_CONTEXT_CONS(1));
		der_gentime(w, s->revoked_at);
		if (s->reason != REASON_NONE) {
			der_open(w, DER_CONTEXT_CONS(0));
			der_small(w, DER_ENUM, (uint64_t)s->reason);
			der_close(w);
		}
		der_close(w);
		break;
	case OCSP_UNKNOWN:
		der_put(w, DER_CONTEXT(2), nothing);
		break;
	}
}

static void
put_cutoff(struct der_out *w, int64_t cutoff)
{
	der_open(w, DER_CONTEXT_CONS(1));
	der_open(w, DER_SEQ);
	der_open(w, DER_SEQ);
	der_oid(w, oid_der(OID_OCSP_CUTOFF));
	der_open(w, DER_OCTETS);
	der_gentime(w, cutoff);
	der_close(w);
	der_close(w);
	der_close(w);
	der_close(w);
}

static void
put_single(struct der_out *w, const struct ocsp_single *s)
{
	der_open(w, DER_SEQ);
	der_raw(w, s->id.whole);
	put_status(w, s);
	der_gentime(w, s->this_update);
	der_open(w, DER_CONTEXT_CONS(0));
	der_gentime(w, s->next_update);
	der_close(w);
	if (s->archive_cutoff != OCSP_NO_TIME)
		put_cutoff(w, s->archive_cutoff);
	der_close(w);
}

enum err
ocsp_tbs(struct arena *a, const struct ocsp_answer *answer, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, 2 * OCSP_REQUEST_MAX);

	TRY(check_answer(answer, f));
	der_open(&w, DER_SEQ);
	der_open(&w, DER_CONTEXT_CONS(2));
	der_put(&w, DER_OCTETS, answer->responder);
	der_close(&w);
	der_gentime(&w, answer->produced_at);
	der_open(&w, DER_SEQ);
	for (size_t i = 0; i < answer->n; i++)
		put_single(&w, &answer->v[i]);
	der_close(&w);
	ocsp_nonce_put(&w, DER_CONTEXT_CONS(1), answer->nonce);
	der_close(&w);
	return der_done(&w, "tbsResponseData", ret, f);
}

/* ---- reading ---- */

static enum err
get_revoked(struct der *d, struct ocsp_single *s, struct fault *f)
{
	struct der info, reason;
	uint64_t n;

	TRY(der_enter(d, DER_CONTEXT_CONS(1), "revoked", &info, f));
	TRY(der_get_gentime(&info, "revocationTime", &s->revoked_at, f));
	if (!der_empty(&info)) {
		TRY(der_enter(&info, DER_CONTEXT_CONS(0), "revocationReason", &reason, f));
		TRY(der_get_small(
		    &reason, DER_ENUM, REASON_AA_COMPROMISE, "revocationReason", &n, f));
		TRY(der_end(&reason, "revocationReason", f));
		if (!ext_reason_valid(n))
			return FAIL_FIELD(f, E_GATE, "revocationReason", "1-6, 9, 10",
			    "reason %llu", (unsigned long long)n);
		s->reason = (enum ext_reason)n;
	}
	return der_end(&info, "revoked", f);
}

static enum err
get_status(struct der *d, struct ocsp_single *s, struct fault *f)
{
	struct der_tlv t;

	if (der_is(d, DER_CONTEXT_CONS(1))) {
		s->status = OCSP_REVOKED;
		return get_revoked(d, s, f);
	}
	TRY(der_any(d, "certStatus", &t, f));
	if ((t.tag != DER_CONTEXT(0) && t.tag != DER_CONTEXT(2)) || t.value.n)
		return FAIL_FIELD(f, E_DER, "certStatus", NULL, "tag %02x", t.tag);
	s->status = t.tag == DER_CONTEXT(0) ? OCSP_GOOD : OCSP_UNKNOWN;
	return OK;
}

/* singleExtensions: archiveCutoff and nothing else (reasonCode never stands here). */
static enum err
get_cutoff(struct der *d, int64_t *ret, struct fault *f)
{
	const char *what = "singleExtensions";
	struct der outer, list, value;
	struct ext x;

	TRY(der_enter(d, DER_CONTEXT_CONS(1), what, &outer, f));
	TRY(der_enter(&outer, DER_SEQ, what, &list, f));
	TRY(der_end(&outer, what, f));
	TRY(ext_get(&list, &x, f));
	TRY(der_end(&list, what, f));
	if (!oid_is(x.oid, OID_OCSP_CUTOFF) || x.critical)
		return FAIL_FIELD(f, E_DER, what, "archiveCutoff", "another extension");
	value = der_new(x.value);
	TRY(der_get_gentime(&value, "archiveCutoff", ret, f));
	return der_end(&value, "archiveCutoff", f);
}

static enum err
get_answer(struct der *list, struct ocsp_single *ret, struct fault *f)
{
	struct ocsp_single s = {.reason = REASON_NONE, .archive_cutoff = OCSP_NO_TIME};
	struct der d, next;

	TRY(der_enter(list, DER_SEQ, "singleResponse", &d, f));
	TRY(ocsp_id_get(&d, &s.id, f));
	TRY(get_status(&d, &s, f));
	TRY(der_get_gentime(&d, "thisUpdate", &s.this_update, f));
	TRY(der_enter(&d, DER_CONTEXT_CONS(0), "nextUpdate", &next, f));
	TRY(der_get_gentime(&next, "nextUpdate", &s.next_update, f));
	TRY(der_end(&next, "nextUpdate", f));
	if (!der_empty(&d))
		TRY(get_cutoff(&d, &s.archive_cutoff, f));
	TRY(der_end(&d, "singleResponse", f));
	*ret = s;
	return OK;
}

/* responseExtensions: the nonce and nothing else. */
static enum err
get_nonce(struct der *d, struct bytes *ret, struct fault *f)
{
	const char *what = "responseExtensions";
	struct der outer, ahead;
	struct ext_list exts;

	TRY(der_enter(d, DER_CONTEXT_CONS(1), what, &outer, f));
	ahead = outer;
	TRY(ext_list_get(&ahead, what, &exts, f));
	if (exts.n != 1 || !oid_is(exts.v[0].oid, OID_OCSP_NONCE) || exts.v[0].critical)
		return FAIL_FIELD(f, E_DER, what, "nonce", "other extensions, or critical");
	TRY(ocsp_exts_get(&outer, ret, f));
	return der_end(&outer, what, f);
}

enum err
ocsp_tbs_parse(struct bytes tbs, struct ocsp_answer *ret, struct fault *f)
{
	struct ocsp_answer x = {0};
	struct der d, by_key, list;

	TRY(der_only(tbs, DER_SEQ, "tbsResponseData", &d, f));
	TRY(der_enter(&d, DER_CONTEXT_CONS(2), "responderID", &by_key, f));
	TRY(der_get(&by_key, DER_OCTETS, "responderID", &x.responder, f));
	TRY(der_end(&by_key, "responderID", f));
	TRY(der_get_gentime(&d, "producedAt", &x.produced_at, f));
	TRY(der_enter(&d, DER_SEQ, "responses", &list, f));
	while (!der_empty(&list)) {
		if (x.n == OCSP_IDS)
			return FAIL_FIELD(f, E_GATE, "responses", "1 … 32", "too many answers");
		TRY(get_answer(&list, &x.v[x.n], f));
		x.n++;
	}
	if (!der_empty(&d))
		TRY(get_nonce(&d, &x.nonce, f));
	TRY(der_end(&d, "tbsResponseData", f));
	TRY(check_answer(&x, f));
	*ret = x;
	return OK;
}
