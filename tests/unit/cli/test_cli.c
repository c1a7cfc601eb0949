/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/file.h"
#include "cli/request.h"
#include "cli/session.h"
#include "cli/show.h"
#include "cli/usage.h"
#include "test.h"

static char folder[] = "/tmp/signet-cli-XXXXXX";

static struct cli
fresh(void)
{
	struct cli c = {.a = arena_new(0), .keep = json_array()};

	c.option[OPTION_SERVER] = "https://localhost:8443";
	return c;
}

static void
done(struct cli *c)
{
	json_decref(c->problem);
	json_decref(c->keep);
	arena_free(&c->a);
}

TEST_CASE(every_command_and_option_has_words)
{
	static const char *const options[] = {
#define X(symbol, name, letter, value, everywhere) "cli.option." name,
#include "cli/option.def"
#undef X
	};
	struct arena *a = arena_new(0);
	size_t n;
	const struct command *rows = command_rows(&n);

	for (size_t i = 0; i < n; i++) {
		if (catalogue_text(LANG_EN, command_key(a, &rows[i])) == NULL)
			fail_msg("%s has no words", rows[i].words);
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (catalogue_text(LANG_EN, options[i]) == NULL)
			fail_msg("%s has no words", options[i]);
	}
	arena_free(&a);
}

TEST_CASE(what_was_typed_wrongly_is_refused)
{
	/* Each is refused before anything is asked of a server. */
	static const char *const rows[][6] = {
	    {"signet", "frobnicate", NULL},
	    {"signet", "ca", "frobnicate", NULL},
	    {"signet", "list", "--bogus", NULL},
	    {"signet", "list", "--reason", "x", NULL},
	    {"signet", "list", "--json", "--json", NULL},
	    {"signet", "list", "--json=yes", NULL},
	    {"signet", "list", "--server", NULL},
	    {"signet", "list", "--server", "http://localhost:8443", NULL},
	    {"signet", "list", "--server", "https://localhost/path", NULL},
	    {"signet", "list", "--lang", "de", NULL},
	    {"signet", "show", NULL},
	    {"signet", "show", "a", "b", NULL},
	    {"signet", "reject", "T-2026-1", NULL},
	    {"signet", "ca", "init", NULL},
	    {"signet", "--", "--help", NULL},
	};
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *argv[6] = {0};
		int argc = 0;

		for (; rows[i][argc]; argc++)
			argv[argc] = arena_fmt(a, "%s", rows[i][argc]);
		if (cli_main(argc, argv) != err_row(E_USAGE)->exit)
			fail_msg("row %zu was not refused as usage", i);
	}
	arena_free(&a);
}

TEST_CASE(what_was_meant_is_found)
{
	static const struct {
		const char *typed[2], *meant;
	} rows[] = {
	    {{"lst", NULL}, "list"},
	    {{"revoek", "A1"}, "revoke"},
	    {{"ca", "inti"}, "ca init"},
	    {{"aduit", "verfy"}, "audit verify"},
	    {{"aduit", NULL}, "audit"},
	    {{"xyzzy", NULL}, NULL},
	    {{"frobnicate-the-whole-of-this-installation-at-once", NULL}, NULL},
	};
	struct cli c = fresh();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got;

		c.argument[0] = rows[i].typed[0];
		c.argument[1] = rows[i].typed[1];
		c.argument_count = rows[i].typed[1] ? 2 : 1;
		got = usage_near_command(&c);
		if ((got == NULL) != (rows[i].meant == NULL) ||
		    (got && strcmp(got, rows[i].meant) != 0))
			fail_msg("%s: %s", rows[i].typed[0], got ? got : "nothing");
	}
	assert_string_equal(usage_near_option(&c, "--jsno=x"), "--json");
	assert_null(usage_near_option(&c, "--frobnicate"));
	assert_int_equal(usage_distance("", "abc"), 3);
	assert_int_equal(usage_distance("abcd", "abdc"), 1);
	done(&c);
}

TEST_CASE(a_failure_of_typing_says_what_next)
{
	struct cli_said said = {.notes = json_object()};
	struct cli c = fresh();
	struct fault f = {0};

	c.said = &said;
	assert_int_equal(cli_missing(&c, OPTION_REASON, &f), E_USAGE);
	assert_string_equal(f.field, "--reason");
	assert_true(str_is(said.what, "--reason is missing."));
	assert_true(str_starts(said.next, STR("Add --reason WORDS: ")));
	f = (struct fault){0};
	assert_int_equal(usage_unknown(&c, "command", "lst", "list", &f), E_USAGE);
	assert_true(str_starts(said.next, STR("Did you mean list? ")));
	json_decref(said.notes);
	done(&c);
}

TEST_CASE(a_session_is_kept_per_server_and_for_its_owner_only)
{
	struct cli c = fresh(), other = fresh();
	const char *path = arena_fmt(c.a, "%s/signet/session", folder);
	json_t *entry = json_pack("{s:s}", "session", "secret-1"), *got;
	struct fault f = {0};
	struct stat st;

	assert_int_equal(session_write(&c, entry, &f), OK);
	json_decref(entry);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	other.option[OPTION_SERVER] = "https://localhost:9443";
	assert_int_equal(session_read(&other, &got, &f), OK);
	assert_int_equal(json_object_size(got), 0);
	entry = json_pack("{s:s}", "session", "secret-2");
	assert_int_equal(session_write(&other, entry, &f), OK);
	json_decref(entry);
	assert_int_equal(session_read(&c, &got, &f), OK);
	assert_string_equal(json_string_value(json_object_get(got, "session")), "secret-1");
	assert_int_equal(session_write(&c, NULL, &f), OK);
	assert_int_equal(session_read(&c, &got, &f), OK);
	assert_int_equal(json_object_size(got), 0);
	assert_int_equal(session_read(&other, &got, &f), OK);
	assert_string_equal(json_string_value(json_object_get(got, "session")), "secret-2");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(session_read(&other, &got, &f), E_FILE);
	assert_int_equal(unlink(path), 0);
	done(&c);
	done(&other);
}

TEST_CASE(a_path_is_encoded_part_by_part)
{
	struct cli c = fresh();

	assert_string_equal(request_path(&c, "/a/%s/%s?b=1", "T-2026-1", "x/../y?z=é"),
	    "/a/T-2026-1/x%2F..%2Fy%3Fz%3D%C3%A9?b=1");
	done(&c);
}

TEST_CASE(text_from_outside_cannot_move_the_terminal)
{
	struct arena *a = arena_new(0);
	size_t width;

	assert_string_equal(show_clean(a, STR("a\033[2Jb\tc"), &width), "a?[2Jb?c");
	assert_int_equal(width, 8);
	assert_string_equal(show_clean(a, STR("x\xe2\x80\xaey\xc2\x9bz"), NULL), "x?y?z");
	assert_string_equal(show_clean(a, STR("\xff"), NULL), "?");
	assert_string_equal(show_clean(a, STR("证书é"), &width), "证书é");
	assert_int_equal(width, 5);
	arena_free(&a);
}

TEST_CASE(a_secret_file_must_be_its_owners)
{
	struct arena *a = arena_new(0);
	const char *path = arena_fmt(a, "%s/pass", folder);
	struct bytes b;
	struct fault f = {0};

	assert_int_equal(file_write(a, path, str_bytes(STR("secret\n")), 0600, &f), OK);
	assert_int_equal(file_read_secret(a, path, 64, &b, &f), OK);
	assert_true(bytes_eq(b, str_bytes(STR("secret"))));
	assert_int_equal(file_read(a, path, 3, &b, &f), E_FILE);
	f = (struct fault){0};
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(file_read_secret(a, path, 64, &b, &f), E_FILE);
	assert_string_equal(f.rule, "0600");
	assert_int_equal(unlink(path), 0);
	arena_free(&a);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || setenv("XDG_CONFIG_HOME", folder, 1) != 0)
		return -1;
	return unsetenv("SIGNET_SERVER") | unsetenv("SIGNET_CA");
}

static int
tear_down(void **state)
{
	char sub[sizeof(folder) + 16];

	(void)state;
	(void)snprintf(sub, sizeof(sub), "%s/signet", folder);
	(void)rmdir(sub);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_command_and_option_has_words),
	    cmocka_unit_test(what_was_typed_wrongly_is_refused),
	    cmocka_unit_test(what_was_meant_is_found),
	    cmocka_unit_test(a_failure_of_typing_says_what_next),
	    cmocka_unit_test(a_session_is_kept_per_server_and_for_its_owner_only),
	    cmocka_unit_test(a_path_is_encoded_part_by_part),
	    cmocka_unit_test(text_from_outside_cannot_move_the_terminal),
	    cmocka_unit_test(a_secret_file_must_be_its_owners),
	};

	return cmocka_run_group_tests_name("cli", tests, set_up, tear_down);
}
