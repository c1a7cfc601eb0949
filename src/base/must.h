/* SPDX-License-Identifier: Apache-2.0 */
/*
 * must: for what cannot be wrong unless this program is. Never for input. It is always compiled in:
 * the process ends, its parent starts another.
 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#define must(cond) ((cond) ? (void)0 : must_fail(#cond, __FILE__, __LINE__))

/* Write the broken condition to stderr and abort. */
_Noreturn void must_fail(const char *cond, const char *file, int line);

#endif
