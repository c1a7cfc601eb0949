/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fieldtype: the kinds of values that forms ask for, as one table (fieldtype.def): read from what people
 * type, refused by name with rule and example, kept in one normal form.
 */
#ifndef CORE_FIELDTYPE_H
#define CORE_FIELDTYPE_H

#include "base/arena.h"
#include "base/err.h"

#define FIELDTYPE_VALUE_MAX   256 /* octets of a value */
#define FIELDTYPE_PATTERN_MAX 40

enum fieldtype {
#define X(symbol, ...) FIELDTYPE_##symbol,
#include "core/fieldtype.def"
#undef X
	FIELDTYPE__COUNT
};

/* Where a value may go. */
enum fieldtype_use {
	FIELDTYPE_OPEN,         /* into a certificate */
	FIELDTYPE_CONTACT,      /* nowhere: it is how somebody is reached */
	FIELDTYPE_ORGANISATION, /* into a certificate: public registers have it */
	FIELDTYPE_PERSONAL /* masked in lists; into a certificate only where a profile says so (S27) */
};

struct fieldtype_row {
	const char *word;
	enum fieldtype_use use;
	size_t most;         /* characters, unless a profile says fewer */
	const char *rule;    /* "GB 11643: 17 + 1, YYYYMMDD", or "" */
	const char *example; /* "11010519491231002X", or "" */
};
const struct fieldtype_row *fieldtype_row(enum fieldtype t);
bool fieldtype_parse(struct str word, enum fieldtype *ret);

/* What a profile asks of one field. */
struct fieldtype_ask {
	enum fieldtype type;
	const char *name; /* for faults */
	size_t max;       /* characters */
	struct str
	    pattern; /* for text and number: 9 digit, A letter, X either, the rest itself; or empty */
	const struct str *choices; /* of one-of */
	size_t choice_count;
};
/*
 * S in normal form, on A. E_FIELD_MISSING (empty); E_FIELD_FORMAT, E_FIELD_CHECK (a check digit that does not
 * fit), E_FIELD_VALUE, E_FIELD_LENGTH with rule and example; those of label_check, mail_check, phone_check.
 */
NODISCARD enum err fieldtype_check(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f);
/* May a profile ask for it? ASCII that shows, one 9, A or X at least. */
bool fieldtype_is_pattern(struct str pattern);
/* VALUE as lists and logs show it: as it is, or "*************002X". */
struct str fieldtype_shown(struct arena *a, enum fieldtype t, struct str value);

#endif
