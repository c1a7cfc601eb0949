/* SPDX-License-Identifier: Apache-2.0 */
/* route: which row answers, and with which parameters. */
#include "http/route.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

static void
nothing(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)route;
	(void)req;
	(void)resp;
	(void)app;
}

#define R(method, pattern, listeners)                                 \
	{                                                             \
		method, pattern, listeners, 0, NULL, 0, nothing, NULL \
	}

static const struct http_route rows[] = {
    R(HTTP_GET, "/{rest*}", HTTP_PORTAL),
    R(HTTP_GET, "/", HTTP_PORTAL | HTTP_PLAIN),
    R(HTTP_GET, "/a/{x}", HTTP_PORTAL),
    R(HTTP_POST, "/a/{y}", HTTP_PORTAL),
    R(HTTP_DELETE, "/a/{y}", HTTP_ADMIN),
    R(HTTP_GET, "/a/b", HTTP_PORTAL),
    R(HTTP_POST, "/a/b/c", HTTP_PORTAL),
    R(HTTP_GET, "/a/{x}/{y}", HTTP_PORTAL),
    R(HTTP_GET, "/ocsp/{request*}", HTTP_PLAIN),
    R(HTTP_POST, "/ocsp", HTTP_PLAIN),
};

static const struct {
	enum http_method method;
	enum http_listener listener;
	const char *path;
	enum err e;
	const char *pattern; /* or Allow with E_METHOD */
	const char *params;  /* "name=value " … */
} cases[] = {
    {HTTP_GET, HTTP_PORTAL, "/", OK, "/", ""},
    {HTTP_GET, HTTP_PLAIN, "/", OK, "/", ""},
    {HTTP_GET, HTTP_ADMIN, "/", E_ROUTE, NULL, NULL},
    {HTTP_GET, HTTP_PORTAL, "/a/b", OK, "/a/b", ""},
    {HTTP_GET, HTTP_PORTAL, "/a/%62", OK, "/a/b", ""},
    {HTTP_GET, HTTP_PORTAL, "/a/c", OK, "/a/{x}", "x=c "},
    {HTTP_POST, HTTP_PORTAL, "/a/c", OK, "/a/{y}", "y=c "},
    {HTTP_POST, HTTP_PORTAL, "/a/b", E_METHOD, "GET, HEAD", NULL},
    {HTTP_PUT, HTTP_PORTAL, "/a/c", E_METHOD, "GET, HEAD, POST", NULL},
    {HTTP_DELETE, HTTP_PORTAL, "/a/c", E_METHOD, "GET, HEAD, POST", NULL},
    {HTTP_DELETE, HTTP_ADMIN, "/a/c", OK, "/a/{y}", "y=c "},
    {HTTP_GET, HTTP_PORTAL, "/a/b/c", E_METHOD, "POST", NULL},
    {HTTP_GET, HTTP_PORTAL, "/a/x%20y/%D0%AF", OK, "/a/{x}/{y}", "x=x y y=\xd0\xaf "},
    {HTTP_GET, HTTP_PORTAL, "/a/x%2Fy", E_HEADER, NULL, NULL},
    {HTTP_GET, HTTP_PORTAL, "/a/%00", E_HEADER, NULL, NULL},
    {HTTP_GET, HTTP_PORTAL, "/a/%ff", E_HEADER, NULL, NULL},
    {HTTP_POST, HTTP_PORTAL, "/a/..", E_METHOD, "GET, HEAD", NULL},
    {HTTP_POST, HTTP_PORTAL, "/a/%2e%2E", E_METHOD, "GET, HEAD", NULL},
    {HTTP_GET, HTTP_PORTAL, "/a/", OK, "/{rest*}", "rest=a/ "},
    {HTTP_GET, HTTP_PORTAL, "/x//y", OK, "/{rest*}", "rest=x//y "},
    {HTTP_GET, HTTP_PORTAL, "/1/2/3/4/5/6/7/8/9/10/11/12", OK, "/{rest*}",
	"rest=1/2/3/4/5/6/7/8/9/10/11/12 "},
    {HTTP_GET, HTTP_PLAIN, "/ocsp/MEUw//a%2Bb%2F%3D", OK, "/ocsp/{request*}",
	"request=MEUw//a+b/= "},
    {HTTP_GET, HTTP_PLAIN, "/ocsp", E_METHOD, "POST", NULL},
    {HTTP_OTHER, HTTP_PLAIN, "/ocsp", E_METHOD, "POST", NULL},
    {HTTP_GET, HTTP_PLAIN, "/OCSP/x", E_ROUTE, NULL, NULL},
};

TEST_CASE(the_most_literal_row_answers)
{
	struct route_table *t = NULL;
	struct arena *a = arena_new(0);

	assert_int_equal(route_table_new(rows, sizeof(rows) / sizeof(rows[0]), &t, NULL), OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_req req = {.method = cases[i].method,
		    .listener = cases[i].listener,
		    .path = str_of(cases[i].path),
		    .arena = a};
		const struct http_route *r = NULL;
		struct str allow = {0};
		char params[128] = "";
		enum err e = route_find(t, &req, &r, &allow, NULL);

		if (e != cases[i].e)
			fail_msg("%s: %d", cases[i].path, e);
		if (e == E_METHOD && !str_is(allow, cases[i].pattern))
			fail_msg("%s: Allow: %.*s", cases[i].path, (int)allow.n, allow.p);
		if (e != OK)
			continue;
		for (size_t k = 0; k < req.param_count; k++)
			(void)snprintf(params + strlen(params), sizeof(params) - strlen(params),
			    "%s=%.*s ", req.params[k].name, (int)req.params[k].value.n,
			    req.params[k].value.p);
		assert_string_equal(r->pattern, cases[i].pattern);
		assert_string_equal(params, cases[i].params);
	}
	arena_free(&a);
	route_table_free(&t);
	assert_null(t);
}

TEST_CASE(a_bad_table_is_refused)
{
	static const struct http_route bad[][2] = {
	    {R(HTTP_GET, "/a/{x}", HTTP_PORTAL), R(HTTP_GET, "/a/{y}", HTTP_PORTAL | HTTP_PLAIN)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "b", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/b{x}", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/{}", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/{x", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/{*}", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/{x*}/b", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_HEAD, "/b", HTTP_PORTAL)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/b", 0)},
	    {R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/1/2/3/4/5/6/7/8/9/10/11", HTTP_PORTAL)},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct route_table *t = NULL;
		struct fault f = {0};

		if (route_table_new(bad[i], 2, &t, &f) != E_CONFIG)
			fail_msg("row %zu: %s", i, bad[i][1].pattern);
		assert_null(t);
		assert_non_null(strstr(f.detail, "route "));
	}
}

TEST_CASE(one_path_may_have_rows_by_listener)
{
	static const struct http_route two[] = {
	    R(HTTP_GET, "/a", HTTP_PORTAL), R(HTTP_GET, "/a", HTTP_PLAIN)};
	struct route_table *t = NULL;
	struct arena *a = arena_new(0);
	struct http_req req = {
	    .method = HTTP_GET, .listener = HTTP_PLAIN, .path = STR("/a"), .arena = a};
	const struct http_route *r = NULL;
	struct str allow;

	assert_int_equal(route_table_new(two, 2, &t, NULL), OK);
	assert_int_equal(route_find(t, &req, &r, &allow, NULL), OK);
	assert_ptr_equal(r, &two[1]);
	route_table_free(&t);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_most_literal_row_answers),
	    cmocka_unit_test(a_bad_table_is_refused),
	    cmocka_unit_test(one_path_may_have_rows_by_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
