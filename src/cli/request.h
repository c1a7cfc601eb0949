/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: questions to the API and their answers.
 *
 * The portal is --server (or SIGNET_SERVER), trusted by --ca (or SIGNET_CA); the administrator's
 * socket is --socket (or SIGNET_SOCKET, or ./var/admin.sock).
 */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include "cli/cli.h"

enum request_to { REQUEST_PORTAL, REQUEST_ADMIN };

struct request {
	enum request_to to;
	const char *method;
	const char *path;    /* from request_path */
	json_t *body;        /* taken over; NULL: none */
	struct bytes octets; /* instead of BODY: a file */
	bool anybody;        /* no session needed: none is sent */
	bool act;            /* with an Idempotency-Key, new for each call */
	bool any_status;     /* every status is an answer */
};

/* The base address of the portal. E_USAGE: none is given. */
NODISCARD enum err request_server(struct cli *c, struct str *ret, struct fault *f);
/* The public http address (--http or SIGNET_HTTP). E_USAGE: none is given. */
NODISCARD enum err request_http(struct cli *c, struct str *ret, struct fault *f);
/* printf of a path; each %s is percent-encoded (RFC 3986 2.1). At most four. */
char *request_path(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Ask. *RET is the answer's JSON (JSON null when there is no body), owned by C. A refusal becomes the
 * fault of its code, and stays in c->problem. E_AUTH_REQUIRED before asking when there is no session;
 * E_ANSWER: what came is not JSON of ours.
 */
NODISCARD enum err request(struct cli *c, const struct request *q, json_t **ret, struct fault *f);
/* The same for an answer that is no JSON: its octets on the arena. */
NODISCARD enum err request_file(
    struct cli *c, const struct request *q, struct bytes *ret, struct fault *f);
/* GET of an absolute address outside the API (http to this machine allowed); octets on the arena. */
NODISCARD enum err request_raw(struct cli *c, struct str url, struct bytes *ret, struct fault *f);

/* A text member of an answer. E_ANSWER when it is not there. */
NODISCARD enum err request_text(
    const json_t *object, const char *name, struct str *ret, struct fault *f);
/* The same, base64: its octets on the arena. */
NODISCARD enum err request_octets(
    struct cli *c, const json_t *object, const char *name, struct bytes *ret, struct fault *f);

#endif
