/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/modulesconf.h"

#include <string.h>
#include <unistd.h>

#include "agent/conffile.h"
#include "token/p11child.h"

#define WORD_MAX  32
#define TIMEOUT_S 60

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

static const struct {
	unsigned bit;
	const char *word;
} quirks[] = {
#define X(symbol, bit, word, meaning) {bit, word},
#include "token/quirk.def"
#undef X
};

static enum err
quirks_of(const struct yaml *map, unsigned *ret, struct fault *f)
{
	const struct yaml *list = yaml_get(map, "quirks");

	if (list == NULL)
		return OK;
	TRY(yaml_child(map, "quirks", YAML_SEQUENCE, &list, f));
	*ret = 0;
	for (const struct yaml *v = list->child; v; v = v->next) {
		unsigned bit = 0;

		for (size_t i = 0; i < sizeof(quirks) / sizeof(quirks[0]); i++) {
			if (v->kind == YAML_SCALAR && str_is(v->text, quirks[i].word))
				bit = quirks[i].bit;
		}
		if (bit == 0)
			return yaml_fail(v, E_FIELD_VALUE, "quirks", "ctx-login | steady", f);
		*ret |= bit;
	}
	return OK;
}

/* The names of driver.def's columns, short there so that the table reads as one. */
#define NONE      0u
#define CTX_LOGIN P11_QUIRK_CTX_LOGIN
#define STEADY    P11_QUIRK_STEADY

static const struct driver {
	const char *name, *kind, *file;
	unsigned quirks, key_slots;
} drivers[] = {
#define X(name, kind, file, quirks, key_slots, note) {name, kind, file, (quirks), key_slots},
#include "agent/driver.def"
#undef X
};
#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

/* Where distributors and makers put their modules: folders that only root writes. */
static const char *const folders[] = {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/softhsm", "/usr/lib64/pkcs11", "/usr/lib64", "/usr/lib", "/usr/local/lib",
    "/opt/aktivco/rutokenecp/amd64"};
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

/* The file of D; where it is not installed a path at which it is missing. *RET_THERE: which. */
static const char *
file_of(struct arena *a, const struct driver *d, bool *ret_there)
{
	for (size_t i = 0; i < FOLDERS; i++) {
		const char *path = arena_fmt(a, "%s/%s", folders[i], d->file);

		*ret_there = access(path, R_OK) == 0;
		if (*ret_there)
			return path;
	}
	return arena_fmt(a, "%s/%s", folders[0], d->file);
}

static void
take_driver(struct arena *a, const struct driver *d, struct settings_module *ret, bool *ret_there)
{
	*ret = (struct settings_module){.name = d->name,
	    .kind = d->kind,
	    .path = file_of(a, d, ret_there),
	    .quirks = d->quirks,
	    .key_slots = d->key_slots,
	    .timeout_ms = TIMEOUT_S * 1000};
}

/* What the table says about the driver that is named; the other keys may say otherwise. */
static enum err
driver_of(struct arena *a, const struct yaml *map, struct settings_module *m, struct fault *f)
{
	const char *name = NULL;
	bool there;

	TRY(word_of(a, map, "driver", &name, f));
	for (size_t i = 0; i < DRIVERS; i++) {
		if (strcmp(drivers[i].name, name) == 0) {
			take_driver(a, &drivers[i], m, &there);
			return OK;
		}
	}
	return yaml_fail(yaml_get(map, "driver"), E_FIELD_VALUE, "driver",
	    "rutoken | jacarta | epass | ykcs11 | opensc | tpm2 | softhsm", f);
}

static enum err
module_of(struct arena *a, const struct yaml *map, struct settings_module *ret, struct fault *f)
{
	static const char *const keys[] = {"driver", "name", "path", "kind", "quirks", "key-slots",
	    "timeout", "environment", NULL};
	struct settings_module m = {.timeout_ms = TIMEOUT_S * 1000};
	unsigned timeout = TIMEOUT_S;
	bool known;

	if (map->kind != YAML_MAPPING)
		return yaml_fail(map, E_YAML, "modules", "mapping", f);
	TRY(yaml_only(map, keys, f));
	known = yaml_get(map, "driver") != NULL;
	if (known)
		TRY(driver_of(a, map, &m, f));
	if (!known || yaml_get(map, "name"))
		TRY(word_of(a, map, "name", &m.name, f));
	if (!known || yaml_get(map, "path"))
		TRY(conffile_path(a, map, "path", &m.path, f));
	if (!known || yaml_get(map, "kind"))
		TRY(word_of(a, map, "kind", &m.kind, f));
	TRY(quirks_of(map, &m.quirks, f));
	TRY(conffile_number(map, "key-slots", 256, &m.key_slots, f));
	TRY(conffile_number(map, "timeout", 600, &timeout, f));
	TRY(environment_of(a, map, &m.environment, f));
	m.timeout_ms = timeout * 1000;
	*ret = m;
	return OK;
}

/* After those that are written down: what is installed here. Software tokens must be asked for. */
static void
add_installed(struct arena *a, struct settings *s, struct settings_module *list)
{
	static const char *const nothing[] = {NULL};

	for (size_t i = 0; i < DRIVERS && s->modules_n < SETTINGS_MODULES_MAX; i++) {
		struct settings_module m;
		bool there;

		take_driver(a, &drivers[i], &m, &there);
		m.environment = nothing;
		if (there && strcmp(m.kind, "software") != 0 && !settings_module(s, m.name))
			list[s->modules_n++] = m;
	}
}

enum err
modulesconf_read(struct arena *a, const struct yaml *doc, struct settings *s, struct fault *f)
{
	static const char *const keys[] = {"modules", "installed", NULL};
	struct settings_module *list;
	const struct yaml *seq = NULL;
	bool installed = false;

	TRY(yaml_only(doc, keys, f));
	TRY(yaml_child(doc, "modules", YAML_SEQUENCE, &seq, f));
	if (yaml_get(doc, "installed"))
		TRY(yaml_bool(doc, "installed", &installed, f));
	if (seq->count > SETTINGS_MODULES_MAX)
		return yaml_fail(seq, E_FIELD_LENGTH, "modules", "≤ 16", f);
	list = arena_array(a, SETTINGS_MODULES_MAX, sizeof(*list));
	s->modules = list;
	for (const struct yaml *v = seq->child; v; v = v->next) {
		struct settings_module m;

		TRY(module_of(a, v, &m, f));
		if (settings_module(s, m.name))
			return yaml_fail(v, E_FIELD_DUPLICATE, "name", m.name, f);
		list[s->modules_n++] = m;
	}
	if (installed)
		add_installed(a, s, list);
	return OK;
}
