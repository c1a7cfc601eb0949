/* SPDX-License-Identifier: Apache-2.0 */
#include "house.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/rd.h"
#include "core/document.h"
#include "core/validity.h"
#include "crypto/random.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/key.h"

#define MUST(call) must_ok((call), &f_, __LINE__)

static void
must_ok(enum err e, const struct fault *f, int line)
{
	if (e != OK)
		fail_msg("line %d: %s %s %s: %s (%s:%d)", line, err_row(e)->slug, f->field, f->rule,
		    f->detail, f->file, f->line);
}

int64_t
house_now(void)
{
	return (int64_t)time(NULL);
}

struct id
house_id(void)
{
	struct id i;

	random_bytes(i.b, sizeof(i.b));
	return i;
}

struct serial
house_serial(int64_t now)
{
	uint8_t r[SERIAL_RANDOM];

	random_bytes(r, sizeof(r));
	return serial_make(HOUSE_NODE, now, r);
}

static void *
run(void *p)
{
	struct house *h = p;

	while (!serve_step(h->serve, h->stop[0], 1000))
		;
	return NULL;
}

void
house_start(struct house *h)
{
	struct signer_client **client[] = {&h->front, &h->jobs, &h->settle};

	h->serve = serve_new(&h->options);
	assert_int_equal(pipe(h->stop), 0);
	for (int i = 0; i < SIGNER_PEER__COUNT; i++) {
		int pair[2];

		assert_int_equal(ipc_pair(pair, NULL), OK);
		serve_peer(h->serve, (enum signer_peer)i, pair[1]);
		if (h->raw[i])
			h->peer[i] = pair[0];
		else if (*client[i])
			signer_reconnect(*client[i], pair[0]);
		else
			assert_int_equal(signer_client_new(pair[0], client[i], NULL), OK);
	}
	assert_int_equal(pthread_create(&h->thread, NULL, run, h), 0);
}

void
house_stop(struct house *h)
{
	assert_int_equal(write(h->stop[1], "x", 1), 1);
	assert_int_equal(pthread_join(h->thread, NULL), 0);
	(void)close(h->stop[0]);
	(void)close(h->stop[1]);
	serve_free(&h->serve);
}

void
house_open(struct house *h)
{
	*h = (struct house){.a = arena_new((size_t)64 << 20)};
	(void)snprintf(h->folder, sizeof(h->folder), "/tmp/signet-signer-XXXXXX");
	assert_non_null(mkdtemp(h->folder));
	(void)snprintf(h->data, sizeof(h->data), "%s/signer", h->folder);
	h->options = (struct state_options){.folder = h->data, .node = HOUSE_NODE};
	random_bytes(h->options.secret, sizeof(h->options.secret));
	house_start(h);
}

static void
remove_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	char name[600];

	while (dir && (e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		if (unlink(name) != 0)
			remove_all(name);
	}
	if (dir)
		(void)closedir(dir);
	(void)rmdir(path);
}

void
house_close(struct house *h)
{
	house_stop(h);
	signer_client_free(&h->front);
	signer_client_free(&h->jobs);
	signer_client_free(&h->settle);
	softkey_free(&h->root_key);
	for (int i = 0; i < PEOPLE; i++)
		softkey_free(&h->one[i].key);
	remove_all(h->folder);
	arena_free(&h->a);
}

static struct bytes
ski_of(struct arena *a, struct bytes spki)
{
	struct key key;
	uint8_t hash[SHA256_SIZE];

	assert_int_equal(key_parse(spki, &key, NULL), OK);
	sha256(key.bits, hash);
	return arena_bytes(a, bytes_of(hash, 20));
}

static enum sigalg
alg_of(struct bytes spki)
{
	enum sigalg alg;

	assert_int_equal(sigalg_of_spki(spki, &alg, NULL), OK);
	return alg;
}

static const struct builtin_house words = {.env = ENVIRONMENT_TEST,
    .country = {"CN", 2},
    .organisation = {"Signet TEST", 11},
    .generation = 1};

/* A CA certificate by the root key, and what it gives to those below. */
static struct bytes
make_ca(struct house *h, enum builtin b, struct bytes spki, const struct profile_issuer *above,
    struct profile_issuer *ret)
{
	struct fault f_ = {0};
	struct profile_request r = {.spki = spki, .serial = house_serial(house_now())};
	struct cert_template t;
	struct bytes tbs = {0}, signature = {0}, der = {0};
	struct profile_issuer self;

	MUST(builtin_subject(h->a, b, &words, &r.subject, &f_));
	r.ski = ski_of(h->a, spki);
	self = (struct profile_issuer){.alg = alg_of(spki),
	    .subject = r.subject,
	    .ski = r.ski,
	    .base = STR(HOUSE_BASE),
	    .generation = str_of(builtin_generation(h->a, b, 1)),
	    .policy_arc = STR(HOUSE_ARC),
	    .not_after = validity_of(builtin_term(b), true, house_now()).not_after};
	if (!above)
		above = &self;
	r.ca_not_after = above->not_after;
	MUST(builtin_template(h->a, b, above, &t, &f_));
	MUST(builtin_apply(h->a, b, &t, &r, house_now(), &tbs, &f_));
	MUST(softkey_sign(h->root_key, h->a, tbs, &signature, &f_));
	MUST(cert_finish(h->a, tbs, above->alg, signature, &der, &f_));
	*ret = self;
	return der;
}

static struct bytes
list_tbs(struct house *h, const struct crl_head *head, const struct crl_item *row, size_t n)
{
	struct fault f_ = {0};
	struct buf b = buf_new(h->a, (size_t)4 << 20);
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += crl_entry_size(&row[i]);
	MUST(crl_head(&b, head, size, &f_));
	for (size_t i = 0; i < n; i++)
		MUST(crl_entry(&b, &row[i], head->this_update, &f_));
	MUST(crl_tail(&b, head, &f_));
	return buf_bytes(&b);
}

static struct bytes
read_document(struct house *h, const char *name)
{
	char path[4096];
	uint8_t *p = arena_alloc(h->a, PROFILE_MAX);
	size_t n;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s.yaml", HOUSE_PROFILES, name);
	assert_non_null(file = fopen(path, "r"));
	n = fread(p, 1, PROFILE_MAX, file);
	(void)fclose(file);
	return bytes_of(p, n);
}

static void
make_roster(struct house *h)
{
	static const enum roster_role roles[PEOPLE] = {
	    ROSTER_ADMINISTRATOR, ROSTER_OPERATOR, ROSTER_OPERATOR, ROSTER_AUDITOR};
	static const char *const names[PEOPLE] = {
	    "Ada Admin", "Otto One", "Olga Two", "Anna Audit"};
	struct fault f_ = {0};

	h->people = (struct roster){.version = 1, .n = 1, .count = PEOPLE};
	h->people.rows = arena_array(h->a, PEOPLE + 8, sizeof(*h->people.rows));
	for (int i = 0; i < PEOPLE; i++) {
		h->one[i].person = house_id();
		h->one[i].enrolment = house_id();
		h->people.rows[i] = (struct roster_row){
		    h->one[i].person, roles[i], str_of(names[i]), h->one[i].enrolment, {0}, false};
	}
	MUST(roster_check(h->a, &h->people, &f_));
	h->roster = roster_encode(h->a, &h->people);
}

void
house_set_up(struct house *h)
{
	struct fault f_ = {0};
	struct profile_issuer root;
	struct crl_head head = {.this_update = house_now(), .number = 1};
	struct signer_keys_wanted want = h->kinds;
	struct bytes tbs, signature = {0}, profiles[2];
	struct signer_setup setup;

	want.env = ENVIRONMENT_TEST;
	want.origin = STR(HOUSE_ORIGIN);
	MUST(signer_setup_keys(h->front, h->a, &want, &h->keys, &f_));
	MUST(softkey_make(h->root_kind, &h->root_key, &f_));
	h->root = make_ca(h, BUILTIN_ROOT, softkey_spki(h->root_key), NULL, &root);
	h->ca[0] =
	    make_ca(h, BUILTIN_ISSUING, h->keys.spki[SIGNER_KEY_ISSUING], &root, &h->issuer[0]);
	h->ca[1] = make_ca(
	    h, BUILTIN_MANAGEMENT, h->keys.spki[SIGNER_KEY_MANAGEMENT], &root, &h->issuer[1]);
	head.alg = root.alg;
	head.issuer = root.subject;
	head.aki = root.ski;
	head.next_update = head.this_update + 86400;
	tbs = list_tbs(h, &head, NULL, 0);
	MUST(softkey_sign(h->root_key, h->a, tbs, &signature, &f_));
	MUST(crl_finish(h->a, tbs, root.alg, signature, &h->root_crl, &f_));
	h->person_document = profiles[0] = read_document(h, "person-signature");
	h->operator_document = profiles[1] = read_document(h, "operator");
	MUST(profile_parse(h->a, profiles[0], &h->person_profile, &f_));
	MUST(profile_parse(h->a, profiles[1], &h->operator_profile, &f_));
	MUST(profile_template(h->a, &h->person_profile, &h->issuer[0], &h->person_template, &f_));
	MUST(profile_template(
	    h->a, &h->operator_profile, &h->issuer[1], &h->operator_template, &f_));
	make_roster(h);
	setup = (struct signer_setup){.root = h->root,
	    .issuing = h->ca[0],
	    .management = h->ca[1],
	    .root_crl = h->root_crl,
	    .public_base = STR(HOUSE_BASE),
	    .policy_arc = STR(HOUSE_ARC),
	    .profiles = profiles,
	    .profile_count = 2,
	    .roster = h->roster};
	MUST(signer_setup_finish(h->front, &setup, &f_));
}

/* The certificate of the claim in O from a profile's template. */
static void
build(struct house *h, const struct profile *p, const struct cert_template *t, struct order *o,
    int64_t now)
{
	struct fault f_ = {0};
	struct bytes spki = softkey_spki(o->key);
	struct profile_request r = {.subject = o->claim.what.subject,
	    .san = o->claim.what.san,
	    .spki = spki,
	    .ski = ski_of(h->a, spki),
	    .serial = house_serial(now),
	    .ca_not_after = h->issuer[p->ca].not_after};

	MUST(profile_apply(h->a, p, t, &r, now, &o->tbs, &f_));
}

void
house_people(struct house *h)
{
	for (int i = 0; i < PEOPLE; i++) {
		struct fault f_ = {0};
		struct person *one = &h->one[i];
		const struct roster_row *row = roster_find(&h->people, one->enrolment);
		struct profile_value name = {STR("name"), row->name};
		struct profile_form form = {
		    .values = &name, .count = 1, .person = str_of(id_text(h->a, one->person))};
		struct profile_names names = {0};
		struct order o = {0};

		MUST(profile_subject(h->a, &h->operator_profile, &form, &names, &f_));
		MUST(softkey_generate(&one->key, &f_));
		o.key = one->key;
		o.claim.what = (struct approval_subject){.application = STR(""),
		    .profile = h->operator_profile.name,
		    .profile_version = 1,
		    .subject = names.subject,
		    .enrolment = one->enrolment};
		build(h, &h->operator_profile, &h->operator_template, &o, house_now());
		MUST(house_issue(h, &o, &f_));
		one->certificate = o.issued.certificate;
	}
}

struct approval
house_sign(struct house *h, int who, enum purpose purpose, struct bytes payload)
{
	struct fault f_ = {0};
	uint8_t *hash = arena_alloc(h->a, SHA256_SIZE), *spki = arena_alloc(h->a, SHA256_SIZE),
		*cert = arena_alloc(h->a, SHA256_SIZE), *nonce = arena_alloc(h->a, 64);
	struct approval ap = {.spki_hash = bytes_of(spki, SHA256_SIZE),
	    .certificate_hash = bytes_of(cert, SHA256_SIZE),
	    .server_nonce = bytes_of(nonce, 32),
	    .agent_nonce = bytes_of(nonce + 32, 32)};
	struct statement st;
	struct bytes octets = {0};

	random_bytes(nonce, 64);
	sha256(payload, hash);
	sha256(softkey_spki(h->one[who].key), spki);
	sha256(h->one[who].certificate, cert);
	st = approval_statement(
	    &ap, ENVIRONMENT_TEST, STR(HOUSE_ORIGIN), purpose, bytes_of(hash, SHA256_SIZE));
	MUST(statement_encode(h->a, &st, &octets, &f_));
	MUST(softkey_sign(h->one[who].key, h->a, octets, &ap.signature, &f_));
	return ap;
}

void
house_approve(struct house *h, struct order *o, size_t i, int who, enum purpose purpose)
{
	struct fault f_ = {0};
	struct bytes payload = {0};

	MUST(approval_payload(h->a, &o->claim.what, &payload, &f_));
	o->approval[i] = house_sign(h, who, purpose, payload);
	o->claim.approvals = o->approval;
	if (o->claim.approval_count <= i)
		o->claim.approval_count = i + 1;
}

void
house_tbs(struct house *h, struct order *o, int64_t now)
{
	build(h, &h->person_profile, &h->person_template, o, now);
}

void
house_order(struct house *h, const char *name, int who, struct order *ret)
{
	struct fault f_ = {0};
	struct profile_value values[] = {{STR("name"), str_of(name)}, {STR("country"), STR("CN")},
	    {STR("mail"), STR("someone@example.cn")}, {STR("phone"), STR("+8613800138000")}};
	struct profile_form form = {
	    .values = values, .count = 4, .credential = STR("P-2026-000117")};
	struct profile_names names = {0};

	*ret = (struct order){0};
	MUST(softkey_generate(&ret->key, &f_));
	MUST(profile_subject(h->a, &h->person_profile, &form, &names, &f_));
	ret->claim.what = (struct approval_subject){.application = STR("T-2026-1183"),
	    .revision = 2,
	    .profile = h->person_profile.name,
	    .profile_version = 1,
	    .subject = names.subject,
	    .san = names.san,
	    .enrolment = house_id()};
	house_approve(h, ret, 0, who, PURPOSE_APPROVE);
	house_tbs(h, ret, house_now());
}

enum err
house_issue(struct house *h, struct order *o, struct fault *f)
{
	struct signer_order q = {.claim = &o->claim, .tbs = o->tbs, .unit = str_bytes(STR("unit"))};

	return signer_issue(h->front, h->a, &q, &o->issued, f);
}

enum err
house_crl(struct house *h, const struct house_list *l, struct bytes *ret_tbs,
    struct bytes *ret_signature, struct fault *f)
{
	struct crl_head head = {.alg = h->issuer[l->ca].alg,
	    .issuer = h->issuer[l->ca].subject,
	    .aki = h->issuer[l->ca].ski,
	    .this_update = l->this_update,
	    .next_update = l->next_update,
	    .number = l->number};
	enum err e;
	int fd;

	*ret_tbs = list_tbs(h, &head, l->row, l->count);
	assert_int_equal(ipc_sealed("crl", *ret_tbs, &fd, NULL), OK);
	e = signer_crl_sign(h->jobs, h->a, l->ca, fd, ret_signature, f);
	(void)close(fd);
	return e;
}

bool
house_refused(struct house *h, const char *line)
{
	struct fault f_ = {0};
	struct signer_records records = {0};
	uint64_t after = 0;
	bool found = false;

	do {
		struct arena *a = arena_new(0);

		MUST(signer_journal_read(h->jobs, a, after, 1000, &records, &f_));
		for (size_t i = 0; i < records.count && !found; i++) {
			struct rd r = rd_new(records.record[i].body);
			struct str text[5];

			after = records.record[i].sequence;
			if (records.record[i].kind != SIGNER_RECORD_REFUSED)
				continue;
			for (int k = 0; k < 5; k++)
				text[k] = rd_text(&r, 256);
			found = strcmp(line,
				    arena_fmt(a, "%.*s %.*s %.*s", (int)text[1].n, text[1].p,
					(int)text[2].n, text[2].p, (int)text[4].n, text[4].p)) == 0;
		}
		arena_free(&a);
	} while (records.count > 0 && !found);
	return found;
}

void
house_expect(struct house *h, enum err e, const struct fault *f, enum err want, const char *message,
    const char *rule)
{
	char line[256];

	if (e != want || strcmp(f->rule, rule) != 0)
		fail_msg("%s %s '%s': %s, not %s '%s'", err_row(e)->symbol, f->field, f->rule,
		    f->detail, err_row(want)->symbol, rule);
	(void)snprintf(line, sizeof(line), "%s %s %s", message, err_row(want)->symbol, rule);
	if (!house_refused(h, line))
		fail_msg("not in the journal: %s", line);
}

struct house_list
house_list_now(enum profile_ca ca, const struct crl_item *row, size_t n)
{
	int64_t now = house_now();
	static int64_t more;

	return (struct house_list){.ca = ca,
	    .number = now * 1000 + ++more,
	    .this_update = now,
	    .next_update = now + 72 * 3600,
	    .row = row,
	    .count = n};
}
