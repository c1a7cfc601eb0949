/* SPDX-License-Identifier: Apache-2.0 */
/* Is it alive, is it ready (S31: the world is told yes or no, the administrator why), what is it? */
#include "api/rows.h"
#include "service/service.h"
#include "service/upkeep.h"

enum err
api_healthz(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	(void)k, (void)in, (void)f;
	out_object(o, NULL);
	out_bool(o, "alive", true);
	out_close(o);
	return OK;
}

static enum err
parts(struct api_call *k, struct out *o, bool *all, struct fault *f)
{
	struct upkeep_health *rows;
	size_t count;

	TRY(upkeep_health(&k->call, &rows, &count, f));
	out_array(o, "parts");
	for (size_t i = 0; i < count; i++) {
		out_object(o, NULL);
		out_text(o, "name", rows[i].name);
		out_bool(o, "ok", rows[i].mend.n == 0);
		out_text_if(o, "mend", rows[i].mend);
		out_text_if(o, "warning", rows[i].warning);
		out_time_if(o, "since", rows[i].since);
		out_time_if(o, "until", rows[i].until);
		if (rows[i].since)
			out_int(o, "age", k->call.now - rows[i].since);
		if (rows[i].waiting)
			out_int(o, "waiting", rows[i].waiting);
		if (rows[i].lag)
			out_int(o, "lag", rows[i].lag);
		out_text_if(o, "last_error", rows[i].fault);
		out_close(o);
		*all = *all && rows[i].mend.n == 0;
	}
	out_close(o);
	return OK;
}

enum err
api_readyz(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct fault why = {0};
	bool ready = service_ready(k->call.service, &why) == OK;

	(void)in;
	out_object(o, NULL);
	if (api_is_local(k->req)) {
		k->call.who.assurance = ASSURANCE_LOCAL;
		TRY(parts(k, o, &ready, f));
	}
	out_bool(o, "ready", ready);
	out_close(o);
	k->status = ready ? 200 : 503;
	return OK;
}

enum err
api_environment(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct service_conf *c = service_conf(k->call.service);

	(void)in, (void)f;
	out_object(o, NULL);
	out_text(o, "environment", c->environment);
	out_text(o, "origin", c->origin);
	out_text(o, "brand", c->brand);
	out_text(o, "hotline", c->hotline);
	out_text(o, "version", STR(SIGNET_VERSION));
	out_close(o);
	return OK;
}
