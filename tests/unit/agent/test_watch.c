/* SPDX-License-Identifier: Apache-2.0 */
/* A token that comes or goes becomes an event, within a second, and nothing else does. */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/native.h"
#include "stand.h"
#include "test.h"
#include "token/p11child.h"

#define STAND_CASE(name) static void name(void **state)

#define PULLED "C_GetSlotList 1 pull\n"

/* The event that there is now; NULL: none. */
static json_t *
event(struct stand *s)
{
	struct bytes text;
	json_t *ev;

	if (!agent_event(s->agent, s->a, &text))
		return NULL;
	ev = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(ev);
	json_array_append_new(s->keep, ev);
	assert_string_equal(json_string_value(json_object_get(ev, "event")), "tokens");
	return ev;
}

static size_t
tokens(const json_t *ev)
{
	return json_array_size(json_object_get(ev, "tokens"));
}

STAND_CASE(nobody_watches_before_a_page_asks)
{
	struct stand *s = *state;

	assert_int_equal(agent_wait(s->agent), -1);
	softhsm_fault(&s->h, PULLED);
	assert_null(event(s));
	(void)stand_ok(s, "tokens.watch", json_object());
	assert_in_range(agent_wait(s->agent), 1, 900);
}

STAND_CASE(a_token_goes_and_comes)
{
	struct stand *s = *state;
	json_t *ev;

	assert_int_equal(tokens(stand_ok(s, "tokens.watch", json_object())), 1);
	assert_null(event(s));
	softhsm_fault(&s->h, PULLED);
	ev = event(s);
	assert_non_null(ev);
	assert_int_equal(tokens(ev), 0);
	assert_null(event(s));
	softhsm_fault(&s->h, "");
	ev = event(s);
	assert_non_null(ev);
	assert_int_equal(tokens(ev), 1);
	assert_null(event(s));
}

STAND_CASE(a_module_that_crashes_is_told_once_and_not_asked_at_once_again)
{
	struct stand *s = *state;
	json_t *ev;

	(void)stand_ok(s, "tokens.watch", json_object());
	softhsm_fault(&s->h, "C_GetTokenInfo 1 crash\n");
	ev = event(s);
	assert_non_null(ev);
	assert_int_equal(tokens(ev), 0);
	assert_int_equal(json_array_size(json_object_get(ev, "failed")), 1);
	softhsm_fault(&s->h, "");
	assert_null(event(s));
}

STAND_CASE(a_steady_module_is_left_alone)
{
	struct stand *s = *state;
	struct settings_module m = s->settings.modules[0];

	m.quirks |= P11_QUIRK_STEADY;
	s->settings.modules = &m;
	stand_anew(s, LANG_EN);
	assert_int_equal(tokens(stand_ok(s, "tokens.watch", json_object())), 1);
	softhsm_fault(&s->h, PULLED);
	assert_null(event(s));
}

/* Why there is no token, in a word that the next step hangs on. */
STAND_CASE(what_is_missing_is_said)
{
	static const struct {
		const char *plan, *kind, *code;
	} rows[] = {
	    {PULLED, "software", "token-absent"},
	    {PULLED, "cards", "reader-service"},
	    {"C_GetTokenInfo 1 fail 0xe1\n", "software", "token-unknown"},
	    {"C_GetTokenInfo 1 crash\n", "software", "module-crashed"},
	};
	struct stand *s = *state;
	struct settings_module m = s->settings.modules[0];

	s->settings.modules = &m;
	/* A service that surely does not run. */
	assert_int_equal(setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/socket", 1), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *got, *why;

		m.kind = rows[i].kind;
		stand_anew(s, LANG_EN);
		softhsm_fault(&s->h, rows[i].plan);
		got = stand_ok(s, "tokens.list", json_object());
		why = json_object_get(got, "why");
		assert_string_equal(json_string_value(json_object_get(why, "code")), rows[i].code);
		if (i == 2)
			assert_int_equal(json_array_size(json_object_get(got, "unknown")), 2);
		assert_int_equal(stand_fails(s, STAND_ORIGIN, "certs.list",
				     json_pack("{s:s}", "token", SOFTHSM_LABEL)),
		    err_of_slug(str_of(rows[i].code)));
		softhsm_fault(&s->h, "");
	}
	stand_anew(s, LANG_EN);
	assert_null(json_object_get(stand_ok(s, "tokens.list", json_object()), "why"));
	assert_int_equal(unsetenv("PCSCLITE_CSOCK_NAME"), 0);
}

/* What an enrolment has logged in to survives the looks. */
STAND_CASE(watching_does_not_disturb_an_enrolment)
{
	static const struct id one = {{9}};
	static const uint8_t nonce[32] = {5};
	struct stand *s = *state;
	json_t *made;

	stand_hello(s);
	(void)stand_ok(s, "tokens.watch", json_object());
	made = stand_ok(s, "enrol.begin", stand_job(s, one, NULL));
	assert_null(event(s));
	(void)stand_seen(s);
	(void)stand_ok(s, "enrol.finish",
	    json_pack("{s:s,s:[o],s:o}", "enrolment", id_text(s->a, one), "chain",
		stand_text(s, stand_issue(s, made)), "nonce", stand_text(s, BYTES_OF(nonce))));
	assert_string_equal(stand_seen(s), "");
}

struct served {
	struct agent *agent;
	int in, out;
};

static void *
serve(void *arg)
{
	const struct served *x = arg;

	(void)native_serve(x->agent, x->in, x->out);
	return NULL;
}

static size_t
read_frame(int fd, char *room, size_t size, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint32_t n = 0;
	size_t got = 0;

	assert_int_equal(poll(&p, 1, ms), 1);
	assert_int_equal(read(fd, &n, 4), 4);
	assert_true(n < size);
	while (got < n) {
		ssize_t more = read(fd, room + got, n - got);

		assert_true(more > 0);
		got += (size_t)more;
	}
	room[n] = 0;
	return n;
}

STAND_CASE(a_browser_hears_of_it_within_a_second)
{
	static const char ask[] =
	    "{\"origin\":\"" STAND_ORIGIN
	    "\",\"body\":{\"v\":1,\"id\":1,\"verb\":\"tokens.watch\",\"args\":{}}}";
	struct stand *s = *state;
	uint32_t n = sizeof(ask) - 1;
	struct timespec t0, t1;
	char room[8192];
	struct served x;
	int to[2], from[2];
	pthread_t thread;

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	x = (struct served){s->agent, to[0], from[1]};
	assert_int_equal(pthread_create(&thread, NULL, serve, &x), 0);
	assert_int_equal(write(to[1], &n, 4), 4);
	assert_int_equal(write(to[1], ask, n), n);
	(void)read_frame(from[0], room, sizeof(room), 20000);
	assert_non_null(strstr(room, "\"label\":\"" SOFTHSM_LABEL "\""));
	(void)clock_gettime(CLOCK_MONOTONIC, &t0);
	softhsm_fault(&s->h, PULLED);
	(void)read_frame(from[0], room, sizeof(room), 20000);
	(void)clock_gettime(CLOCK_MONOTONIC, &t1);
	assert_non_null(strstr(room, "\"event\":\"tokens\""));
	assert_non_null(strstr(room, "\"tokens\":[]"));
	/* A second, and as much again for a machine that does other things. */
	assert_true((t1.tv_sec - t0.tv_sec) * 1000 + (t1.tv_nsec - t0.tv_nsec) / 1000000 < 2000);
	softhsm_fault(&s->h, "");
	(void)read_frame(from[0], room, sizeof(room), 20000);
	assert_non_null(strstr(room, "\"label\":\"" SOFTHSM_LABEL "\""));
	assert_int_equal(close(to[1]), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)close(to[0]);
	(void)close(from[0]);
	(void)close(from[1]);
}

#define STAND(name) cmocka_unit_test_setup_teardown(name, stand_up, stand_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    STAND(nobody_watches_before_a_page_asks),
	    STAND(a_token_goes_and_comes),
	    STAND(a_module_that_crashes_is_told_once_and_not_asked_at_once_again),
	    STAND(a_steady_module_is_left_alone),
	    STAND(what_is_missing_is_said),
	    STAND(watching_does_not_disturb_an_enrolment),
	    STAND(a_browser_hears_of_it_within_a_second),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
