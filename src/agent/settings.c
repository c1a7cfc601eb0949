/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/yaml.h"
#include "core/origin.h"
#include "crypto/verify.h"
#include "token/p11child.h"

#define WORD_MAX 32

/* S22: root's, or the caller's own; nobody else may write it, nor put another in its place. */
static enum err
owner_check(const char *path, const struct stat *st, bool *own, struct fault *f)
{
	bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);

	if (st->st_uid != 0 && st->st_uid != geteuid())
		return FAIL_FIELD(f, E_CONFIG, path, "root", "owned by %u", (unsigned)st->st_uid);
	if ((st->st_mode & 022) != 0 && !sticky)
		return FAIL_FIELD(
		    f, E_CONFIG, path, "go-w", "mode %o", (unsigned)(st->st_mode & 07777));
	*own |= st->st_uid != 0;
	return OK;
}

static enum err
folder_check(struct arena *a, const char *path, bool *own, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	char *folder = arena_fmt(a, "%.*s", slash > path ? (int)(slash - path) : 1, path);
	struct stat st;

	if (stat(folder, &st) != 0)
		return FAIL_FIELD(f, E_FILE, folder, NULL, "%s", strerror(errno));
	return owner_check(folder, &st, own, f);
}

static enum err
read_all(struct arena *a, int fd, const char *path, struct bytes *ret, struct fault *f)
{
	uint8_t *p = arena_alloc(a, SETTINGS_FILE_MAX + 1);
	size_t n = 0;

	while (n <= SETTINGS_FILE_MAX) {
		ssize_t got = read(fd, p + n, SETTINGS_FILE_MAX + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n > SETTINGS_FILE_MAX)
		return FAIL_FIELD(f, E_CONFIG, path, "≤ 64 KiB", "too large");
	*ret = bytes_of(p, n);
	return OK;
}

/* A mapping from a file that may be trusted. Names in faults: the file, then the place in it. */
static enum err
load(struct arena *a, const char *path, bool *own, const struct yaml **ret, struct fault *f)
{
	int fd = path[0] == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	struct bytes text = {0};
	struct stat st;
	enum err e;

	if (path[0] != '/')
		return FAIL_FIELD(f, E_CONFIG, path, "/…", "not an absolute path");
	if (fd < 0 || fstat(fd, &st) != 0)
		return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(errno));
	e = S_ISREG(st.st_mode) ? owner_check(path, &st, own, f)
				: FAIL_FIELD(f, E_FILE, path, NULL, "not a regular file");
	if (e == OK)
		e = folder_check(a, path, own, f);
	if (e == OK)
		e = read_all(a, fd, path, &text, f);
	(void)close(fd);
	if (e != OK)
		return e;
	TRY(yaml_parse(a, text, ret, f));
	if ((*ret)->kind != YAML_MAPPING)
		return yaml_fail(*ret, E_YAML, path, "mapping", f);
	return OK;
}

static enum err
path_of(struct arena *a, const struct yaml *map, const char *key, const char **ret, struct fault *f)
{
	struct str s = {0};

	TRY(yaml_str(map, key, 1024, &s, f));
	*ret = arena_cstr(a, s);
	if (*ret == NULL || (*ret)[0] != '/')
		return yaml_fail(yaml_get(map, key), E_FIELD_VALUE, key, "/…", f);
	return OK;
}

static enum err
word_of(struct arena *a, const struct yaml *map, const char *key, const char **ret, struct fault *f)
{
	struct str s = {0};

	TRY(yaml_str(map, key, WORD_MAX, &s, f));
	for (size_t i = 0; i < s.n; i++) {
		bool good = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		    (s.p[i] == '-' && i > 0);

		if (!good)
			return yaml_fail(yaml_get(map, key), E_FIELD_CHARS, key, "a-z 0-9 -", f);
	}
	*ret = arena_cstr(a, s);
	return s.n ? OK : yaml_fail(yaml_get(map, key), E_FIELD_LENGTH, key, "≥ 1", f);
}

static enum err
number_of(const struct yaml *map, const char *key, int64_t most, unsigned *ret, struct fault *f)
{
	int64_t v = *ret;

	if (yaml_get(map, key))
		TRY(yaml_i64(map, key, 1, most, &v, f));
	*ret = (unsigned)v;
	return OK;
}

/* "NAME: value" of the environment of a module's child, as NAME=value. */
static enum err
environment_of(struct arena *a, const struct yaml *map, const char *const **ret, struct fault *f)
{
	const struct yaml *env = yaml_get(map, "environment");
	const char **list;
	size_t n = 0;

	if (env)
		TRY(yaml_child(map, "environment", YAML_MAPPING, &env, f));
	list = arena_array(a, (env ? env->count : 0) + 1, sizeof(*list));
	for (const struct yaml *v = env ? env->child : NULL; v; v = v->next) {
		char *text = v->kind == YAML_SCALAR ? arena_cstr(a, v->text) : NULL;

		/* Nothing that changes how the child itself is loaded. */
		if (text == NULL || str_starts(v->key, STR("LD_")) || str_is(v->key, "PATH"))
			return yaml_fail(v, E_FIELD_VALUE, "environment", NULL, f);
		list[n++] = arena_fmt(a, "%.*s=%s", (int)v->key.n, v->key.p, text);
	}
	*ret = list;
	return OK;
}

static enum err
quirks_of(const struct yaml *map, unsigned *ret, struct fault *f)
{
	const struct yaml *list = yaml_get(map, "quirks");

	if (list)
		TRY(yaml_child(map, "quirks", YAML_SEQUENCE, &list, f));
	for (const struct yaml *v = list ? list->child : NULL; v; v = v->next) {
		if (v->kind != YAML_SCALAR || !str_is(v->text, "ctx-login"))
			return yaml_fail(v, E_FIELD_VALUE, "quirks", "ctx-login", f);
		*ret |= P11_QUIRK_CTX_LOGIN;
	}
	return OK;
}

static enum err
module_of(struct arena *a, const struct yaml *map, struct settings_module *ret, struct fault *f)
{
	static const char *const keys[] = {
	    "name", "path", "kind", "quirks", "key-slots", "timeout", "environment", NULL};
	struct settings_module m = {0};
	unsigned timeout = 60;

	if (map->kind != YAML_MAPPING)
		return yaml_fail(map, E_YAML, "modules", "mapping", f);
	TRY(yaml_only(map, keys, f));
	TRY(word_of(a, map, "name", &m.name, f));
	TRY(path_of(a, map, "path", &m.path, f));
	TRY(word_of(a, map, "kind", &m.kind, f));
	TRY(quirks_of(map, &m.quirks, f));
	TRY(number_of(map, "key-slots", 256, &m.key_slots, f));
	TRY(number_of(map, "timeout", 600, &timeout, f));
	TRY(environment_of(a, map, &m.environment, f));
	m.timeout_ms = timeout * 1000;
	*ret = m;
	return OK;
}

static enum err
modules_of(struct arena *a, const struct yaml *doc, struct settings *s, struct fault *f)
{
	static const char *const keys[] = {"modules", NULL};
	struct settings_module *list;
	const struct yaml *seq = NULL;

	TRY(yaml_only(doc, keys, f));
	TRY(yaml_child(doc, "modules", YAML_SEQUENCE, &seq, f));
	if (seq->count > SETTINGS_MODULES_MAX)
		return yaml_fail(seq, E_FIELD_LENGTH, "modules", "≤ 16", f);
	list = arena_array(a, seq->count ? seq->count : 1, sizeof(*list));
	s->modules = list;
	for (const struct yaml *v = seq->child; v; v = v->next) {
		struct settings_module m;

		TRY(module_of(a, v, &m, f));
		if (settings_module(s, m.name))
			return yaml_fail(v, E_FIELD_DUPLICATE, "name", m.name, f);
		list[s->modules_n++] = m;
	}
	return OK;
}

static enum err
origin_of(struct arena *a, const struct yaml *map, struct settings_origin *ret, struct fault *f)
{
	static const char *const keys[] = {"origin", "environment", "job-key", "role", NULL};
	static const char *const environments[] = {"test", "production", NULL};
	static const char *const roles[] = {"user", "ra", NULL};
	struct settings_origin o = {0};
	struct str key = {0};
	size_t env = 0, role = 0;

	if (map->kind != YAML_MAPPING)
		return yaml_fail(map, E_YAML, "origins", "mapping", f);
	TRY(yaml_only(map, keys, f));
	TRY(yaml_str(map, "origin", ORIGIN_MAX, &o.origin, f));
	TRY(yaml_word(map, "environment", environments, &env, f));
	TRY(yaml_str(map, "job-key", 512, &key, f));
	TRY(yaml_word(map, "role", roles, &role, f));
	o.env = env ? ENVIRONMENT_PRODUCTION : ENVIRONMENT_TEST;
	o.role = (enum settings_role)role;
	if (origin_check(o.origin, o.env, NULL) != OK)
		return yaml_fail(
		    yaml_get(map, "origin"), E_FIELD_VALUE, "origin", "https://HOST[:PORT]", f);
	if (!base64_parse(a, key, &o.job_key) || spki_p256_point(o.job_key) == NULL)
		return yaml_fail(yaml_get(map, "job-key"), E_FIELD_VALUE, "job-key", "P-256", f);
	*ret = o;
	return OK;
}

static enum err
origins_of(struct arena *a, const struct yaml *doc, struct settings *s, struct fault *f)
{
	static const char *const keys[] = {"origins", NULL};
	const struct settings_origin *former;
	struct settings_origin *list;
	const struct yaml *seq = NULL;

	TRY(yaml_only(doc, keys, f));
	TRY(yaml_child(doc, "origins", YAML_SEQUENCE, &seq, f));
	if (seq->count > SETTINGS_ORIGINS_MAX)
		return yaml_fail(seq, E_FIELD_LENGTH, "origins", "≤ 64", f);
	list = arena_array(a, seq->count ? seq->count : 1, sizeof(*list));
	s->origins = list;
	for (const struct yaml *v = seq->child; v; v = v->next) {
		struct settings_origin o;

		TRY(origin_of(a, v, &o, f));
		if (settings_origin(s, o.origin, &former, NULL) == OK)
			return yaml_fail(v, E_FIELD_DUPLICATE, "origin", NULL, f);
		list[s->origins_n++] = o;
	}
	return OK;
}

/* The program that asks for PINs: a real one is root's; a double is for test environments. */
static enum err
pinentry_of(struct arena *a, const struct yaml *doc, struct settings *s, struct fault *f)
{
	bool twin = yaml_get(doc, "pinentry-double") != NULL, own = false;
	const char *key = twin ? "pinentry-double" : "pinentry";
	struct stat st;

	s->pinentry_double = twin;
	if (twin && yaml_get(doc, "pinentry"))
		return yaml_fail(yaml_get(doc, key), E_FIELD_DUPLICATE, key, "pinentry", f);
	TRY(path_of(a, doc, key, &s->pinentry, f));
	if (stat(s->pinentry, &st) != 0)
		return FAIL_FIELD(f, E_FILE, s->pinentry, NULL, "%s", strerror(errno));
	TRY(owner_check(s->pinentry, &st, &own, f));
	if (own && !twin)
		return FAIL_FIELD(f, E_CONFIG, s->pinentry, "root", "not root's");
	return OK;
}

/* Where not everything is root's, only test environments on this very machine count (S22). */
static enum err
trust_check(const struct settings *s, const char *path, struct fault *f)
{
	for (size_t i = 0; s->own_files && i < s->origins_n; i++) {
		const struct settings_origin *o = &s->origins[i];

		if (o->env != ENVIRONMENT_TEST || !origin_is_loopback(o->origin))
			return FAIL_FIELD(f, E_CONFIG, path, "root", "%.*s needs files of root's",
			    (int)o->origin.n, o->origin.p);
	}
	return OK;
}

static enum err
extensions_of(struct arena *a, const struct yaml *doc, struct settings *s, struct fault *f)
{
	const struct yaml *seq = NULL;
	const char **list;

	if (yaml_get(doc, "extensions") == NULL)
		return OK;
	TRY(yaml_child(doc, "extensions", YAML_SEQUENCE, &seq, f));
	list = arena_array(a, seq->count ? seq->count : 1, sizeof(*list));
	s->extensions = list;
	for (const struct yaml *v = seq->child; v; v = v->next) {
		const char *text =
		    v->kind == YAML_SCALAR && v->text.n ? arena_cstr(a, v->text) : NULL;

		if (text == NULL)
			return yaml_fail(v, E_FIELD_VALUE, "extensions", NULL, f);
		list[s->extensions_n++] = text;
	}
	return OK;
}

enum err
settings_load(struct arena *a, const char *path, struct settings *ret, struct fault *f)
{
	static const char *const keys[] = {"pinentry", "pinentry-double", "pin-timeout", "modules",
	    "origins", "language", "extensions", NULL};
	static const char *const languages[] = {"auto", "en", "zh", "ru", NULL};
	struct settings s = {.pin_timeout_s = 120};
	const struct yaml *doc = NULL, *part = NULL;
	const char *modules = NULL, *origins = NULL;
	size_t language = 0;

	TRY(load(a, path, &s.own_files, &doc, f));
	TRY(yaml_only(doc, keys, f));
	TRY(pinentry_of(a, doc, &s, f));
	TRY(number_of(doc, "pin-timeout", 600, &s.pin_timeout_s, f));
	if (yaml_get(doc, "language"))
		TRY(yaml_word(doc, "language", languages, &language, f));
	TRY(extensions_of(a, doc, &s, f));
	s.has_language = language && lang_parse(str_of(languages[language]), &s.language);
	TRY(path_of(a, doc, "modules", &modules, f));
	TRY(path_of(a, doc, "origins", &origins, f));
	TRY(load(a, modules, &s.own_files, &part, f));
	TRY(modules_of(a, part, &s, f));
	TRY(load(a, origins, &s.own_files, &part, f));
	TRY(origins_of(a, part, &s, f));
	TRY(trust_check(&s, path, f));
	*ret = s;
	return OK;
}

enum err
settings_origin(const struct settings *s, struct str origin, const struct settings_origin **ret,
    struct fault *f)
{
	for (size_t i = 0; i < s->origins_n; i++) {
		if (str_eq(s->origins[i].origin, origin)) {
			*ret = &s->origins[i];
			return OK;
		}
	}
	return FAIL(f, E_AGENT_ORIGIN, "origin of %zu octets", origin.n);
}

const struct settings_module *
settings_module(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->modules_n; i++) {
		if (strcmp(s->modules[i].name, name) == 0)
			return &s->modules[i];
	}
	return NULL;
}
