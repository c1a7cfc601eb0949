/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code: the two codes of an enrolment: their form, check characters and environment, known without
 * asking anyone (S17). Vectors: tests/vectors/codes.json,
 * for C and TypeScript alike.
 *
 * Reference number: ten digits. The first is 1 to 8 in production and 9 in test, the last is a Damm
 * digit over the other nine. Authorization code: 12 or 20 of 32 characters without look-alikes, each
 * worth its place in the alphabet (0 to 31) as an element of GF(32) = GF(2)[x]/(x⁵+x²+1); read as a
 * polynomial, first character first, it vanishes at x: so one wrong character, and any two swapped ones,
 * are always noticed.
 */
#ifndef CORE_CODE_H
#define CORE_CODE_H

#include "base/arena.h"
#include "base/err.h"
#include "core/environment.h"

#define CODE_ALPHABET    "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#define CODE_REF_DIGITS  10
#define CODE_AUTH_SHORT  12 /* characters; the default */
#define CODE_AUTH_LONG   20 /* where a profile allows CMP */
#define CODE_REF_RANDOM  8  /* octets */
#define CODE_AUTH_RANDOM CODE_AUTH_LONG

/* A new reference number from RANDOM (all CODE_REF_RANDOM octets), NUL-terminated. */
void code_ref_make(enum environment env, const uint8_t random[static CODE_REF_RANDOM],
    char ret[static CODE_REF_DIGITS + 1]);
/* A new authorization code of LENGTH characters (SHORT or LONG) from RANDOM, NUL-terminated. */
void code_auth_make(size_t length, const uint8_t random[static CODE_AUTH_RANDOM],
    char ret[static CODE_AUTH_LONG + 1]);

/*
 * What a person typed, as it is compared: letters upper-case, full-width forms made ASCII, blanks
 * and dashes of any kind left out. Anything else stays and is refused by the checks.
 */
struct str code_normal(struct arena *a, struct str typed);
/* For people: "1000 171 783" for ten digits, else groups of four with dashes: "ABCD-EFGH-JKLM". */
char *code_shown(struct arena *a, struct str normal);

/* On a normal form. E_REF_FORMAT, E_REF_CHECK; E_CODE_FORMAT, E_CODE_CHECK. */
NODISCARD enum err code_ref_check(struct str ref, struct fault *f);
NODISCARD enum err code_auth_check(struct str code, struct fault *f);
/* The environment of a reference number that passed its check. */
enum environment code_ref_environment(struct str ref);

/*
 * Both codes as typed, before anybody is asked: E_CODES_SWAPPED first, then the form of each,
 * their check characters, and E_CODE_ENVIRONMENT when they belong to the other service. Writes the
 * normal forms on OK. Fields in faults: "reference", "code".
 */
NODISCARD enum err code_pair_check(struct arena *a, struct str ref, struct str code,
    enum environment env, struct str ret[static 2], struct fault *f);

#endif
