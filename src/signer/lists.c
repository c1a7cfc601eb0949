/* SPDX-License-Identifier: Apache-2.0 */
/* CRL_SIGN and OCSP_SIGN: what is said of certificates (S5, S6). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipc.h"
#include "core/validity.h"
#include "signer/file.h"
#include "signer/handle.h"
#include "x509/key.h"

#define OCSP_NEAR 300                  /* most seconds between thisUpdate and the clock */
#define OCSP_LIFE ((int64_t)24 * 3600) /* most seconds to nextUpdate */

static enum err
ca_read(struct ask *q, enum profile_ca *ret, struct fault *f)
{
	uint8_t ca = rd_u8(&q->body);

	if (q->body.bad || ca >= STATE_CAS)
		return FAIL(f, E_FRAME, "CA %u", ca);
	*ret = (enum profile_ca)ca;
	return OK;
}

/* A list that is to be signed. */
struct order {
	enum profile_ca which;
	struct bytes tbs;
	struct list list;
};

static enum err
crl_record(struct signer *s, struct ask *q, const struct order *o, struct fault *f)
{
	struct buf b = buf_new(q->a, 256);
	uint8_t hash[SHA256_SIZE];
	uint64_t offset;

	sha256(o->tbs, hash);
	buf_field(&b, str_bytes(str_of(state_ca_name(o->which))));
	buf_i64(&b, o->list.number);
	buf_i64(&b, o->list.this_update);
	buf_u64(&b, o->list.count);
	buf_field(&b, BYTES_OF(hash));
	return journal_append(s->journal, SIGNER_RECORD_CRL, q->now, buf_bytes(&b), &offset, f);
}

/* Remember, then sign: a list that is not remembered could be contradicted by the next. */
static enum err
crl_sign(struct signer *s, struct ask *q, struct order *o, struct bytes *ret, struct fault *f)
{
	struct state_ca *ca = &s->ca[o->which];
	char name[32];

	TRY(list_follows(&ca->last, &o->list, s->index, q->now, f));
	(void)snprintf(name, sizeof(name), "crl-%s", state_ca_name(o->which));
	TRY(file_write(s->dir, name, o->tbs, f));
	TRY(crl_record(s, q, o, f));
	list_free(&ca->last);
	ca->last = o->list;
	o->list = (struct list){0};
	return keys_sign(s, ca->key, q->a, o->tbs, ret, f);
}

enum err
handle_CRL_SIGN(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct order o = {0};
	struct arena *big;
	struct bytes signature = {0};
	const struct profile_issuer *issuer;
	enum err e;

	TRY(ca_read(q, &o.which, f));
	TRY(ask_end(q, f));
	if (q->fd < 0)
		return FAIL(f, E_FRAME, "no file beside the question");
	issuer = &s->ca[o.which].issuer;
	big = arena_new(SIGNER_CRL_MAX + (1 << 20));
	/* A private copy: what is checked is what is signed. */
	e = ipc_sealed_read(q->fd, SIGNER_CRL_MAX, big, &o.tbs, f);
	if (e == OK)
		e = list_read(o.tbs, issuer, &o.list, f);
	if (e == OK)
		e = crl_sign(s, q, &o, &signature, f);
	list_free(&o.list);
	arena_free(&big);
	TRY(e);
	buf_field(answer, signature);
	return OK;
}

/* RFC 6960 4.1.1: the CertID must speak of this CA. */
static enum err
id_check(const struct state_ca *ca, const struct ocsp_id *id, struct fault *f)
{
	uint8_t name[SHA256_SIZE], bits[SHA256_SIZE];
	struct key key = {0};
	size_t n = id->hash == OID_SHA1 ? SHA1_SIZE : SHA256_SIZE;

	TRY(key_parse(ca->key->spki, &key, f));
	if (id->hash == OID_SHA1) {
		sha1(ca->issuer.subject, name);
		sha1(key.bits, bits);
	} else if (id->hash == OID_SHA256) {
		sha256(ca->issuer.subject, name);
		sha256(key.bits, bits);
	} else {
		return FAIL_FIELD(f, E_GATE, "ocsp", "CertID", "another hash");
	}
	if (!bytes_eq(id->name_hash, bytes_of(name, n)) ||
	    !bytes_eq(id->key_hash, bytes_of(bits, n)))
		return FAIL_FIELD(f, E_GATE, "ocsp", "CertID", "another CA");
	return OK;
}

static enum err
single_check(const struct state_ca *ca, const struct ocsp_single *one, int64_t now, struct fault *f)
{
	TRY(id_check(ca, &one->id, f));
	if (one->this_update > now + OCSP_NEAR || one->this_update < now - OCSP_NEAR)
		return FAIL_FIELD(f, E_GATE, "ocsp", "thisUpdate near the clock",
		    "thisUpdate %lld at %lld", (long long)one->this_update, (long long)now);
	if (one->next_update > now + OCSP_LIFE)
		return FAIL_FIELD(f, E_GATE, "ocsp", "nextUpdate within 24 h", "nextUpdate %lld",
		    (long long)one->next_update);
	if (one->status == OCSP_UNKNOWN)
		return FAIL_FIELD(f, E_GATE, "ocsp", "good or revoked", "unknown is not signed");
	if (one->status == OCSP_GOOD && list_find(&ca->last, one->id.serial) != LIST_ABSENT)
		return FAIL_FIELD(f, E_GATE, "ocsp", "not good when in the last CRL",
		    "good for a serial in list %lld", (long long)ca->last.number);
	return OK;
}

static enum err
ocsp_check(const struct state_ca *ca, struct bytes data, int64_t now, struct ocsp_answer *room,
    struct fault *f)
{
	TRY(ocsp_tbs_parse(data, room, f));
	if (!bytes_eq(room->responder, BYTES_OF(ca->ocsp_id)))
		return FAIL_FIELD(f, E_GATE, "ocsp", "responder", "another responder");
	if (room->produced_at > now + OCSP_NEAR || room->produced_at < now - OCSP_NEAR)
		return FAIL_FIELD(f, E_GATE, "ocsp", "producedAt near the clock", "producedAt %lld",
		    (long long)room->produced_at);
	for (size_t i = 0; i < room->n; i++)
		TRY(single_check(ca, &room->v[i], now, f));
	return OK;
}

enum err
handle_OCSP_SIGN(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	enum profile_ca which = PROFILE_CA_ISSUING;
	struct ocsp_answer *room = arena_alloc(q->a, sizeof(*room));
	struct bytes data[SIGNER_OCSP_BATCH], signature = {0};
	uint32_t n;

	TRY(ca_read(q, &which, f));
	n = rd_u32(&q->body);
	if (n == 0 || n > SIGNER_OCSP_BATCH)
		return FAIL(f, E_FRAME, "%u answers", n);
	for (uint32_t i = 0; i < n; i++)
		data[i] = rd_field(&q->body, SIGNER_TBS_MAX);
	TRY(ask_end(q, f));
	for (uint32_t i = 0; i < n; i++)
		TRY(ocsp_check(&s->ca[which], data[i], q->now / 1000, room, f));
	buf_u32(answer, n);
	for (uint32_t i = 0; i < n; i++) {
		TRY(keys_sign(s, s->ca[which].ocsp, q->a, data[i], &signature, f));
		buf_field(answer, signature);
	}
	return OK;
}
