/* SPDX-License-Identifier: Apache-2.0 */
/* hsmbench: a SoftHSM of the test's own, a child that serves it as the monitor would have it, and the signer's side. */
#ifndef TESTS_HSMBENCH_H
#define TESTS_HSMBENCH_H

#include "house.h"

#include <sys/types.h>

#include "signer/hsm.h"
#include "token/softhsm.h"

struct bench {
	struct softhsm s;
	struct arena *a;
	struct hsm *hsm;
	pid_t pid;
	struct fault f;
};

/* A token and a signer's side that knows it; *STATE is a struct bench. */
int bench_set_up(void **state);
int bench_tear_down(void **state);
/* The signer's side anew, with another name and PIN, and a child of its own. */
void bench_know(struct bench *b, const char *label, const char *pin);
/* The child ends; and another in its place, as the monitor does it. */
void bench_bury(struct bench *b);
void bench_again(struct bench *b);

#define BENCH_CASE(name) static void name(void **state)
#define BENCH(name)      cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

#endif
