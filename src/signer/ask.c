/* SPDX-License-Identifier: Apache-2.0 */
/* One function a message: client.h. */
#include <string.h>

#include "base/ipc.h"
#include "signer/call.h"
#include "signer/hsm.h"
#include "x509/cert.h"

#define SIGNATURE_MAX 512 /* octets: RSA of 4096 bits */
#define SPKI_MAX      1024

struct call
call_new(struct arena *a, enum signer_message message)
{
	return (struct call){.message = message, .body = buf_new(a, IPC_BODY_MAX), .fd = -1};
}

enum err
call_end(const struct rd *r, struct fault *f)
{
	return rd_done(r) ? OK : FAIL(f, E_FRAME, "fields of the signer's answer");
}

enum err
call_only(struct signer_client *c, struct arena *a, const struct call *q, struct fault *f)
{
	struct rd r;

	TRY(call(c, a, q, &r, f));
	return call_end(&r, f);
}

enum err
call_field(struct signer_client *c, struct arena *a, const struct call *q, struct bytes *ret,
    struct fault *f)
{
	struct bytes b;
	struct rd r;

	TRY(call(c, a, q, &r, f));
	b = rd_field(&r, IPC_BODY_MAX);
	TRY(call_end(&r, f));
	*ret = b;
	return OK;
}

enum err
signer_status(struct signer_client *c, struct arena *a, struct signer_status *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_STATUS);
	struct signer_status st;
	struct rd r;
	uint8_t state;

	TRY(call(c, a, &q, &r, f));
	state = rd_u8(&r);
	st.state = (enum signer_state)state;
	st.reason = rd_text(&r, FAULT_DETAIL);
	st.position = rd_u64(&r);
	st.environment = rd_text(&r, 16);
	st.origin = rd_text(&r, 256);
	st.on_token = rd_u8(&r) != 0;
	st.trouble = rd_text(&r, HSM_TROUBLE);
	TRY(call_end(&r, f));
	if (state > SIGNER_STOPPED)
		return FAIL(f, E_FRAME, "state %u", state);
	*ret = st;
	return OK;
}

enum err
signer_setup_keys(struct signer_client *c, struct arena *a, const struct signer_keys_wanted *want,
    struct signer_keys *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_SETUP_KEYS);
	struct signer_keys keys;
	struct rd r;

	buf_field(&q.body, str_bytes(str_of(environment_name(want->env))));
	buf_field(&q.body, str_bytes(want->origin));
	buf_field(&q.body, str_bytes(want->issuing));
	buf_field(&q.body, str_bytes(want->management));
	buf_field(&q.body, str_bytes(want->ocsp));
	TRY(call(c, a, &q, &r, f));
	for (int i = 0; i < SIGNER_KEY__COUNT; i++)
		keys.spki[i] = rd_field(&r, 1024);
	TRY(call_end(&r, f));
	*ret = keys;
	return OK;
}

enum err
signer_setup_finish(struct signer_client *c, const struct signer_setup *setup, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct call q = call_new(a, SIGNER_SETUP_FINISH);
	enum err e;

	buf_field(&q.body, setup->root);
	buf_field(&q.body, setup->issuing);
	buf_field(&q.body, setup->management);
	buf_field(&q.body, setup->root_crl);
	buf_field(&q.body, str_bytes(setup->public_base));
	buf_field(&q.body, str_bytes(setup->policy_arc));
	buf_u32(&q.body, (uint32_t)setup->profile_count);
	for (size_t i = 0; i < setup->profile_count; i++)
		buf_field(&q.body, setup->profiles[i]);
	buf_field(&q.body, setup->roster);
	e = call_only(c, a, &q, f);
	arena_free(&a);
	return e;
}

static enum err
issued(struct signer_client *c, struct arena *a, const struct call *q, bool repeats,
    struct signer_issued *ret, struct fault *f)
{
	struct signer_issued i = {0};
	struct rd r;

	TRY(call(c, a, q, &r, f));
	i.certificate = rd_field(&r, CERT_MAX);
	i.position = rd_u64(&r);
	i.repeated = rd_u8(&r) != 0;
	TRY(call_end(&r, f));
	if (i.repeated && !repeats)
		return FAIL(f, E_FRAME, "a repeated certificate of our own");
	*ret = i;
	return OK;
}

enum err
signer_issue(struct signer_client *c, struct arena *a, const struct signer_order *order,
    struct signer_issued *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_ISSUE);
	struct bytes claim = {0};

	TRY(claim_encode(a, order->claim, &claim, f));
	buf_field(&q.body, claim);
	buf_field(&q.body, order->tbs);
	buf_field(&q.body, order->unit);
	return issued(c, a, &q, true, ret, f);
}

enum err
signer_issue_internal(struct signer_client *c, struct arena *a, enum builtin kind, struct bytes tbs,
    struct signer_issued *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_ISSUE_INTERNAL);

	buf_u8(&q.body, (uint8_t)kind);
	buf_field(&q.body, tbs);
	return issued(c, a, &q, false, ret, f);
}

enum err
signer_crl_sign(struct signer_client *c, struct arena *a, enum profile_ca ca, int fd,
    struct bytes *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_CRL_SIGN);

	q.fd = fd;
	buf_u8(&q.body, (uint8_t)ca);
	return call_field(c, a, &q, ret, f);
}

enum err
signer_ocsp_sign(struct signer_client *c, struct arena *a, const struct signer_ocsp *ask,
    const struct bytes **ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_OCSP_SIGN);
	struct bytes *signature = arena_array(a, ask->count + 1, sizeof(*signature));
	struct rd r;

	buf_u8(&q.body, (uint8_t)ask->ca);
	buf_u32(&q.body, (uint32_t)ask->count);
	for (size_t i = 0; i < ask->count; i++)
		buf_field(&q.body, ask->data[i]);
	TRY(call(c, a, &q, &r, f));
	if (rd_u32(&r) != ask->count)
		return FAIL(f, E_FRAME, "another number of signatures");
	for (size_t i = 0; i < ask->count; i++)
		signature[i] = rd_field(&r, SIGNATURE_MAX);
	TRY(call_end(&r, f));
	*ret = signature;
	return OK;
}

static struct call
mac_call(struct arena *a, enum signer_message message, const struct signer_mac *m)
{
	struct call q = call_new(a, message);

	buf_field(&q.body, id_bytes(&m->enrolment));
	buf_u32(&q.body, m->generation);
	buf_field(&q.body, m->hash);
	return q;
}

/* One field of exactly N octets, copied to P; the arena of the call is wiped with it. */
static enum err
call_exact(struct signer_client *c, struct arena **a, const struct call *q, uint8_t *p, size_t n,
    struct fault *f)
{
	struct bytes b = {0};
	enum err e = call_field(c, *a, q, &b, f);

	if (e == OK && b.n != n)
		e = FAIL(f, E_FRAME, "%zu octets, not %zu", b.n, n);
	if (e == OK)
		memcpy(p, b.p, n);
	arena_free(a);
	return e;
}

enum err
signer_mac_make(struct signer_client *c, const struct signer_mac *m,
    uint8_t ret[static SIGNER_MAC_SIZE], struct fault *f)
{
	struct arena *a = arena_new(0);
	struct call q = mac_call(a, SIGNER_MAC_MAKE, m);

	return call_exact(c, &a, &q, ret, SIGNER_MAC_SIZE, f);
}

enum err
signer_mac_check(struct signer_client *c, const struct signer_mac *m, struct bytes mac, bool *ret,
    struct fault *f)
{
	struct arena *a = arena_new(0);
	struct call q = mac_call(a, SIGNER_MAC_CHECK, m);
	uint8_t equal = 0;
	struct rd r;
	enum err e;

	buf_field(&q.body, mac);
	e = call(c, a, &q, &r, f);
	if (e == OK) {
		equal = rd_u8(&r);
		e = call_end(&r, f);
	}
	arena_free(&a);
	TRY(e);
	*ret = equal == 1;
	return OK;
}

static struct call
secret_call(struct arena *a, enum signer_message message, const struct signer_secret *s)
{
	struct call q = call_new(a, message);

	buf_field(&q.body, str_bytes(s->label));
	buf_field(&q.body, s->associated);
	buf_field(&q.body, s->octets);
	return q;
}

enum err
signer_seal(struct signer_client *c, struct arena *a, const struct signer_secret *s,
    struct bytes *ret, struct fault *f)
{
	struct call q = secret_call(a, SIGNER_SEAL, s);

	return call_field(c, a, &q, ret, f);
}

enum err
signer_open(struct signer_client *c, struct arena *a, const struct signer_secret *s,
    struct bytes *ret, struct fault *f)
{
	struct call q = secret_call(a, SIGNER_OPEN, s);

	return call_field(c, a, &q, ret, f);
}

enum err
signer_paper_open(struct signer_client *c, struct arena *a, struct bytes associated,
    struct bytes sealed, struct bytes *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_PAPER_OPEN);

	buf_field(&q.body, associated);
	buf_field(&q.body, sealed);
	return call_field(c, a, &q, ret, f);
}

enum err
signer_job_sign(
    struct signer_client *c, struct arena *a, struct bytes job, struct bytes *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_JOB_SIGN);

	buf_field(&q.body, job);
	return call_field(c, a, &q, ret, f);
}

enum err
signer_audit_sign(struct signer_client *c, struct arena *a, struct bytes octets, struct bytes *ret,
    struct fault *f)
{
	struct call q = call_new(a, SIGNER_AUDIT_SIGN);

	buf_field(&q.body, octets);
	return call_field(c, a, &q, ret, f);
}

enum err
signer_audit_last(
    struct signer_client *c, struct arena *a, struct signer_audit *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_AUDIT_LAST);
	struct signer_audit last = {0};
	struct rd r;

	TRY(call(c, a, &q, &r, f));
	last.spki = rd_field(&r, SPKI_MAX);
	last.seq = rd_i64(&r);
	last.hash = rd_field(&r, 32);
	last.at = rd_i64(&r);
	TRY(call_end(&r, f));
	*ret = last;
	return OK;
}

enum err
signer_document_put(struct signer_client *c, const struct signer_document *d, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct call q = call_new(a, SIGNER_DOCUMENT_PUT);
	enum err e;

	buf_field(&q.body, str_bytes(str_of(document_kind_name(d->kind))));
	buf_field(&q.body, d->octets);
	buf_u32(&q.body, (uint32_t)d->count);
	for (size_t i = 0; i < d->count; i++)
		approval_write(&q.body, &d->signatures[i]);
	e = call_only(c, a, &q, f);
	arena_free(&a);
	return e;
}

enum err
signer_journal_read(struct signer_client *c, struct arena *a, uint64_t after, uint32_t most,
    struct signer_records *ret, struct fault *f)
{
	struct call q = call_new(a, SIGNER_JOURNAL_READ);
	struct signer_record *v;
	uint64_t position;
	uint32_t n;
	struct rd r;

	buf_u64(&q.body, after);
	buf_u32(&q.body, most);
	TRY(call(c, a, &q, &r, f));
	position = rd_u64(&r);
	n = rd_u32(&r);
	if (n > SIGNER_RECORDS)
		return FAIL(f, E_FRAME, "%u records", n);
	v = arena_array(a, n + 1, sizeof(*v));
	for (uint32_t i = 0; i < n; i++) {
		v[i].sequence = rd_u64(&r);
		v[i].ms = rd_i64(&r);
		v[i].kind = (enum signer_record_kind)rd_u8(&r);
		v[i].body = rd_field(&r, IPC_BODY_MAX);
	}
	TRY(call_end(&r, f));
	*ret = (struct signer_records){.record = v, .count = n, .position = position};
	return OK;
}

enum err
signer_subkey(struct signer_client *c, struct str label, uint8_t ret[static 32], struct fault *f)
{
	struct arena *a = arena_new(0);
	struct call q = call_new(a, SIGNER_SUBKEY);

	buf_field(&q.body, str_bytes(label));
	return call_exact(c, &a, &q, ret, 32, f);
}
