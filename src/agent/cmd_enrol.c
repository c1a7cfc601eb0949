/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_enrol: from the two codes to a certificate in place, or on from wherever it broke off. The
 * token is the journal: a key without a certificate under the enrolment's id is work to go on with.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/cmd.h"

struct enrolment {
	struct str token, id;
	bool fresh; /* the key was made by this very run */
	json_t *issued;
};

static const char *
path_of(struct cmd *c, const struct enrolment *e, const char *what)
{
	return arena_fmt(c->play.a, "/api/v1/enrolments/%.*s/%s", (int)e->id.n, e->id.p, what);
}

/* The ids go into a path: exactly what an id is made of. */
static enum err
take_id(const json_t *answer, struct str *ret, struct fault *f)
{
	TRY(play_text(answer, "enrolment", ret, f));
	if (ret->n != 32 || strspn(ret->p, "0123456789abcdef") != 32)
		return FAIL_FIELD(f, E_ANSWER, "enrolment", NULL, "no id");
	return OK;
}

static bool
stops_at(const struct cmd *c, const char *step)
{
	return c->option[CMD_STOP_AFTER] && strcmp(c->option[CMD_STOP_AFTER], step) == 0;
}

/* As if the plug had been pulled: nothing is tidied up. */
static void
stop_after(const struct cmd *c, const char *step)
{
	if (stops_at(c, step)) {
		(void)fprintf(stderr, "signet-agent: --stop-after %s\n", step);
		(void)kill(getpid(), SIGKILL);
	}
}

static enum err
rehearsal_check(const struct cmd *c, struct fault *f)
{
	const struct settings_origin *o;

	if (c->option[CMD_STOP_AFTER] == NULL)
		return OK;
	TRY(settings_origin(c->play.settings, c->play.server, &o, f));
	if (o->env != ENVIRONMENT_TEST)
		return FAIL_FIELD(f, E_USAGE, "--stop-after", "test", "not in production");
	if (!stops_at(c, "key") && !stops_at(c, "issue") && !stops_at(c, "write"))
		return FAIL_FIELD(
		    f, E_USAGE, "--stop-after", "key | issue | write", "no such step");
	return OK;
}

static json_t *
begin_args(const struct enrolment *e, const json_t *ticket, bool pending)
{
	json_t *args = json_pack("{s:s%,s:O,s:O}", "token", e->token.p, e->token.n, "job",
	    json_object_get(ticket, "job"), "signature", json_object_get(ticket, "job_signature"));

	if (args && pending)
		json_object_set_new(args, "pending", json_true());
	return args;
}

/* The key and its request; a key that waits there from an earlier try is used. */
static enum err
make_key(struct cmd *c, struct enrolment *e, const json_t *ticket, json_t **ret, struct fault *f)
{
	bool pending = !e->fresh;
	json_t *args = begin_args(e, ticket, pending);
	struct fault first = {.code = OK};
	enum err err;

	if (args == NULL)
		return FAIL(f, E_ANSWER, "no job in the answer");
	cmd_step(c, pending ? "agent.step-pending" : "agent.step-key");
	err = play_verb(&c->play, "enrol.begin", args, ret, &first);
	if (err == E_CONTAINER && !pending && strcmp(first.rule, "pending") == 0) {
		e->fresh = false;
		cmd_step(c, "agent.step-pending");
		return play_verb(&c->play, "enrol.begin", begin_args(e, ticket, true), ret, f);
	}
	if (err != OK && f)
		*f = first;
	return err;
}

/* The portal will never issue for this key: it goes, so that no orphan stays. */
static void
take_back(struct cmd *c, const struct enrolment *e)
{
	json_t *problem = json_incref(c->play.problem), *ok;

	if (play_verb(&c->play, "enrol.abort",
		json_pack(
		    "{s:s%,s:s%}", "enrolment", e->id.p, e->id.n, "token", e->token.p, e->token.n),
		&ok, NULL) == OK)
		cmd_step(c, "agent.step-abort");
	json_decref(c->play.problem);
	c->play.problem = problem;
}

static enum err
issue(struct cmd *c, struct enrolment *e, const json_t *ticket, struct fault *f)
{
	json_t *made = NULL;
	enum err err;

	TRY(make_key(c, e, ticket, &made, f));
	stop_after(c, "key");
	cmd_step(c, "agent.step-issue");
	err = play_post(&c->play, path_of(c, e, "certificate"), true,
	    json_pack("{s:O}", "csr", json_object_get(made, "csr")), &e->issued, f);
	if (err != OK && e->fresh && play_refused(&c->play))
		take_back(c, e);
	else if (err != OK)
		cmd_step(c, "agent.step-kept");
	if (err == OK)
		stop_after(c, "issue");
	return err;
}

/* The certificate and its chain, the certificate first. */
static json_t *
chain_of(const json_t *issued)
{
	json_t *chain = json_array(), *one;
	size_t i;

	json_array_append(chain, json_object_get(issued, "certificate"));
	json_array_foreach(json_object_get(issued, "chain"), i, one) json_array_append(chain, one);
	return chain;
}

static void
print_done(struct cmd *c, const json_t *done)
{
	struct catalogue_value values[] = {
	    {"serial", str_of(cmd_show(c, done, "serial"))},
	    {"date", str_of(cmd_show(c, done, "not_after"))},
	};
	struct str text = catalogue_fill(c->play.a, c->play.lang, "agent.done", values, 2);

	if (c->option[CMD_JSON])
		cmd_print_json(done);
	else
		(void)printf("%.*s\n", (int)text.n, text.p);
}

static enum err
finish(struct cmd *c, struct enrolment *e, bool used, struct fault *f)
{
	json_t *signature, *done, *args;

	cmd_step(c, "agent.step-write");
	args = json_pack("{s:s%,s:s%,s:o,s:O}", "enrolment", e->id.p, e->id.n, "token", e->token.p,
	    e->token.n, "chain", chain_of(e->issued), "nonce", json_object_get(e->issued, "nonce"));
	if (args == NULL)
		return FAIL(f, E_ANSWER, "no certificate in the answer");
	TRY(play_verb(&c->play, "enrol.finish", args, &signature, f));
	stop_after(c, "write");
	if (used) {
		cmd_step(c, "agent.step-used");
		return OK;
	}
	cmd_step(c, "agent.step-installed");
	TRY(play_post(&c->play, path_of(c, e, "installed"), false,
	    json_pack("{s:O,s:O,s:O}", "nonce", json_object_get(e->issued, "nonce"), "agent_nonce",
		json_object_get(signature, "agentNonce"), "signature",
		json_object_get(signature, "signature")),
	    &done, f));
	print_done(c, done);
	return OK;
}

static enum err
enrol_new(struct cmd *c, struct enrolment *e, struct fault *f)
{
	struct str reference = {0}, code = {0};
	json_t *ticket;

	TRY(cmd_codes(c, &reference, &code, f));
	cmd_step(c, "agent.step-codes");
	TRY(play_post(&c->play, "/api/v1/enrolments/check", false,
	    json_pack("{s:s%,s:s%,s:s%}", "reference", reference.p, reference.n, "code", code.p,
		code.n, "agent_nonce", c->play.nonce.p, c->play.nonce.n),
	    &ticket, f));
	TRY(take_id(ticket, &e->id, f));
	TRY(play_text(ticket, "session", &c->play.bearer, f));
	e->fresh = true;
	TRY(issue(c, e, ticket, f));
	return finish(c, e, false, f);
}

static enum err
prove(struct cmd *c, struct enrolment *e, const json_t *begun, json_t **ret, struct fault *f)
{
	json_t *nonce = json_object_get(begun, "nonce"), *args, *proof;

	args = json_pack("{s:s%,s:s%,s:s,s:O}", "token", e->token.p, e->token.n, "container",
	    e->id.p, e->id.n, "purpose", "resume", "serverNonce", nonce);
	if (args == NULL)
		return FAIL(f, E_ANSWER, "no nonce in the answer");
	TRY(play_verb(&c->play, "auth.sign", args, &proof, f));
	return play_post(&c->play, path_of(c, e, "resume"), false,
	    json_pack("{s:O,s:O,s:O,s:O}", "agent_nonce", json_object_get(proof, "agentNonce"),
		"spki", json_object_get(proof, "spki"), "nonce", nonce, "signature",
		json_object_get(proof, "signature")),
	    ret, f);
}

static enum err
enrol_resume(struct cmd *c, struct enrolment *e, struct fault *f)
{
	struct str reference = {0}, state;
	json_t *begun, *ticket;

	TRY(cmd_codes(c, &reference, NULL, f));
	cmd_step(c, "agent.step-resume");
	TRY(play_post(&c->play, "/api/v1/enrolments/resume", false,
	    json_pack("{s:s%}", "reference", reference.p, reference.n), &begun, f));
	TRY(take_id(begun, &e->id, f));
	TRY(prove(c, e, begun, &ticket, f));
	TRY(play_text(ticket, "session", &c->play.bearer, f));
	TRY(play_text(ticket, "state", &state, f));
	e->issued = ticket;
	if (str_is(state, "issuing"))
		TRY(issue(c, e, ticket, f));
	return finish(c, e, str_is(state, "used"), f);
}

enum err
cmd_enrol(struct cmd *c, struct fault *f)
{
	struct enrolment e = {.fresh = false};
	json_t *hello;

	TRY(rehearsal_check(c, f));
	TRY(play_hello(&c->play, &hello, f));
	TRY(cmd_token(c, &e.token, f));
	return c->option[CMD_RESUME] ? enrol_resume(c, &e, f) : enrol_new(c, &e, f);
}
