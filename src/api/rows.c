/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"

#include "api/api.h"
#include "api/tables.h"

#define LISTENER_PORTAL HTTP_PORTAL
#define LISTENER_ADMIN  HTTP_ADMIN
#define LISTENER_BOTH   (HTTP_PORTAL | HTTP_ADMIN)
#define HTTP_FLAGS(flags) \
	(((flags)&API_SLOW ? HTTP_SLOW : 0) | ((flags)&API_MEMORY ? HTTP_ON_LOOP : 0))

static const char *const json_only[] = {"application/json", NULL};
static const char *const octets_only[] = {"application/octet-stream", NULL};

#define X(method, pattern, name, who, listener, body_max, body, query, flags) \
	static const struct api_row row_##name = {                            \
	    #name, API_##who, &body_##body, query_##query, flags, api_##name};
#include "api/route.def"
#undef X

static const struct http_route routes[] = {
#define X(method, pattern, name, who, listener, body_max, body, query, flags)              \
	{HTTP_##method, pattern, LISTENER_##listener, body_max,                            \
	    (flags)&API_OCTETS ? octets_only : json_only, HTTP_FLAGS(flags), api_dispatch, \
	    &row_##name},
#include "api/route.def"
#undef X
};

void
api_setup(void)
{
	body_setup();
}

const struct http_route *
api_routes(size_t *count)
{
	*count = sizeof(routes) / sizeof(routes[0]);
	return routes;
}
