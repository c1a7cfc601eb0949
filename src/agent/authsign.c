/* SPDX-License-Identifier: Apache-2.0 */
/* authsign: auth.sign: the statements of S23, each with its own sentence; nothing else is signed. */
#include "agent/payload.h"
#include "agent/verb.h"
#include "base/text.h"
#include "x509/cert.h"
#include "x509/key.h"
#include "x509/name.h"

/* May a page of this origin ask for it here? */
static enum err
purpose_of(const struct asked *q, const struct args *args, enum purpose *ret, struct fault *f)
{
	enum purpose p;

	if (!purpose_parse(args->purpose, &p))
		return FAIL_FIELD(f, E_FIELD_VALUE, "purpose", NULL, "no such purpose");
	/* "installed" is said by enrol.finish alone, which knows that it is true. */
	if (p == PURPOSE_INSTALLED)
		return FAIL_FIELD(f, E_FIELD_VALUE, "purpose", NULL, "not by this verb");
	if ((p == PURPOSE_APPROVE || p == PURPOSE_DOCUMENT) && q->origin->role != SETTINGS_ROLE_RA)
		return FAIL_FIELD(f, E_AGENT_ORIGIN, "purpose", "ra", "the origin's role is user");
	*ret = p;
	return OK;
}

static enum err
container_of(struct asked *q, struct bytes id, enum purpose purpose, struct token_container *ret,
    struct fault *f)
{
	const struct token_container *c;
	struct token_containers all;

	TRY(token_containers(q->agent->flow.token, q->a, &all, f));
	c = token_container(&all, id);
	if (c == NULL || c->spki.n == 0)
		return FAIL(f, E_OTHER_TOKEN, "no key of that id");
	if (purpose_has_certificate(purpose) && c->certificate.n == 0)
		return FAIL(f, E_OTHER_TOKEN, "no certificate of that id");
	*ret = *c;
	return OK;
}

/* Who signs: the subject's common name, cleaned: the token says it, not the service. */
static void
signer_line(struct asked *q, struct consent *c, const struct token_container *container)
{
	struct name subject;
	struct cert cert;

	if (cert_parse(container->certificate, &cert, NULL) == OK &&
	    name_parse(cert.subject, &subject, NULL) == OK && name_get(&subject, OID_CN).n)
		consent_line(c, "agent.signer", name_get(&subject, OID_CN));
	consent_line(c, "agent.token", q->agent->flow.info.label);
}

static enum err
sign(struct asked *q, struct flow_statement *s, struct consent *c, struct bytes *ret,
    struct token_container *ret_container, struct fault *f)
{
	struct token_container container = {0};
	struct cert cert;

	TRY(container_of(q, s->id, s->purpose, &container, f));
	signer_line(q, c, &container);
	TRY(flow_login(q, c, f));
	if (container.certificate.n) {
		TRY(cert_parse(container.certificate, &cert, f));
		if (!bytes_eq(cert.spki, container.spki))
			return FAIL(f, E_OTHER_TOKEN, "certificate and key do not match");
	}
	s->spki = container.spki;
	if (purpose_has_certificate(s->purpose))
		s->certificate = container.certificate;
	TRY(flow_state(q, s, ret, f));
	*ret_container = container;
	return OK;
}

/* A resumed enrolment goes on with the token that it has logged in to. */
static void
end(struct asked *q, const struct flow_statement *s, enum err e)
{
	struct flow *w = &q->agent->flow;

	if (e == OK && s->purpose == PURPOSE_RESUME && id_of(s->id, &w->enrolment)) {
		w->enrolling = true;
		secret_clear(&w->pin);
	} else {
		flow_close(q->agent);
	}
}

enum err
verb_auth_sign(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct flow_statement s = {.server_nonce = args->nonce};
	struct consent c = consent_new(q->a, q->agent->lang);
	struct token_container container;
	struct bytes sig = {0};
	json_t *out;
	enum err e;

	if (!q->agent->greeted)
		return FAIL(f, E_AGENT_REQUEST, "no hello came before");
	TRY(purpose_of(q, args, &s.purpose, f));
	if (!hex_parse(q->a, args->container, &s.id) || s.id.n == 0 || s.id.n > TOKEN_ID_MAX)
		return FAIL_FIELD(f, E_FIELD_FORMAT, "container", "hex", "no id");
	TRY(payload_read(&c, s.purpose, q->origin->origin, args->payload, &s.payload, f));
	consent_line(&c, "agent.site", q->origin->origin);
	TRY(flow_open(q, args->token, f));
	e = sign(q, &s, &c, &sig, &container, f);
	end(q, &s, e);
	if (e != OK)
		return e;
	out = json_pack("{s:o,s:o,s:o}", "agentNonce",
	    message_octets(q->a, BYTES_OF(q->agent->nonce)), "spki", message_octets(q->a, s.spki),
	    "signature", message_octets(q->a, sig));
	if (container.certificate.n)
		json_object_set_new(
		    out, "certificate", message_octets(q->a, container.certificate));
	*ret = out;
	return OK;
}
