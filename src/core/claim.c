/* SPDX-License-Identifier: Apache-2.0 */
#include "core/claim.h"

#include <string.h>

#include "core/field.h"

/* A claim without lists is written as it ever was: what lies in journals stays readable. */
static bool
has_list(const struct claim *c)
{
	for (size_t i = 0; i < c->approval_count; i++) {
		if (c->approvals[i].list.n)
			return true;
	}
	return false;
}

enum err
claim_encode(struct arena *a, const struct claim *c, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, CLAIM_MAX);
	struct bytes payload;

	TRY(approval_payload(a, &c->what, &payload, f));
	if (c->approval_count > APPROVALS_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "approvals", "≤ 8", "too many");
	buf_str(&b, has_list(c) ? STR(CLAIM_WORD_LISTS) : STR(CLAIM_WORD));
	buf_field(&b, payload);
	field_number(&b, c->approval_count);
	for (size_t i = 0; i < c->approval_count; i++) {
		approval_write(&b, &c->approvals[i]);
		if (has_list(c))
			buf_field(&b, c->approvals[i].list);
	}
	/* Written for another process to believe: what it would refuse does not leave. */
	TRY(claim_parse(a, buf_bytes(&b), &(struct claim){0}, f));
	*ret = buf_bytes(&b);
	return OK;
}

enum err
claim_parse(struct arena *a, struct bytes in, struct claim *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct approval *approvals;
	struct claim c;
	struct bytes payload;
	bool lists;

	lists = in.n >= strlen(CLAIM_WORD_LISTS) &&
	    !memcmp(in.p, CLAIM_WORD_LISTS, strlen(CLAIM_WORD_LISTS));
	field_magic_read(&r, lists ? CLAIM_WORD_LISTS : CLAIM_WORD);
	payload = rd_field(&r, CLAIM_MAX);
	c.approval_count = (size_t)field_number_read(&r, APPROVALS_MAX);
	approvals = arena_array(a, c.approval_count + 1, sizeof(*approvals));
	for (size_t i = 0; i < c.approval_count; i++) {
		approvals[i] = approval_read(&r);
		if (lists)
			approvals[i].list = rd_field(&r, APPROVAL_LIST_MAX * STATEMENT_HASH);
	}
	c.approvals = approvals;
	/* One claim has one encoding. */
	if (!rd_done(&r) || lists != has_list(&c))
		return FAIL(f, E_FRAME, "claim");
	TRY(approval_payload_parse(payload, &c.what, f));
	*ret = c;
	return OK;
}
