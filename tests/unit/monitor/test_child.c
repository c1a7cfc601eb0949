/* SPDX-License-Identifier: Apache-2.0 */
/* child: what a role takes from the monitor, and what it does not. */
#include "monitor/child.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/must.h"
#include "test.h"

#define CONF "environment: test\npublic_url: https://a\npublic_http_url: http://a\n"

static int pair[2];

static void
say(int type, const char *body, bool with_fd)
{
	int fd = with_fd ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
	const struct ipc_frame frame = {
	    .type = (uint16_t)type, .body = str_bytes(str_of(body)), .fd = fd};

	must(ipc_send(pair[0], &frame, NULL) == OK);
	if (fd >= 0)
		(void)close(fd);
}

static enum err
start(struct child **ret)
{
	return child_start("front", pair[1], ret, NULL);
}

TEST_CASE(the_hand_over)
{
	struct child *c = NULL;
	struct child_event ev;
	int old;

	must(ipc_pair(pair, NULL) == OK);
	say(CHILD_CONF, CONF, false);
	say(CHILD_FD, "listen.portal", true);
	say(CHILD_FD, "listen.portal", true);
	say(CHILD_FD, "signer", true);
	say(CHILD_GO, "", false);
	assert_int_equal(start(&c), OK);
	assert_string_equal(child_role(c), "front");
	assert_true(str_is(child_conf(c)->public_url, "https://a"));
	assert_true(child_fd(c, "listen.portal", 0) >= 0);
	assert_int_not_equal(child_fd(c, "listen.portal", 0), child_fd(c, "listen.portal", 1));
	assert_int_equal(child_fd(c, "listen.portal", 2), -1);
	assert_int_equal(child_fd(c, "listen", 0), -1);
	old = child_fd(c, "signer", 0);
	say(CHILD_FD, "signer", true);
	say(CHILD_FD, "bell", true);
	say(CHILD_SETTLE, "", false);
	say(CHILD_RELOAD, "", false);
	say(CHILD_DRAIN, "", false);
	ev = child_next(c);
	assert_int_equal(ev.kind, CHILD_EV_FD);
	assert_string_equal(ev.name, "signer");
	assert_int_equal(ev.old, old);
	assert_int_equal(ev.fd, child_fd(c, "signer", 0));
	assert_int_not_equal(ev.fd, old);
	(void)close(old);
	ev = child_next(c);
	assert_int_equal(ev.old, -1);
	assert_int_equal(ev.fd, child_fd(c, "bell", 0));
	assert_int_equal(child_next(c).kind, CHILD_EV_SETTLE);
	assert_int_equal(child_next(c).kind, CHILD_EV_RELOAD);
	assert_int_equal(child_next(c).kind, CHILD_EV_DRAIN);
	(void)close(pair[0]);
	assert_int_equal(child_next(c).kind, CHILD_EV_GONE);
	assert_int_not_equal(child_ready(c, NULL), OK);
	child_free(&c);
	assert_null(c);
}

/* One frame instead of a proper hand-over. */
static const struct {
	int type;
	const char *body;
	bool fd;
	enum err e;
} bad[] = {
    {CHILD_GO, "", false, E_FRAME},
    {CHILD_FD, "name", false, E_FRAME},
    {CHILD_FD, "", true, E_FRAME},
    {CHILD_FD, "a-name-that-is-longer-than-31-octets", true, E_FRAME},
    {CHILD_DRAIN, "", false, E_FRAME},
    {CHILD_READY, "", false, E_FRAME},
    {99, "", false, E_FRAME},
    {CHILD_CONF, "environment: other\n", false, E_FIELD_VALUE},
};

TEST_CASE(no_role_runs_on_a_bad_hand_over)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct child *c = NULL;

		must(ipc_pair(pair, NULL) == OK);
		say(bad[i].type, bad[i].body, bad[i].fd);
		assert_int_equal(start(&c), bad[i].e);
		assert_null(c);
		(void)close(pair[0]);
	}
}

TEST_CASE(nonsense_later_counts_as_the_monitors_end)
{
	static const struct {
		int type;
		const char *body;
		bool fd;
	} odd[] = {{CHILD_CONF, CONF, false}, {CHILD_FD, "x", false}, {CHILD_FD, "", true},
	    {CHILD_DRAIN, "", true}, {99, "", false}};

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct child *c = NULL;

		must(ipc_pair(pair, NULL) == OK);
		say(CHILD_CONF, CONF, false);
		say(CHILD_GO, "", false);
		assert_int_equal(start(&c), OK);
		say(odd[i].type, odd[i].body, odd[i].fd);
		assert_int_equal(child_next(c).kind, CHILD_EV_GONE);
		child_free(&c);
		(void)close(pair[0]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_hand_over),
	    cmocka_unit_test(no_role_runs_on_a_bad_hand_over),
	    cmocka_unit_test(nonsense_later_counts_as_the_monitors_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
