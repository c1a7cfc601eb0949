/* SPDX-License-Identifier: Apache-2.0 */
#include "store/chain.h"

#include "base/buf.h"
#include "crypto/digest.h"

enum err
chain_add(struct chain *c, struct arena *scratch, const struct log_row *row, struct fault *f)
{
	struct buf data = buf_new(scratch, LOGCHAIN_DATA_MAX);
	struct log_record r = {.seq = (uint64_t)row->seq,
	    .at = row->time_ms,
	    .event = row->event,
	    .actor = row->actor,
	    .object = row->object};
	struct bytes link;

	buf_field(&data, str_bytes(row->request));
	buf_field(&data, str_bytes(row->detail));
	if (data.bad)
		return FAIL_FIELD(
		    f, E_FIELD_LENGTH, "detail", NULL, "log record %ju", (uintmax_t)r.seq);
	r.data = buf_bytes(&data);
	TRY(logchain_follows((uint64_t)c->seq, c->time_ms, &r, f));
	TRY(logchain_link(scratch, BYTES_OF(c->hash), &r, &link, f));
	sha256(link, c->hash);
	c->seq = row->seq;
	c->time_ms = row->time_ms;
	return OK;
}
