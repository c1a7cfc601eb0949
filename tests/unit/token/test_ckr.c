/* SPDX-License-Identifier: Apache-2.0 */
#include <p11-kit/pkcs11.h>
#include <string.h>

#include "test.h"
#include "token/ckr.h"

struct expect {
	const char *name;
	unsigned step;
	CK_RV ckr;
	bool present;
	unsigned flags, containers, key_slots;
	enum err err;
};

/* What people would read: the table of the design, not of the code. */
static const struct expect rows[] = {
    {"pulled while listing", P11_AT_LIST, CKR_TOKEN_NOT_PRESENT, false, 0, 0, 0, E_TOKEN_ABSENT},
    {"pulled, slot vanished", P11_AT_OPEN, CKR_SLOT_ID_INVALID, false, 0, 0, 0, E_TOKEN_ABSENT},
    {"opened too late", P11_AT_OPEN, CKR_DEVICE_ERROR, false, 0, 0, 0, E_TOKEN_ABSENT},
    {"pulled at keygen", P11_AT_KEYGEN, CKR_DEVICE_REMOVED, false, 0, 0, 0, E_TOKEN_REMOVED},
    {"pulled at sign", P11_AT_SIGN, CKR_DEVICE_ERROR, false, 0, 0, 0, E_TOKEN_REMOVED},
    {"pulled at write", P11_AT_WRITE, CKR_GENERAL_ERROR, false, 0, 9, 9, E_TOKEN_REMOVED},
    {"session gone", P11_AT_SIGN, CKR_SESSION_HANDLE_INVALID, true, 0, 0, 0, E_TOKEN_REMOVED},
    {"login state gone", P11_AT_SIGN, CKR_USER_NOT_LOGGED_IN, false, 0, 0, 0, E_TOKEN_REMOVED},
    {"full, said so", P11_AT_KEYGEN, CKR_DEVICE_MEMORY, true, 0, 0, 0, E_TOKEN_FULL},
    {"full, counted", P11_AT_KEYGEN, CKR_FUNCTION_FAILED, true, 0, 4, 4, E_TOKEN_FULL},
    {"full, certificate", P11_AT_WRITE, CKR_GENERAL_ERROR, true, 0, 4, 4, E_TOKEN_FULL},
    {"not full: some fault", P11_AT_KEYGEN, CKR_FUNCTION_FAILED, true, 0, 3, 4, E_TOKEN_ERROR},
    {"limit unknown", P11_AT_WRITE, CKR_GENERAL_ERROR, true, 0, 40, 0, E_TOKEN_ERROR},
    {"full is no matter of signing", P11_AT_SIGN, CKR_GENERAL_ERROR, true, 0, 4, 4, E_TOKEN_ERROR},
    {"wrong PIN", P11_AT_LOGIN, CKR_PIN_INCORRECT, true, 0, 0, 0, E_PIN_INCORRECT},
    {"wrong PIN, now locked", P11_AT_LOGIN, CKR_PIN_INCORRECT, true, TOKEN_PIN_LOCKED, 0, 0,
	E_PIN_LOCKED},
    {"locked", P11_AT_LOGIN, CKR_PIN_LOCKED, true, 0, 0, 0, E_PIN_LOCKED},
    {"locked, vaguely", P11_AT_LOGIN, CKR_FUNCTION_FAILED, true, TOKEN_PIN_LOCKED, 0, 0,
	E_PIN_LOCKED},
    {"PIN length", P11_AT_LOGIN, CKR_PIN_LEN_RANGE, true, 0, 0, 0, E_PIN_LENGTH},
    {"PIN characters", P11_AT_LOGIN, CKR_PIN_INVALID, true, 0, 0, 0, E_PIN_CHARS},
    {"no PIN yet", P11_AT_LOGIN, CKR_USER_PIN_NOT_INITIALIZED, true, 0, 0, 0, E_PIN_NOT_SET},
    {"PIN expired", P11_AT_LOGIN, CKR_PIN_EXPIRED, true, 0, 0, 0, E_PIN_NOT_SET},
    {"cancelled at the reader", P11_AT_LOGIN, CKR_FUNCTION_CANCELED, true, 0, 0, 0, E_CANCELLED},
    {"wants the management key", P11_AT_KEYGEN, CKR_USER_TYPE_INVALID, true, 0, 0, 0, E_ADMIN_KEY},
    {"no such curve", P11_AT_KEYGEN, CKR_CURVE_NOT_SUPPORTED, true, 0, 0, 0, E_ALG_UNSUPPORTED},
    {"no such mechanism", P11_AT_SIGN, CKR_MECHANISM_INVALID, true, 0, 0, 0, E_ALG_UNSUPPORTED},
    {"key of another token", P11_AT_WRITE, CKR_KEY_HANDLE_INVALID, true, 0, 0, 0, E_OTHER_TOKEN},
    {"container there already", P11_AT_KEYGEN, CKR_FUNCTION_REJECTED, true, 0, 0, 0, E_CONTAINER},
    {"unknown card", P11_AT_OPEN, CKR_TOKEN_NOT_RECOGNIZED, true, 0, 0, 0, E_MODULE},
    {"library does not start", P11_AT_LOAD, CKR_GENERAL_ERROR, true, 0, 0, 0, E_MODULE},
    {"another program", P11_AT_LOGIN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN, true, 0, 0, 0,
	E_TOKEN_BUSY},
    {"vendor's own code", P11_AT_SIGN, 0x80000017, true, 0, 0, 0, E_TOKEN_ERROR},
};

TEST_CASE(each_code_means_what_step_and_state_say)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct p11_failure x = {.step = (uint8_t)rows[i].step,
		    .ckr = rows[i].ckr,
		    .present = rows[i].present,
		    .flags = rows[i].flags,
		    .containers = rows[i].containers};
		enum err e = ckr_err(&x, rows[i].key_slots);

		if (e != rows[i].err)
			print_error("%s: %s\n", rows[i].name, err_row(e)->slug);
		assert_int_equal(e, rows[i].err);
	}
}

TEST_CASE(every_row_of_the_table_can_be_reached)
{
	static const struct {
		unsigned steps;
		CK_RV ckr;
		unsigned when;
		enum err err;
	} table[] = {
#define ANY                      P11_AT_ANY
#define LOAD                     P11_AT_LOAD
#define LIST                     P11_AT_LIST
#define OPEN                     P11_AT_OPEN
#define LOGIN                    P11_AT_LOGIN
#define KEYGEN                   P11_AT_KEYGEN
#define SIGN                     P11_AT_SIGN
#define WRITE                    P11_AT_WRITE
#define X(steps, ckr, when, err) {(steps), CKR_##ckr, CKR_WHEN_##when, E_##err},
#include "token/ckr.def"
#undef X
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		bool reached = false;

		for (unsigned step = 1; step < 256; step <<= 1) {
			struct p11_failure x = {.step = (uint8_t)step,
			    .ckr = table[i].ckr,
			    .present = !(table[i].when & CKR_WHEN_ABSENT),
			    .flags = table[i].when & CKR_WHEN_LOCKED ? TOKEN_PIN_LOCKED : 0,
			    .containers = 3};

			if (table[i].steps & step)
				reached |= ckr_err(&x, table[i].when & CKR_WHEN_FULL ? 3 : 0) ==
				    table[i].err;
		}
		if (!reached)
			print_error("row %zu\n", i);
		assert_true(reached);
	}
}

TEST_CASE(tries_left_are_told_where_the_token_says_so)
{
	struct p11_failure x = {.step = P11_AT_LOGIN,
	    .ckr = CKR_PIN_INCORRECT,
	    .present = true,
	    .flags = TOKEN_PIN_FINAL};
	struct fault f = {0};

	assert_int_equal(ckr_fail(&x, 0, &f), E_PIN_INCORRECT);
	assert_string_equal(f.rule, "n=1");
	x.flags = TOKEN_PIN_LOW;
	f = (struct fault){0};
	assert_int_equal(ckr_fail(&x, 0, &f), E_PIN_INCORRECT);
	assert_string_equal(f.rule, "");
	x.flags = TOKEN_PIN_LOCKED;
	f = (struct fault){0};
	assert_int_equal(ckr_fail(&x, 0, &f), E_PIN_LOCKED);
	assert_string_equal(f.rule, "n=0");
}

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    cmocka_unit_test(each_code_means_what_step_and_state_say),
	    cmocka_unit_test(every_row_of_the_table_can_be_reached),
	    cmocka_unit_test(tries_left_are_told_where_the_token_says_so),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
