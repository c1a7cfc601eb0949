/* SPDX-License-Identifier: Apache-2.0 */
/* signet ca init: from an empty installation to a CA. The root key is made here and stays here. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "base/yaml.h"
#include "cli/ca.h"
#include "cli/command.h"
#include "cli/file.h"
#include "cli/request.h"
#include "cli/show.h"
#include "x509/pem.h"

#define PLAN_MAX        ((size_t)64 << 10)
#define PEOPLE_MAX      8
#define PROFILES_MAX    16
#define PASS_MIN        12
#define GENERATION_MOST 99

/* "issuing" → its octets, from the answer of setup/keys. */
static enum err
key_of(struct cli *c, const json_t *keys, const char *label, struct bytes *ret, struct fault *f)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(keys, "keys"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "label"));

		if (name && !strcmp(name, label))
			return request_octets(c, row, "spki", ret, f);
	}
	return FAIL_FIELD(f, E_ANSWER, label, NULL, "no such key in the answer");
}

/* The kinds of keys that the plan names. */
struct kinds {
	enum keyalg root;
	json_t *online; /* as the API wants them */
};

static enum err
kinds(const struct yaml *plan, struct kinds *ret, struct fault *f)
{
	static const char *const names[] = {"root", "issuing", "management", "ocsp", NULL};
	const struct yaml *keys;
	struct str word;

	ret->root = KEYALG_EC_P256;
	if (yaml_get(plan, "keys") == NULL)
		return OK;
	TRY(yaml_child(plan, "keys", YAML_MAPPING, &keys, f));
	TRY(yaml_only(keys, names, f));
	for (size_t i = 0; names[i]; i++) {
		const struct yaml *at = yaml_get(keys, names[i]);
		bool ca = strcmp(names[i], "ocsp") != 0;
		enum keyalg alg;

		if (at == NULL)
			continue;
		TRY(yaml_str(keys, names[i], 16, &word, f));
		if (!keyalg_parse(word, &alg) || (ca && !keyalg_for_ca(alg)))
			return yaml_fail(
			    at, E_FIELD_VALUE, names[i], ca ? KEYALG_CA_WORDS : KEYALG_WORDS, f);
		if (i == 0)
			ret->root = alg;
		else
			must(json_object_set_new(
				 ret->online, names[i], json_stringn(word.p, word.n)) == 0);
	}
	return OK;
}

/* The people of the plan as the API wants them. */
static enum err
people(const struct yaml *plan, json_t *ret, struct fault *f)
{
	static const char *const keys[] = {"name", "phone", "mail", "lang", NULL};
	const struct yaml *list;

	TRY(yaml_child(plan, "administrators", YAML_SEQUENCE, &list, f));
	if (list->count > PEOPLE_MAX)
		return yaml_fail(list, E_FIELD_VALUE, "administrators", "≤ 8", f);
	for (const struct yaml *one = list->child; one; one = one->next) {
		json_t *person = json_object();

		must(json_array_append_new(ret, person) == 0);
		TRY(yaml_only(one, keys, f));
		for (size_t i = 0; keys[i]; i++) {
			struct str value;

			TRY(yaml_str(one, keys[i], 254, &value, f));
			must(json_object_set_new(person, keys[i], json_stringn(value.p, value.n)) ==
			    0);
		}
	}
	return OK;
}

/* The texts of the profile documents; paths are relative to the plan's own folder. */
static enum err
profiles(struct cli *c, const struct yaml *plan, const char *path, json_t *ret, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	const struct yaml *list;

	TRY(yaml_child(plan, "profiles", YAML_SEQUENCE, &list, f));
	if (list->count > PROFILES_MAX)
		return yaml_fail(list, E_FIELD_VALUE, "profiles", "≤ 16", f);
	for (const struct yaml *one = list->child; one; one = one->next) {
		const char *name = arena_cstr(c->a, one->text);
		struct bytes text;

		if (name == NULL || one->kind != YAML_SCALAR)
			return yaml_fail(one, E_FIELD_TYPE, "profiles", "FILE", f);
		if (name[0] != '/' && slash)
			name = arena_fmt(c->a, "%.*s/%s", (int)(slash - path), path, name);
		TRY(file_read(c->a, name, PROFILE_MAX, &text, f));
		if (!utf8_valid(bytes_str(text)))
			return FAIL_FIELD(f, E_FIELD_CHARS, name, "UTF-8", "not text");
		must(json_array_append_new(ret, json_stringn((const char *)text.p, text.n)) == 0);
	}
	return OK;
}

static enum err
house(const struct yaml *plan, const json_t *keys, struct builtin_house *ret, struct fault *f)
{
	static const char *const known[] = {
	    "country", "organisation", "generation", "keys", "administrators", "profiles", NULL};
	int64_t generation = 1;
	struct str environment;

	TRY(yaml_only(plan, known, f));
	TRY(yaml_str(plan, "country", 2, &ret->country, f));
	TRY(yaml_str(plan, "organisation", 200, &ret->organisation, f));
	if (yaml_get(plan, "generation"))
		TRY(yaml_i64(plan, "generation", 1, GENERATION_MOST, &generation, f));
	ret->generation = (unsigned)generation;
	TRY(request_text(keys, "environment", &environment, f));
	if (!environment_parse(environment, &ret->env))
		return FAIL_FIELD(f, E_ANSWER, "environment", NULL, "unknown");
	return OK;
}

/* The root key: made now, or the one of a set-up that was broken off. */
static enum err
root_key(struct cli *c, const char *folder, enum keyalg alg, struct softkey **ret, struct fault *f)
{
	struct softkey *k;
	const char *pass_file, *path = arena_fmt(c->a, "%s/root.key", folder);
	struct bytes pass;
	enum err e;

	TRY(cli_need(c, OPTION_ROOT_PASS, &pass_file, f));
	TRY(file_read_secret(c->a, pass_file, 1024, &pass, f));
	if (pass.n < PASS_MIN)
		return FAIL_FIELD(f, E_FIELD_LENGTH, pass_file, "≥ 12", "%zu octets", pass.n);
	if (access(path, F_OK) == 0) {
		TRY(softkey_load(path, pass, &k, f));
		e = softkey_alg(k) == alg
		    ? OK
		    : FAIL_FIELD(f, E_KEY_TYPE, path, keyalg_name(softkey_alg(k)),
			  "the plan wants %s", keyalg_name(alg));
	} else {
		TRY(softkey_make(alg, &k, f));
		e = softkey_save(k, path, pass, SOFTKEY_ROUNDS_TYPED, f);
	}
	if (e == OK)
		*ret = k;
	else
		softkey_free(&k);
	return e;
}

/* Public keys that others will be told to trust: they are kept apart from the service from the beginning. */
struct told {
	struct bytes job, audit;
};

static enum err
write_out(struct cli *c, const char *folder, const struct ca_made *made, const struct told *told,
    struct fault *f)
{
	const struct {
		const char *name, *label;
		struct bytes der;
	} rows[] = {
	    {"root.pem", PEM_CERTIFICATE, made->root},
	    {"issuing.pem", PEM_CERTIFICATE, made->issuing},
	    {"management.pem", PEM_CERTIFICATE, made->management},
	    {"root-crl.pem", PEM_CRL, made->crl},
	    {"job-key.pem", PEM_PUBLIC_KEY, told->job},
	    {"audit-key.pem", PEM_PUBLIC_KEY, told->audit},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf text = buf_new(c->a, PEM_MAX);

		pem_put(&text, rows[i].label, rows[i].der);
		TRY(file_write(c->a, arena_fmt(c->a, "%s/%s", folder, rows[i].name),
		    buf_bytes(&text), 0644, f));
	}
	return OK;
}

/* Hand all of it to the service. */
static enum err
finish(
    struct cli *c, const struct ca_made *made, json_t *documents, json_t *persons, struct fault *f)
{
	struct request q = {.to = REQUEST_ADMIN, .method = "POST", .path = "/api/v1/setup/finish"};
	json_t *done;

	q.body = json_pack("{s:s, s:s, s:s, s:s, s:O, s:O}", "root", base64_text(c->a, made->root),
	    "issuing", base64_text(c->a, made->issuing), "management",
	    base64_text(c->a, made->management), "root_crl", base64_text(c->a, made->crl),
	    "profiles", documents, "people", persons);
	must(q.body != NULL);
	return request(c, &q, &done, f);
}

static enum err
plan_of(struct cli *c, const json_t *keys, const struct yaml *file, struct ca_plan *ret,
    struct told *ret_told, struct fault *f)
{
	TRY(house(file, keys, &ret->house, f));
	TRY(request_text(keys, "http_base", &ret->base, f));
	TRY(request_text(keys, "policy_arc", &ret->policy_arc, f));
	TRY(key_of(c, keys, "issuing", &ret->issuing_spki, f));
	TRY(key_of(c, keys, "management", &ret->management_spki, f));
	TRY(key_of(c, keys, "job", &ret_told->job, f));
	TRY(key_of(c, keys, "audit", &ret_told->audit, f));
	ret->now = (int64_t)time(NULL);
	return OK;
}

enum err
cmd_ca_init(struct cli *c, struct fault *f)
{
	struct request ask = {.to = REQUEST_ADMIN, .method = "POST", .path = "/api/v1/setup/keys"};
	json_t *keys, *documents = json_array(), *persons = json_array();
	const char *path, *folder;
	const struct yaml *file;
	struct softkey *root = NULL;
	struct kinds kinds_of = {.online = json_object()};
	struct ca_plan plan = {0};
	struct ca_made made;
	struct bytes text;
	struct told told;
	enum err e;

	must(json_array_append_new(c->keep, documents) == 0);
	must(json_array_append_new(c->keep, persons) == 0);
	must(json_array_append_new(c->keep, kinds_of.online) == 0);
	TRY(cli_need(c, OPTION_FILE, &path, f));
	TRY(cli_need(c, OPTION_ROOT_OUT, &folder, f));
	TRY(file_read(c->a, path, PLAN_MAX, &text, f));
	TRY(yaml_parse(c->a, text, &file, f));
	TRY(profiles(c, file, path, documents, f));
	TRY(people(file, persons, f));
	TRY(kinds(file, &kinds_of, f));
	ask.body = json_incref(kinds_of.online);
	TRY(request(c, &ask, &keys, f));
	TRY(plan_of(c, keys, file, &plan, &told, f));
	TRY(file_folder(c->a, folder, f));
	TRY(root_key(c, folder, kinds_of.root, &root, f));
	e = ca_make(c->a, root, &plan, &made, f);
	softkey_free(&root);
	TRY(e);
	TRY(write_out(c, folder, &made, &told, f));
	TRY(finish(c, &made, documents, persons, f));
	show_note(c, "cli.ca.done", "folder", str_of(folder));
	return OK;
}
