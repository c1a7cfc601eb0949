/* SPDX-License-Identifier: Apache-2.0 */
/* paper: the papers an application is asked for: which kinds there are, and what a file is by its own octets. */
#ifndef CORE_PAPER_H
#define CORE_PAPER_H

#include "base/bytes.h"

#define PAPER_NAME_MAX  40
#define PAPERS_MAX      8 /* of a profile */
#define PAPER_MEGABYTES 4 /* most of one paper, in units of 2²⁰ octets */
#define PAPER_DAYS_MAX  3650

enum papertype {
#define X(symbol, word, media, extension) PAPERTYPE_##symbol,
#include "core/papertype.def"
#undef X
	PAPERTYPE__COUNT
};

struct papertype_row {
	const char *word, *media, *extension;
};
const struct papertype_row *papertype_row(enum papertype t);
bool papertype_parse(struct str word, enum papertype *ret);
/* False: it is none of them, or it ends too early. */
bool papertype_sniff(struct bytes octets, enum papertype *ret);

#endif
