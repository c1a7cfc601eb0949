/* SPDX-License-Identifier: Apache-2.0 */
/* The revocation lists that were made, for those who watch over them. */
#include "base/text.h"
#include "service/certs_in.h"
#include "service/status.h"

enum err
status_lists(const struct call *c, struct str cursor, int64_t limit, struct status_lists *ret,
    struct fault *f)
{
	struct status_lists out = {.next = STR("")};
	const struct realm *h;
	struct crl_list l;
	struct page page;

	if (c->who.assurance == ASSURANCE_NONE)
		return FAIL(f, E_AUTH_REQUIRED, "no session");
	if (!certs_staff(c))
		return FAIL(f, E_ROLE, "for the roster");
	TRY(realm_now(c, &h, f));
	TRY(act_page(c, cursor, limit, &page, f));
	TRY(store_crls(c->service->store, c->a, &page, &l, f));
	out.items = arena_array(c->a, l.n + 1, sizeof(*out.items));
	out.count = l.n;
	for (size_t i = 0; i < l.n; i++) {
		const struct realm_ca *ca = realm_ca_of(h, l.rows[i].ca);

		out.items[i] = (struct status_list_view){.ca = str_of(ca ? ca->label : ""),
		    .hash = str_of(hex_text(c->a, l.rows[i].hash)),
		    .number = l.rows[i].number,
		    .this_update = l.rows[i].this_update,
		    .next_update = l.rows[i].next_update,
		    .size = l.rows[i].size};
	}
	if (l.more)
		out.next = act_cursor(c, 0, l.rows[l.n - 1].id);
	*ret = out;
	return OK;
}
