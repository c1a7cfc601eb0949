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
	    *write;     /* what it may write (Landlock), NULL ends the list; NULL: anything */
	unsigned files; /* open descriptors at most; 0: as inherited */
	unsigned core;  /* 1: may dump core; a process with secrets never does */
};

/*
 * Become USER (and its group, no others) when this process is root; else nothing. E_CONFIG: there is
 * no such user.
 */
NODISCARD enum err sandbox_user(const char *user, struct fault *f);
/*
 * Put the row in force, for ever. What the kernel does not offer (seccomp in some containers, Landlock
 * before 5.13) is told in *ret_missing (static text, or NULL) and is no failure.
 */
NODISCARD enum err sandbox_enter(
    const struct sandbox *s, const char **ret_missing, struct fault *f);

#endif
