/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/softkey.h"
#include "crypto/verify.h"

static char folder[] = "/tmp/signet-softkey-XXXXXX";
static char path[128];

static int
folder_make(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/key.pem", folder);
	return 0;
}

static int
folder_drop(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void
both_sign_alike(struct softkey *k, struct softkey *again)
{
	struct arena *a = arena_new(0);
	struct bytes sig, message = str_bytes(STR("m"));

	assert_true(bytes_eq(softkey_spki(k), softkey_spki(again)));
	assert_int_equal(softkey_sign(again, a, message, &sig, NULL), OK);
	assert_int_equal(verify_spki(softkey_spki(k), VERIFY_ECDSA_SHA256, message, sig, NULL), OK);
	arena_free(&a);
}

TEST_CASE(encrypted_file_opens_with_its_passphrase_only)
{
	struct bytes pass = str_bytes(STR("correct horse")),
		     other = str_bytes(STR("Correct horse"));
	struct softkey *k, *again = NULL;
	struct stat st;
	char text[64];
	FILE *file;

	assert_int_equal(softkey_generate(&k, NULL), OK);
	assert_int_equal(softkey_save(k, path, pass, SOFTKEY_ROUNDS_RANDOM, NULL), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_non_null(file = fopen(path, "r"));
	assert_non_null(fgets(text, sizeof(text), file));
	(void)fclose(file);
	assert_string_equal(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
	/* Never over an existing key. */
	assert_int_equal(softkey_save(k, path, pass, SOFTKEY_ROUNDS_RANDOM, NULL), E_FILE);
	assert_int_equal(softkey_load(path, other, &again, NULL), E_FILE);
	assert_int_equal(softkey_load(path, bytes_of(NULL, 0), &again, NULL), E_FILE);
	assert_null(again);
	assert_int_equal(softkey_load(path, pass, &again, NULL), OK);
	both_sign_alike(k, again);
	softkey_free(&again);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(softkey_load(path, pass, &again, NULL), E_FILE);
	assert_null(again);
	assert_int_equal(unlink(path), 0);
	softkey_free(&k);
}

TEST_CASE(plain_file_opens_without_passphrase)
{
	struct softkey *k, *again = NULL;

	assert_int_equal(softkey_generate(&k, NULL), OK);
	assert_int_equal(softkey_save(k, path, bytes_of(NULL, 0), 0, NULL), OK);
	assert_int_equal(softkey_load(path, str_bytes(STR("x")), &again, NULL), E_FILE);
	assert_int_equal(softkey_load(path, bytes_of(NULL, 0), &again, NULL), OK);
	both_sign_alike(k, again);
	softkey_free(&again);
	softkey_free(&k);
}

TEST_CASE(what_is_no_key_is_refused)
{
	static const char p384[] = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
	struct softkey *k = NULL;
	struct bytes none = bytes_of(NULL, 0);

	assert_int_equal(softkey_parse(none, none, &k, NULL), E_FILE);
	assert_int_equal(softkey_parse(str_bytes(STR("no PEM")), none, &k, NULL), E_FILE);
	assert_int_equal(softkey_parse(bytes_of(p384, sizeof(p384) - 1), none, &k, NULL), E_FILE);
	assert_int_equal(softkey_load("/nonexistent/key.pem", none, &k, NULL), E_FILE);
	assert_null(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(encrypted_file_opens_with_its_passphrase_only),
	    cmocka_unit_test(plain_file_opens_without_passphrase),
	    cmocka_unit_test(what_is_no_key_is_refused),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
