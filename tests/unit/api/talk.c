/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "api/rows.h"
#include "base/text.h"
#include "jobs/jobs.h"

struct world w;
struct http_resp resp;
json_t *answer;

static struct jobs *jobs;
static char spool[256];

void
talk_raw(const struct http_route *r, const struct ask *q, const char *path)
{
	static unsigned keys;
	struct http_header headers[4];
	struct http_req req = {.method = r->method,
	    .listener = r->listeners & HTTP_PORTAL ? HTTP_PORTAL : (enum http_listener)r->listeners,
	    .path = str_of(path),
	    .query = str_of(q->query),
	    .headers = headers,
	    .body = str_bytes(str_of(q->body)),
	    .peer = "127.0.0.1",
	    .peer_uid = -1,
	    .id = "0123456789abcdef0123456789abcdef",
	    .now = (int64_t)time(NULL),
	    .arena = w.a};

	headers[req.header_count++] = (struct http_header){
	    STR("Idempotency-Key"), str_of(q->key ? q->key : arena_fmt(w.a, "key-%u", keys++))};
	if (q->secret)
		headers[req.header_count++] = (struct http_header){
		    STR("Authorization"), str_of(arena_fmt(w.a, "Bearer %s", q->secret))};
	if (q->body)
		headers[req.header_count++] =
		    (struct http_header){STR("Content-Type"), STR("application/json")};
	if (q->tag)
		headers[req.header_count++] =
		    (struct http_header){STR("If-None-Match"), str_of(q->tag)};
	while (req.param_count < 3 && q->params[req.param_count].name) {
		req.params[req.param_count] = q->params[req.param_count];
		req.param_count++;
	}
	resp = (struct http_resp){0};
	r->fn(r, &req, &resp, w.front);
}

/* Ask the API and expect STATUS; what is answered stands in ANSWER. */
void
talk(int status, struct ask q)
{
	size_t count;
	const struct http_route *r = api_routes(&count);

	while (count && strcmp(((const struct api_row *)r->row)->name, q.name) != 0) {
		r++;
		count--;
	}
	assert_true(count > 0);
	talk_raw(r, &q,
	    arena_fmt(w.a, "/%s/%.*s", q.name, (int)q.params[0].value.n, q.params[0].value.p));
	if (resp.status != status)
		fail_msg("%s: %d %.*s", q.name, resp.status, (int)resp.body.n,
		    (const char *)resp.body.p);
	assert_true(resp.no_store);
	json_decref(answer);
	answer = resp.body.n ? json_loadb((const char *)resp.body.p, resp.body.n, 0, NULL) : NULL;
	assert_int_equal(answer != NULL, resp.body.n > 0);
}

/* A text of the answer, by a path of two members at most. */
const char *
talk_text(const char *key)
{
	const char *s = json_string_value(json_object_get(answer, key));

	if (s == NULL)
		fail_msg("no %s in %.*s", key, (int)resp.body.n, (const char *)resp.body.p);
	return arena_fmt(w.a, "%s", s);
}

struct bytes
talk_octets(const char *key)
{
	struct bytes b;

	assert_true(base64_parse(w.a, str_of(talk_text(key)), &b));
	return b;
}

const char *
talk_b64(struct bytes b)
{
	return base64_text(w.a, b);
}

const char *
talk_one(const char *a, const char *va)
{
	return arena_fmt(w.a, "{\"%s\":\"%s\"}", a, va);
}

void
talk_work(void)
{
	struct fault f = {0};
	int n;

	world_ok(jobs_pass(jobs, 50, &n, &f), &f, __LINE__);
}

struct str
talk_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *octet = arena_alloc(w.a, 16384);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, octet, 16383);
	(void)close(fd);
	assert_true(n > 0);
	return (struct str){octet, (size_t)n};
}

/* The newest file of a channel, after the jobs have done what was due. */
struct str
talk_message(const char *channel)
{
	char path[512], newest[256] = "";
	DIR *d;

	talk_work();
	(void)snprintf(path, sizeof(path), "%s/%s", spool, channel);
	d = opendir(path);
	assert_non_null(d);
	for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
		if (e->d_name[0] != '.' && strcmp(e->d_name, newest) > 0)
			(void)snprintf(newest, sizeof(newest), "%s", e->d_name);
	}
	(void)closedir(d);
	(void)snprintf(path, sizeof(path), "%s/%s/%s", spool, channel, newest);
	return talk_file(path);
}

/* The "text" of the newest SMS. */
struct str
talk_sms(void)
{
	struct str got_file = talk_message("sms");
	json_t *root = json_loadb(got_file.p, got_file.n, 0, NULL);
	struct str got = arena_str(w.a, str_of(json_string_value(json_object_get(root, "text"))));

	json_decref(root);
	return got;
}

char *
talk_cstr(struct str s)
{
	return arena_cstr(w.a, s);
}

void
talk_open(void)
{
	struct jobs_conf conf = {.mail = JOBS_SPOOL, .sms = JOBS_SPOOL};
	struct fault f = {0};

	api_setup();
	world_open(&w);
	world_set_up(&w);
	(void)snprintf(spool, sizeof(spool), "%s/spool", w.house.folder);
	conf.spool = str_of(spool);
	world_ok(jobs_new(w.jobs, &conf, &jobs, &f), &f, __LINE__);
}

void
talk_close(void)
{
	json_decref(answer);
	answer = NULL;
	jobs_free(&jobs);
	world_close(&w);
}
