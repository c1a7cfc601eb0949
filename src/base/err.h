/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: the one error convention. Functions that can fail return enum err and take a fault last.
 * The rows stand in err.def.
 *
 * Library code never prints: the first explanation is kept in the fault and told once, by whoever
 * answers the person or the program that asked.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/bytes.h"

enum err {
	OK,
#define X(symbol, slug, http, exit, cfca, who) E_##symbol,
#include "base/err.def"
#undef X
	E__COUNT
};

enum err_who { WHO_SELF, WHO_OFFICE, WHO_ADMIN, WHO_CLIENT, WHO_SERVICE };

struct err_row {
	const char *symbol; /* "CSR_SIGNATURE" */
	const char *slug;   /* public, stable */
	int http;           /* status of the API */
	int exit;           /* status of a command */
	const char *cfca;   /* number in the old catalogue, or "" */
	enum err_who who;   /* who acts */
};

/* The row of E; OK has a row too. */
const struct err_row *err_row(enum err e);
/* The code of a public slug; E_INTERNAL when there is none. */
enum err err_of_slug(struct str slug);

#define FAULT_FIELD  64
#define FAULT_RULE   128
#define FAULT_DETAIL 256

/*
 * What went wrong. FIELD and RULE are shown to people (UTF-8, no secrets; a rule is free of language:
 * "≤ 64", "P-256", "n=2"); DETAIL is for logs.
 */
struct fault {
	enum err code;
	const char *file; /* where it was found */
	int line;
	char field[FAULT_FIELD];
	char rule[FAULT_RULE];
	char detail[FAULT_DETAIL];
};

/*
 * Note a failure and return its code. The first explanation wins: a fault that has a code keeps it.
 * F may be NULL.
 */
NODISCARD enum err fault_set(struct fault *f, enum err e, const char *file, int line,
    const char *field, const char *rule, const char *fmt, ...)
    __attribute__((format(printf, 7, 8)));

/* return FAIL(f, E_STATE, "event %d", e); */
#define FAIL(f, e, ...) fault_set((f), (e), __FILE__, __LINE__, NULL, NULL, __VA_ARGS__)
/* The same with the field at fault and the rule it breaks (either may be NULL). */
#define FAIL_FIELD(f, e, field, rule, ...) \
	fault_set((f), (e), __FILE__, __LINE__, (field), (rule), __VA_ARGS__)
/* The one control-flow macro: hand a failure up. */
#define TRY(call)                           \
	do {                                \
		enum err try_err_ = (call); \
		if (try_err_ != OK)         \
			return try_err_;    \
	} while (0)

#endif
