/* SPDX-License-Identifier: Apache-2.0 */
#include "core/paper.h"

#include <string.h>

#include "base/must.h"
#include "core/word.h"

#define PDF_TAIL 1024 /* octets in which "%%EOF" must stand (ISO 32000-1, annex H.3.18) */

static const struct papertype_row rows[PAPERTYPE__COUNT] = {
#define X(symbol, word, media, extension) {word, media, extension},
#include "core/papertype.def"
#undef X
};
static const char *const words[] = {
#define X(symbol, word, media, extension) word,
#include "core/papertype.def"
#undef X
};

const struct papertype_row *
papertype_row(enum papertype t)
{
	must((unsigned)t < PAPERTYPE__COUNT);
	return &rows[t];
}

bool
papertype_parse(struct str word, enum papertype *ret)
{
	unsigned i;

	if (!word_find(words, PAPERTYPE__COUNT, word, &i))
		return false;
	*ret = (enum papertype)i;
	return true;
}

static bool
begins(struct bytes b, const char *magic, size_t n)
{
	return b.n >= n && memcmp(b.p, magic, n) == 0;
}

/* Is MAGIC somewhere in the last TAIL octets? */
static bool
ends(struct bytes b, size_t tail, const char *magic, size_t n)
{
	size_t from = b.n > tail ? b.n - tail : 0;

	return b.n > 0 && memmem(b.p + from, b.n - from, magic, n) != NULL;
}

bool
papertype_sniff(struct bytes b, enum papertype *ret)
{
	/* ISO 32000-1 7.5.2; ITU-T T.81 B.1.1.3 (SOI, the next marker, EOI); PNG 5.2, 11.2.5 (the CRC of IEND). */
	if (begins(b, "%PDF-", 5) && ends(b, PDF_TAIL, "%%EOF", 5))
		*ret = PAPERTYPE_PDF;
	else if (begins(b, "\xff\xd8\xff", 3) && ends(b, b.n, "\xff\xd9", 2))
		*ret = PAPERTYPE_JPEG;
	else if (begins(b, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) &&
	    ends(b, 8, "IEND\xae\x42\x60\x82", 8))
		*ret = PAPERTYPE_PNG;
	else
		return false;
	return true;
}
