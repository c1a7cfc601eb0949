/* SPDX-License-Identifier: Apache-2.0 */
/* What is no request of ours: refused by name, without a question to anybody. */
#include <string.h>
#include <unistd.h>

#include "agent/native.h"
#include "stand.h"
#include "test.h"

#define STAND_CASE(name) static void name(void **state)

STAND_CASE(faulty_requests_are_refused_by_name)
{
	static const struct {
		const char *text;
		enum err err;
		const char *field;
	} rows[] = {
	    {"", E_JSON, ""},
	    {"{", E_JSON, ""},
	    {"[]", E_JSON, ""},
	    {"{} {}", E_JSON, ""},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{}", E_JSON, ""},
	    {"{\"v\":1,\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{}}", E_FIELD_DUPLICATE, ""},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{\"language\":\"en\",\"language\":"
	     "\"ru\"}}",
		E_FIELD_DUPLICATE, ""},
	    {"{\"id\":1,\"verb\":\"hello\",\"args\":{}}", E_FIELD_MISSING, "v"},
	    {"{\"v\":2,\"id\":1,\"verb\":\"hello\",\"args\":{}}", E_FIELD_VALUE, "v"},
	    {"{\"v\":0,\"id\":1,\"verb\":\"hello\",\"args\":{}}", E_AGENT_REQUEST, "v"},
	    {"{\"v\":1,\"verb\":\"hello\",\"args\":{}}", E_FIELD_MISSING, "id"},
	    {"{\"v\":1,\"id\":\"1\",\"verb\":\"hello\",\"args\":{}}", E_FIELD_TYPE, "id"},
	    {"{\"v\":1,\"id\":-1,\"verb\":\"hello\",\"args\":{}}", E_FIELD_VALUE, "id"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\"}", E_FIELD_MISSING, "args"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":[]}", E_FIELD_TYPE, "args"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{},\"pin\":\"1\"}", E_FIELD_UNKNOWN,
		"pin"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"sign\",\"args\":{}}", E_AGENT_REQUEST, "verb"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{\"pin\":\"1\"}}", E_FIELD_UNKNOWN,
		"pin"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{\"language\":\"eng\"}}",
		E_FIELD_LENGTH, "language"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{\"language\":\"fr\"}}", E_FIELD_VALUE,
		"language"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{\"language\":\"e\\n\"}}",
		E_FIELD_CHARS, "language"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{\"language\":\"e\\u0000\"}}", E_JSON,
		""},
	    {"{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{\"language\":\"\xff\"}}", E_JSON, ""},
	    {"{\"v\":1,\"id\":1,\"verb\":\"certs.list\",\"args\":{}}", E_FIELD_MISSING, "token"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"certs.list\",\"args\":{\"token\":\"x\",\"module\":\"/"
	     "x.so\"}}",
		E_FIELD_UNKNOWN, "module"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"certs.list\",\"args\":{\"token\":\"x\"}}",
		E_TOKEN_ABSENT, ""},
	    {"{\"v\":1,\"id\":1,\"verb\":\"enrol.begin\",\"args\":{\"token\":\"x\",\"job\":\"AA\","
	     "\"signature\":\"AAAA\"}}",
		E_FIELD_FORMAT, "job"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"enrol.finish\",\"args\":{\"enrolment\":\"xyz\","
	     "\"chain\":[],"
	     "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}}",
		E_FIELD_FORMAT, "enrolment"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"enrol.finish\",\"args\":{\"enrolment\":\"x\",\"chain\":["
	     "],"
	     "\"nonce\":\"AAAA\"}}",
		E_FIELD_LENGTH, "nonce"},
	    {"{\"v\":1,\"id\":1,\"verb\":\"enrol.finish\",\"args\":{\"enrolment\":\"x\",\"chain\":["
	     "1],"
	     "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}}",
		E_FIELD_TYPE, "chain"},
	};
	struct stand *s = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum err e;

		stand_field[0] = 0;
		e = stand_raw(s, rows[i].text);
		if (e != rows[i].err || strcmp(stand_field, rows[i].field) != 0)
			fail_msg("%s: %s %s", rows[i].text, err_row(e)->slug, stand_field);
	}
	assert_string_equal(stand_seen(s), "");
}

STAND_CASE(requests_have_a_size)
{
	struct stand *s = *state;
	char *text = arena_alloc(s->a, AGENT_REQUEST_MAX + 2);
	const char *good = "{\"v\":1,\"id\":1,\"verb\":\"hello\",\"args\":{}}";

	memset(text, ' ', AGENT_REQUEST_MAX + 1);
	memcpy(text, good, strlen(good));
	assert_int_equal(stand_raw(s, text), E_BODY_SIZE);
	text[AGENT_REQUEST_MAX] = 0;
	assert_int_equal(stand_raw(s, text), OK);
	/* Depth is no way to crash it either. */
	memset(text, '[', AGENT_REQUEST_MAX);
	assert_int_equal(stand_raw(s, text), E_JSON);
}

STAND_CASE(only_configured_origins_are_served)
{
	static const char *const others[] = {"", "null", "https://localhost",
	    "https://localhost:8443/", "http://localhost:8443", "HTTPS://localhost:8443",
	    "https://localhost:84430", "https://evil.test", "https://localhost:8443.evil.test"};
	struct stand *s = *state;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(
		    stand_fails(s, others[i], "tokens.list", json_object()), E_AGENT_ORIGIN);
}

STAND_CASE(a_double_answers_for_test_environments_only)
{
	struct stand *s = *state;
	struct settings_origin origin = s->settings.origins[0];

	origin.env = ENVIRONMENT_PRODUCTION;
	s->settings.origins = &origin;
	assert_int_equal(stand_fails(s, STAND_ORIGIN, "hello", json_object()), E_CONFIG);
	assert_string_equal(stand_field, "pinentry-double");
}

STAND_CASE(tokens_are_listed_and_broken_modules_named)
{
	struct stand *s = *state;
	json_t *got = stand_ok(s, "tokens.list", json_object()), *row;

	row = json_array_get(json_object_get(got, "tokens"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "label")), SOFTHSM_LABEL);
	assert_string_equal(json_string_value(json_object_get(row, "pin")), "set");
	assert_int_equal(json_array_size(json_object_get(got, "failed")), 0);
	softhsm_fault(&s->h, "C_GetTokenInfo 1 hang\n");
	got = stand_ok(s, "tokens.list", json_object());
	assert_int_equal(json_array_size(json_object_get(got, "tokens")), 0);
	row = json_array_get(json_object_get(got, "failed"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "code")), "module-crashed");
	assert_string_equal(json_string_value(json_object_get(row, "module")), "softhsm");
}

/* A browser's pipe: what goes in as IN comes out as OUT. */
static size_t
browser(struct stand *s, const void *in, size_t n, char *out, size_t room)
{
	int to[2], from[2];
	size_t got = 0;
	ssize_t more;

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	assert_int_equal(write(to[1], in, n), n);
	assert_int_equal(close(to[1]), 0);
	assert_int_equal(native_serve(s->agent, to[0], from[1]), 0);
	assert_int_equal(close(from[1]), 0);
	while ((more = read(from[0], out + got, room - got)) > 0)
		got += (size_t)more;
	(void)close(to[0]);
	(void)close(from[0]);
	return got;
}

static size_t
frame(char *at, const char *text)
{
	uint32_t n = (uint32_t)strlen(text);

	memcpy(at, &n, 4);
	memcpy(at + 4, text, n);
	return 4 + n;
}

STAND_CASE(a_browser_is_served_frame_by_frame)
{
	struct stand *s = *state;
	char in[1024], out[4096];
	size_t n = 0, got;
	uint32_t size;

	n += frame(in,
	    "{\"origin\":\"" STAND_ORIGIN
	    "\",\"body\":{\"v\":1,\"id\":41,\"verb\":\"hello\",\"args\":{}}}");
	n += frame(in + n,
	    "{\"origin\":\"https://evil.test\",\"body\":{\"v\":1,\"id\":42,\"verb\":\"hello\","
	    "\"args\":{}}}");
	n += frame(in + n, "{\"v\":1,\"id\":43,\"verb\":\"hello\",\"args\":{}}");
	got = browser(s, in, n, out, sizeof(out) - 1);
	out[got] = 0;
	memcpy(&size, out, 4);
	assert_true(size + 4 < got);
	assert_non_null(memmem(out + 4, size, "\"id\":41,\"ok\":{", 14));
	assert_non_null(memmem(out + 4 + size, got - 4 - size, "\"id\":42,\"error\":{", 17));
	assert_non_null(memmem(out, got, "agent-origin", 12));
	/* Without the envelope it has no origin. */
	assert_non_null(memmem(out, got, "\"id\":43,\"error\":{\"code\":\"agent-origin\"", 37));
}

STAND_CASE(lengths_that_cannot_be_end_the_pipe)
{
	static const uint32_t sizes[] = {0, NATIVE_IN_MAX + 1, 0x7fffffff, 0xffffffff};
	struct stand *s = *state;
	char in[64], out[64];
	size_t n;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		memset(in, '{', sizeof(in));
		memcpy(in, &sizes[i], 4);
		assert_int_equal(browser(s, in, sizeof(in), out, sizeof(out)), 0);
	}
	/* Cut short anywhere: nothing is said. */
	n = frame(in, "{\"origin\":\"x\",\"body\":{}}");
	for (size_t i = 0; i < n; i++)
		assert_int_equal(browser(s, in, i, out, sizeof(out)), 0);
}

STAND_CASE(only_our_extensions_start_it)
{
	static const char *const ours[] = {"chrome-extension://abcdefgh/", "signet@example.test"};
	const char *chromium[] = {"signet-agent", "chrome-extension://abcdefgh/", NULL};
	const char *foreign[] = {"signet-agent", "chrome-extension://zzzzzzzz/", NULL};
	const char *firefox[] = {"signet-agent", "/usr/lib/mozilla/native-messaging-hosts/x.json",
	    "signet@example.test", NULL};
	const char *command[] = {"signet-agent", "tokens", NULL};
	struct stand *s = *state;

	assert_int_equal(native_caller(&s->settings, 2, chromium, NULL), E_AGENT_ORIGIN);
	s->settings.extensions = ours;
	s->settings.extensions_n = 2;
	assert_true(native_is_start(2, chromium) && native_is_start(3, firefox));
	assert_false(native_is_start(2, command) || native_is_start(1, command));
	assert_int_equal(native_caller(&s->settings, 2, chromium, NULL), OK);
	assert_int_equal(native_caller(&s->settings, 3, firefox, NULL), OK);
	assert_int_equal(native_caller(&s->settings, 2, foreign, NULL), E_AGENT_ORIGIN);
}

#define STAND(name) cmocka_unit_test_setup_teardown(name, stand_up, stand_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    STAND(faulty_requests_are_refused_by_name),
	    STAND(requests_have_a_size),
	    STAND(only_configured_origins_are_served),
	    STAND(a_double_answers_for_test_environments_only),
	    STAND(tokens_are_listed_and_broken_modules_named),
	    STAND(a_browser_is_served_frame_by_frame),
	    STAND(lengths_that_cannot_be_end_the_pipe),
	    STAND(only_our_extensions_start_it),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
