/* SPDX-License-Identifier: Apache-2.0 */
/* Reads about applications and enrolments. */
#include "store/read.h"

#define OFFICES(s)                                                                  \
	T((s)->office[0]), T((s)->office[1]), T((s)->office[2]), T((s)->office[3]), \
	    T((s)->office[4]), T((s)->office[5]), T((s)->office[6]), T((s)->office[7])
#define QUEUE(a, q)                                                                      \
	OFFICES(&(q)->scope), T((q)->profile), I((q)->before ? (q)->before : INT64_MAX), \
	    T((q)->fold), T(fold_end(a, (q)->fold))

/* Behind all that begins with FOLD: no text goes on with more than the last character of Unicode. */
static struct str
fold_end(struct arena *a, struct str fold)
{
	return str_of(arena_fmt(a, "%.*s\xf4\x8f\xbf\xbf", (int)fold.n, fold.p ? fold.p : ""));
}

enum err
store_application(
    struct store *s, struct arena *a, int64_t id, struct application_row *ret, struct fault *f)
{
	return read_one(ASK(application, APPLICATION_GET, I(id)), ret, f);
}

enum err
store_application_by_number(struct store *s, struct arena *a, struct str number,
    struct application_row *ret, struct fault *f)
{
	return read_one(ASK(application, APPLICATION_BY_NUMBER, T(number)), ret, f);
}

enum err
store_applications_of(struct store *s, struct arena *a, int64_t account, const struct page *page,
    struct application_list *ret, struct fault *f)
{
	size_t n = page_limit(page);
	struct list l;

	TRY(read_list(ASK(application, APPLICATION_OF, I(account), I(page_sort(page, true)),
			  I(page_id(page, true)), I((int64_t)n + 1)),
	    n, &l, f));
	*ret = LIST_OF(application, l);
	return OK;
}

enum err
store_applications_in(struct store *s, struct arena *a, struct str state, const struct queue *queue,
    const struct page *page, struct application_list *ret, struct fault *f)
{
	size_t n = page_limit(page);
	struct list l;

	TRY(read_list(ASK(application, APPLICATION_IN, T(state), I(page_sort(page, false)),
			  I(page_id(page, false)), I((int64_t)n + 1), QUEUE(a, queue)),
	    n, &l, f));
	*ret = LIST_OF(application, l);
	return OK;
}

enum err
store_applications(struct store *s, struct arena *a, const struct queue *queue,
    const struct page *page, struct application_list *ret, struct fault *f)
{
	size_t n = page_limit(page);
	struct list l;

	TRY(read_list(ASK(application, APPLICATION_ALL, I(page_sort(page, true)),
			  I(page_id(page, true)), I((int64_t)n + 1), QUEUE(a, queue)),
	    n, &l, f));
	*ret = LIST_OF(application, l);
	return OK;
}

enum err
store_applications_idle(struct store *s, struct arena *a, const struct idle_want *want,
    struct application_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(application, APPLICATION_IDLE, T(want->state), T(want->profile),
			  I(want->before), I(want->most + 1)),
	    (size_t)want->most, &l, f));
	*ret = LIST_OF(application, l);
	return OK;
}

enum err
store_approvals(struct store *s, struct arena *a, int64_t application, int64_t revision,
    struct approval_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(approval, APPROVAL_LIST, I(application), I(revision), I(PAGE_MAX + 1)),
	    PAGE_MAX, &l, f));
	*ret = LIST_OF(approval, l);
	return OK;
}

enum err
store_enrolment(
    struct store *s, struct arena *a, int64_t id, struct enrolment_row *ret, struct fault *f)
{
	return read_one(ASK(enrolment, ENROLMENT_GET, I(id)), ret, f);
}

enum err
store_enrolment_by_public(struct store *s, struct arena *a, struct str public_id,
    struct enrolment_row *ret, struct fault *f)
{
	return read_one(ASK(enrolment, ENROLMENT_BY_PUBLIC, T(public_id)), ret, f);
}

enum err
store_enrolment_by_reference(struct store *s, struct arena *a, struct str reference,
    struct enrolment_row *ret, struct fault *f)
{
	/* Those whose codes were never made have none: they are not to be found by it. */
	if (reference.n == 0)
		return FAIL(f, E_NOT_FOUND, "no reference");
	return read_one(ASK(enrolment, ENROLMENT_BY_REFERENCE, T(reference)), ret, f);
}

enum err
store_enrolment_by_key(struct store *s, struct arena *a, struct bytes key_hash,
    struct enrolment_row *ret, struct fault *f)
{
	if (key_hash.n == 0)
		return FAIL(f, E_NOT_FOUND, "no key");
	return read_one(ASK(enrolment, ENROLMENT_BY_KEY, B(key_hash)), ret, f);
}

enum err
store_enrolment_of(struct store *s, struct arena *a, int64_t application, struct enrolment_row *ret,
    struct fault *f)
{
	return read_one(ASK(enrolment, ENROLMENT_OF, I(application)), ret, f);
}

enum err
store_enrolments_due(struct store *s, struct arena *a, struct str state, int64_t now,
    struct enrolment_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(
	    ASK(enrolment, ENROLMENT_DUE, T(state), I(now), I(PAGE_MAX + 1)), PAGE_MAX, &l, f));
	*ret = LIST_OF(enrolment, l);
	return OK;
}
