/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/dist/dist.h"

#include <string.h>

#include "proto/cache.h"
#include "proto/proto.h"

#define CRL_AGE 300   /* seconds: a new list may come at any time */
#define CA_AGE  86400 /* a CA's certificate never changes under its name (L1) */
#define SUFFIX  ".cer"

void
dist_crl(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	struct call c = proto_call(req, app, "crl");
	struct status_object o = {0};
	struct fault f = {0};

	(void)route;
	if (status_crl(&c, http_param(req, "ca"), &o, &f) != OK) {
		proto_fault(req, resp, &f);
		return;
	}
	o.cacheable = true;
	cache_answer(req, resp, "application/pkix-crl", &o, CRL_AGE);
}

/* The CA that FILE is named after. */
static enum err
file_ca(struct str file, struct str *ret, struct fault *f)
{
	size_t n = sizeof(SUFFIX) - 1;

	if (file.n <= n || memcmp(file.p + file.n - n, SUFFIX, n) != 0)
		return FAIL(f, E_NOT_FOUND, "no such file");
	*ret = (struct str){file.p, file.n - n};
	return OK;
}

void
dist_ca(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	struct call c = proto_call(req, app, "ca");
	struct status_object o = {0};
	struct fault f = {0};
	struct str ca;

	(void)route;
	if (file_ca(http_param(req, "file"), &ca, &f) != OK || status_ca(&c, ca, &o, &f) != OK) {
		proto_fault(req, resp, &f);
		return;
	}
	o.cacheable = true;
	cache_answer(req, resp, "application/pkix-cert", &o, CA_AGE);
}
