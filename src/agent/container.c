/* SPDX-License-Identifier: Apache-2.0 */
/* container: container.delete: a key and its certificate go for good, after it was said which. */
#include "agent/verb.h"
#include "base/text.h"
#include "x509/cert.h"
#include "x509/key.h"
#include "x509/name.h"

/* Can somebody still sign with it: certificate and key there, the time not over? */
static bool
valid(const struct token_container *c, int64_t now)
{
	struct cert cert;

	return (c->has_private || c->has_public) && c->certificate.n &&
	    cert_parse(c->certificate, &cert, NULL) == OK && cert.not_after >= now;
}

static bool
only_valid(const struct token_containers *all, const struct token_container *c, int64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += valid(&all->list[i], now);
	return n == 1 && valid(c, now);
}

/* What is deleted, in the token's own words: cleaned, for nobody has checked them. */
static void
describe(struct asked *q, struct consent *c, const struct token_container *container)
{
	char until[TIME_TEXT_SIZE];
	struct name subject;
	struct cert cert;

	if (container->certificate.n == 0) {
		consent_line(c, "agent.key", bytes_str(container->label));
	} else if (cert_parse(container->certificate, &cert, NULL) == OK &&
	    name_parse(cert.subject, &subject, NULL) == OK) {
		time_text(cert.not_after, until);
		consent_line(c, "agent.subject", str_of(name_text(q->a, &subject)));
		consent_line(c, "agent.serial", str_of(hex_text(q->a, cert.serial)));
		consent_line(c, "agent.until", str_of(until));
	}
	consent_line(c, "agent.container", str_of(hex_text(q->a, container->id)));
	consent_line(c, "agent.token", q->agent->flow.info.label);
}

static enum err
find(struct asked *q, struct bytes id, struct token_containers *all,
    const struct token_container **ret, struct fault *f)
{
	TRY(token_containers(q->agent->flow.token, q->a, all, f));
	*ret = token_container(all, id);
	return *ret ? OK : FAIL(f, E_OTHER_TOKEN, "no container of that id");
}

static enum err delete (struct asked *q, struct bytes id, struct fault *f) {
	struct catalogue_value site = {"origin", q->origin->origin};
	struct catalogue_value token = {"token", consent_clean(q->a, q->agent->flow.info.label)};
	struct consent c = consent_new(q->a, q->agent->lang), last = c;
	const struct token_container *one = NULL; struct token_containers all;

	TRY(find(q, id, &all, &one, f));
	consent_sentence(&c, one->certificate.n ? "agent.delete" : "agent.abort", &site, 1);
	describe(q, &c, one); TRY(flow_login(q, &c, f));
	/* Private halves are seen only now. */
	TRY(find(q, id, &all, &one, f));
	if (only_valid(&all, one, q->now)){consent_sentence(&last, "agent.delete-last", &token, 1);
					   describe(q, &last, one); TRY(flow_confirm(q, &last, f));}
return token_delete(q->agent->flow.token, id, TOKEN_CERTIFICATE | TOKEN_KEYS, f);
}

enum err
verb_container_delete(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct bytes id;
	enum err e;

	if (!hex_parse(q->a, args->container, &id) || id.n == 0 || id.n > TOKEN_ID_MAX)
		return FAIL_FIELD(f, E_FIELD_FORMAT, "container", "hex", "no id");
	TRY(flow_open(q, args->token, f));
	e = delete (q, id, f);
	flow_close(q->agent);
	if (e != OK)
		return e;
	*ret = json_pack("{s:b}", "deleted", true);
	return OK;
}
