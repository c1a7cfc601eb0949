/* SPDX-License-Identifier: Apache-2.0 */
/* Reads about certificates. */
#include <string.h>

#include "store/read.h"

#define PULL_MAX 10000

enum err
store_certificate(
    struct store *s, struct arena *a, int64_t id, struct certificate_row *ret, struct fault *f)
{
	return read_one(ASK(certificate, CERTIFICATE_GET, I(id)), ret, f);
}

enum err
store_certificate_by_serial(struct store *s, struct arena *a, int64_t ca, struct bytes serial,
    struct certificate_row *ret, struct fault *f)
{
	return read_one(ASK(certificate, CERTIFICATE_BY_SERIAL, I(ca), B(serial)), ret, f);
}

enum err
store_certificate_der(
    struct store *s, struct arena *a, int64_t id, struct bytes *ret, struct fault *f)
{
	struct value v;

	TRY(read_value(ASK(certificate, CERTIFICATE_DER, I(id)), &v, f));
	*ret = v.b;
	return OK;
}

enum err
store_status(struct store *s, struct arena *a, int64_t ca, struct bytes serial,
    struct status_row *ret, struct fault *f)
{
	return read_one(ASK(status, CERTIFICATE_STATUS, I(ca), B(serial)), ret, f);
}

static enum err
certificates(const struct ask *k, size_t limit, struct certificate_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(k, limit, &l, f));
	*ret = LIST_OF(certificate, l);
	return OK;
}

enum err
store_certificates_of_enrolment(struct store *s, struct arena *a, int64_t enrolment,
    struct certificate_list *ret, struct fault *f)
{
	return certificates(
	    ASK(certificate, CERTIFICATE_OF_ENROLMENT, I(enrolment), I(PAGE_MAX + 1)), PAGE_MAX,
	    ret, f);
}

enum err
store_certificates_of_key(struct store *s, struct arena *a, struct bytes key_hash,
    struct certificate_list *ret, struct fault *f)
{
	return certificates(
	    ASK(certificate, CERTIFICATE_OF_KEY, B(key_hash), I(PAGE_MAX + 1)), PAGE_MAX, ret, f);
}

enum err
store_certificates_of_profile(struct store *s, struct arena *a, int64_t ca, struct str profile,
    struct certificate_list *ret, struct fault *f)
{
	return certificates(
	    ASK(certificate, CERTIFICATE_OF_PROFILE, I(ca), T(profile), I(PAGE_MAX + 1)), PAGE_MAX,
	    ret, f);
}

enum err
store_certificates_of_account(struct store *s, struct arena *a, int64_t account,
    const struct page *page, struct certificate_list *ret, struct fault *f)
{
	size_t n = page_limit(page);

	return certificates(
	    ASK(certificate, CERTIFICATE_OF_ACCOUNT, I(account), I(page_sort(page, true)),
		I(page_id(page, true)), I((int64_t)n + 1)),
	    n, ret, f);
}

enum err
store_certificates_of_person(struct store *s, struct arena *a, int64_t person,
    const struct page *page, struct certificate_list *ret, struct fault *f)
{
	size_t n = page_limit(page);

	return certificates(
	    ASK(certificate, CERTIFICATE_OF_PERSON, I(person), I(page_sort(page, true)),
		I(page_id(page, true)), I((int64_t)n + 1)),
	    n, ret, f);
}

enum err
store_certificates(struct store *s, struct arena *a, const struct page *page,
    struct certificate_list *ret, struct fault *f)
{
	size_t n = page_limit(page);

	return certificates(ASK(certificate, CERTIFICATE_ALL, I(page_sort(page, true)),
				I(page_id(page, true)), I((int64_t)n + 1)),
	    n, ret, f);
}

enum err
store_certificates_by_subject(struct store *s, struct arena *a, struct str subject_fold,
    const struct page *page, struct certificate_list *ret, struct fault *f)
{
	size_t n = page_limit(page);

	return certificates(ASK(certificate, CERTIFICATE_BY_SUBJECT, T(subject_fold),
				I(page_id(page, true)), I((int64_t)n + 1)),
	    n, ret, f);
}

/*
 * The first text behind all that begin with PREFIX: U+10FFFF at its end, the last code point there is.
 * Octet order (COLLATE "C", BINARY) is code point order in UTF-8.
 */
static struct str
prefix_end(struct arena *a, struct str prefix)
{
	static const char last[] = "\xf4\x8f\xbf\xbf";
	char *p = arena_alloc(a, prefix.n + sizeof(last));

	if (prefix.n > 0)
		memcpy(p, prefix.p, prefix.n);
	memcpy(p + prefix.n, last, sizeof(last));
	return (struct str){p, prefix.n + sizeof(last) - 1};
}

enum err
store_certificates_by_prefix(struct store *s, struct arena *a, struct str prefix,
    const struct page *page, struct certificate_list *ret, struct fault *f)
{
	size_t n = page_limit(page);

	return certificates(
	    ASK(certificate, CERTIFICATE_BY_PREFIX, T(prefix), T(prefix_end(a, prefix)),
		I(page_id(page, true)), I((int64_t)n + 1)),
	    n, ret, f);
}

enum err
store_revoked(struct store *s, struct arena *a, const struct revoked_pull *pull,
    struct status_list *ret, struct fault *f)
{
	int64_t most = pull->most < 1 ? 1 : pull->most > PULL_MAX ? PULL_MAX : pull->most;
	struct list l;

	TRY(read_list(ASK(status, CERTIFICATE_REVOKED, I(pull->ca), I(pull->since), B(pull->after),
			  I(most + 1)),
	    (size_t)most, &l, f));
	*ret = LIST_OF(status, l);
	return OK;
}

enum err
store_certificates_expiring(struct store *s, struct arena *a, const struct expiring_want *want,
    struct certificate_list *ret, struct fault *f)
{
	return certificates(
	    ASK(certificate, CERTIFICATE_EXPIRING, I(want->now), I(want->now + want->days * 86400),
		I(want->life), I(want->days), I(want->most + 1)),
	    (size_t)want->most, ret, f);
}

enum err
store_certificates_ended(struct store *s, struct arena *a, struct str state, int64_t now,
    struct certificate_list *ret, struct fault *f)
{
	return certificates(ASK(certificate, CERTIFICATE_ENDED, T(state), I(now), I(PAGE_MAX + 1)),
	    PAGE_MAX, ret, f);
}

enum err
store_backdates(struct store *s, struct arena *a, int64_t certificate, struct backdate_list *ret,
    struct fault *f)
{
	struct list l;

	TRY(read_list(
	    ASK(backdate, BACKDATE_LIST, I(certificate), I(PAGE_MAX + 1)), PAGE_MAX, &l, f));
	*ret = LIST_OF(backdate, l);
	return OK;
}

enum err
store_holds(
    struct store *s, struct arena *a, int64_t certificate, struct hold_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(hold, HOLD_LIST, I(certificate), I(PAGE_MAX + 1)), PAGE_MAX, &l, f));
	*ret = LIST_OF(hold, l);
	return OK;
}
