/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every route refuses what is not for it, by name, and changes nothing. Rows come from route.def, so
 * that a new route cannot be forgotten here.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "front.h"

#define OTHER "ffeeddccbbaa99887766554433221100"

static void
refuses(const struct door *d, const char *what, const struct question *q, enum err code)
{
	const struct reply *r = front_ask(d, q);

	if (r->status != err_row(code)->http || strcmp(r->code, err_row(code)->slug) != 0)
		fail_msg("%s %s, %s: %d %s instead of %s", d->method, d->pattern, what, r->status,
		    r->code, err_row(code)->slug);
	if (!strstr(r->text, "application/problem+json") || !strstr(r->text, "\"request_id\":\""))
		fail_msg("%s, %s: no problem", d->pattern, what);
	if (r->status == 401 && !strstr(r->text, "WWW-Authenticate: Bearer"))
		fail_msg("%s, %s: no way to sign in is named", d->pattern, what);
}

/* A session that the row lets in. */
static enum session
right_for(const struct door *d)
{
	static const enum session table[API_WHO__COUNT] = {[API_PERSON] = SMS,
	    [API_OPERATOR] = OPERATOR,
	    [API_ADMINISTRATOR] = ADMINISTRATOR,
	    [API_STAFF] = AUDITOR,
	    [API_AUDITOR] = AUDITOR,
	    [API_ENROLMENT] = TICKET};

	return table[d->who];
}

static uint64_t units_at_start;

static int
count_units(void **state)
{
	(void)state;
	units_at_start = front_units();
	return 0;
}

/* A refused request changes nothing: no unit was committed meanwhile but those that say who was refused. */
static int
same_units(void **state)
{
	(void)state;
	return front_units() == units_at_start ? 0 : -1;
}

TEST_CASE(without_a_session)
{
	for (const struct door *d = doors; d < doors + door_count; d++) {
		if (right_for(d) == NOBODY)
			continue;
		refuses(d, "none", &(struct question){0}, E_AUTH_REQUIRED);
		refuses(d, "other scheme",
		    &(struct question){.bearer = "Basic dXNlcjpwYXNzd29yZA=="}, E_AUTH_REQUIRED);
		refuses(d, "empty", &(struct question){.bearer = "Bearer "}, E_AUTH_REQUIRED);
		refuses(d, "short", &(struct question){.bearer = "Bearer abc"}, E_SESSION);
		refuses(d, "unknown",
		    &(struct question){
			.bearer = "Bearer xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
		    E_SESSION);
		refuses(d, "a letter too strange",
		    &(struct question){
			.bearer = "Bearer sssssssssssssssssssssssssssssssssssssssss=s"},
		    E_SESSION);
		refuses(d, "twice",
		    &(struct question){
			.session = right_for(d), .headers = "Authorization: Bearer x\r\n"},
		    E_HEADER);
	}
}

TEST_CASE(with_another_role)
{
	static const bool lets[API_WHO__COUNT][SESSION__COUNT] = {
	    [API_PERSON] =
		{[SMS] = 1, [HOLDER] = 1, [OPERATOR] = 1, [ADMINISTRATOR] = 1, [AUDITOR] = 1},
	    [API_OPERATOR] = {[OPERATOR] = 1},
	    [API_ADMINISTRATOR] = {[ADMINISTRATOR] = 1},
	    [API_STAFF] = {[OPERATOR] = 1, [ADMINISTRATOR] = 1, [AUDITOR] = 1},
	    [API_AUDITOR] = {[ADMINISTRATOR] = 1, [AUDITOR] = 1},
	    [API_ENROLMENT] = {[TICKET] = 1},
	};

	for (const struct door *d = doors; d < doors + door_count; d++) {
		for (enum session s = SMS; right_for(d) != NOBODY && s < SESSION__COUNT; s++) {
			struct question q = {.session = s};

			if (!lets[d->who][s])
				refuses(d, "role", &q, E_ROLE);
		}
	}
}

TEST_CASE(with_a_session_of_another_enrolment)
{
	for (const struct door *d = doors; d < doors + door_count; d++) {
		char path[256];
		char *id;

		if (d->who != API_ENROLMENT)
			continue;
		front_path(d->pattern, path);
		id = strstr(path, FRONT_ENROLMENT);
		assert_non_null(id);
		memcpy(id, OTHER, strlen(OTHER));
		refuses(d, "other enrolment", &(struct question){.path = path, .session = TICKET},
		    E_NOT_FOUND);
	}
}

TEST_CASE(on_another_listener_or_by_another_method)
{
	for (const struct door *d = doors; d < doors + door_count; d++) {
		if (!d->portal)
			refuses(d, "portal", &(struct question){.socket = "portal"}, E_ROUTE);
		if (!d->admin)
			refuses(d, "admin", &(struct question){.socket = "admin"}, E_ROUTE);
		refuses(d, "PATCH", &(struct question){.method = "PATCH", .session = right_for(d)},
		    E_METHOD);
	}
}

TEST_CASE(with_a_cookie_from_another_page)
{
	static const char cookie[] =
	    "Cookie: __Host-sid=sssssssssssssssssssssssssssssssssssssssssss\r\n";

	for (const struct door *d = doors; d < doors + door_count; d++) {
		char headers[256];
		bool reads = !strcmp(d->method, "GET");

		if (d->who != API_PERSON || reads)
			continue;
		refuses(d, "no origin", &(struct question){.headers = cookie}, E_ORIGIN);
		(void)snprintf(
		    headers, sizeof(headers), "%sOrigin: https://evil.example\r\n", cookie);
		refuses(d, "evil origin", &(struct question){.headers = headers}, E_ORIGIN);
		(void)snprintf(headers, sizeof(headers), "%sOrigin: null\r\n", cookie);
		refuses(d, "null origin", &(struct question){.headers = headers}, E_ORIGIN);
		(void)snprintf(headers, sizeof(headers), "%s%s", cookie, cookie);
		refuses(d, "two cookies", &(struct question){.headers = headers}, E_HEADER);
	}
}

TEST_CASE(without_an_idempotency_key)
{
	static const char *const bad[] = {"", "a b", "a/b",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\xc3\xa9"};

	for (const struct door *d = doors; d < doors + door_count; d++) {
		for (size_t k = 0; d->flags & API_KEY && k < 5; k++) {
			struct question q = {.session = right_for(d), .key = bad[k]};

			refuses(d, bad[k], &q, E_IDEMPOTENCY_KEY);
		}
	}
}

TEST_CASE(with_a_body_that_is_none)
{
	static const struct {
		const char *name, *type, *body;
		enum err code;
	} bad[] = {
	    {"text", "text/plain", "{}", E_CONTENT_TYPE},
	    {"form", "application/x-www-form-urlencoded", "a=b", E_CONTENT_TYPE},
	    {"no type", "", "{}", E_CONTENT_TYPE},
	    {"with a parameter", "application/json; charset=utf-8", "{}", E_CONTENT_TYPE},
	    {"almost", "application/json5", "{}", E_CONTENT_TYPE},
	    {"not JSON", NULL, "<xml/>", E_JSON},
	    {"cut", NULL, "{\"a\":", E_JSON},
	    {"array", NULL, "[]", E_JSON},
	    {"not UTF-8", NULL, "{\"a\":\"\xff\"}", E_JSON},
	    {"inner NUL", NULL, "{\"a\":\"\\u0000\"}", E_JSON},
	    {"too deep", NULL, "{\"a\":[[[[[[[[[]]]]]]]]]}", E_JSON},
	    {"trailing octets", NULL, "{}x", E_JSON},
	    {"duplicate", NULL, "{\"a\":1,\"a\":1}", E_FIELD_DUPLICATE},
	    {"unknown member", NULL, "{\"no-such-member\":1}", E_FIELD_UNKNOWN},
	};

	for (const struct door *d = doors; d < doors + door_count; d++) {
		for (size_t k = 0; d->body_max && k < sizeof(bad) / sizeof(bad[0]); k++) {
			struct question q = {
			    .session = right_for(d), .type = bad[k].type, .body = bad[k].body};

			/* A file may hold what it likes: only its type is told. */
			if (d->flags & API_OCTETS && bad[k].type == NULL)
				q.type = "application/json";
			refuses(d, bad[k].name, &q,
			    d->flags & API_OCTETS ? E_CONTENT_TYPE : bad[k].code);
		}
		refuses(d, "too large",
		    &(struct question){.session = right_for(d),
			.type = "application/json",
			.claimed = d->body_max + 1},
		    E_BODY_SIZE);
	}
}

TEST_CASE(with_a_query_it_does_not_know)
{
	for (const struct door *d = doors; d < doors + door_count; d++)
		refuses(d, "query",
		    &(struct question){.query = "?force=1", .session = right_for(d)},
		    E_FIELD_UNKNOWN);
}

TEST_CASE(pages_that_are_none)
{
	static const struct {
		const char *query;
		enum err code;
	} bad[] = {{"?limit=0", E_FIELD_VALUE}, {"?limit=201", E_FIELD_VALUE},
	    {"?limit=-1", E_FIELD_VALUE}, {"?limit=1e2", E_FIELD_VALUE}, {"?limit=", E_FIELD_VALUE},
	    {"?limit=1&limit=2", E_FIELD_DUPLICATE}, {"?cursor=%ff", E_FIELD_CHARS}};

	for (const struct door *d = doors; d < doors + door_count; d++) {
		for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			if (strcmp(d->name, "application_list") == 0 ||
			    strcmp(d->name, "certificate_list") == 0)
				refuses(d, bad[k].query,
				    &(struct question){.query = bad[k].query, .session = SMS},
				    bad[k].code);
		}
	}
}

/* The same refusals in the caller's language, and nothing of our own insides in them. */
TEST_CASE(answers_in_the_callers_language)
{
	const struct reply *r = front_ask(doors,
	    &(struct question){.query = "?x=1", .headers = "Accept-Language: ru, en;q=0.5\r\n"});

	assert_non_null(strstr(r->text, "\"lang\":\"ru\""));
	assert_non_null(strstr(r->text, "Content-Language: ru"));
	assert_null(strstr(r->text, "query parameter"));
	assert_null(strstr(r->text, ".c"));
}

TEST_CASE(tells_who_asks)
{
	static const struct {
		enum session session;
		const char *role, *assurance;
	} who[] = {{SMS, "subscriber", "sms"}, {HOLDER, "subscriber", "certificate"},
	    {OPERATOR, "operator", "certificate"}, {ADMINISTRATOR, "administrator", "certificate"},
	    {AUDITOR, "auditor", "certificate"}};

	for (size_t k = 0; k < sizeof(who) / sizeof(who[0]); k++) {
		const struct reply *r = front_ask(
		    front_door("session_get"), &(struct question){.session = who[k].session});
		char expect[64];

		assert_int_equal(r->status, 200);
		(void)snprintf(expect, sizeof(expect), "\"role\":\"%s\"", who[k].role);
		assert_non_null(strstr(r->text, expect));
		(void)snprintf(expect, sizeof(expect), "\"assurance\":\"%s\"", who[k].assurance);
		assert_non_null(strstr(r->text, expect));
		assert_non_null(strstr(r->text, "Cache-Control: no-store"));
	}
}

/* S31: the world is told yes or no; the administrator's socket says what is missing. */
TEST_CASE(tells_health)
{
	const struct reply *r = front_ask(front_door("healthz"), &(struct question){0});

	assert_int_equal(r->status, 200);
	assert_non_null(strstr(r->text, "{\"alive\":true}"));
	r = front_ask(front_door("readyz"), &(struct question){0});
	assert_int_equal(r->status, 503);
	assert_non_null(strstr(r->text, "{\"ready\":false}"));
	r = front_ask(front_door("environment"), &(struct question){0});
	assert_int_equal(r->status, 200);
	assert_non_null(strstr(r->text, "\"origin\":\"https://localhost:8443\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, count_units, same_units)
	    CASE(without_a_session),
	    CASE(with_another_role),
	    CASE(with_a_session_of_another_enrolment),
	    CASE(on_another_listener_or_by_another_method),
	    CASE(with_a_cookie_from_another_page),
	    CASE(without_an_idempotency_key),
	    CASE(with_a_body_that_is_none),
	    CASE(with_a_query_it_does_not_know),
	    CASE(pages_that_are_none),
	    CASE(answers_in_the_callers_language),
	    CASE(tells_who_asks),
	    CASE(tells_health),
	};

	return cmocka_run_group_tests_name("refusals", tests, front_start, front_stop);
}
