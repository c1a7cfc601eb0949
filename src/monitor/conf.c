/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/conf.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/yaml.h"
#include "monitor/confkey.h"
#include "monitor/conftext.h"

/* The longest path of a unix socket that the kernel takes (sun_path, with its NUL). */
#define SOCKET_PATH_MAX 107

static bool
address_is(struct arena *a, struct str s, struct conf_address *ret)
{
	const char *colon = s.n ? memrchr(s.p, ':', s.n) : NULL;
	struct str host;
	uint64_t port;
	uint8_t octets[16];
	bool six;

	if (colon == NULL || colon + 1 == s.p + s.n || colon[1] == '0')
		return false;
	host = (struct str){s.p, (size_t)(colon - s.p)};
	six = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	if (six)
		host = (struct str){host.p + 1, host.n - 2};
	if (host.n == 0 || host.n >= sizeof(ret->host) ||
	    !u64_parse((struct str){colon + 1, s.n - (size_t)(colon - s.p) - 1}, 65535, &port) ||
	    port == 0)
		return false;
	memcpy(ret->host, host.p, host.n);
	ret->host[host.n] = '\0';
	ret->text = arena_str(a, s);
	ret->port = (int)port;
	return inet_pton(six ? AF_INET6 : AF_INET, ret->host, octets) == 1;
}

static enum err
read_listen(struct arena *a, const struct yaml *map, const struct confkey *k,
    struct conf_listen *ret, struct fault *f)
{
	static const char rule[] =
	    "list of 1–8 address:port, such as 127.0.0.1:8443, \"[::1]:8443\"";
	const struct yaml *list = yaml_get(map, k->name);
	struct conf_listen l = {0};

	if (list->kind != YAML_SEQUENCE)
		return yaml_fail(list, E_FIELD_TYPE, k->name, rule, f);
	if (list->count == 0 || list->count > CONF_LISTEN_MAX)
		return yaml_fail(list, E_FIELD_LENGTH, k->name, rule, f);
	for (const struct yaml *n = list->child; n != NULL; n = n->next) {
		struct conf_address *x = &l.address[l.count];

		if (n->kind != YAML_SCALAR || !address_is(a, n->text, x))
			return yaml_fail(n, E_FIELD_FORMAT, k->name, rule, f);
		for (size_t i = 0; i < l.count; i++) {
			if (l.address[i].port == x->port && strcmp(l.address[i].host, x->host) == 0)
				return yaml_fail(n, E_FIELD_DUPLICATE, k->name, "n=1", f);
		}
		l.count++;
	}
	*ret = l;
	return OK;
}

static enum err
read_url(const struct yaml *map, const struct confkey *k, struct str *ret, struct fault *f)
{
	bool https = k->type == CONFKEY_HTTPS;
	struct str scheme = https ? STR("https://") : STR("http://"), s, rest;

	TRY(yaml_str(map, k->name, (size_t)k->most, &s, f));
	rest = s;
	if (str_starts(s, scheme))
		rest = (struct str){s.p + scheme.n, s.n - scheme.n};
	if (rest.p == s.p || !conftext_authority(rest))
		return yaml_fail(yaml_get(map, k->name), E_FIELD_FORMAT, k->name,
		    https ? "https://host[:port], lower case, nothing after it"
			  : "http://host[:port], lower case, nothing after it",
		    f);
	*ret = s;
	return OK;
}

static enum err
read_text(const struct yaml *map, const struct confkey *k, struct str *ret, struct fault *f)
{
	const struct yaml *n = yaml_get(map, k->name);
	struct str s;

	TRY(yaml_str(map, k->name, (size_t)k->most, &s, f));
	if (!conftext_is(s))
		return yaml_fail(
		    n, E_FIELD_CHARS, k->name, "no control characters, no blank at the ends", f);
	if (k->type == CONFKEY_OID && !conftext_oid(s))
		return yaml_fail(n, E_FIELD_FORMAT, k->name, "1.2.3", f);
	if (k->type == CONFKEY_USER && !conftext_user(s))
		return yaml_fail(n, E_FIELD_CHARS, k->name, "a–z, 0–9, _ and -", f);
	if (k->type == CONFKEY_MAIL && !conftext_mail(s))
		return yaml_fail(n, E_FIELD_FORMAT, k->name, "local@host, lower-case host", f);
	if (k->type == CONFKEY_SERVER && !conftext_authority(s))
		return yaml_fail(n, E_FIELD_FORMAT, k->name, "host or host:port, lower case", f);
	if (k->type == CONFKEY_URL && !conftext_url(s))
		return yaml_fail(n, E_FIELD_FORMAT, k->name, "https://host[:port]/path", f);
	*ret = s;
	return OK;
}

static enum err
read_word(
    struct arena *a, const struct yaml *map, const struct confkey *k, int *ret, struct fault *f)
{
	const char *words[CONFKEY_WORDS_MAX + 1];
	size_t i;

	confkey_words(a, k, words);
	TRY(yaml_word(map, k->name, words, &i, f));
	*ret = (int)i;
	return OK;
}

static enum err
read_key(struct arena *a, const struct yaml *map, const struct confkey *k, struct conf *ret,
    struct fault *f)
{
	void *at = (char *)ret + k->at;
	int64_t number = 0;

	switch (k->type) {
	case CONFKEY_WORD:
		return read_word(a, map, k, at, f);
	case CONFKEY_HTTPS:
	case CONFKEY_HTTP:
		return read_url(map, k, at, f);
	case CONFKEY_LISTEN:
		return read_listen(a, map, k, at, f);
	case CONFKEY_INT:
		TRY(yaml_i64(map, k->name, k->least, k->most, &number, f));
		*(int *)at = (int)number;
		return OK;
	case CONFKEY_BOOL:
		return yaml_bool(map, k->name, at, f);
	case CONFKEY_PATH:
	case CONFKEY_TEXT:
	case CONFKEY_OID:
	case CONFKEY_USER:
	case CONFKEY_MAIL:
	case CONFKEY_SERVER:
	case CONFKEY_URL:
		return read_text(map, k, at, f);
	}
	return OK;
}

/* A key that the file leaves out, read from its row's own text. */
static enum err
read_preset(struct arena *a, const struct yaml *map, const struct confkey *k, struct conf *ret,
    struct fault *f)
{
	const struct yaml *own;
	char *line;

	if (k->preset == NULL)
		return yaml_fail(map, E_FIELD_MISSING, k->name, confkey_rule(a, k), f);
	if (k->preset[0] == '\0')
		return OK;
	line = arena_fmt(a, "%s: %s\n", k->name, k->preset);
	must(yaml_parse(a, str_bytes(str_of(line)), &own, NULL) == OK);
	must(read_key(a, own, k, ret, f) == OK);
	return OK;
}

static void
fill_path(struct arena *a, struct str data, const char *name, struct str *path)
{
	if (path->n == 0)
		*path = str_of(arena_fmt(a, "%.*s/%s", (int)data.n, data.p, name));
}

/* A fault of KEY where the file has it, else of the whole. */
static enum err
fail_key(const struct yaml *map, const char *key, const char *rule, struct fault *f)
{
	const struct yaml *n = yaml_get(map, key);

	return yaml_fail(n ? n : map, E_CONFIG, key, rule, f);
}

static bool
under(struct str oid, struct str arc)
{
	return str_starts(oid, arc) && (oid.n == arc.n || oid.p[arc.n] == '.');
}

/* S15, L2, L3: what production never is. */
static enum err
check_production(const struct yaml *map, const struct conf *c, struct fault *f)
{
	static const struct str local[] = {
	    {"localhost", 9}, {"127.", 4}, {"[::1]", 5}, {"0.0.0.0", 7}, {"[::]", 4}};

	if (c->mail_driver == CONF_MAIL_SPOOL)
		return fail_key(map, "mail_driver", "production: not spool", f);
	if (c->sms_driver == CONF_SMS_SPOOL)
		return fail_key(map, "sms_driver", "production: not spool", f);
	if (!c->soft_keys && c->hsm_module.n == 0)
		return fail_key(
		    map, "soft_keys", "production: keys in files need yes, or hsm_module", f);
	if (c->policy_arc.n == 0 || under(c->policy_arc, STR(CONF_TEST_ARC)))
		return fail_key(map, "policy_arc", "production: an arc of its own", f);
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		if (str_starts(conf_authority(c->public_url), local[i]))
			return fail_key(map, "public_url", "production: not this machine", f);
		if (str_starts(conf_authority(c->public_http_url), local[i]))
			return fail_key(map, "public_http_url", "production: not this machine", f);
	}
	return OK;
}

static bool
share_a_port(const struct conf_listen *x, const struct conf_listen *y)
{
	for (size_t i = 0; i < x->count; i++) {
		for (size_t j = 0; j < y->count; j++) {
			if (x->address[i].port == y->address[j].port)
				return true;
		}
	}
	return false;
}

/* Words with a "=" that is not their first character. */
static bool
environment_is(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t start = i, equal = s.n;

		for (; i < s.n && s.p[i] != ' '; i++)
			if (s.p[i] == '=' && equal == s.n)
				equal = i;
		if (i > start && (equal == s.n || equal == start))
			return false;
		i++;
	}
	return true;
}

static enum err
check_together(const struct yaml *map, const struct conf *c, struct fault *f)
{
	if (share_a_port(&c->listen_portal, &c->listen_plain))
		return fail_key(map, "listen_plain", "not a port of listen_portal", f);
	if (share_a_port(&c->listen_portal, &c->listen_machine) ||
	    share_a_port(&c->listen_plain, &c->listen_machine))
		return fail_key(
		    map, "listen_machine", "not a port of listen_portal or listen_plain", f);
	if (c->listen_admin.n > SOCKET_PATH_MAX)
		return fail_key(map, yaml_get(map, "listen_admin") ? "listen_admin" : "data",
		    "socket path ≤ 107 octets", f);
	if (c->mail_driver == CONF_SMTP && c->mail_server.n == 0)
		return fail_key(map, "mail_server", "given when mail_driver is smtp", f);
	if (c->hsm_module.n && c->hsm_module.p[0] != '/')
		return fail_key(map, "hsm_module", "/PATH", f);
	if (!environment_is(c->hsm_environment))
		return fail_key(map, "hsm_environment", "NAME=VALUE NAME=VALUE …", f);
	if (c->hsm_module.n && c->hsm_token.n == 0 && c->hsm_serial.n == 0)
		return fail_key(map, "hsm_token", "given, or hsm_serial, when hsm_module is", f);
	if (c->sms_driver == CONF_GATEWAY && c->sms_url.n == 0)
		return fail_key(map, "sms_url", "given when sms_driver is gateway", f);
	return c->environment == CONF_PRODUCTION ? check_production(map, c, f) : OK;
}

enum err
conf_parse(struct arena *a, struct bytes in, struct conf *ret, struct fault *f)
{
	const char *names[CONFKEY_COUNT + 1];
	const struct yaml *map;
	struct conf c = {.source = in};

	TRY(yaml_parse(a, in, &map, f));
	for (size_t i = 0; i <= CONFKEY_COUNT; i++)
		names[i] = i < CONFKEY_COUNT ? confkey_rows[i].name : NULL;
	TRY(yaml_only(map, names, f));
	for (size_t i = 0; i < CONFKEY_COUNT; i++) {
		const struct confkey *k = &confkey_rows[i];

		if (yaml_get(map, k->name) != NULL)
			TRY(read_key(a, map, k, &c, f));
		else
			TRY(read_preset(a, map, k, &c, f));
	}
	fill_path(a, c.data, "admin.sock", &c.listen_admin);
	fill_path(a, c.data, "unlock", &c.unlock_file);
	fill_path(a, c.data, "hsm-pin", &c.hsm_pin_file);
	fill_path(a, c.data, "spool", &c.spool);
	fill_path(a, c.data, "mail-password", &c.mail_password_file);
	fill_path(a, c.data, "checkpoints", &c.checkpoints);
	fill_path(a, c.data, "sms-secret", &c.sms_secret_file);
	TRY(check_together(map, &c, f));
	if (c.policy_arc.n == 0)
		c.policy_arc = STR(CONF_TEST_ARC);
	*ret = c;
	return OK;
}

bool
conf_soft_keys(const struct conf *c)
{
	return c->environment == CONF_TEST || c->soft_keys;
}

struct str
conf_authority(struct str url)
{
	const char *at = url.n ? memmem(url.p, url.n, "://", 3) : NULL;

	return at ? (struct str){at + 3, url.n - (size_t)(at + 3 - url.p)} : url;
}
