/* SPDX-License-Identifier: Apache-2.0 */
/* keyrule: the kinds of keys that profiles, jobs and requests speak of. Rows: keyrule.def. */
#ifndef CORE_KEYRULE_H
#define CORE_KEYRULE_H

#include "base/err.h"
#include "x509/key.h"

enum keyrule {
#define X(symbol, word, kind, least, most) KEYRULE_##symbol,
#include "core/keyrule.def"
#undef X
	KEYRULE__COUNT
};

const char *keyrule_name(enum keyrule k);
bool keyrule_parse(struct str word, enum keyrule *ret);

#define KEYRULES_TEXT 100 /* octets of the names of all, with what joins them */
/* "ec-p256 | rsa-2048": the names of a set of 1 << enum keyrule, in RET, which is also the result. */
const char *keyrules_text(unsigned set, char ret[static KEYRULES_TEXT]);
/* What a token makes when a profile allows these: the first of a set that is not empty. */
enum keyrule keyrules_first(unsigned set);
/* The kind of key that it is, and the bits of one that is made now. */
enum key_kind keyrule_kind(enum keyrule k, unsigned *ret_bits);
/*
 * Which kind a SubjectPublicKeyInfo (DER) is. E_DER as key_parse; E_KEY_TYPE for a kind or size that
 * is not in the table (the rule names those that are).
 */
NODISCARD enum err keyrule_of_spki(struct bytes spki, enum keyrule *ret, struct fault *f);

#endif
