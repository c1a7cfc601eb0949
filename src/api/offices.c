/* SPDX-License-Identifier: Apache-2.0 */
#include "service/office.h"

#include "api/rows.h"

enum err
api_offices(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct office_view *rows;
	size_t n;

	(void)in;
	TRY(office_list(&k->call, &rows, &n, f));
	out_object(o, NULL);
	out_array(o, "offices");
	for (size_t i = 0; i < n; i++) {
		out_object(o, NULL);
		out_text(o, "office", rows[i].office);
		out_int(o, "version", rows[i].version);
		out_text(o, "title", rows[i].title);
		out_text_if(o, "address", rows[i].address);
		out_text_if(o, "phone", rows[i].phone);
		out_text_if(o, "hours", rows[i].hours);
		out_close(o);
	}
	out_close(o);
	out_close(o);
	return OK;
}
