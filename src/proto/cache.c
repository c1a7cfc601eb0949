/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"

#define TAG_OCTETS 16 /* of the hash */

static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
static const char months[][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void
cache_date(int64_t seconds, char ret[static CACHE_DATE_SIZE])
{
	struct civil c = civil_of(seconds);

	(void)snprintf(ret, CACHE_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT",
	    days[seconds / 86400 % 7], (unsigned)c.day % 100, months[c.month - 1],
	    (unsigned)c.year % 10000, (unsigned)c.hour % 100, (unsigned)c.minute % 100,
	    (unsigned)c.second % 100);
}

bool
cache_date_parse(struct str s, int64_t *ret)
{
	char text[CACHE_DATE_SIZE], month[4], again[CACHE_DATE_SIZE];
	struct civil c = {0};
	int end = 0;

	if (s.n != CACHE_DATE_SIZE - 1)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &c.day, month,
		&c.year, &c.hour, &c.minute, &c.second, &end) != 6 ||
	    end != CACHE_DATE_SIZE - 1)
		return false;
	while (c.month < 12 && strcmp(months[c.month], month) != 0)
		c.month++;
	if (c.month++ == 12 || c.year < 1970)
		return false;
	/* Whatever the numbers were: a date is one when it comes out as it went in. */
	*ret = civil_seconds(c);
	cache_date(*ret, again);
	return strcmp(again, text) == 0;
}

/* Is TAG one of the list (weakly compared, RFC 9110 13.1.2), or the list "*"? */
static bool
names_tag(struct str list, struct str tag)
{
	while (list.n) {
		const char *comma = memchr(list.p, ',', list.n);
		struct str one = {list.p, comma ? (size_t)(comma - list.p) : list.n};

		list.p += one.n + (comma != NULL);
		list.n -= one.n + (comma != NULL);
		while (one.n && one.p[0] == ' ')
			one = (struct str){one.p + 1, one.n - 1};
		while (one.n && one.p[one.n - 1] == ' ')
			one.n--;
		if (str_starts(one, STR("W/")))
			one = (struct str){one.p + 2, one.n - 2};
		if (str_eq(one, tag) || str_is(one, "*"))
			return true;
	}
	return false;
}

/* RFC 9110 13.2.2: a tag counts before a date. */
static bool
has_already(const struct http_req *req, struct str tag, int64_t modified)
{
	struct str value;
	int64_t since;

	if (req->method != HTTP_GET)
		return false;
	if (http_header_at(req, "If-None-Match", 0, &value))
		return names_tag(value, tag);
	return modified > 0 && http_header_at(req, "If-Modified-Since", 0, &value) &&
	    cache_date_parse(value, &since) && modified <= since;
}

static void
put_date(const struct http_req *req, struct http_resp *resp, const char *name, int64_t seconds)
{
	char *text;

	if (seconds <= 0)
		return;
	text = arena_alloc(req->arena, CACHE_DATE_SIZE);
	cache_date(seconds, text);
	http_resp_header(resp, name, str_of(text));
}

void
cache_answer(const struct http_req *req, struct http_resp *resp, const char *type,
    const struct status_object *o, int64_t max_age)
{
	uint8_t hash[SHA256_SIZE];
	struct str tag;

	http_resp_body(resp, 200, type, o->body);
	if (!o->cacheable) {
		resp->no_store = true;
		return;
	}
	sha256(o->body, hash);
	tag = str_of(
	    arena_fmt(req->arena, "\"%s\"", hex_text(req->arena, bytes_of(hash, TAG_OCTETS))));
	if (o->next_update > 0 && o->next_update - req->now - 1 < max_age)
		max_age = o->next_update - req->now - 1;
	if (max_age < 0)
		max_age = 0;
	http_resp_header(resp, "ETag", tag);
	put_date(req, resp, "Last-Modified", o->this_update);
	put_date(req, resp, "Expires", o->next_update);
	http_resp_header(resp, "Cache-Control",
	    str_of(arena_fmt(req->arena,
		"max-age=%" PRId64 ", public, no-transform, must-revalidate", max_age)));
	if (has_already(req, tag, o->this_update))
		http_resp_body(resp, 304, NULL, (struct bytes){0});
}
