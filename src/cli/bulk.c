/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bulk.h"

#include "base/must.h"
#include "base/text.h"
#include "cli/file.h"
#include "cli/request.h"
#include "cli/show.h"
#include "cli/sign.h"
#include "core/approval.h"
#include "crypto/digest.h"

#define FILE_MAX  ((size_t)1 << 20) /* octets */
#define ROWS_MAX  200               /* of one request */
#define NAMES_MAX 10000

struct names {
	struct str v[NAMES_MAX];
	size_t n;
};

struct results {
	json_t *rows;
	size_t done, refused;
};

static const struct show_column application_columns[] = {
    {"cli.column.no", "no", NULL},
    {"cli.column.result", "result", NULL},
    {"cli.column.state", "state", "state.application"},
    {"cli.column.field", "field", NULL},
};
static const struct show_column certificate_columns[] = {
    {"cli.column.certificate", "certificate", NULL},
    {"cli.column.result", "result", NULL},
    {"cli.column.state", "state", "state.certificate"},
    {"cli.column.field", "field", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

bool
bulk_wanted(const struct cli *c)
{
	return c->argument_count != 1 || cli_has(c, OPTION_DRY_RUN) || cli_has(c, OPTION_FILE);
}

static enum err
name_add(struct names *names, struct str s, struct fault *f)
{
	if (names->n == NAMES_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "--file", "10000", "too many");
	names->v[names->n++] = s;
	return OK;
}

/* One a line; blank lines and what follows a # are for people. */
static enum err
names_of_file(struct cli *c, const char *path, struct names *names, struct fault *f)
{
	struct bytes text;
	size_t at = 0;

	TRY(file_read(c->a, path, FILE_MAX, &text, f));
	while (at < text.n) {
		const char *p = (const char *)text.p + at;
		size_t n = 0, words;

		while (at + n < text.n && p[n] != '\n')
			n++;
		at += n + 1;
		for (words = 0; words < n && p[words] != '#'; words++)
			;
		while (
		    words && (p[words - 1] == ' ' || p[words - 1] == '\t' || p[words - 1] == '\r'))
			words--;
		for (; words && (*p == ' ' || *p == '\t'); words--)
			p++;
		if (words)
			TRY(name_add(names, (struct str){p, words}, f));
	}
	return OK;
}

static enum err
names_read(struct cli *c, struct names **ret, struct fault *f)
{
	struct names *names = arena_alloc(c->a, sizeof(*names));

	for (size_t i = 0; i < c->argument_count; i++)
		TRY(name_add(names, str_of(c->argument[i]), f));
	if (cli_has(c, OPTION_FILE))
		TRY(names_of_file(c, c->option[OPTION_FILE], names, f));
	if (names->n == 0)
		return FAIL_FIELD(f, E_USAGE, "--file", "NO …", "nothing is named");
	*ret = names;
	return OK;
}

/* Take the rows of an answer; ONLY_REFUSED leaves out those that another request will answer. */
static void
take(struct cli *c, struct results *all, const json_t *answer, bool only_refused)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(answer, "results"), i, row)
	{
		bool done = json_is_true(json_object_get(row, "done"));
		json_t *detail = json_object_get(row, "detail");

		if (done && only_refused)
			continue;
		if (done)
			detail = json_string(cli_text(
			    c, cli_has(c, OPTION_DRY_RUN) ? "cli.bulk.would" : "cli.bulk.done"));
		else
			json_incref(detail);
		detail = detail ? detail : json_string("");
		/* For people; programs read done and detail. */
		if (c->json)
			json_decref(detail);
		else
			must(json_object_set_new(row, "result", detail) == 0);
		must(json_array_append(all->rows, row) == 0);
		done ? all->done++ : all->refused++;
	}
}

static enum err
finish(struct cli *c, struct results *all, const struct show_column *columns, size_t n,
    struct fault *f)
{
	json_t *whole = json_pack("{s:I, s:I, s:O}", "done", (json_int_t)all->done, "refused",
	    (json_int_t)all->refused, "results", all->rows);

	must(whole != NULL && json_array_append_new(c->keep, whole) == 0);
	if (!show_json(c, whole))
		show_table(c, all->rows, columns, n);
	if (all->refused)
		return FAIL_FIELD(f, E_PARTIAL,
		    arena_fmt(c->a, "%zu/%zu", all->refused, all->done + all->refused), NULL,
		    "rows were refused");
	return OK;
}

static struct results
results_new(struct cli *c)
{
	struct results all = {.rows = json_array()};

	must(all.rows != NULL && json_array_append_new(c->keep, all.rows) == 0);
	return all;
}

/* {act, numbers, dry_run} and WORDS; a new object. */
static json_t *
question(const char *act, json_t *numbers, bool dry_run, json_t *words)
{
	json_t *q =
	    json_pack("{s:s, s:O, s:b}", "act", act, "numbers", numbers, "dry_run", dry_run);

	must(q != NULL);
	if (words)
		must(json_object_update(q, words) == 0);
	return q;
}

static json_t *
chunk(struct cli *c, const struct names *names, size_t from, size_t most)
{
	json_t *list = json_array();

	must(list != NULL && json_array_append_new(c->keep, list) == 0);
	for (size_t i = from; i < names->n && i < from + most; i++) {
		json_t *word = json_stringn(names->v[i].p, names->v[i].n);

		must(json_array_append_new(list, word ? word : json_string("?")) == 0);
	}
	return list;
}

/* The hashes of what was signed, for the server to look up each of its own in. */
static enum err
list_of(struct cli *c, struct str payload, json_t *approval, struct fault *f)
{
	struct approval_subject subjects[APPROVAL_LIST_MAX];
	uint8_t hashes[APPROVAL_LIST_MAX * SHA256_SIZE];
	struct bytes octets, one;
	size_t n;

	if (!base64_parse(c->a, payload, &octets))
		return FAIL_FIELD(f, E_ANSWER, "payload", NULL, "no base64");
	TRY(approval_bundle_parse(octets, subjects, &n, f));
	for (size_t i = 0; i < n; i++) {
		TRY(approval_payload(c->a, &subjects[i], &one, f));
		sha256(one, hashes + i * SHA256_SIZE);
	}
	must(json_object_set_new(approval, "list",
		 json_string(base64_text(c->a, bytes_of(hashes, n * SHA256_SIZE)))) == 0);
	return OK;
}

/* Look, have all that pass signed at once, send the signature with their numbers. */
static enum err
approve_chunk(struct cli *c, json_t *numbers, struct results *all, struct fault *f)
{
	struct request q = {.method = "POST", .path = "/api/v1/bulk/applications", .act = true};
	json_t *looked, *answer, *approval, *row, *good = json_array();
	struct str nonce, payload;
	size_t i;

	must(good != NULL && json_array_append_new(c->keep, good) == 0);
	q.body = question("approve", numbers, true, NULL);
	TRY(request(c, &q, &looked, f));
	take(c, all, looked, !cli_has(c, OPTION_DRY_RUN));
	json_array_foreach(json_object_get(looked, "results"), i, row)
	{
		if (json_is_true(json_object_get(row, "done")))
			must(json_array_append(good, json_object_get(row, "no")) == 0);
	}
	if (cli_has(c, OPTION_DRY_RUN) || json_array_size(good) == 0)
		return OK;
	TRY(request_text(looked, "nonce", &nonce, f));
	TRY(request_text(looked, "payload", &payload, f));
	TRY(sign(c, "approve", nonce, payload, &approval, f));
	TRY(list_of(c, payload, approval, f));
	q.body = question("approve", good, false, NULL);
	must(json_object_set(q.body, "approval", approval) == 0);
	TRY(request(c, &q, &answer, f));
	take(c, all, answer, false);
	return OK;
}

enum err
bulk_applications(struct cli *c, const char *act, json_t *words, struct fault *f)
{
	struct results all = results_new(c);
	bool approve = words == NULL;
	size_t most = approve ? APPROVAL_LIST_MAX : ROWS_MAX;
	struct names *names;
	json_t *answer;

	TRY(names_read(c, &names, f));
	for (size_t from = 0; from < names->n; from += most) {
		struct request q = {
		    .method = "POST", .path = "/api/v1/bulk/applications", .act = true};
		json_t *numbers = chunk(c, names, from, most);

		if (approve) {
			TRY(approve_chunk(c, numbers, &all, f));
			continue;
		}
		q.body = question(act, numbers, cli_has(c, OPTION_DRY_RUN), words);
		TRY(request(c, &q, &answer, f));
		take(c, &all, answer, false);
	}
	return finish(c, &all, application_columns, N(application_columns), f);
}

enum err
bulk_revoke(struct cli *c, const char *issuer, json_t *words, struct fault *f)
{
	struct results all = results_new(c);
	struct names *names;
	json_t *answer, *name;
	size_t i;

	TRY(names_read(c, &names, f));
	for (size_t from = 0; from < names->n; from += ROWS_MAX) {
		struct request q = {
		    .method = "POST", .path = "/api/v1/bulk/certificates", .act = true};
		json_t *list = json_array(), *part = chunk(c, names, from, ROWS_MAX);

		json_array_foreach(part, i, name)
		{
			must(json_array_append_new(
				 list, json_pack("{s:s, s:O}", "ca", issuer, "serial", name)) == 0);
		}
		q.body = json_pack(
		    "{s:o, s:b}", "certificates", list, "dry_run", cli_has(c, OPTION_DRY_RUN));
		must(q.body != NULL && json_object_update(q.body, words) == 0);
		TRY(request(c, &q, &answer, f));
		take(c, &all, answer, false);
	}
	return finish(c, &all, certificate_columns, N(certificate_columns), f);
}
