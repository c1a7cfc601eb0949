/* SPDX-License-Identifier: Apache-2.0 */
/* The two codes, and who may go on with them (S16, S17). */
#include "service/enrol.h"

#include "base/text.h"
#include "core/code.h"
#include "core/job.h"
#include "crypto/digest.h"
#include "crypto/slowhash.h"
#include "service/codes.h"
#include "service/enrol_in.h"
#include "service/life.h"
#include "service/nonce.h"
#include "service/notice.h"
#include "service/signin_in.h"
#include "x509/name.h"

#define RESUME_LIFE 600 /* seconds */
#define LOCK_LIFE   ((int64_t)365 * 86400)
#define TRIES_MOST  5 /* of a reference that no profile speaks for */

static struct bytes
try_key(const struct call *c, struct str reference)
{
	uint8_t *h = arena_alloc(c->a, SHA256_SIZE);

	hmac_sha256(BYTES_OF(c->service->key_try), str_bytes(reference), h);
	return bytes_of(h, SHA256_SIZE);
}

/* The enrolment, or a stand-in for an unknown reference that costs the same and never fits. */
static enum err
by_reference(const struct call *c, struct str reference, struct enrolment_row *ret, bool *known,
    struct fault *f)
{
	struct fault why = {0};
	uint8_t *dummy = arena_alloc(c->a, 2 * SHA256_SIZE);
	enum err e = store_enrolment_by_reference(c->service->store, c->a, reference, ret, &why);

	*known = e == OK;
	if (e == OK)
		return OK;
	if (e != E_NOT_FOUND)
		return FAIL(f, e, "%s", why.detail);
	hmac_sha256(BYTES_OF(c->service->key_nonce), str_bytes(reference), dummy);
	*ret = (struct enrolment_row){.public_id = str_of(hex_text(c->a, bytes_of(dummy, ID_SIZE))),
	    .generation = 1,
	    .salt = bytes_of(dummy, SLOWHASH_SALT),
	    .mac = bytes_of(dummy + SHA256_SIZE, SIGNER_MAC_SIZE)};
	return OK;
}

static enum err
fits(const struct call *c, const struct enrolment_row *row, struct str code, bool *ret,
    struct fault *f)
{
	uint8_t hash[SLOWHASH_SIZE];
	struct signer_mac q = {.generation = (uint32_t)row->generation, .hash = BYTES_OF(hash)};
	enum err e;

	if (!id_parse(row->public_id, &q.enrolment))
		return FAIL(f, E_STORE, "id of an enrolment");
	TRY(codes_hash(c, code, row->salt, hash, f));
	e = signer_mac_check(c->service->signer, &q, row->mac, ret, f);
	wipe(hash, sizeof(hash));
	return e;
}

/* The try counts before the code is looked at; a right code gives it back. */
static enum err
count_try(const struct call *c, struct str reference, int64_t most, struct fault *f)
{
	struct bytes key = try_key(c, reference);
	struct code_try before;
	struct unit *u;

	TRY(store_code_try(c->service->store, key, &before, f));
	if (before.locked_until > c->now || before.tries >= most)
		return FAIL_FIELD(
		    f, E_CODE_LOCKED, "reference", NULL, "%lld tries", (long long)before.tries);
	u = act_unit(c);
	(void)unit_try_count(u, key, c->now, most, c->now + LOCK_LIFE);
	return act_commit(c, u, f);
}

/* The signer or the hash was not to be had: nobody looked at the code, so it costs no try. */
static enum err
give_back(const struct call *c, struct str reference, enum err e)
{
	struct unit *u = act_unit(c);
	struct fault ignored = {0};

	unit_try_back(u, try_key(c, reference));
	(void)(act_commit(c, u, &ignored) == OK);
	return e;
}

static enum err
wrong_pair(const struct call *c, const struct enrolment_row *row, bool known, struct str reference,
    struct fault *f)
{
	struct unit *u = act_unit(c);
	struct code_try now;
	struct life_step step;
	struct fault ignored = {0};

	TRY(store_code_try(c->service->store, try_key(c, reference), &now, f));
	unit_log(u, AUDIT_CODES_WRONG, known ? row->public_id : STR("unknown"), STR(""));
	if (known && now.locked_until > c->now &&
	    life_enrolment(row, ENROLMENT_EVENT_LOCK, ROLE_SYSTEM, &step, &ignored) == OK) {
		life_move_enrolment(u, c, row, &step);
		unit_log(u, AUDIT_CODES_LOCKED, row->public_id, STR(""));
		TRY(notice_enrolment(
		    c, u, row, &(struct notice_of){NOTICE_LOCKED, c->now, NULL}, f));
	}
	TRY(act_commit(c, u, f));
	return FAIL_FIELD(f, E_CODE_WRONG, "code", NULL, "wrong pair");
}

/* Only after the right code the state is told (S17). */
enum err
enrol_usable(const struct call *c, const struct enrolment_row *row, struct fault *f)
{
	enum enrolment_state state;
	static const enum err why[ENROLMENT_STATE__COUNT] = {
	    [ENROLMENT_OPEN] = OK,
	    [ENROLMENT_ISSUING] = E_CODE_STARTED,
	    [ENROLMENT_USED] = E_CODE_USED,
	    [ENROLMENT_EXPIRED] = E_CODE_EXPIRED,
	    [ENROLMENT_LOCKED] = E_CODE_LOCKED,
	    [ENROLMENT_VOID] = E_CODE_VOID,
	};

	if (!enrolment_state_parse(row->state, &state))
		return FAIL(f, E_STORE, "state of an enrolment");
	if (state == ENROLMENT_OPEN && row->expires < c->now)
		return FAIL_FIELD(f, E_CODE_EXPIRED, "code", NULL, "ended");
	if (why[state] != OK)
		return FAIL_FIELD(f, why[state], "code", NULL, "state");
	return OK;
}

/* The catalogue's word ("attribute.WORD") for a type of name. */
static const char *
attribute_word(enum oid type)
{
	static const struct {
		enum oid type;
		const char *word;
	} rows[] = {
#define X(symbol, word, oid, max) {OID_##oid, word},
#include "core/attribute.def"
#undef X
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].type == type)
			return rows[i].word;
	}
	return "other";
}

static const char *
san_word(enum san_kind kind)
{
	static const char *const words[SAN__COUNT] = {
	    [SAN_MAIL] = "mail", [SAN_DNS] = "dns", [SAN_URI] = "uri", [SAN_IP] = "ip"};

	return words[kind];
}

static struct enrol_subject_line *
subject_lines(const struct call *c, const struct enrolment_row *row, struct job_line *lines,
    size_t *count, struct fault *f)
{
	struct enrol_subject_line *out = arena_array(c->a, JOB_LINES_MAX, sizeof(*out));
	struct name name;
	struct san san;
	size_t n = 0;

	if (name_parse(row->subject, &name, f) != OK)
		return NULL;
	for (size_t i = 0; i < name.n && n < JOB_LINES_MAX; i++)
		out[n++] = (struct enrol_subject_line){
		    str_of(attribute_word(name.v[i].type)), name.v[i].value};
	if (row->san.n && ext_get_san(c->a, row->san, &san, f) != OK)
		return NULL;
	for (size_t i = 0; row->san.n && i < san.n && n < JOB_LINES_MAX; i++)
		out[n++] = (struct enrol_subject_line){
		    str_of(san_word(san.v[i].kind)), bytes_str(san.v[i].value)};
	for (size_t i = 0; i < n; i++)
		lines[i] = (struct job_line){out[i].attribute, out[i].value};
	*count = n;
	return out;
}

enum err
enrol_ticket(const struct call *c, struct unit *u, const struct enrolment_row *row,
    struct bytes agent_nonce, struct enrol_ticket *ret, struct fault *f)
{
	struct job_line lines[JOB_LINES_MAX];
	struct job job = {.agent_nonce = agent_nonce,
	    .origin = c->service->conf.origin,
	    .env = c->service->env,
	    .profile = row->profile,
	    .not_after = c->now + JOB_LIFE,
	    .lines = lines};
	struct enrol_ticket t = {.enrolment = row->public_id, .profile = row->profile};
	const struct realm *h;
	const struct realm_profile *p;

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, row->profile_version, &p, f));
	job.key = keyrules_first(p->profile.keys);
	if (!id_parse(row->public_id, &job.enrolment))
		return FAIL(f, E_STORE, "id of an enrolment");
	t.subject = subject_lines(c, row, lines, &t.subject_count, f);
	if (t.subject == NULL)
		return FAIL(f, E_STORE, "subject of an enrolment");
	job.line_count = t.subject_count;
	TRY(job_encode(c->a, &job, &t.job, f));
	TRY(signer_job_sign(c->service->signer, c->a, t.job, &t.job_signature, f));
	t.session = signin_enrolment_session(c, u, row->id, ENROL_SESSION_LIFE, &t.expires);
	*ret = t;
	return OK;
}

enum err
enrol_codes(const struct call *c, struct str reference, struct str code, struct enrolment_row *ret,
    struct fault *f)
{
	struct enrolment_row row;
	const struct realm_profile *p;
	const struct realm *h;
	struct str pair[2];
	struct unit *u;
	int64_t most = TRIES_MOST;
	bool known, right;
	enum err e;

	TRY(realm_now(c, &h, f));
	TRY(code_pair_check(c->a, reference, code, c->service->env, pair, f));
	TRY(by_reference(c, pair[0], &row, &known, f));
	if (known) {
		TRY(realm_profile(h, row.profile, row.profile_version, &p, f));
		most = p->profile.code_tries;
	}
	TRY(count_try(c, pair[0], most, f));
	e = fits(c, &row, pair[1], &right, f);
	if (e != OK)
		return give_back(c, pair[0], e);
	if (!known || !right)
		return wrong_pair(c, &row, known, pair[0], f);
	u = act_unit(c);
	unit_try_reset(u, try_key(c, pair[0]));
	unit_log(u, AUDIT_CODES_RIGHT, row.public_id, STR(""));
	TRY(act_commit(c, u, f));
	*ret = row;
	return OK;
}

enum err
enrol_check(
    const struct call *c, const struct enrol_check *in, struct enrol_ticket *ret, struct fault *f)
{
	struct enrolment_row row;
	const struct realm_profile *p;
	const struct realm *h;
	struct enrol_ticket ticket;
	struct unit *u;

	TRY(realm_now(c, &h, f));
	if (in->agent_nonce.n != JOB_NONCE)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "agent_nonce", "32", "%zu", in->agent_nonce.n);
	TRY(enrol_codes(c, in->reference, in->code, &row, f));
	TRY(enrol_usable(c, &row, f));
	TRY(realm_profile(h, row.profile, row.profile_version, &p, f));
	TRY(enrol_entrance(&p->profile, PROFILE_ENTRANCE_AGENT, f));
	u = act_unit(c);
	TRY(enrol_ticket(c, u, &row, in->agent_nonce, &ticket, f));
	TRY(act_commit(c, u, f));
	*ret = ticket;
	return OK;
}

enum err
enrol_resume_begin(
    const struct call *c, struct str reference, struct enrol_resume_challenge *ret, struct fault *f)
{
	struct enrolment_row row;
	struct enrol_resume_challenge out;
	struct str normal = code_normal(c->a, reference);
	bool known;

	TRY(service_ready(c->service, f));
	TRY(code_ref_check(normal, f));
	if (code_ref_environment(normal) != c->service->env)
		return FAIL_FIELD(f, E_CODE_ENVIRONMENT, "reference", NULL, "other environment");
	/* An unknown reference gets an id and a nonce too: no key will ever fit them. */
	TRY(by_reference(c, normal, &row, &known, f));
	out.enrolment = row.public_id;
	TRY(nonce_make(c, PURPOSE_RESUME, str_bytes(row.public_id), RESUME_LIFE, &out.nonce, f));
	*ret = out;
	return OK;
}
