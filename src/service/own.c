/* SPDX-License-Identifier: Apache-2.0 */
#include "service/own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "core/builtin.h"
#include "core/label.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/softkey.h"
#include "service/act.h"
#include "service/upkeep.h"
#include "x509/name.h"
#include "x509/pem.h"

/* One of the builtin kinds, signed and stored. */
struct own {
	enum builtin kind;
	const struct realm_ca *ca;
	struct bytes spki, subject, san;
};

/* Both who had it signed and who found it in the journal store it: whoever comes second finds it there. */
static enum err
stored(const struct call *c, const struct realm_ca *ca, struct bytes serial, struct fault *f)
{
	struct certificate_row row;

	return store_certificate_by_serial(c->service->store, c->a, ca->id, serial, &row, f);
}

enum err
own_store(const struct call *c, const struct realm_ca *ca, struct str profile, struct bytes der,
    struct fault *f)
{
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);
	struct certificate_row row = {.created = c->now,
	    .ca = ca->id,
	    .profile = profile,
	    .profile_version = 1,
	    .state = str_of(certificate_state_name(CERTIFICATE_ACTIVE)),
	    .ver = 1,
	    .entrance = STR("internal"),
	    .key_place = STR("service"),
	    .confirmed = c->now};
	struct unit *u = act_unit(c);
	struct fault why = {0};
	struct cert cert;
	struct name name;
	enum err e;

	TRY(cert_parse(der, &cert, f));
	TRY(name_parse(cert.subject, &name, f));
	sha256(cert.spki, hash);
	row.serial = cert.serial;
	row.subject = str_of(name_text(c->a, &name));
	row.subject_fold = label_fold(c->a, row.subject);
	row.not_before = cert.not_before;
	row.not_after = cert.not_after;
	row.key_hash = bytes_of(hash, SHA256_SIZE);
	(void)unit_certificate_insert(u, &row, der);
	unit_log(u, AUDIT_CERTIFICATE_INTERNAL,
	    str_of(arena_fmt(c->a, "%s/%s", ca->label, hex_text(c->a, cert.serial))),
	    act_detail(c, (const char *const[]){"profile", arena_cstr(c->a, profile), NULL}));
	e = act_commit(c, u, &why);
	if (e == E_RACE)
		return stored(c, ca, cert.serial, f);
	if (e != OK && f != NULL && f->code == OK)
		*f = why;
	return e;
}

static enum err
issue_own(const struct call *c, const struct own *o, struct bytes *ret, struct fault *f)
{
	uint8_t ski[SHA256_SIZE], random[SERIAL_RANDOM];
	struct profile_request r = {.subject = o->subject,
	    .san = o->san,
	    .spki = o->spki,
	    .ca_not_after = o->ca->cert.not_after};
	struct cert_template t;
	struct signer_issued issued;
	struct bytes tbs;
	struct key key;

	TRY(key_parse(o->spki, &key, f));
	sha256(key.bits, ski);
	r.ski = bytes_of(ski, 20);
	random_bytes(random, sizeof(random));
	r.serial = serial_make((unsigned)c->service->conf.node, c->now, random);
	TRY(builtin_template(c->a, o->kind, &o->ca->issuer, &t, f));
	TRY(builtin_apply(c->a, o->kind, &t, &r, c->now, &tbs, f));
	TRY(signer_issue_internal(c->service->signer, c->a, o->kind, tbs, &issued, f));
	TRY(own_store(c, o->ca, str_of(builtin_name(o->kind)), issued.certificate, f));
	*ret = issued.certificate;
	return OK;
}

/* How the house calls itself, read back from the CA's own name. */
static enum err
house_of(
    const struct call *c, const struct realm_ca *ca, struct builtin_house *ret, struct fault *f)
{
	struct builtin_house h = {.env = c->service->env, .generation = 1};
	struct name name;

	TRY(name_parse(ca->cert.subject, &name, f));
	for (size_t i = 0; i < name.n; i++) {
		if (name.v[i].type == OID_COUNTRY)
			h.country = name.v[i].value;
		if (name.v[i].type == OID_ORGANIZATION)
			h.organisation = name.v[i].value;
	}
	*ret = h;
	return OK;
}

enum err
own_ocsp(const struct call *c, enum profile_ca ca, struct bytes spki, struct fault *f)
{
	struct own o = {
	    .kind = ca == PROFILE_CA_ISSUING ? BUILTIN_OCSP_ISSUING : BUILTIN_OCSP_MANAGEMENT,
	    .spki = spki};
	struct builtin_house house;
	const struct realm *h;
	struct bytes der;

	TRY(realm_now(c, &h, f));
	o.ca = &h->ca[ca];
	TRY(house_of(c, o.ca, &house, f));
	TRY(builtin_subject(c->a, o.kind, &house, &o.subject, f));
	return issue_own(c, &o, &der, f);
}

/* The host of the origin, without scheme, port and brackets. */
static struct str
host_of(struct str origin)
{
	const char *p = memchr(origin.p, '/', origin.n), *end = origin.p + origin.n, *q;

	p = p && end - p > 2 ? p + 2 : origin.p;
	if (*p == '[') {
		q = memchr(p, ']', (size_t)(end - p));
		return (struct str){p + 1, (size_t)((q ? q : end) - p - 1)};
	}
	q = memchr(p, ':', (size_t)(end - p));
	return (struct str){p, (size_t)((q ? q : end) - p)};
}

/* Whole or not at all: beside it first, synced, then renamed. */
static enum err
write_file(const struct call *c, const char *path, struct bytes b, struct fault *f)
{
	char *tmp = arena_fmt(c->a, "%s.new", path);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0;

	for (size_t at = 0; ok && at < b.n;) {
		ssize_t n = write(fd, b.p + at, b.n - at);

		ok = n > 0 || (n < 0 && errno == EINTR);
		at += n > 0 ? (size_t)n : 0;
	}
	ok = ok && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);
	if (!ok || rename(tmp, path) != 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	return OK;
}

enum err
own_tls(const struct call *c, struct fault *f)
{
	struct str dir = c->service->conf.data_dir;
	char *key_path = arena_fmt(c->a, "%.*s/tls.key", (int)dir.n, dir.p);
	char *pem_path = arena_fmt(c->a, "%.*s/tls.pem", (int)dir.n, dir.p);
	struct own o = {.kind = BUILTIN_TLS_PORTAL};
	struct buf pem = buf_new(c->a, (size_t)64 << 10);
	const struct realm *h;
	struct softkey *key;
	struct bytes der;
	enum err e;

	TRY(realm_now(c, &h, f));
	o.ca = &h->ca[PROFILE_CA_MANAGEMENT];
	if (access(key_path, F_OK) != 0) {
		TRY(softkey_generate(&key, f));
		e = softkey_save(key, key_path, (struct bytes){0}, 0, f);
		softkey_free(&key);
		TRY(e);
	}
	TRY(softkey_load(key_path, (struct bytes){0}, &key, f));
	o.spki = arena_bytes(c->a, softkey_spki(key));
	softkey_free(&key);
	TRY(builtin_portal(c->a, host_of(c->service->conf.origin), &o.subject, &o.san, f));
	TRY(issue_own(c, &o, &der, f));
	pem_put(&pem, PEM_CERTIFICATE, der);
	pem_put(&pem, PEM_CERTIFICATE, o.ca->der);
	return write_file(c, pem_path, buf_bytes(&pem), f);
}

/* A third of its life left, or less. */
static bool
due(const struct certificate_row *row, int64_t now)
{
	return row->not_after - now < (row->not_after - row->not_before) / 3;
}

enum err
upkeep_own_certificates(const struct call *c, struct fault *f)
{
	const struct realm *h;

	TRY(realm_now(c, &h, f));
	for (size_t i = 0; i < REALM_CAS; i++) {
		struct str profile =
		    i == PROFILE_CA_ISSUING ? STR("ocsp-issuing") : STR("ocsp-management");
		struct certificate_list list;
		struct bytes der;
		struct cert cert;

		TRY(store_certificates_of_profile(
		    c->service->store, c->a, h->ca[i].id, profile, &list, f));
		if (list.n == 0 || !due(&list.rows[0], c->now))
			continue;
		TRY(store_certificate_der(c->service->store, c->a, list.rows[0].id, &der, f));
		TRY(cert_parse(der, &cert, f));
		TRY(own_ocsp(c, (enum profile_ca)i, cert.spki, f));
	}
	return OK;
}

enum err
upkeep_portal_certificate(const struct call *c, bool *ret, struct fault *f)
{
	struct certificate_list list;
	const struct realm *h;

	TRY(act_local(c, f));
	TRY(realm_now(c, &h, f));
	TRY(store_certificates_of_profile(c->service->store, c->a, h->ca[PROFILE_CA_MANAGEMENT].id,
	    str_of(builtin_name(BUILTIN_TLS_PORTAL)), &list, f));
	*ret = list.n == 0 || due(&list.rows[0], c->now);
	return *ret ? own_tls(c, f) : OK;
}
