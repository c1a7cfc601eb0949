/* SPDX-License-Identifier: Apache-2.0 */
/* Papers whose application ended long enough ago: octets and keys go, the rows say that they were there. */
#include "service/act.h"
#include "service/upkeep.h"

#define MOST 50 /* in one run; more ask for another */

enum err
upkeep_papers(const struct call *c, bool *ret_more, struct fault *f)
{
	struct application_row application;
	struct paper_list list;

	TRY(act_local(c, f));
	TRY(store_papers_due(c->service->store, c->a, c->now, MOST, &list, f));
	for (size_t i = 0; i < list.n; i++) {
		const struct paper_row *row = &list.rows[i];
		struct unit *u = act_unit(c);

		TRY(store_application(c->service->store, c->a, row->application, &application, f));
		unit_paper_erase(u, row->id, c->now);
		unit_log(u, AUDIT_PAPER_ERASED, application.number,
		    act_detail(
			c, (const char *const[]){"name", arena_cstr(c->a, row->name), NULL}));
		TRY(act_commit(c, u, f));
	}
	*ret_more = list.more;
	return OK;
}
