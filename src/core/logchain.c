/* SPDX-License-Identifier: Apache-2.0 */
#include "core/logchain.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "core/field.h"

#define ALGORITHM "sha256"

/* One to LOGCHAIN_TEXT_MAX octets of UTF-8 without NUL; EMPTY where nothing need be said. */
static bool
text_good(struct str s, bool empty)
{
	return (empty || s.n > 0) && s.n <= LOGCHAIN_TEXT_MAX && utf8_valid(s) &&
	    (s.n == 0 || memchr(s.p, 0, s.n) == NULL);
}

enum err
logchain_encode(struct arena *a, const struct log_record *r, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, LOGCHAIN_DATA_MAX + 4 * LOGCHAIN_TEXT_MAX);

	if (r->seq == 0 || !text_good(r->event, false) || !text_good(r->actor, false) ||
	    !text_good(r->object, true) || r->data.n > LOGCHAIN_DATA_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "record", NULL, "not a log record");
	buf_str(&b, STR(LOGCHAIN_WORD));
	buf_str(&b, STR(ALGORITHM));
	buf_u64(&b, r->seq);
	buf_i64(&b, r->at);
	buf_field(&b, str_bytes(r->event));
	buf_field(&b, str_bytes(r->actor));
	buf_field(&b, str_bytes(r->object));
	buf_field(&b, r->data);
	must(!b.bad);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
logchain_link(struct arena *a, struct bytes prev, const struct log_record *r, struct bytes *ret,
    struct fault *f)
{
	struct bytes record;
	struct buf b;

	must(prev.n == LOGCHAIN_HASH);
	TRY(logchain_encode(a, r, &record, f));
	b = buf_new(a, LOGCHAIN_HASH + record.n);
	buf_put(&b, prev);
	buf_put(&b, record);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
logchain_parse(struct bytes in, struct log_record *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct log_record l = {0};

	field_magic_read(&r, LOGCHAIN_WORD);
	field_magic_read(&r, ALGORITHM);
	l.seq = rd_u64(&r);
	l.at = rd_i64(&r);
	l.event = rd_text(&r, LOGCHAIN_TEXT_MAX);
	l.actor = rd_text(&r, LOGCHAIN_TEXT_MAX);
	l.object = rd_text(&r, LOGCHAIN_TEXT_MAX);
	l.data = rd_field(&r, LOGCHAIN_DATA_MAX);
	if (!rd_done(&r) || l.seq == 0 || l.event.n == 0 || l.actor.n == 0)
		return FAIL(f, E_FRAME, "log record");
	*ret = l;
	return OK;
}

enum err
logchain_follows(uint64_t seq, int64_t at, const struct log_record *next, struct fault *f)
{
	if (next->seq != seq + 1)
		return FAIL_FIELD(f, E_STATE, "log", NULL, "record %llu after %llu",
		    (unsigned long long)next->seq, (unsigned long long)seq);
	if (next->at < at)
		return FAIL_FIELD(f, E_STATE, "log", NULL, "record %llu is earlier than the last",
		    (unsigned long long)next->seq);
	return OK;
}
