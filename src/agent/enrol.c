/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enrol: enrol.begin, enrol.finish, enrol.abort: a key pair that becomes a certificate in place, or
 * nothing at all.
 */
#include "agent/verb.h"
#include "base/text.h"
#include "core/job.h"
#include "x509/cert.h"
#include "x509/csr.h"
#include "x509/key.h"
#include "x509/name.h"

/* The job, if the service has signed it for this agent, this page and this minute (S22). */
static enum err
job_accept(struct asked *q, const struct args *args, struct job *ret, struct fault *f)
{
	const uint8_t *key = spki_p256_point(q->origin->job_key);
	struct job job;

	if (!q->agent->greeted)
		return FAIL(f, E_AGENT_JOB, "no hello came before");
	if (key == NULL || verify_p256(key, args->job, args->signature, NULL) != OK)
		return FAIL(f, E_AGENT_JOB, "not signed by the job key");
	TRY(job_parse(q->a, args->job, &job, f));
	TRY(job_check(
	    &job, BYTES_OF(q->agent->nonce), q->origin->origin, q->origin->env, q->now, f));
	*ret = job;
	return OK;
}

static enum err
job_consent(
    struct asked *q, const struct job *job, bool pending, struct consent *ret, struct fault *f)
{
	struct consent c = consent_new(q->a, q->agent->lang);
	struct catalogue_value site = {"origin", q->origin->origin};

	consent_sentence(&c, pending ? "agent.enrol-pending" : "agent.enrol", &site, 1);
	TRY(consent_exact(&c, "agent.profile", job->profile, f));
	for (size_t i = 0; i < job->line_count; i++) {
		const struct job_line *line = &job->lines[i];

		TRY(consent_exact(&c,
		    arena_fmt(q->a, "attribute.%.*s", (int)line->name.n, line->name.p), line->text,
		    f));
	}
	consent_line(&c, "agent.token", q->agent->flow.info.label);
	*ret = c;
	return OK;
}

/* What lies under the enrolment's id now; *RET_THERE is false when nothing does. */
static enum err
look(struct asked *q, const struct id *id, struct token_container *ret, bool *ret_there,
    struct fault *f)
{
	const struct token_container *found;
	struct token_containers all;

	TRY(token_containers(q->agent->flow.token, q->a, &all, f));
	found = token_container(&all, id_bytes(id));
	*ret_there = found != NULL;
	*ret = found ? *found : (struct token_container){0};
	return OK;
}

/* A pending key where one is wanted, nothing where a new one is to be made. */
static enum err
container_fits(struct asked *q, const struct id *id, bool pending, struct fault *f)
{
	struct token_container c;
	bool there;

	TRY(look(q, id, &c, &there, f));
	if (there && c.certificate.n)
		return FAIL_FIELD(f, E_CONTAINER, "container", "certificate", "it is complete");
	if (there && !pending)
		return FAIL_FIELD(f, E_CONTAINER, "container", "pending", "a key waits there");
	if (!there && pending)
		return FAIL_FIELD(f, E_OTHER_TOKEN, "token", NULL, "no pending key");
	return OK;
}

/*
 * The key pair goes again, whatever happened: by the open session, else in a new child with the PIN
 * that is still at hand. What even that cannot reach is found by the next enrol.begin.
 */
static void
destroy(struct asked *q, const struct id *id)
{
	struct flow *w = &q->agent->flow;

	if (token_delete(w->token, id_bytes(id), TOKEN_KEYS, NULL) == OK)
		return;
	token_close(&w->token);
	if (token_open(q->agent->tokens, &w->info, &w->token, NULL) != OK ||
	    token_login(w->token, &w->pin, NULL) != OK ||
	    token_delete(w->token, id_bytes(id), TOKEN_KEYS, NULL) != OK)
		return;
}

static enum err
request(struct asked *q, const struct id *id, struct bytes spki, struct bytes *ret, struct fault *f)
{
	static const struct name nobody;
	struct bytes subject, tbs, sig;
	struct key key;

	/* The certificate's names come from the application; the request asks for none (S30). */
	TRY(name_encode(q->a, &nobody, &subject, f));
	TRY(key_parse(spki, &key, f));
	TRY(csr_tbs(q->a, subject, spki, (struct bytes){0}, &tbs, f));
	TRY(flow_sign(q, id_bytes(id), spki, tbs, &sig, f));
	return csr_finish(q->a, tbs, sigalg_of_key(key.kind), sig, ret, f);
}

/* The key, new or pending, and its request; after a failure no new key is left. */
static enum err
make(struct asked *q, const struct job *job, bool pending, struct bytes *ret, struct fault *f)
{
	const struct id *id = &job->enrolment;
	struct token_container c;
	struct token_kind kind;
	struct bytes spki;
	bool there;
	enum err e;

	if (pending) {
		TRY(look(q, id, &c, &there, f));
		if (!there || !c.has_private || c.spki.n == 0)
			return FAIL(f, E_OTHER_TOKEN, "the pending key is not whole");
		return request(q, id, c.spki, ret, f);
	}
	kind.kind = keyrule_kind(job->key, &kind.bits);
	e = token_keygen(
	    q->agent->flow.token, id_bytes(id), str_of(id_text(q->a, *id)), kind, q->a, &spki, f);
	if (e == E_CONTAINER)
		return e;
	if (e == OK)
		e = request(q, id, spki, ret, f);
	if (e != OK)
		destroy(q, id);
	return e;
}

enum err
verb_enrol_begin(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct agent *agent = q->agent;
	struct consent c;
	struct job job;
	struct bytes csr = {0};
	enum err e;

	TRY(job_accept(q, args, &job, f));
	if (!args->pending || !flow_is(agent, &job.enrolment))
		TRY(flow_open(q, args->token, f));
	e = container_fits(q, &job.enrolment, args->pending, f);
	if (e == OK)
		e = job_consent(q, &job, args->pending, &c, f);
	if (e == OK)
		e = agent->flow.logged_in ? flow_confirm(q, &c, f) : flow_login(q, &c, f);
	/* Private objects are seen only now. */
	if (e == OK)
		e = container_fits(q, &job.enrolment, args->pending, f);
	if (e == OK)
		e = make(q, &job, args->pending, &csr, f);
	secret_clear(&agent->flow.pin);
	if (e != OK) {
		flow_close(agent);
		return e;
	}
	agent->flow.enrolling = true;
	agent->flow.enrolment = job.enrolment;
	*ret = json_pack("{s:s,s:o}", "enrolment", id_text(q->a, job.enrolment), "csr",
	    message_octets(q->a, csr));
	return OK;
}

/* The open flow of this enrolment, or a new one after consent and PIN. */
static enum err
reach(struct asked *q, const struct args *args, const struct id *id, const char *sentence,
    struct fault *f)
{
	struct catalogue_value site = {"origin", q->origin->origin};
	struct consent c;
	enum err e;

	if (flow_is(q->agent, id))
		return OK;
	if (args->token.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, "token", NULL, "no session is open");
	TRY(flow_open(q, args->token, f));
	c = consent_new(q->a, q->agent->lang);
	consent_sentence(&c, sentence, &site, 1);
	consent_line(&c, "agent.site", q->origin->origin);
	e = consent_exact(&c, "agent.enrolment", str_of(id_text(q->a, *id)), f);
	consent_line(&c, "agent.token", q->agent->flow.info.label);
	return e == OK ? flow_login(q, &c, f) : e;
}

/* The certificate belongs to this key and lies beside it, read back. */
static enum err
put_certificate(
    struct asked *q, const struct id *id, struct bytes der, struct bytes *ret_spki, struct fault *f)
{
	struct der_out serial = der_out_new(q->a, 64);
	struct token_certificate out = {.label = str_of(id_text(q->a, *id)), .der = der};
	struct token_container c;
	struct cert cert;
	bool there;

	TRY(cert_parse(der, &cert, f));
	TRY(look(q, id, &c, &there, f));
	if (!there || c.spki.n == 0 || !bytes_eq(c.spki, cert.spki))
		return FAIL(f, E_OTHER_TOKEN, "the certificate is for another key");
	if (c.certificate.n && !bytes_eq(c.certificate, der))
		return FAIL_FIELD(
		    f, E_CONTAINER, "container", NULL, "another certificate is there");
	der_int(&serial, cert.serial);
	out.subject = cert.subject;
	out.issuer = cert.issuer;
	TRY(der_done(&serial, "serial", &out.serial, f));
	if (c.certificate.n == 0)
		TRY(token_cert_put(q->agent->flow.token, id_bytes(id), &out, f));
	*ret_spki = c.spki;
	return OK;
}

static enum err
id_of_text(struct str text, struct id *ret, struct fault *f)
{
	if (!id_parse(text, ret))
		return FAIL_FIELD(f, E_FIELD_FORMAT, "enrolment", "32 hex", "no id");
	return OK;
}

enum err
verb_enrol_finish(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct bytes spki = {0}, sig = {0};
	struct flow_statement s = {.purpose = PURPOSE_INSTALLED, .server_nonce = args->nonce};
	struct id id;
	enum err e;

	TRY(id_of_text(args->enrolment, &id, f));
	if (args->chain.n == 0)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "chain", "≥ 1", "empty");
	if (!q->agent->greeted)
		return FAIL(f, E_AGENT_REQUEST, "no hello came before");
	e = reach(q, args, &id, "purpose.installed", f);
	if (e == OK)
		e = put_certificate(q, &id, args->chain.v[0], &spki, f);
	if (e == OK) {
		s.id = id_bytes(&id);
		s.spki = spki;
		s.certificate = args->chain.v[0];
		e = flow_state(q, &s, &sig, f);
	}
	flow_close(q->agent);
	if (e != OK)
		return e;
	*ret = json_pack("{s:o,s:o}", "agentNonce", message_octets(q->a, BYTES_OF(q->agent->nonce)),
	    "signature", message_octets(q->a, sig));
	return OK;
}

enum err
verb_enrol_abort(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct token_container c;
	bool there = false;
	struct id id;
	enum err e;

	TRY(id_of_text(args->enrolment, &id, f));
	e = reach(q, args, &id, "agent.abort", f);
	if (e == OK)
		e = look(q, &id, &c, &there, f);
	if (e == OK && there && c.certificate.n)
		e = FAIL_FIELD(f, E_CONTAINER, "container", "certificate", "it is complete");
	if (e == OK && there)
		e = token_delete(q->agent->flow.token, id_bytes(&id), TOKEN_KEYS, f);
	flow_close(q->agent);
	if (e != OK)
		return e;
	*ret = json_pack("{s:b}", "deleted", there);
	return OK;
}
