/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state: what the signer knows, loaded from its folder. Within signer/ only.
 *
 * Folder: house (environment, origin), keys/NAME.pem, NAME.cer, root.crl, setup, profile-N.yaml (in the
 * order in which they came), roster-N, crl-NAME (the last TBSCertList), the signatures under a document beside it (.sig), and
 * the journal, from which the index, the quotas and the keys of the roster are made anew.
 */
#ifndef SIGNER_STATE_H
#define SIGNER_STATE_H

#include "core/builtin.h"
#include "core/checkpoint.h"
#include "core/roster.h"
#include "crypto/digest.h"
#include "signer/client.h"
#include "signer/index.h"
#include "signer/journal.h"
#include "signer/keys.h"
#include "signer/list.h"
#include "signer/meter.h"
#include "x509/cert.h"
#include "x509/ocsp.h"

#define STATE_CAS        2 /* enum profile_ca */
#define STATE_SECRET     32
#define STATE_REFUSALS   64
#define STATE_RULE       64
#define STATE_MAC_RATE   50 /* a second, and at once */
#define STATE_PAPER_RATE 60 /* a minute, and at once */
#define STATE_PROFILES   256

struct state_options {
	const char *folder;
	uint8_t secret[STATE_SECRET]; /* the installation key */
	unsigned node;
	struct hsm *hsm; /* where CA keys are made and may lie; NULL: in files only. The caller's */
	bool no_soft_keys; /* CA keys must not lie in files (S15) */
};

/* A CA as the signer knows it. */
struct state_ca {
	struct cert cert; /* views of its certificate */
	struct profile_issuer issuer;
	const struct signkey *key, *ocsp; /* of state.key */
	uint8_t ocsp_id[OCSP_KEY_HASH];   /* SHA-1 of the responder's key bits */
	struct list last;
};

/* So many certificates of a profile in this hour, on this day. */
struct state_quota {
	int64_t hour, day;
	uint32_t in_hour, in_day;
};

struct state_profile {
	struct bytes document;
	struct profile profile;
	struct cert_template template;
};

/* Whose quota: a profile's name, over its versions, or a builtin's. */
struct state_count {
	struct str name;
	struct state_quota quota;
};

/* The key of a roster row, from the journal. */
struct state_member {
	struct id enrolment;
	struct bytes spki;
	uint8_t spki_hash[SHA256_SIZE], certificate_hash[SHA256_SIZE];
	struct serial serial;
	int64_t not_after;
};

/* Refusals of one kind within a minute, of which only the first is journalled singly. */
struct state_refusal {
	int64_t minute;
	enum signer_peer peer;
	uint16_t message;
	enum err code;
	char rule[STATE_RULE];
	uint32_t more;
};

struct signer {
	struct arena *a; /* all that is loaded; given back by the next load */
	struct state_options options;
	int dir; /* the folder */
	enum signer_state state;
	char reason[FAULT_DETAIL]; /* of SIGNER_STOPPED */
	enum environment env;
	struct str origin, base, arc;
	struct builtin_house house; /* of the root's subject */
	struct signkey key[SIGNER_KEY__COUNT];
	struct cert root;
	struct state_ca ca[STATE_CAS];
	struct cert_template builtin[BUILTIN__COUNT];
	struct state_profile *profile; /* room for STATE_PROFILES */
	size_t profile_count;
	struct state_count *count; /* room for STATE_PROFILES + BUILTIN__COUNT */
	size_t count_count;
	struct roster roster;
	struct state_member *member; /* room for ROSTER_ROWS_MAX */
	size_t member_count;
	struct journal *journal;
	struct index *index;
	struct checkpoint checkpoint; /* the last signed, views of its octets; seq 0: none */
	uint8_t checkpoint_octets[CHECKPOINT_MAX];
	struct meter macs, papers;
	struct state_refusal refusal[STATE_REFUSALS];
	bool stale;            /* memory is ahead of the disk: load again before anything else */
	int64_t load_ms;       /* when that was tried last */
	uint32_t signed_count; /* for the one in N that OpenSSL checks again */
};

/* Nothing is loaded: dir -1. */
void state_init(struct signer *s, const struct state_options *options);
/*
 * Load all there is in the folder. On a fault the state is SIGNER_STOPPED with a reason that says what
 * to do; it may be called again. E_JOURNAL, E_FILE, and whatever a document breaks.
 */
NODISCARD enum err state_load(struct signer *s, struct fault *f);
/* Gives all back; keys are wiped. *S can be loaded again. */
void state_drop(struct signer *s);

/* N octets of the installation key for one purpose. */
void state_derive(
    const struct signer *s, const char *purpose, struct bytes label, uint8_t *ret, size_t n);
/* "issuing", "management", "ocsp-issuing" … */
const char *state_key_name(enum signer_key k);
const char *state_ca_name(enum profile_ca ca);

/* The quota's counter of a name: made when it is new, NULL when there are too many. */
struct state_quota *state_count(struct signer *s, struct str name);
/* One more certificate at MS. */
void quota_add(struct state_quota *q, int64_t ms);
/* At most so many an hour and a day; AHEAD are being made and not counted yet. */
struct quota_most {
	uint32_t hour, day, ahead;
};
/* May there be one more? E_QUOTA. */
NODISCARD enum err quota_check(
    const struct state_quota *q, int64_t ms, const struct quota_most *most, struct fault *f);

/* A profile's version as the signer holds it, or NULL; version 0: the newest. */
struct state_profile *state_profile_find(struct signer *s, struct str name, uint32_t version);
/* Parse, compile, let OpenSSL read what it makes, and keep a document. E_STATE: not its next version. */
NODISCARD enum err state_profile_add(struct signer *s, struct bytes document, struct fault *f);
/* A certificate from T under a throw-away key: can OpenSSL read it? */
NODISCARD enum err state_template_try(
    struct signer *s, const struct cert_template *t, const char *name, struct fault *f);
/* Note a certificate of the journal in index, quotas and roster keys. */
NODISCARD enum err state_note(struct signer *s, const struct journal_record *r, struct fault *f);
/* Remember the octets of a signed checkpoint (at most CHECKPOINT_MAX). E_FRAME. */
NODISCARD enum err state_note_checkpoint(struct signer *s, struct bytes octets, struct fault *f);
/* The member whose key has this hash, or NULL; and the row it belongs to in the roster. */
const struct state_member *state_member_find(const struct signer *s, struct bytes spki_hash);

#endif
