/* SPDX-License-Identifier: Apache-2.0 */
/* softhsm: a SoftHSM of the test's own, in a temporary folder, with one token in it. */
#ifndef TESTS_SOFTHSM_H
#define TESTS_SOFTHSM_H

#include "token/token.h"

#define SOFTHSM_PIN   "246810"
#define SOFTHSM_LABEL "unit"

struct softhsm {
	char dir[64];        /* everything of this test; removed by softhsm_free */
	char conf[96];       /* SOFTHSM2_CONF=… */
	char fault[96];      /* the file that the fault module reads */
	char fault_env[128]; /* FAULT_FILE=… */
	const char *argv[3]; /* the child with SoftHSM behind the fault module */
	const char *envp[4];
	struct token_module module;
};

/* CHILD: a program that serves the module named in its first argument. Fails the test on trouble. */
void softhsm_new(struct softhsm *h, const char *child);
void softhsm_free(struct softhsm *h);
/* What the fault module does from now on: its lines, or "" for nothing. */
void softhsm_fault(const struct softhsm *h, const char *lines);
/* Objects on the token, private ones included, seen without our code. */
int softhsm_objects(const struct softhsm *h);
struct secret softhsm_pin(const char *pin);

#endif
