/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11module: the loaded module and the one session with it, inside the p11 child.
 *
 * Functions return the module's CK_RV. The first one that is not CKR_OK is noted with its step and
 * call, for the failure that the child answers.
 */
#ifndef TOKEN_P11MODULE_H
#define TOKEN_P11MODULE_H

#include <p11-kit/pkcs11.h>

#include "base/secret.h"
#include "token/p11wire.h"

#define P11_KEPT     4
#define P11_SESSIONS 16 /* at most */

/* A private key's handle. */
struct p11_kept {
	size_t n; /* octets of the id; 0: none */
	uint8_t id[TOKEN_ID_MAX];
	CK_OBJECT_HANDLE h;
};

struct p11 {
	CK_FUNCTION_LIST *f; /* NULL: the module did not load */
	unsigned quirks;
	struct arena *a; /* of the question at hand */
	bool open;
	bool read_only; /* the session */
	unsigned want;  /* sessions besides it, for many signatures at once */
	unsigned more_n;
	CK_SESSION_HANDLE more[P11_SESSIONS - 1]; /* open while it is */
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	struct p11_kept kept[P11_KEPT]; /* found in this session */
	unsigned next;                  /* the one to be replaced */
	struct secret pin;              /* for the next signature, of keys that ask each time */
	/* the first failure of the question at hand */
	enum p11_step step;
	const char *call;
	CK_RV rv;
	char load_fault[P11_TEXT_MAX];
};

/* Notes RV when it is the first failure; returns RV. */
CK_RV p11_note(struct p11 *p, enum p11_step step, const char *call, CK_RV rv);

/* Loads PATH and initialises it. On failure p->f is NULL and load_fault says why. */
CK_RV p11_load(struct p11 *p, const char *path);
CK_RV p11_open(struct p11 *p, CK_SLOT_ID slot);
void p11_close(struct p11 *p);

/* enum token_flag of what the module says. */
uint32_t p11_flags(CK_FLAGS flags);
/* The token of a slot. */
void p11_info(struct p11 *p, CK_SLOT_ID slot, const CK_SLOT_INFO *si, const CK_TOKEN_INFO *ti,
    struct token_info *ret);
/* Looks at slot and token again after a failure. */
void p11_look(struct p11 *p, struct p11_failure *ret);

#endif
