/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: the secret a request brings, whose it is, and whether its row lets such a one in. */
#include <strings.h>
#include <unistd.h>

#include "api/rows.h"
#include "service/service.h"
#include "service/signin.h"

#define SECRET_SIZE 43 /* characters of base64url */
#define COOKIE      "__Host-sid"
#define BEARER      "Bearer "

static bool
is_secret(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    c != '-' && c != '_')
			return false;
	}
	return s.n == SECRET_SIZE;
}

/*
 * A cookie comes by itself, so what changes state must also come from our own pages: browsers say
 * where a request comes from, and no page can say otherwise.
 */
static enum err
from_cookie(const struct api_call *k, struct str *ret, struct fault *f)
{
	struct str origin, ours = service_conf(k->call.service)->origin;

	TRY(http_cookie(k->req, COOKIE, ret, f));
	if (ret->p == NULL || k->req->method == HTTP_GET)
		return OK;
	TRY(http_header(k->req, "Origin", &origin, f));
	if (!str_eq(origin, ours))
		return FAIL(f, E_ORIGIN, "Origin is not ours");
	return OK;
}

static enum err
read_secret(const struct api_call *k, struct str *ret, struct fault *f)
{
	size_t n = sizeof(BEARER) - 1;
	struct str value;

	TRY(http_header(k->req, "Authorization", &value, f));
	if (value.p == NULL) {
		TRY(from_cookie(k, &value, f));
		if (value.p == NULL)
			return FAIL(f, E_AUTH_REQUIRED, "no session");
	} else {
		if (value.n < n || strncasecmp(value.p, BEARER, n) != 0)
			return FAIL(f, E_AUTH_REQUIRED, "not a bearer");
		value = (struct str){value.p + n, value.n - n};
	}
	if (!is_secret(value))
		return FAIL(f, E_SESSION, "shape of the secret");
	*ret = value;
	return OK;
}

/* What each kind of row asks of a session: bits of the roles, and of the assurances. */
static const struct {
	unsigned roles, assurances;
} demands[API_WHO__COUNT] = {
    [API_PERSON] = {1u << PERSON_SUBSCRIBER | 1u << PERSON_OPERATOR | 1u << PERSON_ADMINISTRATOR |
	    1u << PERSON_AUDITOR,
	1u << ASSURANCE_SMS | 1u << ASSURANCE_CERTIFICATE},
    [API_OPERATOR] = {1u << PERSON_OPERATOR, 1u << ASSURANCE_CERTIFICATE},
    [API_ADMINISTRATOR] = {1u << PERSON_ADMINISTRATOR, 1u << ASSURANCE_CERTIFICATE},
    [API_STAFF] = {1u << PERSON_OPERATOR | 1u << PERSON_ADMINISTRATOR | 1u << PERSON_AUDITOR,
	1u << ASSURANCE_CERTIFICATE},
    [API_AUDITOR] = {1u << PERSON_ADMINISTRATOR | 1u << PERSON_AUDITOR,
	1u << ASSURANCE_CERTIFICATE},
    [API_ENROLMENT] = {~0u, 1u << ASSURANCE_ENROLMENT},
};

bool
api_is_local(const struct http_req *req)
{
	return req->listener == HTTP_ADMIN &&
	    (req->peer_uid == 0 || req->peer_uid == (int64_t)geteuid());
}

enum err
api_who_asks(struct api_call *k, const struct api_row *row, struct fault *f)
{
	struct principal *who = &k->call.who;
	struct str secret;

	if (row->who == API_NONE)
		return OK;
	if (row->who == API_LOCAL) {
		if (!api_is_local(k->req))
			return FAIL(f, E_ROLE, "uid %lld", (long long)k->req->peer_uid);
		who->assurance = ASSURANCE_LOCAL;
		return OK;
	}
	TRY(read_secret(k, &secret, f));
	TRY(signin_session(&k->call, secret, who, f));
	if (!(demands[row->who].assurances >> who->assurance & 1)) {
		if (who->assurance == ASSURANCE_ENROLMENT || row->who == API_ENROLMENT)
			return FAIL(f, E_ROLE, "assurance %d", who->assurance);
		if (demands[row->who].roles >> who->role & 1)
			return FAIL(f, E_ASSURANCE, "assurance %d", who->assurance);
	}
	if (!(demands[row->who].roles >> who->role & 1))
		return FAIL(f, E_ROLE, "role %d", who->role);
	if (row->who == API_ENROLMENT && !str_eq(who->enrolment, http_param(k->req, "id")))
		return FAIL(f, E_NOT_FOUND, "a session of another enrolment");
	return OK;
}
