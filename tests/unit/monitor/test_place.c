/* SPDX-License-Identifier: Apache-2.0 */
/* place and listen: directories, lock, secret and sockets that the monitor opens. */
#include "monitor/place.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "monitor/listen.h"
#include "test.h"

static struct arena *a;
static char data[64];
static struct conf conf;

static const char *
path(const char *name)
{
	return arena_fmt(a, "%s/%s", data, name);
}

static void
put(const char *name, mode_t mode)
{
	int fd = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && fchmod(fd, mode) == 0 && write(fd, "secret", 6) == 6);
	(void)close(fd);
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	must(lstat(path(name), &st) == 0);
	return st.st_mode & 07777;
}

TEST_CASE(directories_are_made_with_their_mode)
{
	static const struct monitor_place places[] = {
	    {"", MONITOR_USER, 0755}, {"keys", MONITOR_SIGNER_USER, 0700}};
	const struct monitor_table t = {.places = places, .place_count = 2};

	assert_int_equal(place_make(&t, &conf, NULL), OK);
	assert_int_equal(mode_of(""), 0755);
	assert_int_equal(mode_of("keys"), 0700);
	assert_int_equal(chmod(path("keys"), 0777), 0);
	assert_int_equal(place_make(&t, &conf, NULL), OK);
	assert_int_equal(mode_of("keys"), 0700);
	assert_int_equal(rmdir(path("keys")), 0);
	/* A link is not followed: its target would be given away. */
	assert_int_equal(symlink("/tmp", path("keys")), 0);
	assert_int_equal(place_make(&t, &conf, NULL), E_FILE);
	assert_int_equal(unlink(path("keys")), 0);
	put("keys", 0600);
	assert_int_equal(place_make(&t, &conf, NULL), E_FILE);
	assert_int_equal(unlink(path("keys")), 0);
}

TEST_CASE(the_lock_is_held_once)
{
	int first = -1, second = -1;

	assert_int_equal(place_lock(&conf, &first, NULL), OK);
	assert_int_equal(place_lock(&conf, &second, NULL), E_UNAVAILABLE);
	(void)close(first);
	assert_int_equal(place_lock(&conf, &second, NULL), OK);
	(void)close(second);
	assert_int_equal(unlink(path("lock")), 0);
}

static bool
readable(int fd)
{
	char text[8] = "";
	bool yes = fd >= 0 && read(fd, text, sizeof(text)) == 6;

	if (fd >= 0)
		(void)close(fd);
	return yes;
}

TEST_CASE(a_secret_that_others_may_read_is_refused)
{
	struct fault f = {0};
	int fd = 0;

	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, NULL), OK);
	assert_int_equal(fd, -1);
	put("unlock", 0640);
	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, &f), E_FILE);
	assert_string_equal(f.field, "unlock_file");
	assert_string_equal(f.rule, "0600");
	assert_int_equal(chmod(path("unlock"), 0600), 0);
	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, NULL), OK);
	assert_true(readable(fd));
	assert_int_equal(rename(path("unlock"), path("other")), 0);
	assert_int_equal(symlink(path("other"), path("unlock")), 0);
	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, NULL), E_FILE);
	assert_int_equal(unlink(path("unlock")), 0);
	assert_int_equal(unlink(path("other")), 0);
}

TEST_CASE(each_secret_has_its_own_file)
{
	struct fault f = {0};
	int fd = 0;

	put("unlock", 0600);
	assert_int_equal(place_secret(&conf, "secret.mail", &fd, NULL), OK);
	assert_int_equal(fd, -1);
	put("mail-password", 0644);
	assert_int_equal(place_secret(&conf, "secret.mail", &fd, &f), E_FILE);
	assert_string_equal(f.field, "mail_password_file");
	assert_int_equal(chmod(path("mail-password"), 0600), 0);
	assert_int_equal(place_secret(&conf, "secret.mail", &fd, NULL), OK);
	assert_true(readable(fd));
	assert_int_equal(unlink(path("mail-password")), 0);
	assert_int_equal(unlink(path("unlock")), 0);
}

TEST_CASE(a_credential_of_systemd_comes_first)
{
	int fd = -1;

	assert_int_equal(mkdir(path("credentials"), 0700), 0);
	put("credentials/unlock", 0440);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", path("credentials"), 1), 0);
	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, NULL), OK);
	assert_true(readable(fd));
	assert_int_equal(chmod(path("credentials/unlock"), 0644), 0);
	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, NULL), E_FILE);
	assert_int_equal(unlink(path("credentials/unlock")), 0);
	/* Without one of ours in its folder the file counts, by the file's own rule. */
	put("unlock", 0640);
	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, NULL), E_FILE);
	assert_int_equal(chmod(path("unlock"), 0600), 0);
	assert_int_equal(place_secret(&conf, "secret.unlock", &fd, NULL), OK);
	assert_true(readable(fd));
	assert_int_equal(unlink(path("unlock")), 0);
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	assert_int_equal(rmdir(path("credentials")), 0);
}

TEST_CASE(the_admin_socket_replaces_its_own_remains_only)
{
	struct listen_set set = {0}, again = {0};

	assert_int_equal(listen_open(&conf, "listen.admin", &set, NULL), OK);
	assert_int_equal(set.count, 1);
	assert_int_equal(mode_of("admin.sock"), 0600);
	assert_int_equal(listen(set.socket[0].fd, 1), 0);
	assert_int_equal(listen_open(&conf, "listen.admin", &again, NULL), E_UNAVAILABLE);
	/* Closed without unlink, as after a crash: the file stays and answers nobody. */
	(void)close(set.socket[0].fd);
	assert_int_equal(listen_open(&conf, "listen.admin", &again, NULL), OK);
	listen_close(&again, &conf);
	assert_int_equal(again.count, 0);
	assert_int_equal(access(path("admin.sock"), F_OK), -1);
	put("admin.sock", 0600);
	assert_int_equal(listen_open(&conf, "listen.admin", &again, NULL), E_UNAVAILABLE);
	assert_int_equal(access(path("admin.sock"), F_OK), 0);
	assert_int_equal(unlink(path("admin.sock")), 0);
}

TEST_CASE(an_address_that_is_not_ours_is_told)
{
	struct listen_set set = {0};
	struct fault f = {0};
	struct conf other = conf;

	/* 192.0.2.0/24 is for documentation (RFC 5737). */
	other.listen_portal = (struct conf_listen){
	    .count = 1, .address = {{STR("192.0.2.1:8443"), "192.0.2.1", 8443}}};
	assert_int_equal(listen_open(&other, "listen.portal", &set, &f), E_UNAVAILABLE);
	assert_string_equal(f.field, "listen.portal");
	assert_non_null(strstr(f.detail, "192.0.2.1:8443"));
	/* So is an IPv6 one, unless the list has another (2001:db8::/32, RFC 3849). */
	other.listen_portal = (struct conf_listen){
	    .count = 1, .address = {{STR("[2001:db8::1]:8443"), "2001:db8::1", 8443}}};
	assert_int_equal(listen_open(&other, "listen.portal", &set, NULL), E_UNAVAILABLE);
	assert_int_equal(set.count, 0);
	assert_int_equal(listen_open(&other, "listen.nothing", &set, NULL), OK);
	assert_int_equal(set.count, 0);
}

static int
begin(void **state)
{
	const char *user = getpwuid(getuid())->pw_name;
	char *text;

	(void)state;
	a = arena_new(0);
	(void)snprintf(data, sizeof(data), "/tmp/signet-place-XXXXXX");
	must(mkdtemp(data) != NULL);
	text = arena_fmt(a,
	    "environment: test\npublic_url: https://a\npublic_http_url: http://a\n"
	    "data: %s\nuser: %s\nsigner_user: %s\n",
	    data, user, user);
	return conf_parse(a, str_bytes(str_of(text)), &conf, NULL) != OK;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&a);
	return rmdir(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(directories_are_made_with_their_mode),
	    cmocka_unit_test(the_lock_is_held_once),
	    cmocka_unit_test(a_secret_that_others_may_read_is_refused),
	    cmocka_unit_test(each_secret_has_its_own_file),
	    cmocka_unit_test(a_credential_of_systemd_comes_first),
	    cmocka_unit_test(the_admin_socket_replaces_its_own_remains_only),
	    cmocka_unit_test(an_address_that_is_not_ours_is_told),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
