/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: the events that the log knows, from audit.def.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

enum audit {
#define A(symbol, word, proves) AUDIT_##symbol,
#include "store/audit.def"
#undef A
	AUDIT__COUNT
};

/* "certificate.issued" */
const char *audit_word(enum audit event);
/* What a record of it proves, in English, for the documentation. */
const char *audit_proves(enum audit event);

#endif
