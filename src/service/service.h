/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service: the one place where core, store and signer meet. Opened once a process.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "service/call.h"

struct store;
struct signer_client;

/* What the configuration says that use-cases need. Texts live as long as the process. */
struct service_conf {
	struct str environment; /* "production" or "test" */
	struct str origin;      /* public_url without a path: "https://localhost:8443" */
	struct str http_base;   /* public_http_url */
	struct str policy_arc;  /* dotted */
	struct str brand;
	struct str hotline;
	struct str data_dir;  /* of this process's own files (front: TLS key) */
	int64_t contact_wait; /* seconds before codes go to an address that was changed (S18) */
	int node;             /* 1–126 */
	bool keyless;         /* the settle child: it makes no nonces, codes or cursors */
	int administrators;   /* n of roster version 1: 1 in test, 2 in production */
};

/* STORE and SIGNER stay the caller's. Loads CAs and profiles when there are any. */
NODISCARD enum err service_open(const struct service_conf *conf, struct store *store,
    struct signer_client *signer, struct service **ret, struct fault *f);
void service_close(struct service **s);
const struct service_conf *service_conf(const struct service *s);
/* E_NOT_READY until the CA is set up. Loads CAs and profiles when another process set them up. */
NODISCARD enum err service_ready(struct service *s, struct fault *f);
/* The descriptor that wakes the jobs process when an act asks for work; -1: none. */
void service_bell(struct service *s, int fd);
/* The front serves its doors, or not yet: what health says of them. */
void service_doors(struct service *s, bool open);
/*
 * Look at what other processes have changed. Whoever serves OCSP calls this several times a second; while it
 * fails, or is not called, each answer is signed anew. E_STORE.
 */
NODISCARD enum err service_follow(struct service *s, struct fault *f);
/* Seconds now, never below the last value it gave. */
int64_t service_now(struct service *s);

#endif
