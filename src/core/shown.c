/* SPDX-License-Identifier: Apache-2.0 */
#include "core/shown.h"

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"

#define OCTETS_LOOKED_AT 4096 /* of a text of others, however long it is */

static bool
shows_itself(ucs4_t ch)
{
	const uint32_t hidden = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
	    UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp;

	return !uc_is_general_category_withtable(ch, hidden);
}

struct str
shown_text(struct arena *a, struct str text, size_t max)
{
	struct buf out = buf_new(a, max * 4 + 4);
	size_t n = 0, count = 0;
	uint8_t *nfc, *room;

	if (!utf8_valid(text) || text.n > OCTETS_LOOKED_AT)
		return STR("?");
	n = text.n * 3 + 16; /* NFC: thrice the octets at most (UAX 15) */
	room = arena_alloc(a, n);
	nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)(text.n ? text.p : ""), text.n, room, &n);
	must(nfc == room);
	for (size_t i = 0; i < n && count <= max; count++) {
		ucs4_t ch;
		int used = u8_mbtouc(&ch, nfc + i, n - i);

		if (count == max)
			buf_str(&out, STR("…"));
		else if (shows_itself(ch))
			buf_put(&out, bytes_of(nfc + i, (size_t)used));
		else
			buf_str(&out, STR("?"));
		i += (size_t)used;
	}
	return buf_view(&out);
}

bool
shown_whole(struct str text)
{
	if (!utf8_valid(text))
		return false;
	for (size_t i = 0; i < text.n;) {
		ucs4_t ch;

		i += (size_t)u8_mbtouc(&ch, (const uint8_t *)text.p + i, text.n - i);
		if (ch != '\n' && ch != '\t' && !shows_itself(ch))
			return false;
	}
	return true;
}
