/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: ask the signer. One function a message; every one blocks until the answer is there.
 *
 * Any number of threads may use one client at the same time: questions share the socket, answers
 * find their caller by id. Results lie on the caller's arena. Besides what a function names, each
 * may fail with E_UNAVAILABLE (the signer is gone or silent: try again after signer_reconnect),
 * E_NOT_READY (it is not set up, or has stopped), E_JOURNAL (it cannot write its journal),
 * E_CLOCK (its clock went back), E_FRAME, and E_ROLE (this peer may not ask that).
 */
#ifndef SIGNER_CLIENT_H
#define SIGNER_CLIENT_H

#include "base/arena.h"
#include "base/err.h"
#include "core/builtin.h"
#include "core/claim.h"
#include "core/document.h"
#include "signer/protocol.h"

struct signer_client;

/* SOCK (one end of a socketpair) belongs to the client from now on; -1: none yet. */
NODISCARD enum err signer_client_new(int sock, struct signer_client **ret, struct fault *f);
/* The monitor brought a new pair: callers that still wait get E_UNAVAILABLE, later ones this. */
void signer_reconnect(struct signer_client *c, int sock);
/* Nobody may be waiting in it. *C becomes NULL. */
void signer_client_free(struct signer_client **c);

enum signer_key {
	SIGNER_KEY_ISSUING,
	SIGNER_KEY_MANAGEMENT,
	SIGNER_KEY_OCSP_ISSUING,
	SIGNER_KEY_OCSP_MANAGEMENT,
	SIGNER_KEY_AUDIT,
	SIGNER_KEY_JOB,
	SIGNER_KEY__COUNT
};
/* Empty: nothing is there; keys: SETUP_KEYS was answered; stopped: REASON says what to do. */
enum signer_state { SIGNER_EMPTY, SIGNER_KEYS, SIGNER_READY, SIGNER_STOPPED };

struct signer_status {
	enum signer_state state;
	struct str reason;      /* of stopped; else empty */
	uint64_t position;      /* sequence of the last journal record; 0: none */
	struct str environment; /* its word; empty before SETUP_KEYS */
	struct str origin;
	bool on_token;      /* CA keys lie on a token, or will be made there */
	struct str trouble; /* what is wrong with it and what to do; empty: nothing */
};
NODISCARD enum err signer_status(
    struct signer_client *c, struct arena *a, struct signer_status *ret, struct fault *f);

struct signer_keys {
	struct bytes spki[SIGNER_KEY__COUNT];
};
/* For whom keys are made, and of which kinds (words of x509/keyalg.h; empty: the preset, P-256). */
struct signer_keys_wanted {
	enum environment env;
	struct str origin;
	struct str issuing, management, ocsp;
};
/*
 * Make the online keys of an installation, once. Asked again before SETUP_FINISH with the same
 * environment and origin it gives the same keys, whatever they are when no kind is named. E_STATE:
 * already set up, or begun with something else; E_FIELD_VALUE: a kind that cannot be.
 */
NODISCARD enum err signer_setup_keys(struct signer_client *c, struct arena *a,
    const struct signer_keys_wanted *want, struct signer_keys *ret, struct fault *f);

struct signer_setup {
	struct bytes root; /* certificates, DER, as core/builtin.h makes them */
	struct bytes issuing, management;
	struct bytes root_crl;        /* CertificateList, DER */
	struct str public_base;       /* public_http_url: in certificates for ever (L2) */
	struct str policy_arc;        /* "2.25.…" (L3) */
	const struct bytes *profiles; /* documents as written (YAML), each version 1 */
	size_t profile_count;
	struct bytes roster; /* octets of version 1 (core/roster.h) */
};
/* E_STATE: not after SETUP_KEYS or already done. E_GATE and others: what is wrong, by name. */
NODISCARD enum err signer_setup_finish(
    struct signer_client *c, const struct signer_setup *setup, struct fault *f);

struct signer_order {
	const struct claim *claim; /* core/claim.h */
	struct bytes tbs;          /* TBSCertificate */
	struct bytes unit; /* what settle needs to store it; journalled, not read by the signer */
};
struct signer_issued {
	struct bytes certificate;
	uint64_t position; /* of its journal record */
	bool repeated;     /* signed before for the same key: this is that certificate */
};
/*
 * E_GATE (field and rule say what differs), E_PROFILE_UNKNOWN, E_APPROVAL_MISSING, E_APPROVAL_BAD,
 * E_QUOTA, E_KEY_OTHER (another key of this enrolment is not yet revoked in its CRL), E_KEY_USED,
 * E_KEY_TYPE and the other E_KEY_*.
 */
NODISCARD enum err signer_issue(struct signer_client *c, struct arena *a,
    const struct signer_order *order, struct signer_issued *ret, struct fault *f);
/* BUILTIN_OCSP_ISSUING, _OCSP_MANAGEMENT or _TLS_PORTAL. E_GATE, E_QUOTA. */
NODISCARD enum err signer_issue_internal(struct signer_client *c, struct arena *a,
    enum builtin kind, struct bytes tbs, struct signer_issued *ret, struct fault *f);

/*
 * Sign the TBSCertList in the sealed file FD (ipc_sealed; the caller closes it). The signature is by
 * the algorithm of the CA's key, as in certificates; job keys sign with ECDSA and SHA-256. E_GATE.
 */
NODISCARD enum err signer_crl_sign(struct signer_client *c, struct arena *a, enum profile_ca ca,
    int fd, struct bytes *ret, struct fault *f);

struct signer_ocsp {
	enum profile_ca ca;
	const struct bytes *data; /* ResponseData, DER; at most SIGNER_OCSP_BATCH */
	size_t count;
};
/* COUNT signatures in the order of the question, on A. One bad row refuses all: E_GATE. */
NODISCARD enum err signer_ocsp_sign(struct signer_client *c, struct arena *a,
    const struct signer_ocsp *q, const struct bytes **ret, struct fault *f);

struct signer_mac {
	struct id enrolment;
	uint32_t generation; /* of its codes */
	struct bytes hash;   /* argon2id of the authorization code */
};
/* HMAC(pepper, enrolment, generation, hash). E_RATE: too many in a second (S7). */
NODISCARD enum err signer_mac_make(struct signer_client *c, const struct signer_mac *q,
    uint8_t ret[static SIGNER_MAC_SIZE], struct fault *f);
NODISCARD enum err signer_mac_check(struct signer_client *c, const struct signer_mac *q,
    struct bytes mac, bool *ret, struct fault *f);

struct signer_secret {
	struct str label; /* what kind of secret: a key of its own for each */
	struct bytes associated;
	struct bytes octets; /* the secret, or the sealed form */
};
NODISCARD enum err signer_seal(struct signer_client *c, struct arena *a,
    const struct signer_secret *q, struct bytes *ret, struct fault *f);
/* For jobs only. E_SEAL. */
NODISCARD enum err signer_open(struct signer_client *c, struct arena *a,
    const struct signer_secret *q, struct bytes *ret, struct fault *f);

#define SIGNER_LABEL_PAPER "paper" /* of signer_seal: keys that signer_paper_open opens */
/* The key of one paper, for the front. E_SEAL; E_RATE: more than 60 in a minute. */
NODISCARD enum err signer_paper_open(struct signer_client *c, struct arena *a,
    struct bytes associated, struct bytes sealed, struct bytes *ret, struct fault *f);

/* Sign the canonical octets of a job (core/job.h) with the job key. E_AGENT_JOB. */
NODISCARD enum err signer_job_sign(
    struct signer_client *c, struct arena *a, struct bytes job, struct bytes *ret, struct fault *f);

struct signer_document {
	enum document_kind kind; /* which profile, and which version: its octets say */
	struct bytes octets;
	const struct approval *signatures; /* of administrators, purpose document */
	size_t count;
};
/* E_STATE: not the next version; E_APPROVAL_MISSING, E_APPROVAL_BAD; E_GATE: its content. */
NODISCARD enum err signer_document_put(
    struct signer_client *c, const struct signer_document *q, struct fault *f);

/*
 * Sign the octets of a checkpoint of the log (core/checkpoint.h) with the audit key. E_GATE: an earlier
 * record than the last one signed, or another hash for the same.
 */
NODISCARD enum err signer_audit_sign(struct signer_client *c, struct arena *a, struct bytes octets,
    struct bytes *ret, struct fault *f);
/* The audit key and what it signed last: what the store says is measured by these. */
struct signer_audit {
	struct bytes spki;
	int64_t seq, at;   /* 0: nothing signed yet; AT in milliseconds */
	struct bytes hash; /* of record SEQ */
};
NODISCARD enum err signer_audit_last(
    struct signer_client *c, struct arena *a, struct signer_audit *ret, struct fault *f);

/* Kinds of journal records; a number never changes its meaning. */
enum signer_record_kind {
	SIGNER_RECORD_SETUP = 1,
	SIGNER_RECORD_ISSUED = 2,
	SIGNER_RECORD_INTERNAL = 3,
	SIGNER_RECORD_CRL = 4,
	SIGNER_RECORD_DOCUMENT = 5,
	SIGNER_RECORD_MAC = 6,
	SIGNER_RECORD_REFUSED = 7,
	SIGNER_RECORD_CHECKPOINT = 8, /* octets of core/checkpoint.h */
	SIGNER_RECORD_PAPER = 9       /* which paper's key was given to the front */
};
struct signer_record {
	uint64_t sequence; /* from 1, without gaps */
	int64_t ms;        /* Unix time */
	enum signer_record_kind kind;
	struct bytes body; /* ISSUED: signer_record_issued reads it */
};
struct signer_records {
	const struct signer_record *record;
	size_t count;      /* 0: nothing after AFTER */
	uint64_t position; /* sequence of the last record there is */
};
/* Records with sequence > AFTER, at most MOST and at most what an answer holds. Settle, jobs. */
NODISCARD enum err signer_journal_read(struct signer_client *c, struct arena *a, uint64_t after,
    uint32_t most, struct signer_records *ret, struct fault *f);

/* The body of an ISSUED or INTERNAL record; views of it. */
struct signer_record_issued {
	struct id enrolment;    /* none in INTERNAL */
	struct str application; /* empty in INTERNAL and for roster rows */
	uint32_t revision;
	struct str profile; /* of INTERNAL: the builtin's name */
	uint32_t version;
	struct bytes certificate;
	struct bytes unit;
	struct bytes claim; /* as it came: with the approvals (claim_parse); empty in INTERNAL */
};
NODISCARD enum err signer_record_issued(
    struct bytes body, struct signer_record_issued *ret, struct fault *f);

/* 32 octets for this process (cookies, cursors, nonces …): HKDF of the installation key by LABEL. */
NODISCARD enum err signer_subkey(
    struct signer_client *c, struct str label, uint8_t ret[static 32], struct fault *f);

#endif
