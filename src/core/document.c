/* SPDX-License-Identifier: Apache-2.0 */
#include "core/document.h"

#include "base/must.h"
#include "core/field.h"
#include "core/word.h"

#define HASH        32
#define PAYLOAD_MAX 128

static const char *const names[DOCUMENT__COUNT] = {"roster", "profile", "office", "agreement"};

const char *
document_kind_name(enum document_kind k)
{
	must((unsigned)k < DOCUMENT__COUNT);
	return names[k];
}

bool
document_kind_parse(struct str word, enum document_kind *ret)
{
	unsigned i;

	if (!word_find(names, DOCUMENT__COUNT, word, &i))
		return false;
	*ret = (enum document_kind)i;
	return true;
}

struct bytes
document_payload(struct arena *a, const struct document *d)
{
	struct buf b = buf_new(a, PAYLOAD_MAX);

	must(d->hash.n == HASH && d->version > 0);
	field_text(&b, document_kind_name(d->kind));
	field_number(&b, d->version);
	buf_field(&b, d->hash);
	must(!b.bad);
	return buf_bytes(&b);
}

enum err
document_payload_parse(struct bytes in, struct document *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct document d = {0};

	d.kind = (enum document_kind)field_word_read(&r, names, DOCUMENT__COUNT);
	d.version = (uint32_t)field_number_read(&r, UINT32_MAX);
	d.hash = field_sized_read(&r, HASH, false);
	if (!rd_done(&r) || d.version == 0)
		return FAIL(f, E_FRAME, "document payload");
	*ret = d;
	return OK;
}
