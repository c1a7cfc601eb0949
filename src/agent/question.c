/* SPDX-License-Identifier: Apache-2.0 */
/* question: what flow.h asks people: consent, the PIN as it is, a new one. */
#include <stdio.h>
#include <time.h>

#include "agent/flow.h"
#include "agent/pinentry.h"

#define TRIES_MAX     5 /* for tokens that never lock */
#define CANCELS_MAX   3 /* in a row, before the pause */
#define PAUSE_SECONDS 30

static int64_t
monotonic(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Three cancelled questions in a row: a page that nags is left waiting. */
static enum err
note_answer(struct agent *agent, enum err e)
{
	if (e == E_CANCELLED && ++agent->cancelled >= CANCELS_MAX) {
		agent->paused_until = monotonic() + PAUSE_SECONDS;
		agent->cancelled = 0;
	} else if (e == OK) {
		agent->cancelled = 0;
	}
	return e;
}

static enum err
open_window(struct asked *q, struct pinentry **ret, struct fault *f)
{
	const struct settings *s = q->agent->settings;

	if (monotonic() < q->agent->paused_until)
		return FAIL(f, E_RATE, "questions were cancelled %d times", CANCELS_MAX);
	return pinentry_open(s->pinentry, s->pin_timeout_s, ret, f);
}

static struct pinentry_window
window(const struct agent *agent, struct str description)
{
	enum lang l = agent->lang;

	return (struct pinentry_window){
	    .title = str_of(catalogue_text(l, "agent.title")),
	    .description = description,
	    .prompt = str_of(catalogue_text(l, "agent.pin")),
	    .ok = str_of(catalogue_text(l, "agent.ok")),
	    .cancel = str_of(catalogue_text(l, "agent.cancel")),
	};
}

/* All pages but the last. */
static enum err
show_pages(struct asked *q, struct pinentry *p, const struct consent_pages *pages, struct fault *f)
{
	for (size_t i = 0; i + 1 < pages->n; i++) {
		struct pinentry_window w = window(q->agent, pages->v[i]);

		w.prompt = (struct str){0};
		TRY(pinentry_confirm(p, &w, f));
	}
	return OK;
}

static struct str
say(const struct asked *q, const char *key, const char *name, struct str value)
{
	return catalogue_fill(
	    q->a, q->agent->lang, key, &(struct catalogue_value){.name = name, .value = value}, 1);
}

/* The token's limits, before a try is spent on a PIN that cannot be right. */
static enum err
pin_fits(const struct token_info *info, const struct secret *pin, struct fault *f)
{
	char rule[32];

	if (pin->n >= info->pin_min && pin->n && (info->pin_max == 0 || pin->n <= info->pin_max))
		return OK;
	(void)snprintf(rule, sizeof(rule), "%u–%u", info->pin_min, info->pin_max);
	return FAIL_FIELD(f, E_PIN_LENGTH, NULL, rule, "%zu octets", pin->n);
}

/* May a PIN be asked for at all; and if one try is left, does the person want to spend it? */
static enum err
before_try(struct asked *q, struct pinentry *p, struct fault *f)
{
	struct pinentry_window w;
	unsigned flags = 0;

	TRY(token_flags(q->agent->flow.token, &flags, f));
	if (flags & TOKEN_PIN_LOCKED)
		return FAIL_FIELD(f, E_PIN_LOCKED, NULL, "n=0", "the token says so");
	if (!(flags & TOKEN_PIN_SET) || (flags & TOKEN_PIN_CHANGE && !q->agent->flow.pin_change))
		return FAIL(f, E_PIN_NOT_SET, "flags %x", flags);
	if (!(flags & TOKEN_PIN_FINAL))
		return OK;
	w = window(q->agent,
	    say(q, "agent.last-try", "token", consent_clean(q->a, q->agent->flow.info.label)));
	w.prompt = (struct str){0};
	return pinentry_confirm(p, &w, f);
}

/* One PIN. On E_PIN_INCORRECT and E_PIN_LENGTH *ERROR is what the next window says about it. */
static enum err
one_try(struct asked *q, struct pinentry *p, struct str page, struct str *error, struct fault *f)
{
	struct flow *w = &q->agent->flow;
	struct pinentry_window shown = window(q->agent, page);
	enum err e;

	TRY(before_try(q, p, f));
	shown.error = *error;
	e = pinentry_pin(p, &shown, &w->pin, f);
	if (e == OK)
		e = pin_fits(&w->info, &w->pin, f);
	if (e == E_PIN_LENGTH)
		*error = say(q, "agent.pin-length", "rule", str_of(f->rule));
	if (e == OK)
		e = token_login(w->token, &w->pin, f);
	if (e == E_PIN_INCORRECT)
		*error = f->rule[0] ? say(q, "agent.pin-wrong-left", "n", str_of(f->rule + 2))
				    : say(q, "agent.pin-wrong", "n", (struct str){0});
	if (e != OK)
		secret_clear(&w->pin);
	return e;
}

static enum err
ask_pin(struct asked *q, struct pinentry *p, struct str page, struct fault *f)
{
	struct str error = {0};
	struct fault last = {0};
	enum err e = OK;

	for (int i = 0; i < TRIES_MAX; i++) {
		last = (struct fault){0};
		e = one_try(q, p, page, &error, &last);
		if (e != E_PIN_INCORRECT && e != E_PIN_LENGTH)
			break;
	}
	if (e != OK && f)
		*f = last;
	return e;
}

/* At a reader with keys of its own the PIN never comes here. */
static enum err
pin_pad(struct asked *q, struct pinentry *p, struct str page, struct fault *f)
{
	struct str hint = str_of(catalogue_text(q->agent->lang, "agent.pin-pad"));
	struct pinentry_window w = window(q->agent,
	    str_of(arena_fmt(q->a, "%.*s\n%.*s", (int)page.n, page.p, (int)hint.n, hint.p)));

	w.prompt = (struct str){0};
	TRY(pinentry_confirm(p, &w, f));
	return token_login(q->agent->flow.token, &q->agent->flow.pin, f);
}

enum err
flow_login(struct asked *q, const struct consent *c, struct fault *f)
{
	struct flow *w = &q->agent->flow;
	struct consent_pages pages;
	struct pinentry *p = NULL;
	enum err e;

	TRY(consent_split(c, &pages, f));
	TRY(open_window(q, &p, f));
	e = show_pages(q, p, &pages, f);
	if (e == OK && w->info.flags & TOKEN_PIN_PAD)
		e = pin_pad(q, p, pages.v[pages.n - 1], f);
	else if (e == OK)
		e = ask_pin(q, p, pages.v[pages.n - 1], f);
	pinentry_close(&p);
	w->logged_in = e == OK;
	return note_answer(q->agent, e);
}

enum err
flow_confirm(struct asked *q, const struct consent *c, struct fault *f)
{
	struct consent_pages pages;
	struct pinentry_window w;
	struct pinentry *p = NULL;
	enum err e;

	TRY(consent_split(c, &pages, f));
	TRY(open_window(q, &p, f));
	e = show_pages(q, p, &pages, f);
	if (e == OK) {
		w = window(q->agent, pages.v[pages.n - 1]);
		w.prompt = (struct str){0};
		e = pinentry_confirm(p, &w, f);
	}
	pinentry_close(&p);
	return note_answer(q->agent, e);
}

/* Rows of one digit and runs (1234…): the first that anybody tries. */
static bool
easy(const struct secret *pin)
{
	bool equal = true, up = true, down = true;

	for (size_t i = 1; i < pin->n; i++) {
		equal &= pin->p[i] == pin->p[i - 1];
		up &= pin->p[i] == pin->p[i - 1] + 1;
		down &= pin->p[i] + 1 == pin->p[i - 1];
	}
	return equal || up || down;
}

/* May this become the PIN? *ERROR is what the next window says when not. */
static enum err
new_pin_fits(struct asked *q, const struct secret *pin, struct str *error, struct fault *f)
{
	const struct flow *w = &q->agent->flow;

	if (pin_fits(&w->info, pin, f) != OK) {
		*error = say(q, "agent.pin-length", "rule", str_of(f->rule));
		return E_PIN_LENGTH;
	}
	if (w->pin.n && secret_eq(secret_bytes(pin), secret_bytes(&w->pin))) {
		*error = say(q, "agent.pin-same", "n", (struct str){0});
		return FAIL_FIELD(f, E_PIN_NEW, NULL, "another", "it is the old one");
	}
	if (easy(pin)) {
		*error = say(q, "agent.pin-easy", "n", (struct str){0});
		return FAIL_FIELD(f, E_PIN_NEW, NULL, "not 1111, not 1234", "too easy");
	}
	return OK;
}

static enum err
ask_new_pin(struct asked *q, struct pinentry *p, struct secret *ret, struct fault *f)
{
	enum lang l = q->agent->lang;
	struct pinentry_window w = window(q->agent,
	    say(q, "agent.pin-choose", "token", consent_clean(q->a, q->agent->flow.info.label)));
	struct pinentry_repeat twice = {.prompt = str_of(catalogue_text(l, "agent.pin-repeat")),
	    .differ = str_of(catalogue_text(l, "agent.pin-differs"))};
	struct fault last = {0};
	enum err e = OK;

	w.prompt = str_of(catalogue_text(l, "agent.pin-new"));
	for (int i = 0; i < TRIES_MAX; i++) {
		last = (struct fault){0};
		e = pinentry_new_pin(p, &w, &twice, ret, &last);
		if (e == E_PIN_NEW)
			w.error = twice.differ;
		else if (e == OK)
			e = new_pin_fits(q, ret, &w.error, &last);
		if (e != E_PIN_NEW && e != E_PIN_LENGTH)
			break;
	}
	if (e != OK) {
		secret_clear(ret);
		if (f)
			*f = last;
	}
	return e;
}

enum err
flow_new_pin(struct asked *q, struct secret *ret, struct fault *f)
{
	struct pinentry *p = NULL;
	enum err e;

	/* At a reader with keys of its own the new PIN is typed there as well. */
	if (q->agent->flow.info.flags & TOKEN_PIN_PAD)
		return OK;
	TRY(open_window(q, &p, f));
	e = ask_new_pin(q, p, ret, f);
	pinentry_close(&p);
	return note_answer(q->agent, e);
}
