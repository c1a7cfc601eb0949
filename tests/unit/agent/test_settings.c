/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an agent takes its trust from, and what may stand in them (S22). */
#include "agent/settings.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/softkey.h"
#include "test.h"
#include "token/p11child.h"

struct folder {
	char dir[64];
	struct arena *a;
	const char *key;
	struct fault f;
};

static void
put(struct folder *t, const char *name, mode_t mode, const char *text)
{
	char *path = arena_fmt(t->a, "%s/%s", t->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static const char good_modules[] =
    "modules:\n  - name: softhsm\n    path: /usr/lib/x.so\n    kind: software\n"
    "    quirks: [ctx-login]\n    key-slots: 4\n    timeout: 7\n"
    "    environment:\n      SOFTHSM2_CONF: /x y/z\n";

static const char *
origins(struct folder *t, const char *origin, const char *environment, const char *role)
{
	return arena_fmt(t->a,
	    "origins:\n  - origin: %s\n    environment: %s\n    role: %s\n    job-key: %s\n",
	    origin, environment, role, t->key);
}

static const char *
conf(struct folder *t, const char *more)
{
	return arena_fmt(
	    t->a, "modules: %s/modules.conf\norigins: %s/origins.conf\n%s", t->dir, t->dir, more);
}

static void
put_good(struct folder *t)
{
	put(t, "modules.conf", 0644, good_modules);
	put(t, "origins.conf", 0644, origins(t, "https://localhost:8443", "test", "ra"));
	put(t, "agent.conf", 0644, conf(t, "pinentry: /bin/sh\n"));
}

static int
set_up(void **state)
{
	static struct folder t;
	struct softkey *key;

	t = (struct folder){.a = arena_new(0)};
	(void)snprintf(t.dir, sizeof(t.dir), "/tmp/signet-unit-XXXXXX");
	assert_non_null(mkdtemp(t.dir));
	assert_int_equal(softkey_generate(&key, &t.f), OK);
	t.key = base64_text(t.a, softkey_spki(key));
	softkey_free(&key);
	put_good(&t);
	*state = &t;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int
tear_down(void **state)
{
	struct folder *t = *state;

	assert_int_equal(nftw(t->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	arena_free(&t->a);
	return 0;
}

static enum err
load(struct folder *t, struct settings *ret)
{
	t->f = (struct fault){.code = OK};
	return settings_load(t->a, arena_fmt(t->a, "%s/agent.conf", t->dir), ret, &t->f);
}

#define FOLDER_CASE(name) static void name(void **state)

FOLDER_CASE(good_files_are_read)
{
	struct folder *t = *state;
	const struct settings_origin *o;
	struct settings s;

	assert_int_equal(load(t, &s), OK);
	assert_string_equal(s.pinentry, "/bin/sh");
	assert_false(s.pinentry_double);
	assert_int_equal(s.modules_n, 1);
	assert_string_equal(s.modules[0].path, "/usr/lib/x.so");
	assert_int_equal(s.modules[0].quirks, P11_QUIRK_CTX_LOGIN);
	assert_int_equal(s.modules[0].key_slots, 4);
	assert_int_equal(s.modules[0].timeout_ms, 7000);
	assert_string_equal(s.modules[0].environment[0], "SOFTHSM2_CONF=/x y/z");
	assert_null(s.modules[0].environment[1]);
	assert_non_null(settings_module(&s, "softhsm"));
	assert_null(settings_module(&s, "/usr/lib/x.so"));
	assert_int_equal(settings_origin(&s, STR("https://localhost:8443"), &o, NULL), OK);
	assert_int_equal(o->role, SETTINGS_ROLE_RA);
	assert_int_equal(
	    settings_origin(&s, STR("https://localhost:8444"), &o, NULL), E_AGENT_ORIGIN);
}

FOLDER_CASE(known_drivers_need_no_more_than_their_name)
{
	struct folder *t = *state;
	struct settings s;

	put(t, "modules.conf", 0644,
	    "modules:\n  - driver: tpm2\n  - driver: opensc\n    name: mine\n    path: /x.so\n"
	    "    quirks: [ctx-login]\n    key-slots: 4\n");
	assert_int_equal(load(t, &s), OK);
	assert_int_equal(s.modules_n, 2);
	assert_string_equal(s.modules[0].name, "tpm2");
	assert_string_equal(s.modules[0].kind, "tpm");
	assert_non_null(strstr(s.modules[0].path, "/libtpm2_pkcs11.so.1"));
	assert_int_equal(s.modules[0].quirks, P11_QUIRK_STEADY);
	assert_int_equal(s.modules[0].timeout_ms, 60000);
	assert_string_equal(s.modules[1].name, "mine");
	assert_string_equal(s.modules[1].path, "/x.so");
	assert_int_equal(s.modules[1].quirks, P11_QUIRK_CTX_LOGIN);
	assert_int_equal(s.modules[1].key_slots, 4);
}

FOLDER_CASE(what_is_installed_comes_after_what_is_written_down)
{
	struct folder *t = *state;
	struct settings s;

	put(t, "modules.conf", 0644,
	    "installed: yes\nmodules:\n  - driver: opensc\n    path: /usr/lib/of-ours.so\n");
	assert_int_equal(load(t, &s), OK);
	assert_string_equal(s.modules[0].path, "/usr/lib/of-ours.so");
	for (size_t i = 1; i < s.modules_n; i++) {
		assert_int_equal(access(s.modules[i].path, R_OK), 0);
		assert_string_not_equal(s.modules[i].name, "opensc");
		assert_string_not_equal(s.modules[i].kind, "software");
		assert_null(s.modules[i].environment[0]);
	}
}

struct bad {
	const char *file, *text;
	enum err err;
};

FOLDER_CASE(faulty_files_are_refused)
{
	struct folder *t = *state;
	const struct bad rows[] = {
	    {"agent.conf", "pinentry: /bin/sh\n", E_FIELD_MISSING},
	    {"agent.conf", conf(t, ""), E_FIELD_MISSING},
	    {"agent.conf", conf(t, "pinentry: sh\n"), E_FIELD_VALUE},
	    {"agent.conf", conf(t, "pinentry: /nonexistent/x\n"), E_FILE},
	    {"agent.conf", conf(t, "pinentry: /bin/sh\npinentry-double: /bin/sh\n"),
		E_FIELD_DUPLICATE},
	    {"agent.conf", conf(t, "pinentry: /bin/sh\npin: 1234\n"), E_FIELD_UNKNOWN},
	    {"agent.conf", conf(t, "pinentry: /bin/sh\nlanguage: fr\n"), E_FIELD_VALUE},
	    {"agent.conf", conf(t, "pinentry: /bin/sh\npin-timeout: 0\n"), E_FIELD_VALUE},
	    {"agent.conf", "- x\n", E_YAML},
	    {"modules.conf", "modules:\n  - name: x\n    path: x.so\n    kind: y\n", E_FIELD_VALUE},
	    {"modules.conf", "modules:\n  - name: ../x\n    path: /x.so\n    kind: y\n",
		E_FIELD_CHARS},
	    {"modules.conf",
		"modules:\n  - name: x\n    path: /x.so\n    kind: y\n    quirks: [z]\n",
		E_FIELD_VALUE},
	    {"modules.conf",
		"modules:\n  - name: x\n    path: /x.so\n    kind: y\n    environment:\n"
		"      LD_PRELOAD: /x\n",
		E_FIELD_VALUE},
	    {"modules.conf",
		"modules:\n  - name: x\n    path: /x.so\n    kind: y\n  - name: x\n    path: "
		"/y.so\n"
		"    kind: y\n",
		E_FIELD_DUPLICATE},
	    {"modules.conf", "modules:\n  - driver: nobody\n", E_FIELD_VALUE},
	    {"modules.conf", "modules:\n  - driver: opensc\n  - driver: opensc\n",
		E_FIELD_DUPLICATE},
	    {"modules.conf", "modules: []\ninstalled: perhaps\n", E_FIELD_VALUE},
	    {"origins.conf", origins(t, "null", "test", "user"), E_FIELD_VALUE},
	    {"origins.conf", origins(t, "https://localhost:8443/", "test", "user"), E_FIELD_VALUE},
	    {"origins.conf", origins(t, "http://portal.test", "test", "user"), E_FIELD_VALUE},
	    {"origins.conf", origins(t, "http://localhost", "production", "user"), E_FIELD_VALUE},
	    {"origins.conf", origins(t, "https://portal.test", "staging", "user"), E_FIELD_VALUE},
	    {"origins.conf", origins(t, "https://portal.test", "test", "admin"), E_FIELD_VALUE},
	    {"origins.conf",
		"origins:\n  - origin: https://a.test\n    environment: test\n    role: user\n"
		"    job-key: AAAA\n",
		E_FIELD_VALUE},
	};
	struct settings s;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum err e;

		put_good(t);
		put(t, rows[i].file, 0644, rows[i].text);
		e = load(t, &s);
		if (e != rows[i].err)
			fail_msg("%s: %s: %s %s", rows[i].text, err_row(e)->slug, t->f.field,
			    t->f.detail);
	}
}

FOLDER_CASE(files_that_others_may_write_are_refused)
{
	static const char *const names[] = {"agent.conf", "modules.conf", "origins.conf"};
	struct folder *t = *state;
	struct settings s;

	for (size_t i = 0; i < 3; i++) {
		char *path = arena_fmt(t->a, "%s/%s", t->dir, names[i]);

		assert_int_equal(chmod(path, 0664), 0);
		assert_int_equal(load(t, &s), E_CONFIG);
		assert_string_equal(t->f.field, path);
		assert_int_equal(chmod(path, 0644), 0);
	}
	assert_int_equal(chmod(t->dir, 0777), 0);
	assert_int_equal(load(t, &s), E_CONFIG);
	assert_int_equal(chmod(t->dir, 0700), 0);
	assert_int_equal(load(t, &s), OK);
}

/* As another user, as far as the test may become one. */
FOLDER_CASE(files_of_the_callers_own_are_for_loopback_tests)
{
	static const struct {
		const char *origin, *environment;
		enum err err;
	} rows[] = {{"https://localhost:8443", "test", OK}, {"https://127.0.0.1", "test", OK},
	    {"https://portal.test", "test", E_CONFIG},
	    {"https://localhost", "production", E_CONFIG}};
	struct folder *t = *state;
	bool root = geteuid() == 0;
	struct settings s;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *path = arena_fmt(t->a, "%s/origins.conf", t->dir);
		enum err e;

		put(t, "origins.conf", 0644,
		    origins(t, rows[i].origin, rows[i].environment, "user"));
		if (root) {
			assert_int_equal(chmod(t->dir, 0755), 0);
			assert_int_equal(chown(path, 65534, 65534), 0);
			assert_int_equal(seteuid(65534), 0);
		}
		e = load(t, &s);
		if (root)
			assert_int_equal(seteuid(0), 0);
		assert_int_equal(e, rows[i].err);
		if (e == OK)
			assert_true(s.own_files);
	}
	if (!root)
		return;
	/* A file of somebody else's, neither root nor the caller. */
	put(t, "origins.conf", 0644, origins(t, "https://localhost:8443", "test", "user"));
	assert_int_equal(chown(arena_fmt(t->a, "%s/origins.conf", t->dir), 12345, 12345), 0);
	assert_int_equal(load(t, &s), E_CONFIG);
}

#define FOLDER(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    FOLDER(good_files_are_read),
	    FOLDER(known_drivers_need_no_more_than_their_name),
	    FOLDER(what_is_installed_comes_after_what_is_written_down),
	    FOLDER(faulty_files_are_refused),
	    FOLDER(files_that_others_may_write_are_refused),
	    FOLDER(files_of_the_callers_own_are_for_loopback_tests),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
