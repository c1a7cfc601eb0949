/* SPDX-License-Identifier: Apache-2.0 */
/* test: cmocka with what it needs before it, for every unit test. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* One case: TEST_CASE(name) { … } in the file, cmocka_unit_test(name) in its table. */
#define TEST_CASE(name) static void name(void **state_ __attribute__((unused)))

#endif
