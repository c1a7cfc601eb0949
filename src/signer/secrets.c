/* SPDX-License-Identifier: Apache-2.0 */
/* MAC_MAKE, MAC_CHECK, SEAL, OPEN, SUBKEY, JOB_SIGN: keys that are not a CA's (S7, S22). */
#include <string.h>

#include "core/job.h"
#include "crypto/seal.h"
#include "signer/handle.h"

#define HASH_MAX 64

/* At most STATE_MAC_RATE a second: a front that fell cannot try codes faster (S7). */
static enum err
mac_allow(struct signer *s, int64_t now, struct fault *f)
{
	if (!meter_take(&s->macs, now, STATE_MAC_RATE, 1000))
		return FAIL_FIELD(
		    f, E_RATE, "mac", "50 a second", "more than %d a second", STATE_MAC_RATE);
	return OK;
}

struct mac {
	struct id enrolment;
	uint32_t generation;
	uint8_t value[SIGNER_MAC_SIZE];
};

/* HMAC(pepper, enrolment ‖ generation ‖ hash). */
static enum err
mac_compute(struct signer *s, struct ask *q, struct mac *ret, struct bytes *given, struct fault *f)
{
	struct buf b = buf_new(q->a, 256);
	uint8_t pepper[32];
	struct bytes hash;

	ret->enrolment = id_read(&q->body);
	ret->generation = rd_u32(&q->body);
	hash = rd_field(&q->body, HASH_MAX);
	if (given)
		*given = rd_field(&q->body, SIGNER_MAC_SIZE);
	TRY(ask_end(q, f));
	TRY(mac_allow(s, q->now, f));
	buf_field(&b, id_bytes(&ret->enrolment));
	buf_u32(&b, ret->generation);
	buf_field(&b, hash);
	state_derive(s, "pepper", bytes_of(NULL, 0), pepper, sizeof(pepper));
	hmac_sha256(BYTES_OF(pepper), buf_bytes(&b), ret->value);
	wipe(pepper, sizeof(pepper));
	return OK;
}

static enum err
mac_record(struct signer *s, struct ask *q, const struct mac *m, const char *act, struct fault *f)
{
	struct buf b = buf_new(q->a, 256);
	uint64_t offset;

	buf_field(&b, str_bytes(str_of(act)));
	buf_field(&b, id_bytes(&m->enrolment));
	buf_u32(&b, m->generation);
	return journal_append(s->journal, SIGNER_RECORD_MAC, q->now, buf_bytes(&b), &offset, f);
}

enum err
handle_MAC_MAKE(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct mac m = {0};

	TRY(mac_compute(s, q, &m, NULL, f));
	TRY(mac_record(s, q, &m, "make", f));
	buf_field(answer, BYTES_OF(m.value));
	return OK;
}

enum err
handle_MAC_CHECK(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct mac m = {0};
	struct bytes given = {0};
	bool equal;

	TRY(mac_compute(s, q, &m, &given, f));
	equal = secret_eq(given, BYTES_OF(m.value));
	wipe(m.value, sizeof(m.value));
	TRY(mac_record(s, q, &m, equal ? "equal" : "other", f));
	buf_u8(answer, equal);
	return OK;
}

/* The three fields of SEAL and OPEN, and the key of the label. */
static enum err
sealed_read(struct signer *s, struct ask *q, uint8_t key[static SEAL_KEY_SIZE],
    struct bytes *associated, struct bytes *octets, struct fault *f)
{
	struct str label = rd_text(&q->body, SIGNER_LABEL_MAX);

	*associated = rd_field(&q->body, SIGNER_LABEL_MAX * 16);
	*octets = rd_field(&q->body, SIGNER_SECRET_MAX + SEAL_OVERHEAD);
	TRY(ask_end(q, f));
	if (label.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, "label", NULL, "no label");
	state_derive(s, "seal", str_bytes(label), key, SEAL_KEY_SIZE);
	return OK;
}

enum err
handle_SEAL(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	uint8_t key[SEAL_KEY_SIZE];
	struct bytes associated = {0}, secret = {0}, sealed = {0};
	enum err e;

	TRY(sealed_read(s, q, key, &associated, &secret, f));
	e = seal(key, associated, secret, q->a, &sealed, f);
	wipe(key, sizeof(key));
	TRY(e);
	buf_field(answer, sealed);
	return OK;
}

enum err
handle_OPEN(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	uint8_t key[SEAL_KEY_SIZE];
	struct bytes associated = {0}, sealed = {0}, secret = {0};
	enum err e;

	TRY(sealed_read(s, q, key, &associated, &sealed, f));
	e = seal_open(key, associated, sealed, q->a, &secret, f);
	wipe(key, sizeof(key));
	TRY(e);
	buf_field(answer, secret);
	return OK;
}

/* Derived for that peer: front's cookies are not jobs' business. */
enum err
handle_SUBKEY(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct str label = rd_text(&q->body, SIGNER_LABEL_MAX);
	uint8_t key[32];

	TRY(ask_end(q, f));
	if (label.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, "label", NULL, "no label");
	state_derive(
	    s, q->peer == SIGNER_FRONT ? "front" : "jobs", str_bytes(label), key, sizeof(key));
	buf_field(answer, BYTES_OF(key));
	wipe(key, sizeof(key));
	return OK;
}

enum err
handle_JOB_SIGN(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct bytes octets = rd_field(&q->body, JOB_MAX), signature = {0};
	int64_t now = q->now / 1000;
	struct job job = {0};

	TRY(ask_end(q, f));
	TRY(job_parse(q->a, octets, &job, f));
	if (!str_eq(job.origin, s->origin) || job.env != s->env)
		return FAIL_FIELD(f, E_AGENT_JOB, "origin", "our own", "a job for another place");
	if (job.not_after <= now || job.not_after > now + JOB_LIFE)
		return FAIL_FIELD(f, E_AGENT_JOB, "not-after", "2 minutes", "ends at %lld",
		    (long long)job.not_after);
	if (!state_profile_find(s, job.profile, 0))
		return FAIL_FIELD(f, E_AGENT_JOB, "profile", NULL, "an unknown profile");
	TRY(keys_sign(s, &s->key[SIGNER_KEY_JOB], q->a, octets, &signature, f));
	buf_field(answer, signature);
	return OK;
}
