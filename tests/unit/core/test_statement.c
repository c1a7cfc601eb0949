/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, approvals, documents, claims: octet by octet against tests/vectors/statements.json. */
#include "core/statement.h"

#include "core/approval.h"
#include "core/claim.h"
#include "core/document.h"
#include "vectors.h"

static struct arena *a;
static json_t *vectors;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	vectors = vectors_load("statements.json");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(vectors);
	arena_free(&a);
	return 0;
}

static struct statement
statement_of(const json_t *o)
{
	struct statement s = {
	    .origin = vectors_str(o, "origin"),
	    .server_nonce = vectors_hex(a, o, "server_nonce"),
	    .agent_nonce = vectors_hex(a, o, "agent_nonce"),
	    .spki_hash = vectors_hex(a, o, "key_hash"),
	    .certificate_hash = vectors_hex(a, o, "certificate_hash"),
	    .payload_hash = vectors_hex(a, o, "payload_hash"),
	};

	assert_true(environment_parse(vectors_str(o, "environment"), &s.env));
	assert_true(purpose_parse(vectors_str(o, "purpose"), &s.purpose));
	return s;
}

/* The statement of a purpose in the vectors. */
static struct statement
statement_for(enum purpose p)
{
	return statement_of(json_array_get(json_object_get(vectors, "statements"), p));
}

static void
assert_same(struct bytes got, struct bytes want)
{
	if (!bytes_eq(got, want))
		fail_msg("%s", hex_text(a, got));
}

/* What every strict reader must do: refuse each shorter input, and one octet more. */
static void
assert_strict(struct bytes in, enum err (*read)(struct bytes in))
{
	uint8_t *copy = arena_alloc(a, in.n + 1);

	memcpy(copy, in.p, in.n);
	assert_int_equal(read(bytes_of(copy, in.n)), OK);
	for (size_t n = 0; n < in.n; n++)
		assert_int_equal(read(bytes_of(copy, n)), E_FRAME);
	assert_int_equal(read(bytes_of(copy, in.n + 1)), E_FRAME);
}

static enum err
read_statement(struct bytes in)
{
	struct statement s;
	struct fault f = {0};
	enum err e = statement_parse(in, &s, &f);

	assert_int_equal(e, f.code);
	return e;
}

static enum err
read_payload(struct bytes in)
{
	struct approval_subject s;

	return approval_payload_parse(in, &s, NULL);
}

static enum err
read_document(struct bytes in)
{
	struct document d;

	return document_payload_parse(in, &d, NULL);
}

static enum err
read_claim(struct bytes in)
{
	struct claim c;

	return claim_parse(a, in, &c, NULL);
}

TEST_CASE(statements_of_the_vectors)
{
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(vectors, "statements"), i, row)
	{
		struct statement s = statement_of(row), back;
		struct bytes octets;

		assert_int_equal(s.purpose, i);
		assert_int_equal(statement_encode(a, &s, &octets, NULL), OK);
		assert_same(octets, vectors_hex(a, row, "octets"));
		assert_int_equal(statement_parse(octets, &back, NULL), OK);
		assert_int_equal(back.env, s.env);
		assert_int_equal(back.purpose, s.purpose);
		assert_true(str_eq(back.origin, s.origin));
		assert_same(back.server_nonce, s.server_nonce);
		assert_same(back.agent_nonce, s.agent_nonce);
		assert_same(back.spki_hash, s.spki_hash);
		assert_same(back.certificate_hash, s.certificate_hash);
		assert_same(back.payload_hash, s.payload_hash);
		assert_strict(octets, read_statement);
	}
	assert_int_equal(i, PURPOSE__COUNT);
}

TEST_CASE(a_statement_has_what_its_purpose_needs_and_nothing_else)
{
	static const char *const keys[] = {"purpose.sign-in", "purpose.approve", "purpose.document",
	    "purpose.installed", "purpose.resume", "purpose.stop-lift"};
	uint8_t more[33] = {0};
	struct bytes octets = {0};

	for (unsigned p = 0; p < PURPOSE__COUNT; p++) {
		struct statement good = statement_for((enum purpose)p), s;
		struct fault f;

		assert_string_equal(purpose_key((enum purpose)p), keys[p]);
		assert_string_equal(purpose_name((enum purpose)p), keys[p] + 8);
#define REFUSED(member, value, name)                                           \
	s = good;                                                              \
	s.member = (value);                                                    \
	f = (struct fault){0};                                                 \
	assert_int_equal(statement_encode(a, &s, &octets, &f), E_FIELD_VALUE); \
	assert_string_equal(f.field, name)
		REFUSED(server_nonce, bytes_of(more, 31), "server-nonce");
		REFUSED(server_nonce, bytes_of(NULL, 0), "server-nonce");
		REFUSED(agent_nonce, bytes_of(more, 33), "agent-nonce");
		REFUSED(spki_hash, bytes_of(more, 20), "key");
		REFUSED(certificate_hash,
		    purpose_has_certificate((enum purpose)p) ? bytes_of(NULL, 0)
							     : bytes_of(more, 32),
		    "certificate");
		REFUSED(payload_hash,
		    purpose_has_payload((enum purpose)p) ? bytes_of(NULL, 0) : bytes_of(more, 32),
		    "payload");
#undef REFUSED
	}
	assert_null(octets.p);
}

TEST_CASE(a_statement_names_an_origin)
{
	struct statement s = statement_for(PURPOSE_SIGN_IN);
	struct bytes octets;

	s.origin = STR("null");
	assert_int_equal(statement_encode(a, &s, &octets, NULL), E_ORIGIN);
	s.origin = STR("http://localhost:1");
	assert_int_equal(statement_encode(a, &s, &octets, NULL), OK);
	s.env = ENVIRONMENT_PRODUCTION;
	assert_int_equal(statement_encode(a, &s, &octets, NULL), E_ORIGIN);
}

/* Each octet of a statement's frame matters: changed, it is refused or means something else. */
TEST_CASE(no_two_octet_strings_are_one_statement)
{
	struct statement s = statement_for(PURPOSE_APPROVE), back;
	struct bytes octets, again;
	uint8_t *copy;

	assert_int_equal(statement_encode(a, &s, &octets, NULL), OK);
	copy = arena_alloc(a, octets.n);
	for (size_t i = 0; i < octets.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(copy, octets.p, octets.n);
			copy[i] ^= (uint8_t)(1u << bit);
			if (statement_parse(bytes_of(copy, octets.n), &back, NULL) != OK)
				continue;
			assert_int_equal(statement_encode(a, &back, &again, NULL), OK);
			assert_same(again, bytes_of(copy, octets.n));
		}
	}
}

static struct approval_subject
subject_of_vectors(void)
{
	const json_t *o = json_object_get(vectors, "approval");
	struct approval_subject s = {
	    .application = vectors_str(o, "application"),
	    .revision = 2,
	    .profile = vectors_str(o, "profile"),
	    .profile_version = 1,
	    .subject = vectors_hex(a, o, "subject"),
	    .san = vectors_hex(a, o, "san"),
	};

	assert_true(id_parse(vectors_str(o, "enrolment"), &s.enrolment));
	return s;
}

TEST_CASE(an_approval_fixes_what_is_signed)
{
	struct approval_subject s = subject_of_vectors(), back;
	struct bytes want = vectors_hex(a, json_object_get(vectors, "approval"), "octets"), got;

	assert_int_equal(approval_payload(a, &s, &got, NULL), OK);
	assert_same(got, want);
	assert_int_equal(approval_payload_parse(got, &back, NULL), OK);
	assert_true(str_eq(back.application, s.application));
	assert_int_equal(back.revision, 2);
	assert_true(str_eq(back.profile, s.profile));
	assert_int_equal(back.profile_version, 1);
	assert_same(back.subject, s.subject);
	assert_same(back.san, s.san);
	assert_true(id_eq(back.enrolment, s.enrolment));
	assert_strict(got, read_payload);
	/* A row of the roster has no application. */
	s.application = (struct str){0};
	assert_int_equal(approval_payload(a, &s, &got, NULL), E_FIELD_VALUE);
	s.revision = 0;
	assert_int_equal(approval_payload(a, &s, &got, NULL), OK);
	s.san = (struct bytes){0};
	assert_int_equal(approval_payload(a, &s, &got, NULL), OK);
	assert_strict(got, read_payload);
}

TEST_CASE(nothing_incomplete_can_be_approved)
{
	struct approval_subject good = subject_of_vectors(), s;
	uint8_t big[APPROVAL_NAMES_MAX + 1] = {0};
	struct bytes got;

#define REFUSED(member, value) \
	s = good;              \
	s.member = (value);    \
	assert_int_equal(approval_payload(a, &s, &got, NULL), E_FIELD_VALUE)
	REFUSED(application, STR("1183"));
	REFUSED(application, STR(""));
	REFUSED(profile, STR(""));
	REFUSED(profile, STR("Person"));
	REFUSED(profile, STR("person--signature"));
	REFUSED(profile, STR("person-"));
	REFUSED(profile, STR("1person"));
	REFUSED(profile, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	REFUSED(profile_version, 0);
	REFUSED(subject, bytes_of(NULL, 0));
	REFUSED(subject, BYTES_OF(big));
	REFUSED(san, BYTES_OF(big));
	REFUSED(enrolment, (struct id){{0}});
#undef REFUSED
}

static struct approval
approval_of_vectors(void)
{
	struct statement s = statement_for(PURPOSE_APPROVE);

	return (struct approval){
	    .spki_hash = s.spki_hash,
	    .certificate_hash = s.certificate_hash,
	    .server_nonce = s.server_nonce,
	    .agent_nonce = s.agent_nonce,
	    .signature = vectors_hex(a, json_object_get(vectors, "claim"), "signature"),
	};
}

TEST_CASE(an_approval_is_verified_over_the_statement_built_again)
{
	struct approval one = approval_of_vectors();
	struct statement want = statement_for(PURPOSE_APPROVE), got;
	struct bytes x, y;

	got = approval_statement(&one, want.env, want.origin, PURPOSE_APPROVE, want.payload_hash);
	assert_int_equal(statement_encode(a, &want, &x, NULL), OK);
	assert_int_equal(statement_encode(a, &got, &y, NULL), OK);
	assert_same(x, y);
}

/* N different hashes, one after the other. */
static struct bytes
hashes_of(size_t n)
{
	uint8_t *p = arena_alloc(a, n * STATEMENT_HASH + 1);

	for (size_t i = 0; i < n * STATEMENT_HASH; i++)
		p[i] = (uint8_t)(i / STATEMENT_HASH + 1);
	return bytes_of(p, n * STATEMENT_HASH);
}

TEST_CASE(a_list_covers_its_own_and_nothing_else)
{
	struct approval one = approval_of_vectors();
	struct bytes payload = str_bytes(STR("payload")), list = hashes_of(3), octets, got;
	struct fault f = {0};
	uint8_t *twice;

	/* Alone it is over the payload itself. */
	assert_int_equal(approval_covers(a, &one, payload, hashes_of(1), &got, NULL), OK);
	assert_same(got, payload);
	one.list = list;
	assert_int_equal(approval_list(a, list, &octets, NULL), OK);
	assert_int_equal(octets.n, strlen(APPROVAL_LIST_WORD) + 4 + 1 + 3 * (4 + STATEMENT_HASH));
	for (size_t i = 0; i < 3; i++) {
		struct bytes hash = bytes_of(list.p + i * STATEMENT_HASH, STATEMENT_HASH);

		assert_int_equal(approval_covers(a, &one, payload, hash, &got, NULL), OK);
		assert_same(got, octets);
	}
	assert_int_equal(
	    approval_covers(a, &one, payload, hashes_of(2), &got, NULL), E_APPROVAL_BAD);
	/* A hash that begins inside another one is no member. */
	assert_int_equal(
	    approval_covers(a, &one, payload, bytes_of(list.p + 16, STATEMENT_HASH), &got, &f),
	    E_APPROVAL_BAD);
	assert_string_equal(f.field, "list");
	assert_int_equal(approval_list(a, hashes_of(APPROVAL_LIST_MAX), &got, NULL), OK);
	assert_int_equal(
	    approval_list(a, hashes_of(APPROVAL_LIST_MAX + 1), &got, NULL), E_FIELD_VALUE);
	assert_int_equal(approval_list(a, hashes_of(0), &got, NULL), E_FIELD_VALUE);
	assert_int_equal(
	    approval_list(a, bytes_of(list.p, STATEMENT_HASH + 1), &got, NULL), E_FIELD_VALUE);
	twice = arena_alloc(a, list.n);
	memcpy(twice, list.p, list.n);
	memcpy(twice + STATEMENT_HASH, list.p, STATEMENT_HASH);
	one.list = bytes_of(twice, list.n);
	assert_int_equal(approval_list(a, one.list, &got, NULL), E_FIELD_VALUE);
	assert_int_equal(
	    approval_covers(a, &one, payload, hashes_of(1), &got, NULL), E_APPROVAL_BAD);
}

static enum err
read_bundle(struct bytes in)
{
	struct approval_subject s[APPROVAL_LIST_MAX];
	size_t n;

	return approval_bundle_parse(in, s, &n, NULL);
}

TEST_CASE(a_bundle_carries_what_a_list_is_about)
{
	struct approval_subject s[APPROVAL_LIST_MAX + 1], back[APPROVAL_LIST_MAX];
	struct bytes got, x, y;
	size_t n;

	for (size_t i = 0; i <= APPROVAL_LIST_MAX; i++) {
		s[i] = subject_of_vectors();
		s[i].revision += (uint32_t)i;
	}
	assert_int_equal(approval_bundle(a, s, 2, &got, NULL), OK);
	assert_int_equal(approval_bundle_parse(got, back, &n, NULL), OK);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(approval_payload(a, &s[i], &x, NULL), OK);
		assert_int_equal(approval_payload(a, &back[i], &y, NULL), OK);
		assert_same(x, y);
	}
	for (size_t cut = 0; cut < got.n; cut++) {
		/* Cut behind the first payload it is a bundle of one. */
		if (read_bundle(bytes_of(got.p, cut)) == OK)
			assert_int_equal(got.n - cut, 4 + y.n);
	}
	/* Neither is taken for the other. */
	assert_int_equal(read_bundle(x), E_FRAME);
	assert_int_equal(approval_payload_parse(got, &back[0], NULL), E_FRAME);
	assert_int_equal(approval_bundle(a, s, APPROVAL_LIST_MAX, &got, NULL), OK);
	assert_int_equal(approval_bundle_parse(got, back, &n, NULL), OK);
	assert_int_equal(n, APPROVAL_LIST_MAX);
	assert_int_equal(approval_bundle(a, s, APPROVAL_LIST_MAX + 1, &got, NULL), E_FIELD_LENGTH);
	assert_int_equal(approval_bundle(a, s, 0, &got, NULL), E_FIELD_LENGTH);
}

TEST_CASE(one_key_approves_once)
{
	struct approval both[2] = {approval_of_vectors(), approval_of_vectors()};

	assert_true(approvals_distinct(both, 0));
	assert_true(approvals_distinct(both, 1));
	assert_false(approvals_distinct(both, 2));
	both[1].spki_hash = both[1].agent_nonce;
	assert_true(approvals_distinct(both, 2));
}

TEST_CASE(documents)
{
	const json_t *o = json_object_get(vectors, "document");
	struct document d = {DOCUMENT_ROSTER, 2, vectors_hex(a, o, "hash")}, back;
	struct bytes got = document_payload(a, &d);
	enum document_kind kind;

	assert_same(got, vectors_hex(a, o, "octets"));
	assert_int_equal(document_payload_parse(got, &back, NULL), OK);
	assert_int_equal(back.kind, DOCUMENT_ROSTER);
	assert_int_equal(back.version, 2);
	assert_same(back.hash, d.hash);
	assert_strict(got, read_document);
	assert_true(document_kind_parse(STR("profile"), &kind));
	assert_int_equal(kind, DOCUMENT_PROFILE);
	assert_string_equal(document_kind_name(kind), "profile");
	assert_false(document_kind_parse(STR("policy"), &kind));
}

TEST_CASE(numbers_in_payloads_have_one_form)
{
	static const struct {
		struct bytes octets;
	} rows[] = {
#define ROW(number, length)                                                                \
	{                                                                                  \
		{                                                                          \
			(const uint8_t *)"\0\0\0\6roster\0\0\0" length number "\0\0\0\x20" \
					 "abcdefghijklmnopqrstuvwxyzabcdef",               \
			    sizeof("\0\0\0\6roster\0\0\0" length number "\0\0\0\x20"       \
				   "abcdefghijklmnopqrstuvwxyzabcdef") -                   \
			    1                                                              \
		}                                                                          \
	}
	    ROW("2", "\1"),
	    ROW("02", "\2"),
	    ROW("0", "\1"),
	    ROW("+2", "\2"),
	    ROW("", "\0"),
	    ROW("4294967296", "\x0a"),
#undef ROW
	};

	assert_int_equal(read_document(rows[0].octets), OK);
	for (size_t i = 1; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(read_document(rows[i].octets), E_FRAME);
}

TEST_CASE(claims)
{
	const json_t *o = json_object_get(vectors, "claim");
	struct approval one = approval_of_vectors(), many[APPROVALS_MAX + 1];
	struct claim c = {subject_of_vectors(), &one, 1}, back;
	struct bytes got;

	assert_int_equal(claim_encode(a, &c, &got, NULL), OK);
	assert_same(got, vectors_hex(a, o, "octets"));
	assert_int_equal(claim_parse(a, got, &back, NULL), OK);
	assert_true(str_eq(back.what.application, c.what.application));
	assert_int_equal(back.approval_count, 1);
	assert_same(back.approvals[0].signature, one.signature);
	assert_same(back.approvals[0].spki_hash, one.spki_hash);
	assert_strict(got, read_claim);

	/* With a list among its approvals it is of another word, and as strict. */
	many[0] = one;
	many[1] = one;
	many[1].list = hashes_of(2);
	c.approvals = many;
	c.approval_count = 2;
	assert_int_equal(claim_encode(a, &c, &got, NULL), OK);
	assert_memory_equal(got.p, CLAIM_WORD_LISTS, strlen(CLAIM_WORD_LISTS));
	assert_int_equal(claim_parse(a, got, &back, NULL), OK);
	assert_int_equal(back.approvals[0].list.n, 0);
	assert_same(back.approvals[1].list, many[1].list);
	assert_strict(got, read_claim);

	c.approval_count = 0;
	c.approvals = NULL;
	assert_int_equal(claim_encode(a, &c, &got, NULL), OK);
	assert_strict(got, read_claim);

	for (size_t i = 0; i <= APPROVALS_MAX; i++)
		many[i] = one;
	c.approvals = many;
	c.approval_count = APPROVALS_MAX;
	assert_int_equal(claim_encode(a, &c, &got, NULL), OK);
	c.approval_count = APPROVALS_MAX + 1;
	assert_int_equal(claim_encode(a, &c, &got, NULL), E_FIELD_VALUE);
	/* A claim without a good approval or subject is not written at all. */
	c.approval_count = 1;
	many[0].signature = (struct bytes){0};
	assert_int_equal(claim_encode(a, &c, &got, NULL), E_FRAME);
	many[0] = one;
	c.what.profile_version = 0;
	assert_int_equal(claim_encode(a, &c, &got, NULL), E_FIELD_VALUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(statements_of_the_vectors),
	    cmocka_unit_test(a_statement_has_what_its_purpose_needs_and_nothing_else),
	    cmocka_unit_test(a_statement_names_an_origin),
	    cmocka_unit_test(no_two_octet_strings_are_one_statement),
	    cmocka_unit_test(an_approval_fixes_what_is_signed),
	    cmocka_unit_test(nothing_incomplete_can_be_approved),
	    cmocka_unit_test(an_approval_is_verified_over_the_statement_built_again),
	    cmocka_unit_test(a_list_covers_its_own_and_nothing_else),
	    cmocka_unit_test(a_bundle_carries_what_a_list_is_about),
	    cmocka_unit_test(one_key_approves_once),
	    cmocka_unit_test(documents),
	    cmocka_unit_test(numbers_in_payloads_have_one_form),
	    cmocka_unit_test(claims),
	};

	return cmocka_run_group_tests_name("core statement", tests, setup, teardown);
}
