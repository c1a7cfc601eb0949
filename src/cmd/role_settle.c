/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cmd/parts.h"
#include "cmd/roles.h"
#include "service/upkeep.h"

static enum err
settle(const struct parts *p, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct call c = parts_call(p, a, "settle");
	struct fault why = {0};
	int64_t taken = 0;
	enum err e = service_ready(p->service, &why);

	/* Nothing to settle before set-up; anything else keeps the front from listening. */
	if (e == OK) {
		e = upkeep_settle(&c, &taken, f);
		if (e == OK) {
			struct log l = log_line(LOG_SETTLED);

			log_int(&l, "taken", taken);
			log_end(&l);
		}
	} else if (e == E_NOT_READY) {
		e = OK;
	} else {
		*f = why;
	}
	arena_free(&a);
	return e;
}

int
settle_main(struct child *c)
{
	struct fault f = {0};
	struct parts p;
	enum err e = parts_open(c, true, &p, &f);

	if (e == OK) {
		e = settle(&p, &f);
		parts_close(&p);
	}
	return e == OK ? 0 : parts_fail(&f);
}
