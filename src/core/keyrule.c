/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keyrule.h"

#include "base/must.h"
#include "core/word.h"
#include "x509/key.h"

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
	return FAIL_FIELD(f, E_KEY_TYPE, "key", key_kind_name(key.kind), "%u bits", key.size);
}
