/* SPDX-License-Identifier: Apache-2.0 */
#include "core/approval.h"

#include "base/must.h"
#include "core/field.h"
#include "core/number.h"
#include "core/word.h"

#define PAYLOAD_MAX (2 * APPROVAL_NAMES_MAX + 512)

static bool
list_has(struct bytes hashes, struct bytes hash)
{
	for (size_t i = 0; i + STATEMENT_HASH <= hashes.n; i += STATEMENT_HASH) {
		if (bytes_eq(bytes_of(hashes.p + i, STATEMENT_HASH), hash))
			return true;
	}
	return false;
}

/* "" stands for no application: a row of the roster. */
static bool
subject_good(const struct approval_subject *s)
{
	struct application_number number;

	return (s->application.n == 0 ? s->revision == 0
				      : application_number_parse(s->application, &number)) &&
	    word_is_name(s->profile, APPROVAL_PROFILE_MAX) && s->profile_version > 0 &&
	    s->subject.n > 0 && s->subject.n <= APPROVAL_NAMES_MAX &&
	    s->san.n <= APPROVAL_NAMES_MAX && !id_is_none(s->enrolment);
}

enum err
approval_payload(
    struct arena *a, const struct approval_subject *s, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, PAYLOAD_MAX);

	if (!subject_good(s))
		return FAIL_FIELD(f, E_FIELD_VALUE, "approval", NULL, "nothing one can approve");
	buf_field(&b, str_bytes(s->application));
	field_number(&b, s->revision);
	buf_field(&b, str_bytes(s->profile));
	field_number(&b, s->profile_version);
	buf_field(&b, s->subject);
	buf_field(&b, s->san);
	buf_field(&b, id_bytes(&s->enrolment));
	must(!b.bad);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
approval_payload_parse(struct bytes in, struct approval_subject *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct approval_subject s = {0};

	s.application = rd_text(&r, PAYLOAD_MAX);
	s.revision = (uint32_t)field_number_read(&r, UINT32_MAX);
	s.profile = rd_text(&r, APPROVAL_PROFILE_MAX);
	s.profile_version = (uint32_t)field_number_read(&r, UINT32_MAX);
	s.subject = rd_field(&r, APPROVAL_NAMES_MAX);
	s.san = rd_field(&r, APPROVAL_NAMES_MAX);
	s.enrolment = id_read(&r);
	if (!rd_done(&r) || !subject_good(&s))
		return FAIL(f, E_FRAME, "approval payload");
	*ret = s;
	return OK;
}

enum err
approval_list(struct arena *a, struct bytes hashes, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, APPROVAL_LIST_MAX * (STATEMENT_HASH + 4) + 64);
	size_t n = hashes.n / STATEMENT_HASH;

	if (n == 0 || n > APPROVAL_LIST_MAX || hashes.n % STATEMENT_HASH)
		return FAIL_FIELD(f, E_FIELD_VALUE, "list", "1-20", "%zu octets", hashes.n);
	buf_str(&b, STR(APPROVAL_LIST_WORD));
	field_number(&b, n);
	for (size_t i = 0; i < n; i++) {
		struct bytes one = bytes_of(hashes.p + i * STATEMENT_HASH, STATEMENT_HASH);
		const struct bytes before = bytes_of(hashes.p, i * STATEMENT_HASH);

		if (list_has(before, one))
			return FAIL_FIELD(f, E_FIELD_VALUE, "list", "each once", "number %zu", i);
		buf_field(&b, one);
	}
	must(!b.bad);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
approval_covers(struct arena *arena, const struct approval *a, struct bytes payload,
    struct bytes hash, struct bytes *ret, struct fault *f)
{
	struct fault why = {0};

	if (a->list.n == 0) {
		*ret = payload;
		return OK;
	}
	if (!list_has(a->list, hash))
		return FAIL_FIELD(f, E_APPROVAL_BAD, "list", NULL, "it does not cover this one");
	if (approval_list(arena, a->list, ret, &why) != OK)
		return FAIL_FIELD(f, E_APPROVAL_BAD, "list", NULL, "%s", why.detail);
	return OK;
}

enum err
approval_bundle(
    struct arena *a, const struct approval_subject *v, size_t n, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, APPROVAL_BUNDLE_MAX);

	buf_str(&b, STR(APPROVAL_BUNDLE_WORD));
	for (size_t i = 0; i < n; i++) {
		struct bytes payload;

		TRY(approval_payload(a, &v[i], &payload, f));
		buf_field(&b, payload);
	}
	if (b.bad || n == 0 || n > APPROVAL_LIST_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "list", "1-20, 40 KiB", "%zu of them", n);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
approval_bundle_parse(struct bytes in, struct approval_subject ret[static APPROVAL_LIST_MAX],
    size_t *n, struct fault *f)
{
	struct rd r = rd_new(in);
	size_t count = 0;

	field_magic_read(&r, APPROVAL_BUNDLE_WORD);
	while (!r.bad && r.n) {
		struct bytes payload = rd_field(&r, PAYLOAD_MAX);

		if (r.bad || count == APPROVAL_LIST_MAX)
			return FAIL(f, E_FRAME, "bundle of approvals");
		TRY(approval_payload_parse(payload, &ret[count++], f));
	}
	if (r.bad || count == 0)
		return FAIL(f, E_FRAME, "bundle of approvals");
	*n = count;
	return OK;
}

struct statement
approval_statement(const struct approval *a, enum environment env, struct str origin,
    enum purpose purpose, struct bytes payload_hash)
{
	return (struct statement){
	    .env = env,
	    .origin = origin,
	    .purpose = purpose,
	    .server_nonce = a->server_nonce,
	    .agent_nonce = a->agent_nonce,
	    .spki_hash = a->spki_hash,
	    .certificate_hash = a->certificate_hash,
	    .payload_hash = payload_hash,
	};
}

void
approval_write(struct buf *b, const struct approval *a)
{
	buf_field(b, a->spki_hash);
	buf_field(b, a->certificate_hash);
	buf_field(b, a->server_nonce);
	buf_field(b, a->agent_nonce);
	buf_field(b, a->signature);
}

struct approval
approval_read(struct rd *r)
{
	struct approval a = {0};

	a.spki_hash = field_sized_read(r, STATEMENT_HASH, false);
	a.certificate_hash = field_sized_read(r, STATEMENT_HASH, false);
	a.server_nonce = field_sized_read(r, STATEMENT_NONCE, false);
	a.agent_nonce = field_sized_read(r, STATEMENT_NONCE, false);
	a.signature = rd_field(r, APPROVAL_SIGNATURE);
	if (a.signature.n == 0)
		r->bad = true;
	return a;
}

bool
approvals_distinct(const struct approval *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (bytes_eq(a[i].spki_hash, a[k].spki_hash))
				return false;
		}
	}
	return true;
}
