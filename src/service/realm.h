/* SPDX-License-Identifier: Apache-2.0 */
/*
 * realm: what stands still between two signed amendments: the CAs, and each version of each profile
 * with its compiled template. Read from the store as one unchanging picture, replaced whole.
 *
 * Only for the files of service/.
 */
#ifndef SERVICE_REALM_H
#define SERVICE_REALM_H

#include <pthread.h>

#include "core/environment.h"
#include "core/office.h"
#include "core/profile.h"
#include "service/service.h"
#include "signer/client.h"
#include "x509/cert.h"

#define REALM_PROFILES_MAX 64
#define REALM_OFFICES_MAX  64
#define REALM_CAS          2 /* by enum profile_ca */

/* One CA and the responder that answers for it. */
struct realm_ca {
	int64_t id; /* store key */
	enum profile_ca which;
	char *label;      /* "issuing-g1" */
	struct bytes der; /* its certificate */
	struct cert cert; /* views of DER */
	struct bytes ski;
	struct profile_issuer issuer;
	uint8_t name_hash[3][48], key_hash[3][48]; /* SHA-1, SHA-256, SHA-384: OCSP's CertID */
};

struct realm_profile {
	struct profile profile;
	struct cert_template template;
	const struct realm_ca *ca;
	uint8_t hash[32]; /* of the document: the template's name in records (L11) */
};

struct realm {
	struct arena *a;
	struct bytes root; /* DER */
	struct realm_ca ca[REALM_CAS];
	struct realm_profile profiles[REALM_PROFILES_MAX];
	size_t profile_count;
	struct office offices[REALM_OFFICES_MAX]; /* the newest version of each, by name */
	size_t office_count;
	int64_t stamp; /* number of documents it was read from */
	struct realm *older;
};

struct crl_copy; /* crlserve.c */
struct ready;    /* ready.h */
struct refusals; /* refuse_in.h */

struct service {
	struct arena *life; /* this struct lies on it */
	struct service_conf conf;
	enum environment env;
	struct store *store;
	struct signer_client *signer;
	_Atomic(struct realm *) realm; /* the newest; NULL before set-up */
	_Atomic int64_t clock;         /* the last second given out */
	_Atomic bool keyed;
	_Atomic bool doors;  /* the front serves portal and plain */
	_Atomic int bell;    /* of the jobs process; -1: none */
	struct ready *ready; /* OCSP answers in memory */
	pthread_mutex_t crl_lock;
	struct crl_copy
	    *crl[REALM_CAS]; /* the newest list of each CA in memory, older ones behind it */
	pthread_mutex_t refusal_lock;
	struct refusals *refusals; /* of this minute */
	/* Keys of this process, by label, from the signer. */
	uint8_t key_nonce[32], key_sms[32], key_try[32], key_cursor[32];
};

/* The picture as of now. E_NOT_READY before set-up. Lives as long as the service. */
NODISCARD enum err realm_now(const struct call *c, const struct realm **ret, struct fault *f);
/* Read it anew when there are other documents than before. */
NODISCARD enum err realm_refresh(struct service *s, struct fault *f);
/* VERSION 0: the newest. E_PROFILE_UNKNOWN. */
NODISCARD enum err realm_profile(const struct realm *h, struct str name, int64_t version,
    const struct realm_profile **ret, struct fault *f);
/* By name, or NULL. */
const struct office *realm_office(const struct realm *h, struct str name);
/* By label ("issuing-g1"). E_NOT_FOUND. */
NODISCARD enum err realm_ca(
    const struct realm *h, struct str label, const struct realm_ca **ret, struct fault *f);
const struct realm_ca *realm_ca_of(const struct realm *h, int64_t id);

/* Gives back all lists in memory: when the service closes. */
void crlserve_free(struct service *s);

#endif
