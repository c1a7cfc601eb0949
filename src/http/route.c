/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "http/parse.h"

/* In the order of preference. */
enum kind { LITERAL, PARAM, REST };

struct segment {
	enum kind kind;
	struct str text; /* the literal, or nothing */
	char *name;      /* of a parameter */
};

struct pattern {
	const struct http_route *row;
	size_t n;
	struct segment segment[ROUTE_SEGMENTS_MAX];
};

struct route_table {
	struct arena *a;
	struct pattern *patterns;
	size_t n;
};

/* The segment at the start of *S, which begins with '/'; false at the end. */
static bool
next_segment(struct str *s, struct str *ret)
{
	const char *end;

	if (s->n == 0)
		return false;
	s->p++;
	s->n--;
	end = s->n ? memchr(s->p, '/', s->n) : NULL;
	*ret = (struct str){s->p, end ? (size_t)(end - s->p) : s->n};
	s->p += ret->n;
	s->n -= ret->n;
	return true;
}

static bool
read_segment(struct arena *a, struct str text, struct segment *ret)
{
	bool rest;

	if (text.n == 0 || text.p[0] != '{') {
		*ret = (struct segment){LITERAL, text, NULL};
		return text.n == 0 || memchr(text.p, '{', text.n) == NULL;
	}
	if (text.n < 3 || text.p[text.n - 1] != '}')
		return false;
	text = (struct str){text.p + 1, text.n - 2};
	rest = text.p[text.n - 1] == '*';
	text.n -= rest;
	*ret = (struct segment){rest ? REST : PARAM, {0}, arena_cstr(a, text)};
	return text.n > 0;
}

static enum err
read_pattern(struct arena *a, const struct http_route *row, struct pattern *ret, struct fault *f)
{
	struct str rest = str_of(row->pattern), text;
	size_t params = 0;
	bool ended = false;

	ret->row = row;
	if (rest.n == 0 || rest.p[0] != '/' || row->fn == NULL || row->listeners == 0 ||
	    row->method == HTTP_HEAD || row->method >= HTTP_OTHER || row->body_max > ROUTE_BODY_MAX)
		return FAIL(f, E_CONFIG, "route %s: not a row", row->pattern);
	while (next_segment(&rest, &text)) {
		struct segment *s = &ret->segment[ret->n];

		if (ended || ret->n == ROUTE_SEGMENTS_MAX || !read_segment(a, text, s))
			return FAIL(f, E_CONFIG, "route %s: not a pattern", row->pattern);
		ret->n++;
		ended = s->kind == REST;
		params += s->kind != LITERAL;
	}
	if (params > HTTP_PARAMS_MAX)
		return FAIL(f, E_CONFIG, "route %s: too many parameters", row->pattern);
	return OK;
}

/* By preference; 0: the same shape, names of parameters aside. */
static int
compare_shape(const struct pattern *x, const struct pattern *y)
{
	for (size_t i = 0; i < x->n && i < y->n; i++) {
		const struct segment *s = &x->segment[i], *t = &y->segment[i];
		int c;

		if (s->kind != t->kind)
			return s->kind < t->kind ? -1 : 1;
		c = bytes_cmp(str_bytes(s->text), str_bytes(t->text));
		if (c != 0)
			return c;
	}
	return x->n < y->n ? -1 : x->n > y->n;
}

static int
compare(const void *a, const void *b)
{
	const struct pattern *x = a, *y = b;
	int c = compare_shape(x, y);

	return c ? c : (int)x->row->method - (int)y->row->method;
}

enum err
route_table_new(const struct http_route *rows, size_t n, struct route_table **ret, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct route_table *t = arena_alloc(a, sizeof(*t));
	enum err e = OK;

	t->a = a;
	t->n = n;
	t->patterns = arena_array(a, n ? n : 1, sizeof(*t->patterns));
	for (size_t i = 0; i < n && e == OK; i++)
		e = read_pattern(a, &rows[i], &t->patterns[i], f);
	if (e == OK)
		qsort(t->patterns, n, sizeof(*t->patterns), compare);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct pattern *x = &t->patterns[i];

		for (size_t j = i + 1; e == OK && j < n && compare(x, x + (j - i)) == 0; j++) {
			if (x->row->listeners & x[j - i].row->listeners)
				e = FAIL(f, E_CONFIG, "route %s %s: said twice",
				    http_method_name(x->row->method), x->row->pattern);
		}
	}
	if (e != OK) {
		arena_free(&a);
		return e;
	}
	*ret = t;
	return OK;
}

void
route_table_free(struct route_table **t)
{
	struct arena *a;

	if (*t == NULL)
		return;
	a = (*t)->a;
	*t = NULL;
	arena_free(&a);
}

/* A path taken apart: each segment decoded, and where it begins in the raw path. */
struct path {
	size_t n;
	struct str text[ROUTE_SEGMENTS_MAX];
	bool bad[ROUTE_SEGMENTS_MAX];        /* not decodable */
	struct str rest[ROUTE_SEGMENTS_MAX]; /* raw, from this segment to the end */
	bool more;                           /* there are segments beyond */
};

static void
take_apart(struct http_req *req, struct path *ret)
{
	struct str rest = req->path, text;

	ret->n = 0;
	ret->more = false;
	while (next_segment(&rest, &text)) {
		if (ret->n == ROUTE_SEGMENTS_MAX) {
			ret->more = true;
			break;
		}
		ret->rest[ret->n] = (struct str){text.p, (size_t)(rest.p + rest.n - text.p)};
		ret->text[ret->n] = text;
		ret->bad[ret->n] = !http_decode(req->arena, text, false, false, &ret->text[ret->n]);
		ret->n++;
	}
}

static bool
fits(const struct pattern *p, const struct path *path)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct segment *s = &p->segment[i];

		if (i == path->n)
			return false;
		if (s->kind == REST)
			return true;
		if (s->kind == LITERAL && (path->bad[i] || !str_eq(s->text, path->text[i])))
			return false;
		if (s->kind == PARAM &&
		    (path->text[i].n == 0 || str_is(path->text[i], ".") ||
			str_is(path->text[i], "..")))
			return false;
	}
	return p->n == path->n && !path->more;
}

static enum err
fill(const struct pattern *p, const struct path *path, struct http_req *req, struct fault *f)
{
	req->param_count = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct segment *s = &p->segment[i];
		struct str value = path->text[i];

		if (s->kind == LITERAL)
			continue;
		if (s->kind == REST ? !http_decode(req->arena, path->rest[i], false, true, &value)
				    : path->bad[i])
			return FAIL_FIELD(f, E_HEADER, s->name, "UTF-8", "encoding of the path");
		req->params[req->param_count++] = (struct http_pair){s->name, value};
	}
	return OK;
}

enum err
route_find(const struct route_table *t, struct http_req *req, const struct http_route **ret,
    struct str *ret_allow, struct fault *f)
{
	const struct pattern *shape = NULL;
	struct path path;
	struct str allow = {0};

	take_apart(req, &path);
	for (size_t i = 0; i < t->n; i++) {
		const struct pattern *p = &t->patterns[i];

		if (!(p->row->listeners & (unsigned)req->listener))
			continue;
		if (shape != NULL ? compare_shape(shape, p) != 0 : !fits(p, &path)) {
			if (shape != NULL)
				break;
			continue;
		}
		shape = p;
		if (p->row->method == req->method) {
			TRY(fill(p, &path, req, f));
			*ret = p->row;
			return OK;
		}
		allow = str_of(arena_fmt(req->arena, "%.*s%s%s%s", (int)allow.n,
		    allow.n ? allow.p : "", allow.n ? ", " : "", http_method_name(p->row->method),
		    p->row->method == HTTP_GET ? ", HEAD" : ""));
	}
	if (shape == NULL)
		return FAIL(f, E_ROUTE, "no such path here");
	*ret_allow = allow;
	return FAIL(f, E_METHOD, "method");
}
