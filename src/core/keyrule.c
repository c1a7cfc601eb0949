/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keyrule.h"

#include <stdio.h>

#include "base/must.h"
#include "core/word.h"

static const char *const names[KEYRULE__COUNT] = {
#define X(symbol, word, kind, least, most) word,
#include "core/keyrule.def"
#undef X
};

static const struct {
	enum key_kind kind;
	unsigned least, most; /* bits */
} rules[KEYRULE__COUNT] = {
#define X(symbol, word, kind, least, most) {kind, least, most},
#include "core/keyrule.def"
#undef X
};

const char *
keyrule_name(enum keyrule k)
{
	must((unsigned)k < KEYRULE__COUNT);
	return names[k];
}

bool
keyrule_parse(struct str word, enum keyrule *ret)
{
	unsigned i;

	if (!word_find(names, KEYRULE__COUNT, word, &i))
		return false;
	*ret = (enum keyrule)i;
	return true;
}

const char *
keyrules_text(unsigned set, char ret[static KEYRULES_TEXT])
{
	size_t at = 0;

	ret[0] = '\0';
	for (unsigned k = 0; k < KEYRULE__COUNT; k++) {
		if (set & 1u << k && at < KEYRULES_TEXT)
			at += (size_t)snprintf(
			    ret + at, KEYRULES_TEXT - at, "%s%s", at ? " | " : "", names[k]);
	}
	return ret;
}

enum keyrule
keyrules_first(unsigned set)
{
	unsigned k = 0;

	must(set & ((1u << KEYRULE__COUNT) - 1));
	while (!(set & 1u << k))
		k++;
	return (enum keyrule)k;
}

enum key_kind
keyrule_kind(enum keyrule k, unsigned *ret_bits)
{
	must((unsigned)k < KEYRULE__COUNT);
	*ret_bits = rules[k].least;
	return rules[k].kind;
}

enum err
keyrule_of_spki(struct bytes spki, enum keyrule *ret, struct fault *f)
{
	struct key key;

	TRY(key_parse(spki, &key, f));
	for (unsigned k = 0; k < KEYRULE__COUNT; k++) {
		if (rules[k].kind == key.kind && key.size >= rules[k].least &&
		    key.size <= rules[k].most) {
			*ret = (enum keyrule)k;
			return OK;
		}
	}
	return FAIL_FIELD(f, E_KEY_TYPE, "key", keyrules_text(~0u, (char[KEYRULES_TEXT]){0}),
	    "%s of %u bits", key_kind_name(key.kind), key.size);
}
