/* SPDX-License-Identifier: Apache-2.0 */
#include "core/claim.h"

#include "core/field.h"

enum err
claim_encode(struct arena *a, const struct claim *c, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, CLAIM_MAX);
	struct bytes payload;

	TRY(approval_payload(a, &c->what, &payload, f));
	if (c->approval_count > APPROVALS_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "approvals", "≤ 8", "too many");
	buf_str(&b, STR(CLAIM_WORD));
	buf_field(&b, payload);
	field_number(&b, c->approval_count);
	for (size_t i = 0; i < c->approval_count; i++)
		approval_write(&b, &c->approvals[i]);
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

	field_magic_read(&r, CLAIM_WORD);
	payload = rd_field(&r, CLAIM_MAX);
	c.approval_count = (size_t)field_number_read(&r, APPROVALS_MAX);
	approvals = arena_array(a, c.approval_count + 1, sizeof(*approvals));
	for (size_t i = 0; i < c.approval_count; i++)
		approvals[i] = approval_read(&r);
	c.approvals = approvals;
	if (!rd_done(&r))
		return FAIL(f, E_FRAME, "claim");
	TRY(approval_payload_parse(payload, &c.what, f));
	*ret = c;
	return OK;
}
