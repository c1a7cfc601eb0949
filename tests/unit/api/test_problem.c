/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as problems. */
#include "api/problem.h"

#include <jansson.h>
#include <string.h>

#include "base/catalogue.h"
#include "test.h"

static json_t *
problem(struct arena *a, enum lang l, const struct fault *f, struct http_resp *resp)
{
	struct http_req req = {.arena = a, .lang = l, .id = "7f3a"};
	json_t *root;

	*resp = (struct http_resp){0};
	problem_render(&req, resp, f);
	assert_string_equal(resp->content_type, "application/problem+json");
	assert_true(resp->no_store);
	root = json_loadb((const char *)resp->body.p, resp->body.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	return root;
}

static const char *
member(const json_t *root, const char *key)
{
	return json_string_value(json_object_get(root, key));
}

/* Every failure that there is, in every language: has its words, its status and its headers. */
TEST_CASE(every_fault_is_a_whole_problem)
{
	for (unsigned e = OK + 1; e < E__COUNT; e++) {
		for (unsigned l = 0; l < LANG__COUNT; l++) {
			struct arena *a = arena_new(0);
			struct fault f = {.code = (enum err)e,
			    .field = "mail",
			    .rule = "≤ 64",
			    .detail = "internal secret detail"};
			const struct err_row *row = err_row((enum err)e);
			struct http_resp resp;
			json_t *root = problem(a, (enum lang)l, &f, &resp);

			assert_int_equal(resp.status, row->http);
			assert_int_equal(
			    json_integer_value(json_object_get(root, "status")), row->http);
			assert_string_equal(member(root, "code"), row->slug);
			assert_string_equal(
			    member(root, "type"), arena_fmt(a, "urn:signet:error:%s", row->slug));
			assert_non_null(member(root, "title"));
			assert_null(strstr(member(root, "detail"), "error."));
			assert_null(strchr(member(root, "detail"), '{'));
			assert_true(strlen(member(root, "next")) > 0);
			assert_string_equal(member(root, "field"), "mail");
			assert_string_equal(member(root, "rule"), "≤ 64");
			assert_string_equal(member(root, "request_id"), "7f3a");
			assert_string_equal(member(root, "lang"), lang_tag((enum lang)l));
			assert_int_equal(member(root, "cfca") != NULL, row->cfca[0] != 0);
			assert_null(memmem(resp.body.p, resp.body.n, "internal secret", 15));
			assert_int_equal(
			    http_resp_get(&resp, "WWW-Authenticate").n > 0, row->http == 401);
			assert_int_equal(http_resp_get(&resp, "Retry-After").n > 0,
			    row->http == 429 || row->http == 503);
			json_decref(root);
			arena_free(&a);
		}
	}
}

TEST_CASE(problem_leaves_out_what_it_does_not_know)
{
	struct arena *a = arena_new(0);
	struct fault f = {.code = E_ROUTE};
	struct http_resp resp;
	json_t *root = problem(a, LANG_ZH, &f, &resp);

	assert_null(json_object_get(root, "field"));
	assert_null(json_object_get(root, "rule"));
	assert_null(json_object_get(root, "cfca"));
	assert_string_equal(member(root, "who"), "client");
	json_decref(root);
	arena_free(&a);
}

/* A field is quoted from the request: whatever it was, the answer is JSON. */
TEST_CASE(problem_quotes_hostile_fields)
{
	struct arena *a = arena_new(0);
	struct fault f = {.code = E_FIELD_UNKNOWN, .field = "\"},{\"\r\nx: \xe7\x8e"};
	struct http_resp resp;
	json_t *root = problem(a, LANG_EN, &f, &resp);

	assert_string_equal(member(root, "field"), "\"},{\"\r\nx: \xef\xbf\xbd\xef\xbf\xbd");
	json_decref(root);
	arena_free(&a);
}

TEST_CASE(problem_keeps_a_wait_that_was_set_before)
{
	struct arena *a = arena_new(0);
	struct http_req req = {.arena = a};
	struct http_resp resp = {0};
	struct fault f = {.code = E_BUSY};

	http_resp_header(&resp, "Retry-After", STR("1"));
	problem_render(&req, &resp, &f);
	assert_true(str_is(http_resp_get(&resp, "Retry-After"), "1"));
	assert_int_equal(resp.extra_count, 2);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_fault_is_a_whole_problem),
	    cmocka_unit_test(problem_leaves_out_what_it_does_not_know),
	    cmocka_unit_test(problem_quotes_hostile_fields),
	    cmocka_unit_test(problem_keeps_a_wait_that_was_set_before),
	};

	return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
