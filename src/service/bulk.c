/* SPDX-License-Identifier: Apache-2.0 */
#include "service/bulk.h"

#include "crypto/digest.h"
#include "service/act.h"
#include "service/approve_in.h"

/*
 * The call for one row, on memory of its own: two hundred rows are more than one request's arena holds. What
 * was done under the client's key is told apart by the row's name.
 */
static struct call
call_for(const struct call *c, struct str name)
{
	struct call one = *c;

	one.a = arena_new(0);
	if (c->idempotency.n)
		one.idempotency = str_of(arena_fmt(c->a, "%.*s/%.*s", (int)c->idempotency.n,
		    c->idempotency.p, (int)name.n, name.p));
	return one;
}

static void
note(const struct call *c, struct bulk_answer *answer, struct str name, enum err e,
    struct str state, const struct fault *why)
{
	struct bulk_result *row = &answer->rows[answer->count++];

	row->name = name;
	if (e != OK) {
		row->fault = *why;
		row->fault.code = e;
		return;
	}
	row->state = arena_str(c->a, state);
	answer->done++;
}

/* Dry run: the signature that would approve all that may be approved. */
static enum err
offer(const struct call *c, const struct approval_subject *what, const uint8_t *hashes, size_t n,
    struct bulk_answer *ret, struct fault *f)
{
	if (n == 0)
		return OK;
	TRY(approval_bundle(c->a, what, n, &ret->payload, f));
	return approve_nonce(
	    c, NULL, arena_bytes(c->a, bytes_of(hashes, n * SHA256_SIZE)), &ret->nonce, f);
}

/* No key counts here: a dry run does nothing that could be repeated. */
static enum err
look(const struct call *c, const struct bulk_applications *in, struct bulk_answer *ret,
    struct fault *f)
{
	struct approval_subject *what = arena_array(c->a, in->count, sizeof(*what));
	uint8_t *hashes = arena_array(c->a, in->count, SHA256_SIZE);
	struct call plain = *c;
	size_t n = 0;

	plain.idempotency = STR("");
	for (size_t i = 0; i < in->count; i++) {
		struct approve_ready ready;
		struct fault why = {0};
		enum err e = approve_ready(&plain, in->numbers[i].no, &ready, &why);

		if (e == OK) {
			what[n] = ready.what;
			sha256(ready.payload, hashes + n++ * SHA256_SIZE);
		}
		note(c, ret, in->numbers[i].no, e, e == OK ? ready.row.state : STR(""), &why);
	}
	return offer(c, what, hashes, n, ret, f);
}

static enum err
row_of(const struct call *c, const struct bulk_applications *in, struct str no,
    struct apply_view *view, struct fault *f)
{
	if (str_is(in->act, "approve"))
		return apply_approve(c, no, &in->approval, view, f);
	if (str_is(in->act, "return"))
		return decide_return(c, no, &in->words, in->dry_run, view, f);
	return decide_reject(c, no, in->reason, in->dry_run, view, f);
}

static enum err
check(const struct bulk_applications *in, struct fault *f)
{
	bool approve = str_is(in->act, "approve");

	if (!approve && !str_is(in->act, "return") && !str_is(in->act, "reject"))
		return FAIL_FIELD(
		    f, E_FIELD_VALUE, "act", "approve | return | reject", "no such act");
	if (!approve && in->reason.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, "reason", NULL, "no reason");
	if (approve && !in->dry_run && in->approval.signature.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, "approval", NULL, "not signed");
	if (approve && in->count > APPROVAL_LIST_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "numbers", "1-20", "%zu", in->count);
	for (size_t i = 0; i < in->count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq(in->numbers[i].no, in->numbers[k].no))
				return FAIL_FIELD(
				    f, E_FIELD_DUPLICATE, "numbers", NULL, "number %zu", i);
		}
	}
	return OK;
}

enum err
bulk_applications(const struct call *c, const struct bulk_applications *in, struct bulk_answer *ret,
    struct fault *f)
{
	struct bulk_answer answer = {0};
	struct bulk_applications own = *in;

	TRY(act_role(c, PERSON_OPERATOR, f));
	TRY(check(in, f));
	own.words.reason = in->reason;
	answer.rows = arena_array(c->a, in->count + 1, sizeof(*answer.rows));
	if (in->dry_run && str_is(in->act, "approve")) {
		TRY(look(c, in, &answer, f));
		*ret = answer;
		return OK;
	}
	for (size_t i = 0; i < in->count; i++) {
		struct call one = call_for(c, in->numbers[i].no);
		struct apply_view view = {0};
		struct fault why = {0};
		enum err e = row_of(&one, &own, in->numbers[i].no, &view, &why);

		note(c, &answer, in->numbers[i].no, e, view.state, &why);
		arena_free(&one.a);
	}
	*ret = answer;
	return OK;
}

enum err
bulk_revoke(const struct call *c, const struct bulk_certificates *in, struct bulk_answer *ret,
    struct fault *f)
{
	struct bulk_answer answer = {0};

	if (c->who.role != PERSON_ADMINISTRATOR)
		TRY(act_role(c, PERSON_OPERATOR, f));
	for (size_t i = 0; i < in->count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq(in->names[i].serial, in->names[k].serial) &&
			    str_eq(in->names[i].ca, in->names[k].ca))
				return FAIL_FIELD(
				    f, E_FIELD_DUPLICATE, "certificates", NULL, "number %zu", i);
		}
	}
	answer.rows = arena_array(c->a, in->count + 1, sizeof(*answer.rows));
	for (size_t i = 0; i < in->count; i++) {
		const struct certs_revoke q = {.ca = in->names[i].ca,
		    .serial = in->names[i].serial,
		    .reason = in->reason,
		    .invalidity = in->invalidity,
		    .dry_run = in->dry_run};
		struct str name = str_of(
		    arena_fmt(c->a, "%.*s/%.*s", (int)q.ca.n, q.ca.p, (int)q.serial.n, q.serial.p));
		struct call one = call_for(c, name);
		struct cert_view view = {0};
		struct fault why = {0};
		enum err e = certs_revoke(&one, &q, &view, &why);

		note(c, &answer, name, e, view.state, &why);
		arena_free(&one.a);
	}
	*ret = answer;
	return OK;
}
