/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/flow.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "agent/lock.h"
#include "agent/pinentry.h"
#include "crypto/digest.h"

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

void
flow_close(struct agent *agent)
{
	struct flow *w = &agent->flow;

	token_close(&w->token);
	secret_free(&w->pin);
	if (w->lock >= 0)
		(void)close(w->lock);
	arena_free(&w->a);
	*w = (struct flow){.lock = -1};
}

bool
flow_is(const struct agent *agent, const struct id *enrolment)
{
	return agent->flow.token && agent->flow.logged_in && agent->flow.enrolling &&
	    id_eq(agent->flow.enrolment, *enrolment);
}

static enum err
choose(
    const struct token_list *list, struct str name, const struct token_info **ret, struct fault *f)
{
	const struct token_info *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (str_eq(list->tokens[i].serial, name) || str_eq(list->tokens[i].label, name)) {
			found = &list->tokens[i];
			n++;
		}
	}
	if (n == 0 && list->failed_n)
		return FAIL_FIELD(f, list->failed[0].fault.code, list->failed[0].fault.field, NULL,
		    "no token; a module: %s", list->failed[0].fault.detail);
	if (n == 0)
		return FAIL(f, E_TOKEN_ABSENT, "no such token among %zu", list->n);
	if (n > 1)
		return FAIL_FIELD(f, E_FIELD_VALUE, "token", NULL, "%zu tokens of that name", n);
	*ret = found;
	return OK;
}

enum err
flow_open(struct asked *q, struct str name, struct fault *f)
{
	struct flow *w = &q->agent->flow;
	const struct token_info *info;
	struct token_list list;
	enum err e;

	flow_close(q->agent);
	w->a = arena_new(0);
	e = token_list(q->agent->tokens, w->a, &list, f);
	if (e == OK)
		e = choose(&list, name, &info, f);
	if (e == OK)
		e = lock_take(info->serial.n ? info->serial : info->label, &w->lock, f);
	if (e == OK)
		e = token_open(q->agent->tokens, info, &w->token, f);
	if (e != OK) {
		flow_close(q->agent);
		return e;
	}
	w->info = *info;
	w->pin = secret_new(TOKEN_PIN_MAX);
	return OK;
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
	if (!(flags & TOKEN_PIN_SET) || flags & TOKEN_PIN_CHANGE)
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

enum err
flow_sign(struct asked *q, struct bytes id, const uint8_t point[static P256_POINT_SIZE],
    struct bytes message, struct bytes *ret, struct fault *f)
{
	uint8_t digest[SHA256_SIZE], raw[TOKEN_RAW_SIZE];
	struct bytes sig = {0};

	sha256(message, digest);
	TRY(token_sign(q->agent->flow.token, id, digest, &q->agent->flow.pin, raw, f));
	if (ecdsa_der(q->a, BYTES_OF(raw), &sig, NULL) != OK ||
	    verify_p256(point, message, sig, NULL) != OK)
		return FAIL(f, E_TOKEN_ERROR, "the token's signature does not verify");
	*ret = sig;
	return OK;
}

enum err
flow_state(struct asked *q, const struct flow_statement *s, struct bytes *ret, struct fault *f)
{
	uint8_t spki[P256_SPKI_SIZE], key[SHA256_SIZE], cert[SHA256_SIZE], payload[SHA256_SIZE];
	struct statement said = {
	    .env = q->origin->env,
	    .origin = q->origin->origin,
	    .purpose = s->purpose,
	    .server_nonce = s->server_nonce,
	    .agent_nonce = BYTES_OF(q->agent->nonce),
	    .spki_hash = BYTES_OF(key),
	};
	struct bytes octets;

	spki_of_point(s->point.p, spki);
	sha256(BYTES_OF(spki), key);
	if (purpose_has_certificate(s->purpose)) {
		sha256(s->certificate, cert);
		said.certificate_hash = BYTES_OF(cert);
	}
	if (purpose_has_payload(s->purpose)) {
		sha256(s->payload, payload);
		said.payload_hash = BYTES_OF(payload);
	}
	TRY(statement_encode(q->a, &said, &octets, f));
	return flow_sign(q, s->id, s->point.p, octets, ret, f);
}
