/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/settings.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/conffile.h"
#include "agent/modulesconf.h"
#include "base/text.h"
#include "base/yaml.h"
#include "core/origin.h"
#include "crypto/verify.h"

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
	TRY(conffile_path(a, doc, key, &s->pinentry, f));
	if (stat(s->pinentry, &st) != 0)
		return FAIL_FIELD(f, E_FILE, s->pinentry, NULL, "%s", strerror(errno));
	TRY(conffile_owner(s->pinentry, &st, &own, f));
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

	TRY(conffile_load(a, path, &s.own_files, &doc, f));
	TRY(yaml_only(doc, keys, f));
	TRY(pinentry_of(a, doc, &s, f));
	TRY(conffile_number(doc, "pin-timeout", 600, &s.pin_timeout_s, f));
	if (yaml_get(doc, "language"))
		TRY(yaml_word(doc, "language", languages, &language, f));
	TRY(extensions_of(a, doc, &s, f));
	s.has_language = language && lang_parse(str_of(languages[language]), &s.language);
	TRY(conffile_path(a, doc, "modules", &modules, f));
	TRY(conffile_path(a, doc, "origins", &origins, f));
	TRY(conffile_load(a, modules, &s.own_files, &part, f));
	TRY(modulesconf_read(a, part, &s, f));
	TRY(conffile_load(a, origins, &s.own_files, &part, f));
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
