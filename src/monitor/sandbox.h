/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: what a process of ours may still do. Rows, so that the question "what may the signer?" has
 * one place to look.
 */
#ifndef MONITOR_SANDBOX_H
#define MONITOR_SANDBOX_H

#include "base/err.h"

/* System calls: rows of sandbox.c, by what the role does. */
enum sandbox_calls {
	SANDBOX_FREE, /* only what no process of ours ever needs is denied (ptrace, mount, bpf …) */
	SANDBOX_NET,   /* as FREE, and no new program */
	SANDBOX_LOCAL, /* as NET, and no new socket but a unix one */
	SANDBOX_SIGNER /* allow-list: files, memory, threads, its sockets; no new socket, no program */
};

struct sandbox {
	enum sandbox_calls calls;
	const char *const
	    *write;     /* directories under data that it may write (Landlock), NULL ends the
				     list; "spool" and "checkpoints" are the configured ones; NULL: as its user may */
	unsigned files; /* open descriptors at most; 0: as inherited */
};

/*
 * Become USER (and its group, no others) when this process is root; else nothing. E_CONFIG: there is
 * no such user.
 */
NODISCARD enum err sandbox_user(const char *user, struct fault *f);
/*
 * Put the row in force, for ever, on this and later threads; WRITE are the paths of its directories
 * (which exist) or NULL. No core dumps, no new privileges, ends with its parent in any case. What the
 * kernel does not offer (seccomp in some containers, Landlock before 5.13) is told in *RET_MISSING
 * ("" if nothing) and is no failure. Sanitized builds go without system call rules: their run time
 * needs more.
 */
NODISCARD enum err sandbox_enter(
    const struct sandbox *s, const char *const *write, const char **ret_missing, struct fault *f);

#endif
