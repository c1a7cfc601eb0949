/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report.h"

#include <sys/utsname.h>

#include "agent/recent.h"
#include "agent/verb.h"
#include "base/buf.h"

#define LINE   160 /* characters */
#define TOKENS 8   /* rows: more would not fit the windows that show them */

static void
about(const struct agent *agent, struct consent *c)
{
	const struct settings *s = agent->settings;
	struct utsname os = {.sysname = ""};

	(void)uname(&os);
	consent_plain(c,
	    str_of(arena_fmt(c->a, "signet-agent " SIGNET_VERSION ", %s %s %s, %s", os.sysname,
		os.release, os.machine, lang_tag(agent->lang))),
	    LINE);
	consent_plain(c,
	    str_of(arena_fmt(c->a, "%s: %s, %zu origins", agent->config,
		s->own_files ? "own files (test)" : "root's files", s->origins_n)),
	    LINE);
	consent_plain(c,
	    str_of(arena_fmt(
		c->a, "pinentry%s: %s", s->pinentry_double ? "-double" : "", s->pinentry)),
	    LINE);
}

static void
add_module(
    const struct agent *agent, struct consent *c, const struct token_list *list, size_t module)
{
	const struct settings_module *m = &agent->settings->modules[module];
	const char *state = "in order", *detail = "";
	size_t tokens = 0;

	for (size_t i = 0; i < list->failed_n; i++) {
		if (list->failed[i].module != module)
			continue;
		state = err_row(list->failed[i].fault.code)->slug;
		detail = arena_fmt(c->a, ": %s", list->failed[i].fault.detail);
	}
	for (size_t i = 0; i < list->n; i++)
		tokens += list->tokens[i].module == module;
	consent_plain(c,
	    str_of(arena_fmt(c->a, "module %s (%s) %s: %zu tokens, %s%s", m->name, m->kind, m->path,
		tokens, state, detail)),
	    LINE);
}

static void
add_token(const struct agent *agent, struct consent *c, const struct token_info *t)
{
	consent_plain(c,
	    str_of(arena_fmt(c->a, "token %.*s, %.*s, %.*s, %.*s, by %s: pin %s%s%s",
		(int)t->label.n, t->label.p, (int)t->serial.n, t->serial.p, (int)t->model.n,
		t->model.p, (int)t->maker.n, t->maker.p, agent->settings->modules[t->module].name,
		flow_pin_state(t->flags), t->flags & TOKEN_PIN_PAD ? ", pin pad" : "",
		t->flags & TOKEN_READ_ONLY ? ", read-only" : "")),
	    LINE);
}

void
report_add(struct agent *agent, struct consent *c)
{
	struct recent last = recent_read(c->a);
	struct token_list list = {.n = 0};
	enum err e = token_list(agent->tokens, c->a, &list, NULL);

	about(agent, c);
	for (size_t i = 0; e == OK && i < agent->settings->modules_n; i++)
		add_module(agent, c, &list, i);
	for (size_t i = 0; i < list.n && i < TOKENS; i++)
		add_token(agent, c, &list.tokens[i]);
	for (size_t i = 0; i < list.strange_n && i < TOKENS; i++)
		consent_plain(c,
		    str_of(arena_fmt(
			c->a, "unknown token in %.*s", (int)list.strange[i].n, list.strange[i].p)),
		    LINE);
	for (size_t i = 0; i < last.n; i++)
		consent_plain(c, last.line[i], LINE);
}

struct str
report_text(const struct consent *c, size_t from)
{
	struct buf b = buf_new(c->a, (size_t)64 << 10);

	for (size_t i = from; i < c->n && i < CONSENT_LINES; i++) {
		buf_str(&b, c->lines[i]);
		buf_u8(&b, '\n');
	}
	return buf_view(&b);
}

enum err
verb_diag_report(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct catalogue_value site = {"origin", q->origin->origin};
	struct consent c = consent_new(q->a, q->agent->lang);

	(void)args;
	consent_sentence(&c, "agent.report", &site, 1);
	report_add(q->agent, &c);
	TRY(flow_confirm(q, &c, f));
	*ret = json_pack("{s:o}", "text", message_str(report_text(&c, 1)));
	return OK;
}
