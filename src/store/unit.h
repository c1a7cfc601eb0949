/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit: everything that must happen together, as a value: bound statements, what each must find, and
 * log records. Nothing is done before store_commit; then all of it is, or nothing.
 *
 * Adders append to the unit and cannot fail; what is wrong with a value (NUL in a text, say) is
 * found by store_commit. Views are not copied: what they point at lives until store_commit returns.
 *
 * Keys: an adder of a row returns its key. It is a promise (a negative number) until the commit, and
 * may be put wherever a row wants a key (R columns, int64_t parameters called KEY, or idempotency);
 * afterwards unit_key() gives the real one.
 *
 * Guards: moves take the VER and the state that the row was loaded with. A row that has moved on
 * since makes the unit fail with E_RACE (or what unit_else named). VER grows by one a move; a second
 * move of one row in one unit passes VER + 1. States are words of core's tables.
 */
#ifndef STORE_UNIT_H
#define STORE_UNIT_H

#include "base/arena.h"
#include "base/err.h"
#include "store/audit.h"
#include "store/row.h"

struct unit;

/* NOW in milliseconds: the time of its log records. ACTOR: "account:17", "person:p-…", "jobs". */
struct unit *unit_new(struct arena *a, struct str actor, struct str request_id, int64_t now_ms);

/*
 * What the last adder's statement fails with when its row has moved on (RACE) and when a unique value is
 * taken (TAKEN); FIELD (may be NULL) is shown. Without it E_RACE for both.
 */
void unit_else(struct unit *u, enum err race, enum err taken, const char *field);

/* After an OK commit. */
int64_t unit_key(const struct unit *u, int64_t key);
/* The public name that the store made for the row KEY: an application's number. */
struct str unit_name(const struct unit *u, int64_t key);
/* Column COLUMN of what the row of KEY's statement returned ("RETURNING" in sql.def). */
int64_t unit_returned(const struct unit *u, int64_t key, size_t column);
/* Sequence number of its last log record; 0 without one. */
int64_t unit_seq(const struct unit *u);

/* A record of the log. OBJECT: public name; DETAIL: a JSON object or empty. Times and numbers come at the commit. */
void unit_log(struct unit *u, enum audit event, struct str object, struct str detail);
/* The same about the row that this unit makes: its public name is the object. */
void unit_log_new(struct unit *u, enum audit event, int64_t key, struct str detail);

/* --- people --- */
int64_t unit_account_insert(struct unit *u, const struct account_row *row);
/* Writes phone, mail, lang; guarded by ROW's id and ver. */
void unit_account_move(struct unit *u, const struct account_row *row);
int64_t unit_person_insert(struct unit *u, const struct person_row *row);
/* The key of a roster person's certificate. */
void unit_person_key(struct unit *u, struct str person, struct bytes key_hash);
/* In which offices a person works, and whether as a supervisor. */
void unit_person_scope(struct unit *u, struct str person, struct str offices, bool supervisor);
void unit_person_remove(struct unit *u, struct str person, int64_t roster, int64_t now);

/* --- sessions, codes by SMS, nonces, tries --- */
int64_t unit_session_insert(struct unit *u, const struct session_row *row);
/* E_SESSION when it has ended or EXPIRES lies behind its absolute end. */
void unit_session_seen(struct unit *u, int64_t key, int64_t now, int64_t expires);
void unit_session_end(struct unit *u, struct bytes hash, int64_t now);
/* All open ones of these; 0 leaves a kind out. */
void unit_session_end_of(
    struct unit *u, int64_t enrolment, int64_t person, int64_t certificate, int64_t now);
int64_t unit_sms_insert(struct unit *u, const struct sms_code_row *row);
/* Counts a try before the code is looked at. E_SMS_LOCKED after MOST or when used. */
void unit_sms_try(struct unit *u, int64_t key, int64_t most);
/* E_SMS_EXPIRED when used or expired. */
void unit_sms_use(struct unit *u, int64_t key, int64_t now);
/* Uses HASH once for ever: E_NONCE the second time. May be forgotten after EXPIRES. */
void unit_nonce_use(struct unit *u, struct bytes hash, struct str purpose, int64_t expires);
/*
 * Counts a wrong pair of codes for the keyed hash of a typed reference; from the MOST-th on it is
 * locked until LOCK. Returns a key: unit_returned columns 0 tries, 1 locked until.
 */
int64_t unit_try_count(
    struct unit *u, struct bytes reference, int64_t now, int64_t most, int64_t lock);
/* One try is given back, and the lock it may have brought: nobody could look at the code. */
void unit_try_back(struct unit *u, struct bytes reference);
void unit_try_reset(struct unit *u, struct bytes reference);

/* --- applications --- */
/* ROW's number is the series ("T-2026"); the store makes "T-2026-1183" of it: unit_name(). */
int64_t unit_application_insert(struct unit *u, const struct application_row *row);
/* Writes profile, fields, lang, revision, changed, office of ROW and the state TO; guard: ROW's id, ver and FROM. */
void unit_application_edit(
    struct unit *u, const struct application_row *row, struct str from, struct str to);
/* Writes what submit pins: profile_version, fields, subject, san, enrolment, consent*, submitted, fold. */
void unit_application_submit(
    struct unit *u, const struct application_row *row, struct str from, struct str to);
struct unit_move {
	int64_t key, ver;
	struct str from, to;
	int64_t now;
};
/* DECIDED 0 leaves the time of decision alone. */
void unit_application_move(
    struct unit *u, const struct unit_move *m, struct str reason, int64_t decided);
/* Sent back: writes reason, remarks, revision of ROW; decided and changed are NOW. */
void unit_application_return(
    struct unit *u, const struct application_row *row, const struct unit_move *m);
/* Another office's case from now on; guard: ROW's id, ver and state. */
void unit_application_office(struct unit *u, const struct application_row *row, struct str office);
/* The same person twice for one revision: E_APPROVED. */
int64_t unit_approval_insert(struct unit *u, const struct approval_row *row);

/* --- enrolments --- */
int64_t unit_enrolment_insert(struct unit *u, const struct enrolment_row *row);
struct enrolment_codes {
	int64_t generation;
	struct str reference;
	struct bytes salt, mac, sealed;
	int64_t expires;
};
/* A new pair: the old one and any bound key are gone. */
void unit_enrolment_codes(
    struct unit *u, const struct unit_move *m, const struct enrolment_codes *codes);
struct enrolment_claim {
	struct bytes key_hash;
	struct str entrance, key_place;
};
/*
 * Binds the enrolment to a key (S9, S19). E_KEY_USED: that key is bound to another enrolment. Bound to
 * another key already is E_RACE like any move: whoever loads the row again sees which.
 */
void unit_enrolment_claim(
    struct unit *u, const struct unit_move *m, const struct enrolment_claim *claim);
/* The hash of the nonce that *installed* must sign; m->to is not used. */
void unit_enrolment_nonce(struct unit *u, const struct unit_move *m, struct bytes nonce_hash);
/* WIPE: the sealed code goes. RELEASE: the bound key and nonce go. */
void unit_enrolment_move(struct unit *u, const struct unit_move *m, bool wipe, bool release);

/* --- certificates --- */
/* With its DER. A serial of that CA twice: E_RACE. */
int64_t unit_certificate_insert(
    struct unit *u, const struct certificate_row *row, struct bytes der);
struct revocation {
	int64_t reason;     /* CRLReason; counts when at is set */
	int64_t at;         /* 0: not revoked and not on hold */
	int64_t invalidity; /* 0: none */
};
/* Writes state and revocation as given, CONFIRMED when not 0. */
void unit_certificate_move(
    struct unit *u, const struct unit_move *m, const struct revocation *r, int64_t confirmed);
/* To the state M names, at m->now. */
void unit_certificate_supersede(struct unit *u, const struct unit_move *m);
/* E_STATE: this person has said something about it already. */
void unit_backdate(struct unit *u, const struct backdate_row *row);
/* One open hold a certificate: E_STATE for a second, or when there is none to close. */
void unit_hold_open(struct unit *u, int64_t certificate, int64_t now);
void unit_hold_close(struct unit *u, int64_t certificate, int64_t now);

/* --- papers --- */
#define PAPER_PIECE_MAX ((size_t)1 << 20) /* octets of a sealed piece; numbered from 0 */
/* E_RACE: another of that name came first. */
int64_t unit_paper_insert(struct unit *u, const struct paper_row *row);
void unit_paper_piece(struct unit *u, int64_t paper, int64_t n, struct bytes octets);
/* It is gone; E_RACE when it was before. */
void unit_paper_drop(struct unit *u, int64_t paper);
/* Its octets and its key are gone, its row stays. */
void unit_paper_erase(struct unit *u, int64_t paper, int64_t now);

/* --- CAs and CRLs --- */
int64_t unit_ca_insert(struct unit *u, const struct ca_row *row);
#define CRL_PIECE_SIZE ((size_t)1 << 20)
/*
 * A CRL. Its pieces (CRL_PIECE_SIZE octets each, the last one shorter, numbered from 0) may come in
 * units of their own; unit_crl_done makes it the CA's newest: E_STATE when pieces are missing, E_RACE
 * when the CA has a higher number already.
 */
int64_t unit_crl_insert(struct unit *u, const struct crl_row *row);
void unit_crl_piece(struct unit *u, int64_t crl, int64_t n, struct bytes octets);
void unit_crl_done(struct unit *u, int64_t crl, const struct crl_row *row);

/* --- the log --- */
/* E_RACE: that record has one already. */
void unit_checkpoint(struct unit *u, const struct checkpoint_row *row);

/* The holder of CERTIFICATE was told, DAYS before its end. */
void unit_told(struct unit *u, int64_t certificate, int64_t days);
/* Where the codes of APPLICATION go from now on; CHANGED: since when it is another address, 0: never. */
void unit_contact(struct unit *u, int64_t application, struct str mail, int64_t changed);

/* --- work and messages --- */
/* KIND of work for OBJECT at DUE; one waiting already is brought forward, one running runs again. */
void unit_job(struct unit *u, struct str kind, struct str object, int64_t due, int64_t now);
/* Done: the row goes, or waits again when it was asked for meanwhile. Nothing when the claim was lost. */
void unit_job_done(struct unit *u, const struct job_row *claimed);
/* Not done: again at DUE. E_RACE when the claim was lost. */
void unit_job_later(
    struct unit *u, const struct job_row *claimed, int64_t due, struct str last_fault);
int64_t unit_outbox(struct unit *u, const struct outbox_row *row);
/* Handed over: its secrets are wiped. E_RACE when the claim was lost; the same for the next two. */
void unit_outbox_sent(struct unit *u, const struct outbox_row *claimed, int64_t now);
void unit_outbox_later(
    struct unit *u, const struct outbox_row *claimed, int64_t due, struct str last_fault);
void unit_outbox_failed(struct unit *u, const struct outbox_row *claimed, struct str last_fault);
/* Due now; taken back and wiped. E_STATE: it has left, or is being handed over at this moment. */
void unit_outbox_hasten(struct unit *u, int64_t id, int64_t now);
void unit_outbox_void(struct unit *u, int64_t id, int64_t now);
/* Messages about OBJECT that have not left yet are wiped (new codes void the old). */
void unit_outbox_drop(struct unit *u, struct str object);

/*
 * Work and messages held by workers whose names lie from FROM to before TO, other than KEEP, are free again:
 * earlier runs of this process, which have ended.
 */
void unit_claims_free(struct unit *u, struct str from, struct str to, struct str keep);

/* --- repeats, documents, the rest --- */
/* E_RACE when another request with this key came first: read it again. OBJECT: a key. */
void unit_idempotency(struct unit *u, const struct idempotency_row *row);
/* A prepared version replaces an earlier prepared one of its kind. */
int64_t unit_document_insert(struct unit *u, const struct document_row *row);
void unit_document_apply(
    struct unit *u, struct str kind, int64_t version, struct bytes signatures, int64_t now);
/* How far the signer's journal is in the store; never goes back (E_RACE). */
void unit_settle(struct unit *u, int64_t node, int64_t position, struct bytes hash);
/* E_STATE: another installation holds this node number until later. */
void unit_node_lease(struct unit *u, int64_t node, struct str owner, int64_t until, int64_t now);
/* Sessions, nonces, repeats, SMS codes and tries whose time is over; octets of lists that were replaced and are over. */
void unit_sweep(struct unit *u, int64_t now);

#endif
