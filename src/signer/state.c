/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/state.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/must.h"
#include "crypto/selfcheck.h"
#include "x509/ext.h"

#define HOUR_MS ((int64_t)3600000)
#define DAY_MS  ((int64_t)86400000)

void
state_derive(
    const struct signer *s, const char *purpose, struct bytes label, uint8_t *ret, size_t n)
{
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, 4096);

	buf_field(&b, str_bytes(STR("signet-key-v1")));
	buf_field(&b, str_bytes(str_of(purpose)));
	buf_field(&b, label);
	must(!b.bad);
	hkdf_sha256(BYTES_OF(s->options.secret), buf_bytes(&b), ret, n);
	arena_free(&a);
}

const char *
state_key_name(enum signer_key k)
{
	static const char *const names[SIGNER_KEY__COUNT] = {
	    "issuing", "management", "ocsp-issuing", "ocsp-management", "audit", "job"};

	return names[k];
}

const char *
state_ca_name(enum profile_ca ca)
{
	return ca == PROFILE_CA_ISSUING ? "issuing" : "management";
}

struct state_quota *
state_count(struct signer *s, struct str name)
{
	struct state_count *c;

	for (size_t i = 0; i < s->count_count; i++)
		if (str_eq(s->count[i].name, name))
			return &s->count[i].quota;
	if (s->count_count == STATE_PROFILES + BUILTIN__COUNT)
		return NULL;
	c = &s->count[s->count_count++];
	*c = (struct state_count){.name = arena_str(s->a, name)};
	return &c->quota;
}

void
quota_add(struct state_quota *q, int64_t ms)
{
	if (q->hour != ms / HOUR_MS)
		q->in_hour = 0;
	if (q->day != ms / DAY_MS)
		q->in_day = 0;
	q->hour = ms / HOUR_MS;
	q->day = ms / DAY_MS;
	q->in_hour++;
	q->in_day++;
}

enum err
quota_check(const struct state_quota *q, int64_t ms, const struct quota_most *most, struct fault *f)
{
	uint32_t hour = (q->hour == ms / HOUR_MS ? q->in_hour : 0) + most->ahead;
	uint32_t day = (q->day == ms / DAY_MS ? q->in_day : 0) + most->ahead;

	if (hour >= most->hour)
		return FAIL_FIELD(f, E_QUOTA, "quota", "per hour", "%u in this hour", hour);
	if (day >= most->day)
		return FAIL_FIELD(f, E_QUOTA, "quota", "per day", "%u on this day", day);
	return OK;
}

struct state_profile *
state_profile_find(struct signer *s, struct str name, uint32_t version)
{
	struct state_profile *best = NULL;

	for (size_t i = 0; i < s->profile_count; i++) {
		struct state_profile *p = &s->profile[i];

		if (!str_eq(p->profile.name, name))
			continue;
		if (p->profile.version == version)
			return p;
		if (version == 0 && (!best || best->profile.version < p->profile.version))
			best = p;
	}
	return best;
}

enum err
state_template_try(
    struct signer *s, const struct cert_template *t, const char *name, struct fault *f)
{
	static const uint8_t ski[20] = {1}, serial[SERIAL_SIZE] = {1};
	const struct san_name mail = {SAN_MAIL, str_bytes(STR("try@signet.example"))};
	const struct san san = {&mail, 1};
	struct cert_fields fields = {.serial = BYTES_OF(serial),
	    .not_before = 1800000000,
	    .not_after = 1800000001,
	    .subject = s->root.subject,
	    .ski = t->ski ? BYTES_OF(ski) : bytes_of(NULL, 0)};
	struct arena *a = arena_new(0);
	struct bytes tbs = {0}, signature = {0}, der = {0};
	struct softkey *k = NULL;
	enum err e = softkey_generate(&k, f);

	if (e == OK && t->san == CERT_SAN_REQUIRED)
		e = ext_san_encode(a, &san, &fields.san, f);
	if (e == OK) {
		fields.spki = softkey_spki(k);
		e = cert_tbs(a, t, &fields, &tbs, f);
	}
	if (e == OK)
		e = softkey_sign(k, a, tbs, &signature, f);
	if (e == OK)
		e = cert_finish(a, tbs, t->alg, signature, &der, f);
	if (e == OK)
		e = selfcheck_readable(der, f);
	softkey_free(&k);
	arena_free(&a);
	return e == OK ? OK : FAIL_FIELD(f, e, name, NULL, "template of %s", name);
}

enum err
state_profile_add(struct signer *s, struct bytes document, struct fault *f)
{
	struct state_profile fresh = {0};
	const struct state_profile *last;
	uint32_t want;

	fresh.document = arena_bytes(s->a, document);
	TRY(profile_parse(s->a, fresh.document, &fresh.profile, f));
	last = state_profile_find(s, fresh.profile.name, 0);
	want = last ? last->profile.version + 1 : 1;
	if (fresh.profile.version != want)
		return FAIL_FIELD(f, E_STATE, "version", "next version", "version %u, not %u",
		    fresh.profile.version, want);
	if (s->profile_count == STATE_PROFILES || !state_count(s, fresh.profile.name))
		return FAIL(f, E_BUSY, "%zu profiles", s->profile_count);
	TRY(profile_template(
	    s->a, &fresh.profile, &s->ca[fresh.profile.ca].issuer, &fresh.template, f));
	TRY(state_template_try(s, &fresh.template, "profile", f));
	s->profile[s->profile_count++] = fresh;
	return OK;
}

/* The key of a roster row whose certificate this is; an earlier key of that row no longer counts. */
static void
member_note(struct signer *s, struct id enrolment, const struct cert *cert)
{
	struct state_member *m = NULL;

	if (!roster_find(&s->roster, enrolment))
		return;
	for (size_t i = 0; i < s->member_count; i++)
		if (id_eq(s->member[i].enrolment, enrolment))
			m = &s->member[i];
	if (!m) {
		must(s->member_count < 2 * ROSTER_ROWS_MAX);
		m = &s->member[s->member_count++];
	}
	*m = (struct state_member){.enrolment = enrolment,
	    .spki = arena_bytes(s->a, cert->spki),
	    .not_after = cert->not_after};
	sha256(cert->spki, m->spki_hash);
	sha256(cert->whole, m->certificate_hash);
	must(serial_of(cert->serial, &m->serial, NULL) == OK);
}

enum err
state_note(struct signer *s, const struct journal_record *r, struct fault *f)
{
	struct index_row row = {.offset = r->offset};
	struct signer_record_issued issued;
	const struct state_profile *p;
	struct state_quota *q;
	struct cert cert;
	uint8_t hash[SHA256_SIZE];

	TRY(signer_record_issued(r->body, &issued, f));
	TRY(cert_parse(issued.certificate, &cert, f));
	TRY(serial_of(cert.serial, &row.serial, f));
	row.enrolment = issued.enrolment;
	row.not_after = cert.not_after;
	row.ca = bytes_eq(cert.issuer, s->ca[PROFILE_CA_ISSUING].cert.subject)
	    ? PROFILE_CA_ISSUING
	    : PROFILE_CA_MANAGEMENT;
	sha256(cert.spki, hash);
	memcpy(row.key, hash, INDEX_KEY);
	TRY(index_add(s->index, &row, f));
	q = state_count(s, issued.profile);
	if (!q)
		return FAIL(f, E_BUSY, "too many profiles");
	quota_add(q, r->ms);
	p = state_profile_find(s, issued.profile, issued.version);
	if (p && issued.version > 0 && p->profile.approver == PROFILE_BY_ROSTER)
		member_note(s, issued.enrolment, &cert);
	return OK;
}

const struct state_member *
state_member_find(const struct signer *s, struct bytes spki_hash)
{
	for (size_t i = 0; i < s->member_count; i++)
		if (bytes_eq(BYTES_OF(s->member[i].spki_hash), spki_hash))
			return &s->member[i];
	return NULL;
}

void
state_init(struct signer *s, const struct state_options *options)
{
	*s = (struct signer){.options = *options, .dir = -1};
}

void
state_drop(struct signer *s)
{
	struct state_options options = s->options;

	keys_drop(s);
	for (int i = 0; i < STATE_CAS; i++)
		list_free(&s->ca[i].last);
	index_free(&s->index);
	journal_close(&s->journal);
	arena_free(&s->a);
	if (s->dir >= 0)
		(void)close(s->dir);
	*s = (struct signer){.options = options, .dir = -1};
}
