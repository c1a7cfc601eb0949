/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/hsm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/must.h"

#define WAIT_LEAST 500    /* ms before the second try */
#define WAIT_MOST  30000  /* ms */
#define LOOK_MS    5000   /* between two looks at a token that was there */
#define ANSWER_MS  140000 /* more than the child's own limits (P11_SLOW), which say it better */

struct expected {
	const struct pair_names *key;
	struct bytes spki;
};

struct hsm {
	struct token_module module;
	struct token_set *set;
	struct token *token; /* logged in, our keys found; NULL: not */
	struct hsm_options options;
	struct expected want[HSM_KEYS];
	size_t want_n;
	bool refused;               /* the PIN: never again */
	int64_t wait, next, looked; /* monotonic ms */
	char trouble[HSM_TROUBLE];
};

static int64_t
clock_ms(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct hsm *
hsm_new(const struct hsm_options *o)
{
	struct hsm *h = calloc(1, sizeof(*h));

	must(h != NULL);
	h->options = *o;
	h->module = (struct token_module){.name = "hsm_module", .timeout_ms = ANSWER_MS};
	h->set = token_set_new(&h->module, 1);
	token_set_use(h->set, -1);
	(void)snprintf(h->trouble, sizeof(h->trouble), "it is being started: wait a moment");
	return h;
}

void
hsm_free(struct hsm **h)
{
	if (!*h)
		return;
	token_close(&(*h)->token);
	token_set_free(&(*h)->set);
	secret_free(&(*h)->options.pin);
	free(*h);
	*h = NULL;
}

void
hsm_use(struct hsm *h, int sock)
{
	/* Its session went with the former child, or with this one's former master. */
	token_set_use(h->set, sock);
	token_close(&h->token);
	h->wait = h->next = 0;
}

enum err
hsm_expect(struct hsm *h, const struct pair_names *key, struct bytes spki, struct fault *f)
{
	if (h->want_n == HSM_KEYS)
		return FAIL(f, E_BUSY, "%d keys on the token", HSM_KEYS);
	h->want[h->want_n++] = (struct expected){key, spki};
	/* Looked for at the next try. */
	token_close(&h->token);
	return OK;
}

void
hsm_forget(struct hsm *h)
{
	h->want_n = 0;
}

/* Who can do something about a fault, and what. */
static const char *
mend_of(enum err e)
{
	static const struct {
		enum err e;
		const char *words;
	} rows[] = {
	    {E_TOKEN_ABSENT, "connect the token that hsm_token or hsm_serial names"},
	    {E_TOKEN_REMOVED, "connect the token again"},
	    {E_PIN_INCORRECT,
		"correct the PIN (hsm_pin_file or the credential hsm-pin), then "
		"restart signetd; until then it is not tried again"},
	    {E_PIN_LOCKED, "unlock the PIN with the maker's tool, then restart signetd"},
	    {E_PIN_LENGTH,
		"correct the PIN (hsm_pin_file or the credential hsm-pin), then restart "
		"signetd"},
	    {E_PIN_CHARS,
		"correct the PIN (hsm_pin_file or the credential hsm-pin), then restart "
		"signetd"},
	    {E_PIN_NOT_SET, "set the user's PIN with the maker's tool, then restart signetd"},
	    {E_OTHER_TOKEN,
		"this token does not hold our CA keys: connect theirs, or restore its "
		"backup"},
	    {E_MODULE, "look at hsm_module and hsm_environment, and at the log of p11"},
	    {E_MODULE_CRASHED,
		"the module ended or hung and is started again; if that repeats, ask "
		"its maker"},
	    {E_TOKEN_BUSY, "end other programs that use the token"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].e == e)
			return rows[i].words;
	return "look at the log of signer and p11";
}

static bool
is_pin(enum err e)
{
	return e == E_PIN_INCORRECT || e == E_PIN_LOCKED || e == E_PIN_LENGTH || e == E_PIN_CHARS ||
	    e == E_PIN_NOT_SET;
}

/* The session is lost: say why, and when to try again. */
static void
lost(struct hsm *h, enum err e, const struct fault *f)
{
	token_close(&h->token);
	h->refused = h->refused || is_pin(e);
	h->wait = h->wait == 0 ? WAIT_LEAST : h->wait * 2 > WAIT_MOST ? WAIT_MOST : h->wait * 2;
	h->next = clock_ms() + h->wait;
	(void)snprintf(
	    h->trouble, sizeof(h->trouble), "%s (%s): %s", err_row(e)->slug, f->detail, mend_of(e));
}

static enum err
find_token(struct hsm *h, struct arena *a, const struct token_info **ret, struct fault *f)
{
	struct token_list list;
	const struct token_info *found = NULL;

	TRY(token_list(h->set, a, &list, f));
	if (list.failed_n) {
		*f = list.failed[0].fault;
		return f->code;
	}
	for (size_t i = 0; i < list.n; i++) {
		const struct token_info *t = &list.tokens[i];

		if ((h->options.label.n && !str_eq(t->label, h->options.label)) ||
		    (h->options.serial.n && !str_eq(t->serial, h->options.serial)))
			continue;
		/* Which one holds the keys is not for chance to say. */
		if (found)
			return FAIL(f, E_TOKEN_ABSENT, "two tokens of that name");
		found = t;
	}
	if (!found)
		return FAIL(f, E_TOKEN_ABSENT, "%zu others are there", list.n);
	*ret = found;
	return OK;
}

static enum err
log_in(struct hsm *h, struct token *t, struct fault *f)
{
	unsigned flags = 0;

	TRY(token_flags(t, &flags, f));
	if (flags & TOKEN_PIN_LOCKED)
		return FAIL(f, E_PIN_LOCKED, "the token says that its PIN is locked");
	/* A last try that fails costs more than a person who looks first. */
	if (flags & TOKEN_PIN_FINAL)
		return FAIL(f, E_PIN_LOCKED,
		    "one try is left and is not used: log in with another tool first");
	return token_login(t, &h->options.pin, f);
}

static enum err
find_keys(const struct hsm *h, struct token *t, struct arena *a, struct fault *f)
{
	struct bytes spki = {0};

	for (size_t i = 0; i < h->want_n; i++) {
		TRY(pair_find(t, h->want[i].key, a, &spki, f));
		if (!bytes_eq(spki, h->want[i].spki))
			return FAIL(f, E_OTHER_TOKEN, "another key under the id of ours");
	}
	return OK;
}

static enum err
connect(struct hsm *h, struct fault *f)
{
	struct arena *a = arena_new(0);
	const struct token_info *info = NULL;
	struct token *t = NULL;
	enum err e = find_token(h, a, &info, f);

	if (e == OK)
		e = token_open(h->set, info, &t, f);
	if (e == OK)
		e = log_in(h, t, f);
	if (e == OK)
		e = find_keys(h, t, a, f);
	arena_free(&a);
	if (e != OK) {
		token_close(&t);
		/* Most modules see a token that came later only when they are loaded anew. */
		if (e == E_TOKEN_ABSENT)
			token_set_use(h->set, -1);
		lost(h, e, f);
		return e;
	}
	h->token = t;
	h->wait = h->next = 0;
	h->looked = clock_ms();
	h->trouble[0] = '\0';
	return OK;
}

static enum err
ready(struct hsm *h, struct fault *f)
{
	if (h->token)
		return OK;
	if (h->refused)
		return FAIL_FIELD(f, E_UNAVAILABLE, "token", NULL, "%s", h->trouble);
	if (clock_ms() < h->next)
		return FAIL_FIELD(f, E_UNAVAILABLE, "token", NULL, "%s", h->trouble);
	return connect(h, f);
}

const char *
hsm_trouble(struct hsm *h)
{
	struct fault f = {0};
	unsigned flags;
	enum err e;

	if (!h->token) {
		(void)(ready(h, &f) == OK);
	} else if (clock_ms() - h->looked >= LOOK_MS) {
		h->looked = clock_ms();
		e = token_flags(h->token, &flags, &f);
		if (e != OK)
			lost(h, e, &f);
	}
	return h->trouble;
}

/* Is a second try sensible at once? The child lives, its session or its token's does not. */
static bool
again(enum err e)
{
	return e == E_TOKEN_REMOVED || e == E_OTHER_TOKEN;
}

/* One question of token/pair.h, each with what it needs. */
struct question {
	const struct pair_names *make, *find;
	const struct pair_order *sign;
};

static enum err
put(struct hsm *h, const struct question *q, struct arena *a, struct bytes *ret, struct fault *f)
{
	if (q->make)
		return pair_make(h->token, q->make, a, ret, f);
	if (q->find)
		return pair_find(h->token, q->find, a, ret, f);
	return pair_sign(h->token, q->sign, a, ret, f);
}

static enum err
ask(struct hsm *h, const struct question *q, struct arena *a, struct bytes *ret, struct fault *f)
{
	enum err e;

	TRY(ready(h, f));
	e = put(h, q, a, ret, f);
	if (e == OK || q->find || e == E_ALG_UNSUPPORTED || e == E_CONTAINER)
		return e;
	lost(h, e, f);
	if (!q->sign || !again(e))
		return e;
	*f = (struct fault){0};
	TRY(connect(h, f));
	e = put(h, q, a, ret, f);
	if (e != OK)
		lost(h, e, f);
	return e;
}

enum err
hsm_make(struct hsm *h, const struct pair_names *key, struct arena *a, struct bytes *ret,
    struct fault *f)
{
	return ask(h, &(struct question){.make = key}, a, ret, f);
}

enum err
hsm_find(struct hsm *h, const struct pair_names *key, struct arena *a, struct bytes *ret,
    struct fault *f)
{
	return ask(h, &(struct question){.find = key}, a, ret, f);
}

enum err
hsm_sign(
    struct hsm *h, const struct pair_order *o, struct arena *a, struct bytes *ret, struct fault *f)
{
	return ask(h, &(struct question){.sign = o}, a, ret, f);
}
