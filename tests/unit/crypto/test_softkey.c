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

TEST_CASE(each_kind_signs_from_its_file)
{
	static const enum verify_algorithm ways[KEYALG__COUNT] = {
	    [KEYALG_EC_P256] = VERIFY_ECDSA_SHA256,
	    [KEYALG_EC_P384] = VERIFY_ECDSA_SHA384,
	    [KEYALG_RSA_2048] = VERIFY_RSA_SHA256,
	    [KEYALG_RSA_3072] = VERIFY_RSA_SHA256,
	    [KEYALG_RSA_4096] = VERIFY_RSA_SHA256,
	    [KEYALG_ED25519] = VERIFY_ED25519};
	struct bytes pass = str_bytes(STR("correct horse")), message = str_bytes(STR("message"));

	for (unsigned i = 0; i < KEYALG__COUNT; i++) {
		struct arena *a = arena_new(0);
		struct softkey *k, *again;
		struct bytes sig;
		enum keyalg read;

		assert_int_equal(softkey_make((enum keyalg)i, &k, NULL), OK);
		assert_int_equal(softkey_alg(k), i);
		assert_int_equal(keyalg_of_spki(softkey_spki(k), &read, NULL), OK);
		assert_int_equal(read, i);
		assert_int_equal(softkey_save(k, path, pass, SOFTKEY_ROUNDS_RANDOM, NULL), OK);
		assert_int_equal(softkey_load(path, pass, &again, NULL), OK);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(softkey_alg(again), i);
		assert_true(bytes_eq(softkey_spki(k), softkey_spki(again)));
		assert_int_equal(softkey_sign(again, a, message, &sig, NULL), OK);
		assert_int_equal(verify_spki(softkey_spki(k), ways[i], message, sig, NULL), OK);
		assert_int_equal(
		    verify_spki(softkey_spki(k), ways[i], str_bytes(STR("massage")), sig, NULL),
		    E_SIGNATURE);
		softkey_free(&k);
		softkey_free(&again);
		arena_free(&a);
	}
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
	/* A sound key of a kind that is not in the table. */
	static const char p521[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAixWnsBVYWrEOJD0R\n"
	    "3Fp78ptWKlZHb0fpaugscLuNFlDqLfD986VcXcb39x/wszZHd+0kkkKTkzvQGFzx\n"
	    "nAmde0ahgYkDgYYABAAI4+DH7z/ds/VryjaAo6x8fhArzcCuf+s1PwdN98jU6H0A\n"
	    "ifQv/gd++/ET94Thj5fR0PtyFC5cjgezhUyWm3LvuwAZkzDz0D8p4eEMBOEuTsZC\n"
	    "IriMr7YCVL+90lKT+OK8QlhIqFCUIBM6arZkoVwi7Oq8YOEsGDlQhRJsECkU9CE5\n"
	    "fA==\n"
	    "-----END PRIVATE KEY-----\n";
	static const char empty[] =
	    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
	struct softkey *k = NULL;
	struct bytes none = bytes_of(NULL, 0);

	assert_int_equal(softkey_parse(none, none, &k, NULL), E_FILE);
	assert_int_equal(softkey_parse(str_bytes(STR("no PEM")), none, &k, NULL), E_FILE);
	assert_int_equal(softkey_parse(bytes_of(empty, sizeof(empty) - 1), none, &k, NULL), E_FILE);
	assert_int_equal(softkey_parse(bytes_of(p521, sizeof(p521) - 1), none, &k, NULL), E_FILE);
	assert_int_equal(softkey_load("/nonexistent/key.pem", none, &k, NULL), E_FILE);
	assert_null(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(encrypted_file_opens_with_its_passphrase_only),
	    cmocka_unit_test(each_kind_signs_from_its_file),
	    cmocka_unit_test(plain_file_opens_without_passphrase),
	    cmocka_unit_test(what_is_no_key_is_refused),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
