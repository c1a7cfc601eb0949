/* SPDX-License-Identifier: Apache-2.0 */
/* Reads about CAs, CRLs, work, messages, repeats and documents. */
#include "store/read.h"

enum err
store_cas(struct store *s, struct arena *a, struct ca_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(ca, CA_LIST, I(PAGE_MAX + 1)), PAGE_MAX, &l, f));
	*ret = LIST_OF(ca, l);
	return OK;
}

enum err
store_ca_by_label(
    struct store *s, struct arena *a, struct str label, struct ca_row *ret, struct fault *f)
{
	return read_one(ASK(ca, CA_BY_LABEL, T(label)), ret, f);
}

enum err
store_crl(struct store *s, struct arena *a, int64_t ca, struct crl_row *ret, struct fault *f)
{
	return read_one(ASK(crl, CRL_NEWEST, I(ca)), ret, f);
}

enum err
store_crls(struct store *s, struct arena *a, const struct page *page, struct crl_list *ret,
    struct fault *f)
{
	size_t n = page_limit(page);
	struct list l;

	TRY(read_list(ASK(crl, CRL_ALL, I(page_id(page, true)), I((int64_t)n + 1)), n, &l, f));
	*ret = LIST_OF(crl, l);
	return OK;
}

enum err
store_crl_piece(
    struct store *s, struct arena *a, int64_t crl, int64_t n, struct bytes *ret, struct fault *f)
{
	struct value v;

	TRY(read_value(ASK(crl, CRL_PIECE, I(crl), I(n)), &v, f));
	*ret = v.b;
	return OK;
}

enum err
store_job(struct store *s, struct arena *a, struct str kind, struct str object, struct job_row *ret,
    struct fault *f)
{
	return read_one(ASK(job, JOB_GET, T(kind), T(object)), ret, f);
}

enum err
store_outbox(struct store *s, struct arena *a, int64_t id, struct outbox_row *ret, struct fault *f)
{
	return read_one(ASK(outbox, OUTBOX_GET, I(id)), ret, f);
}

enum err
store_outbox_page(struct store *s, struct arena *a, struct str state, const struct page *page,
    struct outbox_list *ret, struct fault *f)
{
	int64_t sort = page_sort(page, true), id = page_id(page, true);
	size_t n = page_limit(page);
	struct list l;

	TRY(state.n
		? read_list(
		      ASK(outbox, OUTBOX_IN, I(sort), I(id), I((int64_t)n + 1), T(state)), n, &l, f)
		: read_list(ASK(outbox, OUTBOX_ALL, I(sort), I(id), I((int64_t)n + 1)), n, &l, f));
	*ret = LIST_OF(outbox, l);
	return OK;
}

enum err
store_outbox_next(struct store *s, struct str channel, int64_t now, int64_t *ret, struct fault *f)
{
	return read_numbers(NUMBERS(OUTBOX_NEXT, I(now), T(channel)), ret, 1, f);
}

enum err
store_job_next(struct store *s, int64_t now, int64_t *ret, struct fault *f)
{
	return read_numbers(NUMBERS(JOB_NEXT, I(now)), ret, 1, f);
}

enum err
store_backlog(struct store *s, int64_t when, struct backlog *ret, struct fault *f)
{
	struct backlog b;

	TRY(read_numbers(NUMBERS(JOB_LATE, I(when)), &b.jobs, 1, f));
	TRY(read_numbers(NUMBERS(OUTBOX_LATE, I(when)), &b.messages, 1, f));
	*ret = b;
	return OK;
}

enum err
store_outbox_waiting(
    struct store *s, struct str channel, struct outbox_waiting *ret, struct fault *f)
{
	int64_t n[2];

	TRY(read_numbers(NUMBERS(OUTBOX_WAITING, T(channel)), n, 2, f));
	*ret = (struct outbox_waiting){n[0], n[1]};
	return OK;
}

enum err
store_idempotency(struct store *s, struct arena *a, const struct idempotency_row *key, int64_t now,
    struct idempotency_row *ret, struct fault *f)
{
	return read_one(ASK(idempotency, IDEMPOTENCY_GET, T(key->principal), T(key->route),
			    T(key->client_key), I(now)),
	    ret, f);
}

enum err
store_document(struct store *s, struct arena *a, struct str kind, int64_t version,
    struct document_row *ret, struct fault *f)
{
	return read_one(ASK(document, DOCUMENT_GET, T(kind), I(version)), ret, f);
}

enum err
store_document_newest(
    struct store *s, struct arena *a, struct str kind, struct document_row *ret, struct fault *f)
{
	return read_one(ASK(document, DOCUMENT_NEWEST, T(kind)), ret, f);
}

enum err
store_documents(struct store *s, struct arena *a, struct document_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(document, DOCUMENT_ALL, I(PAGE_MAX + 1)), PAGE_MAX, &l, f));
	*ret = LIST_OF(document, l);
	return OK;
}

enum err
store_contact(
    struct store *s, struct arena *a, int64_t application, struct contact *ret, struct fault *f)
{
	struct result r;

	TRY(read_raw(ASK(status, CONTACT_GET, I(application)), &r, f));
	*ret = (struct contact){0};
	if (r.n == 1)
		*ret = (struct contact){bytes_str(r.values[0].b), r.values[1].i};
	return OK;
}

enum err
store_settle(
    struct store *s, struct arena *a, int64_t node, struct settle_mark *ret, struct fault *f)
{
	struct result r;

	TRY(read_raw(ASK(status, SETTLE_GET, I(node)), &r, f));
	*ret = (struct settle_mark){0};
	if (r.n == 1)
		*ret = (struct settle_mark){r.values[0].i, r.values[1].b};
	return OK;
}
