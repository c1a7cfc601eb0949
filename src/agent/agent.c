/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/recent.h"
#include "agent/verb.h"
#include "base/must.h"
#include "base/say.h"

/* The bits of verb.def's columns. */
enum arg {
#define X(symbol, name, kind, most, member) ARG_BIT_##symbol,
#include "agent/field.def"
#undef X
	ARG__COUNT
};
#define NONE         0u
#define LANGUAGE     (1u << ARG_BIT_LANGUAGE)
#define TOKEN        (1u << ARG_BIT_TOKEN)
#define JOB          (1u << ARG_BIT_JOB)
#define SIGNATURE    (1u << ARG_BIT_SIGNATURE)
#define PENDING      (1u << ARG_BIT_PENDING)
#define ENROLMENT    (1u << ARG_BIT_ENROLMENT)
#define CHAIN        (1u << ARG_BIT_CHAIN)
#define NONCE        (1u << ARG_BIT_NONCE)
#define CONTAINER    (1u << ARG_BIT_CONTAINER)
#define PURPOSE      (1u << ARG_BIT_PURPOSE)
#define SERVER_NONCE (1u << ARG_BIT_SERVER_NONCE)
#define PAYLOAD      (1u << ARG_BIT_PAYLOAD)

static const struct message_field fields[ARG__COUNT] = {
#define X(symbol, name, kind, most, member) \
	{name, MESSAGE_##kind, most, offsetof(struct args, member)},
#include "agent/field.def"
#undef X
};

static const struct {
	const char *name;
	verb_fn run;
	struct message_want want;
} verbs[] = {
#define X(function, verb, required, optional) {verb, verb_##function, {required, optional, true}},
#include "agent/verb.def"
#undef X
};

/* The environment of a module's child: what modules look for, and what modules.conf adds. */
static const char *const handed_on[] = {"HOME", "XDG_RUNTIME_DIR", "SOFTHSM2_CONF", "OPENSC_CONF",
    "TPM2_PKCS11_STORE", "TPM2_PKCS11_TCTI", "PCSCLITE_CSOCK_NAME"};
#define HANDED_ON (sizeof(handed_on) / sizeof(handed_on[0]))

static const char *const *
child_environment(struct arena *a, const struct settings_module *m)
{
	size_t n = 0, own = 0;
	const char **list;

	while (m->environment[own])
		own++;
	list = arena_array(a, own + HANDED_ON + 2, sizeof(*list));
	list[n++] = "PATH=/usr/bin:/bin";
	for (size_t i = 0; i < own; i++)
		list[n++] = m->environment[i];
	for (size_t i = 0; i < HANDED_ON; i++) {
		const char *value = getenv(handed_on[i]);
		size_t len = strlen(handed_on[i]);
		bool set = false;

		for (size_t k = 0; k < own; k++)
			set |= !strncmp(m->environment[k], handed_on[i], len) &&
			    m->environment[k][len] == '=';
		if (value && !set)
			list[n++] = arena_fmt(a, "%s=%s", handed_on[i], value);
	}
	return list;
}

struct agent *
agent_new(const struct settings *settings, const char *self, const char *config)
{
	struct agent *agent = calloc(1, sizeof(*agent));
	struct token_module *modules;

	must(agent != NULL);
	agent->settings = settings;
	agent->config = config;
	agent->a = arena_new(0);
	agent->flow.lock = -1;
	agent->lang = settings->has_language ? settings->language : LANG_EN;
	modules = arena_array(agent->a, settings->modules_n + 1, sizeof(*modules));
	for (size_t i = 0; i < settings->modules_n; i++) {
		const struct settings_module *m = &settings->modules[i];
		const char **argv = arena_array(agent->a, 6, sizeof(*argv));

		argv[0] = self;
		argv[1] = "--config";
		argv[2] = config;
		argv[3] = "--p11";
		argv[4] = m->name;
		modules[i] = (struct token_module){.name = m->name,
		    .argv = argv,
		    .envp = child_environment(agent->a, m),
		    .timeout_ms = m->timeout_ms,
		    .key_slots = m->key_slots};
	}
	agent->tokens = token_set_new(modules, settings->modules_n);
	return agent;
}

void
agent_free(struct agent **a)
{
	if (*a == NULL)
		return;
	flow_close(*a);
	token_set_free(&(*a)->tokens);
	arena_free(&(*a)->a);
	free(*a);
	*a = NULL;
}

void
agent_language(struct agent *a, enum lang l)
{
	if (!a->settings->has_language)
		a->lang = l;
}

struct envelope {
	int64_t v, id;
	struct str verb;
	json_t *args;
};

static enum err
run(struct asked *q, const struct envelope *in, json_t **ret, struct fault *f)
{
	const struct settings *s = q->agent->settings;
	struct args args = {.pending = false};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!str_is(in->verb, verbs[i].name))
			continue;
		if (s->pinentry_double && q->origin->env != ENVIRONMENT_TEST)
			return FAIL_FIELD(
			    f, E_CONFIG, "pinentry-double", "test", "the origin is in production");
		TRY(message_read(q->a, in->args, fields, ARG__COUNT, &verbs[i].want, &args, f));
		return verbs[i].run(q, &args, ret, f);
	}
	return FAIL_FIELD(f, E_AGENT_REQUEST, "verb", NULL, "no such verb");
}

static enum err
read_envelope(struct arena *a, const json_t *root, struct envelope *ret, struct fault *f)
{
	static const struct message_field rows[] = {
	    {"v", MESSAGE_NUMBER, 1, offsetof(struct envelope, v)},
	    {"id", MESSAGE_NUMBER, INT32_MAX, offsetof(struct envelope, id)},
	    {"verb", MESSAGE_TEXT, 32, offsetof(struct envelope, verb)},
	    {"args", MESSAGE_OBJECT, 0, offsetof(struct envelope, args)},
	};
	static const struct message_want id = {.optional = 2};
	static const struct message_want all = {.required = 15, .strict = true};

	/* The id first: an answer to a faulty request should find its question. */
	TRY(message_read(a, root, rows, 4, &id, ret, f));
	TRY(message_read(a, root, rows, 4, &all, ret, f));
	if (ret->v != 1)
		return FAIL_FIELD(f, E_AGENT_REQUEST, "v", "1", "version %d", (int)ret->v);
	return OK;
}

static json_t *
error_object(struct asked *q, const struct fault *f)
{
	struct say s = say_fault(q->a, q->agent->lang, f);

	return json_pack("{s:s,s:o,s:o,s:o,s:o}", "code", err_row(f->code)->slug, "text",
	    message_str(s.what), "next", message_str(s.next), "field",
	    message_str(str_of(f->field)), "rule", message_str(str_of(f->rule)));
}

struct bytes
agent_call(struct agent *agent, struct arena *a, struct str origin, struct bytes request)
{
	struct asked q = {.agent = agent, .a = a, .now = time(NULL)};
	struct envelope in = {.id = 0};
	struct fault f = {.code = OK};
	json_t *root = NULL, *ok = NULL;
	enum err e;

	e = message_parse(request, AGENT_REQUEST_MAX, &root, &f);
	if (e == OK)
		e = read_envelope(a, root, &in, &f);
	if (e == OK)
		e = settings_origin(agent->settings, origin, &q.origin, &f);
	if (e == OK)
		e = run(&q, &in, &ok, &f);
	json_decref(root);
	if (e == OK)
		must(ok != NULL);
	else if (f.code == OK)
		f.code = e;
	/* Only of pages that may ask at all: no stranger fills the list. */
	if (e != OK && q.origin)
		recent_note(q.now, in.verb, &f);
	return message_text(a,
	    json_pack("{s:i,s:I,s:o}", "v", 1, "id", (json_int_t)in.id, e == OK ? "ok" : "error",
		e == OK ? ok : error_object(&q, &f)));
}
