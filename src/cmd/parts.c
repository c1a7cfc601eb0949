/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/parts.h"

#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "base/zone.h"
#include "crypto/random.h"
#include "service/call.h"

char *
parts_path(const struct parts *p, const struct child *c, const char *below)
{
	struct str data = child_conf(c)->data;

	return arena_fmt(p->life, "%.*s/%s", (int)data.n, data.p, below);
}

/* The embedded store, or the address of a PostgreSQL database; a file is not named by accident. */
static enum err
store_place(const struct parts *p, const struct child *c, const char **ret, struct fault *f)
{
	struct str address = child_conf(c)->store;

	if (address.n == 0)
		*ret = parts_path(p, c, "store/signet.db");
	else if (str_starts(address, STR("postgresql://")))
		*ret = arena_cstr(p->life, address);
	else
		return FAIL_FIELD(f, E_CONFIG, "store", "postgresql://", "not an address");
	return OK;
}

static struct service_conf
service_settings(const struct parts *p, const struct child *c)
{
	const struct conf *conf = child_conf(c);
	bool test = conf->environment == CONF_TEST;

	return (struct service_conf){.environment = test ? STR("test") : STR("production"),
	    .origin = conf->public_url,
	    .http_base = conf->public_http_url,
	    .policy_arc = conf->policy_arc,
	    .brand = conf->brand,
	    .hotline = conf->hotline,
	    .contact_wait = (int64_t)conf->contact_wait * 3600,
	    .data_dir = str_of(parts_path(p, c, "front")),
	    .node = conf->node,
	    .administrators = test ? 1 : 2};
}

enum err
parts_open(struct child *c, bool migrate, struct parts *ret, struct fault *f)
{
	struct parts p = {.life = arena_new(0)};
	struct service_conf settings = service_settings(&p, c);
	struct store_conf store = {
	    .environment = settings.environment, .migrate = migrate, .now = (int64_t)time(NULL)};
	enum err e = store_place(&p, c, &store.where, f);

	settings.keyless = migrate;
	if (e == OK)
		e = zone_set(child_conf(c)->timezone, f);
	if (e == OK)
		e = store_open(&store, &p.store, f);
	if (e == OK)
		e = signer_client_new(child_fd(c, "signer", 0), &p.signer, f);
	if (e == OK)
		e = service_open(&settings, p.store, p.signer, &p.service, f);
	if (e != OK) {
		parts_close(&p);
		return e;
	}
	*ret = p;
	return OK;
}

void
parts_close(struct parts *p)
{
	service_close(&p->service);
	if (p->signer)
		signer_client_free(&p->signer);
	store_close(&p->store);
	arena_free(&p->life);
}

struct call
parts_call(const struct parts *p, struct arena *a, const char *name)
{
	uint8_t id[16];

	random_bytes(id, sizeof(id));
	return (struct call){.service = p->service,
	    .a = a,
	    .now = service_now(p->service),
	    .who = {.assurance = ASSURANCE_LOCAL, .name = str_of(name)},
	    .request_id = str_of(hex_text(a, BYTES_OF(id))),
	    .peer = str_of(name),
	    .route = str_of(name)};
}

int
parts_fail(const struct fault *f)
{
	struct log l = log_line(LOG_PROCESS_EXIT);

	log_fault(&l, f);
	log_end(&l);
	return err_row(f->code)->exit;
}
