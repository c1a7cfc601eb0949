/* SPDX-License-Identifier: Apache-2.0 */
/* parts: store, signer client and service of a process, opened from its configuration. */
#ifndef CMD_PARTS_H
#define CMD_PARTS_H

#include "monitor/child.h"
#include "service/service.h"
#include "signer/client.h"
#include "store/store.h"

struct parts {
	struct arena *life; /* of texts below */
	struct store *store;
	struct signer_client *signer;
	struct service *service;
};

/* MIGRATE: the settle child only. */
NODISCARD enum err parts_open(struct child *c, bool migrate, struct parts *ret, struct fault *f);
void parts_close(struct parts *p);
/* A path in the data directory, on the parts' arena. */
char *parts_path(const struct parts *p, const struct child *c, const char *below);
/* The process's own call, under NAME in the log; A is its arena. */
struct call parts_call(const struct parts *p, struct arena *a, const char *name);
/* One line that ends a process: what could not be done. Gives its exit status. */
int parts_fail(const struct fault *f);

#endif
