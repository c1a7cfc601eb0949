/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/keyalg.h"

#include "base/must.h"

static const struct {
	const char *name;
	enum key_kind kind;
	unsigned bits;
} rows[KEYALG__COUNT] = {
#define X(symbol, word, kind, bits) {word, kind, bits},
#include "x509/keyalg.def"
#undef X
};

const char *
keyalg_name(enum keyalg alg)
{
	must((unsigned)alg < KEYALG__COUNT);
	return rows[alg].name;
}

bool
keyalg_parse(struct str word, enum keyalg *ret)
{
	for (unsigned i = 0; i < KEYALG__COUNT; i++)
		if (str_is(word, rows[i].name)) {
			*ret = (enum keyalg)i;
			return true;
		}
	return false;
}

enum key_kind
keyalg_kind(enum keyalg alg)
{
	must((unsigned)alg < KEYALG__COUNT);
	return rows[alg].kind;
}

unsigned
keyalg_bits(enum keyalg alg)
{
	must((unsigned)alg < KEYALG__COUNT);
	return rows[alg].bits;
}

enum sigalg
keyalg_sigalg(enum keyalg alg)
{
	return sigalg_of_key(keyalg_kind(alg));
}

bool
keyalg_for_ca(enum keyalg alg)
{
	return alg != KEYALG_RSA_2048;
}

enum err
keyalg_of_spki(struct bytes spki, enum keyalg *ret, struct fault *f)
{
	struct key key;

	TRY(key_parse(spki, &key, f));
	for (unsigned i = 0; i < KEYALG__COUNT; i++)
		if (rows[i].kind == key.kind && rows[i].bits == key.size) {
			*ret = (enum keyalg)i;
			return OK;
		}
	return FAIL_FIELD(f, E_KEY_TYPE, "key", key_kind_name(key.kind), "%u bits", key.size);
}
