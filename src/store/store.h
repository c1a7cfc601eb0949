/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: the database of one process: open, read, commit.
 *
 * Safe for any number of threads. Reads give rows on the caller's arena; one row that is not there is
 * E_NOT_FOUND. Lists give at most PAGE_MAX rows (50 when the page asks for 0). Any failure of the
 * database itself is E_STORE: its text stays in the fault's detail.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/chain.h"
#include "store/row.h"
#include "store/unit.h"

/* What this program's statements need, and make when they migrate: the number of migrations. */
enum {
	STORE_SCHEMA = 0
#define X(number) +1
#include "store/migration.def"
#undef X
};
/* The oldest program that may work with these tables. */
#define STORE_OLDEST 1

struct store;

struct store_conf {
	const char *where;      /* SQLite: the file */
	struct str environment; /* "production" or "test" */
	bool migrate;           /* the settle child only: makes and moves on the tables */
	int readers;            /* connections for reads, 0 for 4 */
	int64_t now;            /* seconds: stamped into a new store */
};

/*
 * E_ENVIRONMENT: it is the other environment's; E_NOT_READY: its tables are older than this program
 * and MIGRATE is not set, or it says that this program is too old; E_STORE.
 */
NODISCARD enum err store_open(const struct store_conf *conf, struct store **ret, struct fault *f);
/* Units that wait are still committed. NULL is accepted. */
void store_close(struct store **s);

/*
 * Does all of U durably, or nothing of it, and returns only then; threads that commit at the same time
 * share one transaction (at most 64 units or 2 ms). The fault is this unit's own.
 */
NODISCARD enum err store_commit(struct store *s, struct unit *u, struct fault *f);
/* The later of MS and the time of the last log record (milliseconds). */
NODISCARD enum err store_time(struct store *s, int64_t ms, int64_t *ret, struct fault *f);

/* Groups and units committed since store_open, for metrics and tests. */
struct store_counts {
	uint64_t groups, units, refused;
};
struct store_counts store_counts(struct store *s);

#define PAGE_DEFAULT 50
#define PAGE_MAX     200
/*
 * Where a list goes on: sort key and id of the last row seen, both 0 for the beginning. Signed cursors
 * are made of these two.
 */
struct page {
	int64_t sort, id;
	int64_t limit; /* 0: PAGE_DEFAULT */
};

/* --- people --- */
NODISCARD enum err store_account(
    struct store *s, struct arena *a, int64_t id, struct account_row *ret, struct fault *f);
NODISCARD enum err store_account_by_phone(
    struct store *s, struct arena *a, struct str phone, struct account_row *ret, struct fault *f);
NODISCARD enum err store_person(
    struct store *s, struct arena *a, int64_t id, struct person_row *ret, struct fault *f);
/* By roster id; the removed are not found, here and below. */
NODISCARD enum err store_person_by_id(
    struct store *s, struct arena *a, struct str person, struct person_row *ret, struct fault *f);
NODISCARD enum err store_person_by_key(struct store *s, struct arena *a, struct bytes key_hash,
    struct person_row *ret, struct fault *f);
NODISCARD enum err store_persons(
    struct store *s, struct arena *a, struct person_list *ret, struct fault *f);

/* --- sessions and codes --- */
NODISCARD enum err store_session(
    struct store *s, struct arena *a, struct bytes hash, struct session_row *ret, struct fault *f);
/* The newest code for this number and purpose. */
NODISCARD enum err store_sms_latest(struct store *s, struct arena *a, struct str phone,
    struct str purpose, struct sms_code_row *ret, struct fault *f);
/* How many codes went, after SINCE, to numbers FROM to TO; when FROM is empty, by order of PEER; else in all. */
struct sms_want {
	struct str from, to, peer;
	int64_t since;
};
NODISCARD enum err store_sms_count(
    struct store *s, const struct sms_want *want, int64_t *ret, struct fault *f);
struct code_try {
	int64_t tries, since, locked_until;
};
/* All zero when nobody has tried. */
NODISCARD enum err store_code_try(
    struct store *s, struct bytes reference, struct code_try *ret, struct fault *f);

/* --- applications --- */
NODISCARD enum err store_application(
    struct store *s, struct arena *a, int64_t id, struct application_row *ret, struct fault *f);
NODISCARD enum err store_application_by_number(struct store *s, struct arena *a, struct str number,
    struct application_row *ret, struct fault *f);
/* One account's, newest first; sort key: created. */
NODISCARD enum err store_applications_of(struct store *s, struct arena *a, int64_t account,
    const struct page *page, struct application_list *ret, struct fault *f);
/* Eight names of offices, the last one repeated; the first one empty: all. */
struct scope {
	struct str office[8];
};
/* Which applications a list shows; all zero: all of them. */
struct queue {
	struct scope scope;
	struct str profile; /* empty: all */
	int64_t before;     /* not moved since then; 0: at any time */
	struct str fold;    /* the beginning of a case-folded name; empty: all */
};
/* The queue of one state, longest waiting first; sort key: changed. */
NODISCARD enum err store_applications_in(struct store *s, struct arena *a, struct str state,
    const struct queue *queue, const struct page *page, struct application_list *ret,
    struct fault *f);
/* All, newest first; sort key: created. */
NODISCARD enum err store_applications(struct store *s, struct arena *a, const struct queue *queue,
    const struct page *page, struct application_list *ret, struct fault *f);
/* Those of one profile in STATE that nobody has moved since BEFORE, at most MOST. */
struct idle_want {
	struct str state, profile;
	int64_t before, most;
};
NODISCARD enum err store_applications_idle(struct store *s, struct arena *a,
    const struct idle_want *want, struct application_list *ret, struct fault *f);
/* The signatures that approve one revision. */
NODISCARD enum err store_approvals(struct store *s, struct arena *a, int64_t application,
    int64_t revision, struct approval_list *ret, struct fault *f);

/* --- enrolments --- */
NODISCARD enum err store_enrolment(
    struct store *s, struct arena *a, int64_t id, struct enrolment_row *ret, struct fault *f);
NODISCARD enum err store_enrolment_by_public(struct store *s, struct arena *a, struct str public_id,
    struct enrolment_row *ret, struct fault *f);
NODISCARD enum err store_enrolment_by_reference(struct store *s, struct arena *a,
    struct str reference, struct enrolment_row *ret, struct fault *f);
NODISCARD enum err store_enrolment_by_key(struct store *s, struct arena *a, struct bytes key_hash,
    struct enrolment_row *ret, struct fault *f);
NODISCARD enum err store_enrolment_of(struct store *s, struct arena *a, int64_t application,
    struct enrolment_row *ret, struct fault *f);
/* Those in STATE whose codes' life has ended, oldest first, at most PAGE_MAX. */
NODISCARD enum err store_enrolments_due(struct store *s, struct arena *a, struct str state,
    int64_t now, struct enrolment_list *ret, struct fault *f);

/* --- certificates --- */
NODISCARD enum err store_certificate(
    struct store *s, struct arena *a, int64_t id, struct certificate_row *ret, struct fault *f);
NODISCARD enum err store_certificate_by_serial(struct store *s, struct arena *a, int64_t ca,
    struct bytes serial, struct certificate_row *ret, struct fault *f);
NODISCARD enum err store_certificate_der(
    struct store *s, struct arena *a, int64_t id, struct bytes *ret, struct fault *f);
/* By index, for OCSP. E_NOT_FOUND: never issued. */
NODISCARD enum err store_status(struct store *s, struct arena *a, int64_t ca, struct bytes serial,
    struct status_row *ret, struct fault *f);
/* Newest first, at most PAGE_MAX, here and in the next two. */
NODISCARD enum err store_certificates_of_enrolment(struct store *s, struct arena *a,
    int64_t enrolment, struct certificate_list *ret, struct fault *f);
NODISCARD enum err store_certificates_of_key(struct store *s, struct arena *a,
    struct bytes key_hash, struct certificate_list *ret, struct fault *f);
NODISCARD enum err store_certificates_of_profile(struct store *s, struct arena *a, int64_t ca,
    struct str profile, struct certificate_list *ret, struct fault *f);
/* Newest first; sort key: created. */
NODISCARD enum err store_certificates_of_account(struct store *s, struct arena *a, int64_t account,
    const struct page *page, struct certificate_list *ret, struct fault *f);
NODISCARD enum err store_certificates_of_person(struct store *s, struct arena *a, int64_t person,
    const struct page *page, struct certificate_list *ret, struct fault *f);
NODISCARD enum err store_certificates(struct store *s, struct arena *a, const struct page *page,
    struct certificate_list *ret, struct fault *f);
/* The folded subject, exactly (P41); newest first; only page->id counts. */
NODISCARD enum err store_certificates_by_subject(struct store *s, struct arena *a,
    struct str subject_fold, const struct page *page, struct certificate_list *ret,
    struct fault *f);
/* Its beginning, for operators. */
NODISCARD enum err store_certificates_by_prefix(struct store *s, struct arena *a, struct str prefix,
    const struct page *page, struct certificate_list *ret, struct fault *f);
/*
 * The rows of a CA's CRL (revoked and on hold) in serial order, AFTER (empty: from the start) last
 * seen, leaving out what ended before SINCE (L8). Pull until ret->more is false; each pull is a short
 * transaction of its own, so what is revoked meanwhile may or may not be in it.
 */
struct revoked_pull {
	int64_t ca, since;
	struct bytes after;
	int64_t most; /* rows, 1 to 10000 */
};
NODISCARD enum err store_revoked(struct store *s, struct arena *a, const struct revoked_pull *pull,
    struct status_list *ret, struct fault *f);
/* Active ones that end within DAYS, live for LIFE seconds at least, and whose holder was not told so yet. */
struct expiring_want {
	int64_t now, days, life, most;
};
NODISCARD enum err store_certificates_expiring(struct store *s, struct arena *a,
    const struct expiring_want *want, struct certificate_list *ret, struct fault *f);
/* Those in STATE that ended before NOW, at most PAGE_MAX. */
NODISCARD enum err store_certificates_ended(struct store *s, struct arena *a, struct str state,
    int64_t now, struct certificate_list *ret, struct fault *f);
/* Who says since when its key is bad. */
NODISCARD enum err store_backdates(struct store *s, struct arena *a, int64_t certificate,
    struct backdate_list *ret, struct fault *f);
NODISCARD enum err store_holds(
    struct store *s, struct arena *a, int64_t certificate, struct hold_list *ret, struct fault *f);

/* --- CAs and CRLs --- */
NODISCARD enum err store_cas(
    struct store *s, struct arena *a, struct ca_list *ret, struct fault *f);
NODISCARD enum err store_ca_by_label(
    struct store *s, struct arena *a, struct str label, struct ca_row *ret, struct fault *f);
/* The newest complete one. */
NODISCARD enum err store_crl(
    struct store *s, struct arena *a, int64_t ca, struct crl_row *ret, struct fault *f);
/* Complete ones of all CAs, newest first; only page->id counts. */
NODISCARD enum err store_crls(struct store *s, struct arena *a, const struct page *page,
    struct crl_list *ret, struct fault *f);
NODISCARD enum err store_crl_piece(
    struct store *s, struct arena *a, int64_t crl, int64_t n, struct bytes *ret, struct fault *f);

/* --- papers --- */
NODISCARD enum err store_paper(struct store *s, struct arena *a, int64_t application,
    struct str name, struct paper_row *ret, struct fault *f);
NODISCARD enum err store_papers_of(
    struct store *s, struct arena *a, int64_t application, struct paper_list *ret, struct fault *f);
/* Kept longer than their days after the end of their application; at most MOST. */
NODISCARD enum err store_papers_due(struct store *s, struct arena *a, int64_t now, size_t most,
    struct paper_list *ret, struct fault *f);
NODISCARD enum err store_paper_piece(
    struct store *s, struct arena *a, int64_t paper, int64_t n, struct bytes *ret, struct fault *f);
/* Octets of all papers of an account that are kept. */
NODISCARD enum err store_paper_room(
    struct store *s, int64_t account, int64_t *ret, struct fault *f);

/* --- work and messages --- */
struct work_claim {
	struct str worker;  /* names this process's run; no two are the same */
	int64_t now, until; /* after UNTIL somebody else may have it */
	int64_t most;
	struct str channel; /* of messages */
};
/* Takes due work: committed when it returns; no other process gets the same before UNTIL. */
NODISCARD enum err store_job_claim(struct store *s, struct arena *a, const struct work_claim *c,
    struct job_list *ret, struct fault *f);
NODISCARD enum err store_outbox_claim(struct store *s, struct arena *a, const struct work_claim *c,
    struct outbox_list *ret, struct fault *f);
NODISCARD enum err store_job(struct store *s, struct arena *a, struct str kind, struct str object,
    struct job_row *ret, struct fault *f);
NODISCARD enum err store_outbox(
    struct store *s, struct arena *a, int64_t id, struct outbox_row *ret, struct fault *f);
/* All, newest first; STATE empty: of any. Sort key: created. */
NODISCARD enum err store_outbox_page(struct store *s, struct arena *a, struct str state,
    const struct page *page, struct outbox_list *ret, struct fault *f);
/* When the next unclaimed message of CHANNEL is due. E_NOT_FOUND: there is none. */
NODISCARD enum err store_outbox_next(
    struct store *s, struct str channel, int64_t now, int64_t *ret, struct fault *f);
/* When the next unclaimed work is due. E_NOT_FOUND: there is none. */
NODISCARD enum err store_job_next(struct store *s, int64_t now, int64_t *ret, struct fault *f);
/* Work and messages that were due by WHEN and nobody took. */
struct backlog {
	int64_t jobs, messages;
};
NODISCARD enum err store_backlog(
    struct store *s, int64_t when, struct backlog *ret, struct fault *f);

/* Messages of CHANNEL that are on their way, and when the oldest was written; 0: there is none. */
struct outbox_waiting {
	int64_t count, oldest;
};
NODISCARD enum err store_outbox_waiting(
    struct store *s, struct str channel, struct outbox_waiting *ret, struct fault *f);

/* --- repeats, documents, the rest --- */
NODISCARD enum err store_idempotency(struct store *s, struct arena *a,
    const struct idempotency_row *key, int64_t now, struct idempotency_row *ret, struct fault *f);
NODISCARD enum err store_document(struct store *s, struct arena *a, struct str kind,
    int64_t version, struct document_row *ret, struct fault *f);
/* The highest version that holds. */
NODISCARD enum err store_document_newest(
    struct store *s, struct arena *a, struct str kind, struct document_row *ret, struct fault *f);
/* Every version but the rosters' that holds or held, by kind and version, at most PAGE_MAX. */
NODISCARD enum err store_documents(
    struct store *s, struct arena *a, struct document_list *ret, struct fault *f);
/* Where the codes of an application went when it was last submitted. */
struct contact {
	struct str mail;
	int64_t changed; /* when that became another; 0: never */
};
/* All empty when it never was submitted. */
NODISCARD enum err store_contact(
    struct store *s, struct arena *a, int64_t application, struct contact *ret, struct fault *f);
struct settle_mark {
	int64_t position; /* 0: nothing settled yet */
	struct bytes hash;
};
NODISCARD enum err store_settle(
    struct store *s, struct arena *a, int64_t node, struct settle_mark *ret, struct fault *f);

/* --- the log --- */
/* Records after number AFTER, at most PAGE_MAX. */
NODISCARD enum err store_log(struct store *s, struct arena *a, int64_t after, int64_t most,
    struct log_list *ret, struct fault *f);
/* Those about one object. */
NODISCARD enum err store_log_of(struct store *s, struct arena *a, struct str object, int64_t after,
    struct log_list *ret, struct fault *f);
/*
 * Records after AFTER that have all of WANT; an empty text asks for nothing. A page ends early where its
 * records are large: MORE says that there are others, not that it is full.
 */
struct log_want {
	struct str event, object, actor;
	int64_t since_ms, until_ms; /* from the first, before the second; 0: no end */
};
NODISCARD enum err store_log_find(struct store *s, struct arena *a, const struct log_want *want,
    const struct page *after, struct log_list *ret, struct fault *f);
struct log_head {
	int64_t seq, time_ms;
	struct bytes hash;
};
NODISCARD enum err store_log_head(
    struct store *s, struct arena *a, struct log_head *ret, struct fault *f);
/* The log's record SEQ as a place to go on from; 0: before the first. E_NOT_FOUND. */
NODISCARD enum err store_log_point(
    struct store *s, int64_t seq, struct chain *ret, struct fault *f);
/*
 * Goes on from *AT by at most MOST records, not beyond number LAST. *broken: 0, or the number of the
 * first record that is changed, missing or out of order; then *AT stands before it.
 */
NODISCARD enum err store_log_walk(struct store *s, struct chain *at, int64_t last, int64_t most,
    int64_t *broken, struct fault *f);
/*
 * After a walk has come to the head's number: is the head that of AT, and nothing behind it? *broken: 0,
 * the head's number, or head + 1 when records lie behind it.
 */
NODISCARD enum err store_log_end(
    struct store *s, const struct chain *at, int64_t *broken, struct fault *f);
/* All of the above from the first record to the head. */
NODISCARD enum err store_log_verify(struct store *s, int64_t *broken, struct fault *f);

/* The newest checkpoint. E_NOT_FOUND. */
NODISCARD enum err store_checkpoint(
    struct store *s, struct arena *a, struct checkpoint_row *ret, struct fault *f);
/* Those about records after number AFTER, at most MOST. */
NODISCARD enum err store_checkpoints(struct store *s, struct arena *a, int64_t after, int64_t most,
    struct checkpoint_list *ret, struct fault *f);

#endif
