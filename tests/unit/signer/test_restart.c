/* SPDX-License-Identifier: Apache-2.0 */
/* What the signer knows is on its disk: after a stop it refuses and repeats as before. */
#include "house.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/rd.h"
#include "core/document.h"
#include "signer/batch.h"
#include "signer/journal.h"
#include "x509/cert.h"
#include "x509/crl.h"

static struct house h;

static int
begin(void **state)
{
	(void)state;
	house_open(&h);
	house_set_up(&h);
	house_people(&h);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	house_close(&h);
	return 0;
}

static void
restart(void)
{
	house_stop(&h);
	house_start(&h);
}

static struct signer_status
status(void)
{
	struct signer_status st = {0};

	assert_int_equal(signer_status(h.front, h.a, &st, NULL), OK);
	return st;
}

TEST_CASE(an_empty_signer_is_set_up_once_in_two_steps)
{
	struct house e;
	struct signer_keys first, again;
	struct signer_status st;
	uint8_t key[32];

	house_open(&e);
	assert_int_equal(signer_status(e.front, e.a, &st, NULL), OK);
	assert_int_equal(st.state, SIGNER_EMPTY);
	assert_int_equal(signer_subkey(e.front, STR("cookie"), key, NULL), OK);
	assert_int_equal(signer_setup_finish(e.front, &(struct signer_setup){0}, NULL), E_STATE);
	assert_int_equal(
	    signer_setup_keys(e.front, e.a,
		&(struct signer_keys_wanted){.env = ENVIRONMENT_TEST, .origin = STR("null")},
		&first, NULL),
	    E_ORIGIN);
	assert_int_equal(
	    signer_setup_keys(e.front, e.a,
		&(struct signer_keys_wanted){.env = ENVIRONMENT_TEST, .origin = STR(HOUSE_ORIGIN)},
		&first, NULL),
	    OK);
	/* The command died here: the same keys again, also after a restart. */
	house_stop(&e);
	house_start(&e);
	assert_int_equal(signer_status(e.front, e.a, &st, NULL), OK);
	assert_int_equal(st.state, SIGNER_KEYS);
	assert_int_equal(
	    signer_setup_keys(e.front, e.a,
		&(struct signer_keys_wanted){.env = ENVIRONMENT_TEST, .origin = STR(HOUSE_ORIGIN)},
		&again, NULL),
	    OK);
	for (int i = 0; i < SIGNER_KEY__COUNT; i++)
		assert_true(bytes_eq(first.spki[i], again.spki[i]));
	assert_int_equal(signer_setup_keys(e.front, e.a,
			     &(struct signer_keys_wanted){
				 .env = ENVIRONMENT_PRODUCTION, .origin = STR(HOUSE_ORIGIN)},
			     &again, NULL),
	    E_STATE);
	house_set_up(&e);
	assert_int_equal(signer_status(e.front, e.a, &st, NULL), OK);
	assert_int_equal(st.state, SIGNER_READY);
	house_close(&e);
}

TEST_CASE(certificates_lists_and_keys_are_remembered)
{
	struct order o, other;
	struct cert cert;
	struct crl_item row;
	struct house_list l = {.ca = PROFILE_CA_ISSUING, .row = &row, .count = 1};
	struct bytes first, tbs, signature;
	struct softkey *key;
	uint64_t position;

	house_order(&h, "Before", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	first = o.issued.certificate;
	position = o.issued.position;
	assert_int_equal(cert_parse(first, &cert, NULL), OK);
	restart();
	assert_int_equal(status().state, SIGNER_READY);
	assert_int_equal(status().position, position);
	house_tbs(&h, &o, house_now());
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	assert_true(o.issued.repeated);
	assert_true(bytes_eq(first, o.issued.certificate));
	assert_int_equal(o.issued.position, position);
	/* Operators' keys come out of the journal. */
	house_order(&h, "After", OPERATOR_2, &other);
	assert_int_equal(house_issue(&h, &other, NULL), OK);
	softkey_free(&other.key);
	/* The list too: its number and its entry. */
	row = (struct crl_item){cert.serial, house_now(), REASON_KEY_COMPROMISE, CRL_NO_TIME};
	l.this_update = house_now();
	l.next_update = l.this_update + 3600;
	l.number = l.this_update * 1000;
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), OK);
	restart();
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), E_GATE);
	l.number++;
	l.count = 0;
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), E_GATE);
	/* Revoked for good: the enrolment may have another key. */
	key = o.key;
	assert_int_equal(softkey_generate(&o.key, NULL), OK);
	house_tbs(&h, &o, house_now());
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	assert_false(o.issued.repeated);
	softkey_free(&key);
	softkey_free(&o.key);
}

/* Put the roster's next version with one row less. */
static void
put_roster(void)
{
	uint8_t hash[SHA256_SIZE];
	struct document d = {DOCUMENT_ROSTER, h.people.version + 1, BYTES_OF(hash)};
	struct approval by;
	struct signer_document q = {.kind = DOCUMENT_ROSTER, .signatures = &by, .count = 1};
	struct roster next = h.people;
	size_t n = 0;

	next.version++;
	next.rows = arena_array(h.a, next.count, sizeof(*next.rows));
	for (size_t i = 0; i < h.people.count; i++)
		if (!id_eq(h.people.rows[i].enrolment, h.one[OPERATOR_2].enrolment))
			next.rows[n++] = h.people.rows[i];
	next.count = n;
	q.octets = roster_encode(h.a, &next);
	sha256(q.octets, hash);
	by = house_sign(&h, ADMIN, PURPOSE_DOCUMENT, document_payload(h.a, &d));
	assert_int_equal(signer_document_put(h.front, &q, NULL), OK);
	h.people = next;
}

TEST_CASE(who_left_the_roster_approves_nothing_now_and_later)
{
	struct order o;

	put_roster();
	house_order(&h, "Too Late", OPERATOR_2, &o);
	assert_int_equal(house_issue(&h, &o, NULL), E_APPROVAL_BAD);
	restart();
	house_tbs(&h, &o, house_now());
	assert_int_equal(house_issue(&h, &o, NULL), E_APPROVAL_BAD);
	house_approve(&h, &o, 0, OPERATOR_1, PURPOSE_APPROVE);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	softkey_free(&o.key);
}

TEST_CASE(a_new_profile_version_lives_beside_the_old)
{
	static const char old[] = "version: 1\n", new[] = "version: 2\n";
	uint8_t hash[SHA256_SIZE];
	struct document d = {DOCUMENT_PROFILE, 2, BYTES_OF(hash)};
	struct approval by;
	struct signer_document q = {.kind = DOCUMENT_PROFILE, .signatures = &by, .count = 1};
	struct buf b = buf_new(h.a, PROFILE_MAX);
	struct str text = bytes_str(h.person_document);
	const char *at = memmem(text.p, text.n, old, sizeof(old) - 1);
	struct order o;

	assert_non_null(at);
	buf_put(&b, bytes_of(text.p, (size_t)(at - text.p)));
	buf_str(&b, str_of(new));
	at += sizeof(old) - 1;
	buf_put(&b, bytes_of(at, text.n - (size_t)(at - text.p)));
	q.octets = buf_bytes(&b);
	sha256(q.octets, hash);
	by = house_sign(&h, ADMIN, PURPOSE_DOCUMENT, document_payload(h.a, &d));
	assert_int_equal(signer_document_put(h.front, &q, NULL), OK);
	assert_int_equal(signer_document_put(h.front, &q, NULL), OK);
	restart();
	for (uint32_t version = 1; version <= 3; version++) {
		house_order(&h, "By Version", OPERATOR_1, &o);
		o.claim.what.profile_version = version;
		house_approve(&h, &o, 0, OPERATOR_1, PURPOSE_APPROVE);
		assert_int_equal(house_issue(&h, &o, NULL), version < 3 ? OK : E_PROFILE_UNKNOWN);
		softkey_free(&o.key);
	}
}

TEST_CASE(settle_reads_every_certificate_with_its_unit)
{
	struct signer_records r;
	struct signer_record_issued i;
	struct order o;
	struct claim claim;
	bool found = false;

	house_order(&h, "Settled", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	assert_int_equal(
	    signer_journal_read(h.settle, h.a, o.issued.position - 1, 10, &r, NULL), OK);
	assert_int_equal(r.position, o.issued.position);
	for (size_t k = 0; k < r.count; k++) {
		if (r.record[k].kind != SIGNER_RECORD_ISSUED)
			continue;
		assert_int_equal(signer_record_issued(r.record[k].body, &i, NULL), OK);
		assert_true(bytes_eq(i.certificate, o.issued.certificate));
		assert_true(id_eq(i.enrolment, o.claim.what.enrolment));
		assert_true(str_is(i.application, "T-2026-1183"));
		assert_int_equal(i.revision, 2);
		assert_true(bytes_eq(i.unit, str_bytes(STR("unit"))));
		assert_int_equal(claim_parse(h.a, i.claim, &claim, NULL), OK);
		assert_int_equal(claim.approval_count, 1);
		found = true;
	}
	assert_true(found);
	assert_int_equal(signer_journal_read(h.settle, h.a, o.issued.position, 10, &r, NULL), OK);
	assert_int_equal(r.count, 0);
	softkey_free(&o.key);
}

TEST_CASE(a_full_disk_stops_signing_and_room_lets_it_go_on)
{
	struct rlimit old, small;
	struct fault f = {0};
	struct signer_records r;
	struct stat st;
	struct order o;
	char path[256];

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)snprintf(path, sizeof(path), "%s/journal", h.data);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = (rlim_t)st.st_size + 64;
	house_order(&h, "No Room", OPERATOR_1, &o);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(house_issue(&h, &o, &f), E_JOURNAL);
	f = (struct fault){0};
	assert_int_equal(house_issue(&h, &o, &f), E_JOURNAL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	/* Tried again every 5 s. */
	for (int i = 0; i < 80; i++) {
		house_tbs(&h, &o, house_now());
		if (house_issue(&h, &o, NULL) == OK)
			break;
		(void)usleep(100000);
	}
	assert_non_null(o.issued.certificate.p);
	assert_false(o.issued.repeated);
	/* And of what was not granted there is no trace. */
	assert_int_equal(
	    signer_journal_read(h.settle, h.a, o.issued.position - 1, 10, &r, NULL), OK);
	assert_int_equal(r.count, 1);
	softkey_free(&o.key);
}

/* ISSUE as octets, for a batch at a time of our choice. */
static struct bytes
issue_body(const struct order *o)
{
	struct buf b = buf_new(h.a, 1 << 20);
	struct bytes claim = {0};

	assert_int_equal(claim_encode(h.a, &o->claim, &claim, NULL), OK);
	buf_field(&b, claim);
	buf_field(&b, o->tbs);
	buf_field(&b, bytes_of(NULL, 0));
	return buf_bytes(&b);
}

static enum err
batch_issue(struct signer *s, const struct order *o, int64_t now)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct batch_item item = {
	    .peer = SIGNER_FRONT, .type = SIGNER_ISSUE, .body = issue_body(o), .fd = -1};
	enum err e;

	batch_run(s, a, now * 1000, &item, 1);
	e = (enum err)(item.answer.p[0] << 8 | item.answer.p[1]);
	arena_free(&a);
	return e;
}

TEST_CASE(a_clock_behind_the_journal_stops_signing_until_it_is_right)
{
	struct signer s;
	struct order o;
	int64_t now = house_now();

	house_order(&h, "Clock", OPERATOR_1, &o);
	house_stop(&h);
	state_init(&s, &h.options);
	assert_int_equal(state_load(&s, NULL), OK);
	house_tbs(&h, &o, now + 1000);
	assert_int_equal(batch_issue(&s, &o, now + 1000), OK);
	softkey_free(&o.key);
	house_order(&h, "Clock Back", OPERATOR_1, &o);
	assert_int_equal(batch_issue(&s, &o, now), E_CLOCK);
	/* The small jump passes by itself. */
	house_tbs(&h, &o, now + 950);
	assert_int_equal(batch_issue(&s, &o, now + 950), OK);
	state_drop(&s);
	softkey_free(&o.key);
	house_start(&h);
	house_order(&h, "Clock Still", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), E_CLOCK);
	softkey_free(&o.key);
}

static struct bytes
issued_of(struct bytes answer)
{
	struct rd r = rd_new(answer);

	(void)rd_u16(&r);
	return rd_field(&r, CERT_MAX);
}

TEST_CASE(two_keys_of_one_enrolment_in_one_batch_get_one_certificate)
{
	struct signer s;
	struct order o, p;
	struct arena *a = arena_new((size_t)64 << 20);
	struct batch_item item[3];
	enum err e[3];

	house_order(&h, "Twin", OPERATOR_1, &o);
	p = o;
	assert_int_equal(softkey_generate(&p.key, NULL), OK);
	house_tbs(&h, &p, house_now());
	house_stop(&h);
	state_init(&s, &h.options);
	assert_int_equal(state_load(&s, NULL), OK);
	for (int i = 0; i < 3; i++)
		item[i] = (struct batch_item){.peer = SIGNER_FRONT,
		    .type = SIGNER_ISSUE,
		    .body = issue_body(i == 1 ? &p : &o),
		    .fd = -1};
	batch_run(&s, a, house_now() * 1000, item, 3);
	for (int i = 0; i < 3; i++)
		e[i] = (enum err)(item[i].answer.p[0] << 8 | item[i].answer.p[1]);
	assert_int_equal(e[0], OK);
	assert_int_equal(e[1], E_KEY_OTHER);
	/* The same question twice, as after a lost answer. */
	assert_int_equal(e[2], OK);
	assert_true(bytes_eq(issued_of(item[0].answer), issued_of(item[2].answer)));
	state_drop(&s);
	house_start(&h);
	softkey_free(&o.key);
	softkey_free(&p.key);
	arena_free(&a);
}

static void
expect_stopped(const char *word)
{
	struct signer_status st;
	struct order o;

	house_start(&h);
	st = status();
	assert_int_equal(st.state, SIGNER_STOPPED);
	assert_non_null(strstr(arena_cstr(h.a, st.reason), word));
	house_order(&h, "Nobody", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), E_NOT_READY);
	softkey_free(&o.key);
	house_stop(&h);
}

TEST_CASE(a_broken_folder_stops_it_by_name)
{
	char path[256], aside[280];
	uint8_t c;
	int fd;

	house_stop(&h);
	(void)snprintf(path, sizeof(path), "%s/journal", h.data);
	(void)snprintf(aside, sizeof(aside), "%s.aside", path);
	fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &c, 1, 300), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, 300), 1);
	expect_stopped("journal: broken");
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, 300), 1);
	(void)close(fd);
	/* Without its journal it would grant every right a second time. */
	assert_int_equal(rename(path, aside), 0);
	expect_stopped("no record of the set-up");
	assert_int_equal(rename(aside, path), 0);
	/* Another installation key opens nothing. */
	h.options.secret[0] ^= 1;
	expect_stopped("file:");
	h.options.secret[0] ^= 1;
	assert_int_equal(chmod(h.data, 0750), 0);
	expect_stopped("others may enter it");
	assert_int_equal(chmod(h.data, 0700), 0);
	house_start(&h);
	assert_int_equal(status().state, SIGNER_READY);
}

int
main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_signer_is_set_up_once_in_two_steps),
	    EACH(certificates_lists_and_keys_are_remembered),
	    EACH(who_left_the_roster_approves_nothing_now_and_later),
	    EACH(a_new_profile_version_lives_beside_the_old),
	    EACH(settle_reads_every_certificate_with_its_unit),
	    EACH(a_full_disk_stops_signing_and_room_lets_it_go_on),
	    EACH(a_clock_behind_the_journal_stops_signing_until_it_is_right),
	    EACH(two_keys_of_one_enrolment_in_one_batch_get_one_certificate),
	    EACH(a_broken_folder_stops_it_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
