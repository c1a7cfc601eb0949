/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies row by row: each must decode, or be refused with this code, field and rule. */
#include "api/body.h"

#include <stdio.h>
#include <string.h>

#include "api/tables.h"
#include "service/certs.h"
#include "service/setup.h"
#include "service/signin.h"
#include "test.h"

#define SECRET "0123456789abcdefghijkl"
#define B32    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define B31    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="
#define X10(s) s s s s s s s s s s

struct row {
	const char *name;
	const struct body_object *o;
	const char *in;
	enum err code;
	const char *field, *rule; /* NULL: not looked at */
};

static const struct row rows[] = {
    {"least", &body_sms_send, "{\"phone\":\"+861\",\"client_secret\":\"" SECRET "\"}", OK, "", ""},
    {"all", &body_sms_send,
	" {\"phone\":\"+8613912345678\",\"purpose\":\"sign-in\",\"client_secret\":\"" SECRET
	"\"}\r\n",
	OK, "", ""},
    {"empty body", &body_sms_send, "", E_JSON, "", NULL},
    {"white space", &body_sms_send, "  ", E_JSON, "", NULL},
    {"array", &body_sms_send, "[]", E_JSON, "", "{…}"},
    {"bare string", &body_sms_send, "\"x\"", E_JSON, "", NULL},
    {"null", &body_sms_send, "null", E_JSON, "", NULL},
    {"cut", &body_sms_send, "{\"phone\":\"+86", E_JSON, "", NULL},
    {"trailing garbage", &body_reject, "{\"reason\":\"x\"} {}", E_JSON, "", NULL},
    {"trailing comma", &body_reject, "{\"reason\":\"x\",}", E_JSON, "", NULL},
    {"comment", &body_reject, "{/**/\"reason\":\"x\"}", E_JSON, "", NULL},
    {"single quotes", &body_reject, "{'reason':'x'}", E_JSON, "", NULL},
    {"byte order mark", &body_reject, "\xef\xbb\xbf{\"reason\":\"x\"}", E_JSON, "", NULL},
    {"not UTF-8", &body_reject, "{\"reason\":\"\xff\"}", E_JSON, "", "UTF-8"},
    {"overlong", &body_reject, "{\"reason\":\"\xc0\xaf\"}", E_JSON, "", "UTF-8"},
    {"surrogate octets", &body_reject, "{\"reason\":\"\xed\xa0\x80\"}", E_JSON, "", "UTF-8"},
    {"lone surrogate", &body_reject, "{\"reason\":\"\\ud800\"}", E_JSON, "", NULL},
    {"NUL", &body_reject, "{\"reason\":\"a\\u0000b\"}", E_JSON, "", NULL},
    {"NUL in a key", &body_reject, "{\"reason\\u0000\":\"a\"}", E_JSON, "", NULL},
    {"too deep", &body_reject, "{\"reason\":[[[[[[[[1]]]]]]]]}", E_JSON, "", "[[…]] ≤ 8"},
    {"brackets in text", &body_reject, "{\"reason\":\"[[[[[[[[[[\\\"[[[[\"}", OK, "", ""},
    {"huge number", &body_reject, "{\"reason\":1e999}", E_JSON, "", NULL},
    {"missing", &body_sms_send, "{\"phone\":\"+861\"}", E_FIELD_MISSING, "client_secret", ""},
    {"unknown", &body_reject, "{\"reason\":\"x\",\"force\":true}", E_FIELD_UNKNOWN, "force", ""},
    {"other case", &body_reject, "{\"Reason\":\"x\"}", E_FIELD_UNKNOWN, "Reason", ""},
    {"unknown first", &body_reject, "{\"x\":1}", E_FIELD_UNKNOWN, "x", ""},
    {"twice", &body_reject, "{\"reason\":\"x\",\"reason\":\"y\"}", E_FIELD_DUPLICATE, "reason", ""},
    {"twice by escape", &body_reject, "{\"reason\":\"x\",\"\\u0072eason\":\"y\"}",
	E_FIELD_DUPLICATE, NULL, ""},
    {"twice within", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"text_id\":\"a\",\"lang\":\"en\",\"given\":true}}",
	E_FIELD_DUPLICATE, "text_id", ""},
    {"number for text", &body_reject, "{\"reason\":1}", E_FIELD_TYPE, "reason", "string"},
    {"null for text", &body_reject, "{\"reason\":null}", E_FIELD_TYPE, "reason", "string"},
    {"bool for text", &body_reject, "{\"reason\":true}", E_FIELD_TYPE, "reason", "string"},
    {"array for text", &body_reject, "{\"reason\":[\"x\"]}", E_FIELD_TYPE, "reason", "string"},
    {"empty text", &body_reject, "{\"reason\":\"\"}", E_FIELD_LENGTH, "reason", "1–500"},
    {"500 characters", &body_reject, "{\"reason\":\"" X10(X10("汉汉汉汉汉")) "\"}", OK, "", ""},
    {"501 characters", &body_reject, "{\"reason\":\"" X10(X10("汉汉汉汉汉")) "x\"}", E_FIELD_LENGTH,
	"reason", "1–500"},
    {"line end", &body_reject, "{\"reason\":\"a\\nb\"}", E_FIELD_CHARS, "reason", ""},
    {"escape", &body_reject, "{\"reason\":\"a\\u001bb\"}", E_FIELD_CHARS, "reason", ""},
    {"DEL", &body_reject, "{\"reason\":\"a\\u007fb\"}", E_FIELD_CHARS, "reason", ""},
    {"C1", &body_reject, "{\"reason\":\"a\\u009bb\"}", E_FIELD_CHARS, "reason", ""},
    {"no-break space", &body_reject, "{\"reason\":\"a\\u00a0b\"}", OK, "", ""},
    {"lines", &body_profile, "{\"yaml\":\"a: b\\r\\n\\tc\\n\"}", OK, "", ""},
    {"lines with escape", &body_profile, "{\"yaml\":\"a: \\u001b\"}", E_FIELD_CHARS, "yaml", ""},
    {"object", &body_submit, "{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"given\":false}}",
	OK, "", ""},
    {"missing within", &body_submit, "{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\"}}",
	E_FIELD_MISSING, "consent.given", ""},
    {"unknown within", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"given\":true,\"x\":1}}", E_FIELD_UNKNOWN,
	"consent.x", ""},
    {"text for bool", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"given\":\"true\"}}", E_FIELD_TYPE,
	"consent.given", "true | false"},
    {"number for bool", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"given\":1}}", E_FIELD_TYPE,
	"consent.given", "true | false"},
    {"whole number", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"version\":3,\"given\":true}}", OK, "",
	""},
    {"number too small", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"version\":0,\"given\":true}}",
	E_FIELD_VALUE, "consent.version", "1–2147483647"},
    {"broken number", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"version\":1.5,\"given\":true}}",
	E_FIELD_TYPE, "consent.version", "integer"},
    {"text for number", &body_submit,
	"{\"consent\":{\"text_id\":\"a\",\"lang\":\"en\",\"version\":\"1\",\"given\":true}}",
	E_FIELD_TYPE, "consent.version", "integer"},
    {"text for object", &body_submit, "{\"consent\":\"yes\"}", E_FIELD_TYPE, "consent", "object"},
    {"base64", &body_csr, "{\"csr\":\"MAA=\"}", OK, "", ""},
    {"base64 unpadded", &body_csr, "{\"csr\":\"MAA\"}", E_FIELD_FORMAT, "csr", "base64"},
    {"base64 of URLs", &body_csr, "{\"csr\":\"-_-_\"}", E_FIELD_FORMAT, "csr", "base64"},
    {"base64 with lines", &body_csr, "{\"csr\":\"MAAA\\nMAA=\"}", E_FIELD_FORMAT, "csr", "base64"},
    {"base64 loose bits", &body_csr, "{\"csr\":\"MAB=\"}", E_FIELD_FORMAT, "csr", "base64"},
    {"base64 empty", &body_csr, "{\"csr\":\"\"}", E_FIELD_LENGTH, "csr", "1–16384"},
    {"nonce of 31", &body_installed,
	"{\"nonce\":\"" B32 "\",\"agent_nonce\":\"" B31 "\",\"signature\":\"" B32 "\"}",
	E_FIELD_LENGTH, "agent_nonce", "32"},
    {"time", &body_revoke, "{\"reason\":\"x\",\"invalidity\":\"2026-11-24T08:00:00Z\"}", OK, "",
	""},
    {"time without zone", &body_revoke, "{\"reason\":\"x\",\"invalidity\":\"2026-11-24T08:00:00\"}",
	E_FIELD_FORMAT, "invalidity", "RFC 3339"},
    {"time as number", &body_revoke, "{\"reason\":\"x\",\"invalidity\":1}", E_FIELD_TYPE,
	"invalidity", "string"},
    {"map", &body_application, "{\"profile\":\"p\",\"fields\":{\"cn\":\"王\",\"mail\":\"\"}}", OK,
	"", ""},
    {"empty map", &body_application, "{\"profile\":\"p\",\"fields\":{}}", OK, "", ""},
    {"map of numbers", &body_application, "{\"profile\":\"p\",\"fields\":{\"cn\":1}}", E_FIELD_TYPE,
	"fields.cn", "string"},
    {"map with long name", &body_application,
	"{\"profile\":\"p\",\"fields\":{\"" X10("1234567") "\":\"\"}}", E_FIELD_LENGTH, NULL,
	"1–64"},
    {"map twice", &body_application, "{\"profile\":\"p\",\"fields\":{\"cn\":\"a\",\"cn\":\"b\"}}",
	E_FIELD_DUPLICATE, "cn", ""},
    {"list for map", &body_application, "{\"profile\":\"p\",\"fields\":[]}", E_FIELD_TYPE, "fields",
	"object"},
    {"map of 33", &body_application,
	"{\"profile\":\"p\",\"fields\":{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\",\"e\":\"\","
	"\"f\":\"\",\"g\":\"\",\"h\":\"\",\"i\":\"\",\"j\":\"\",\"k\":\"\",\"l\":\"\",\"m\":\"\","
	"\"n\":\"\",\"o\":\"\",\"p\":\"\",\"q\":\"\",\"r\":\"\",\"s\":\"\",\"t\":\"\",\"u\":\"\","
	"\"v\":\"\",\"w\":\"\",\"x\":\"\",\"y\":\"\",\"z\":\"\",\"0\":\"\",\"1\":\"\",\"2\":\"\","
	"\"3\":\"\",\"4\":\"\",\"5\":\"\",\"6\":\"\"}}",
	E_FIELD_LENGTH, "fields", "≤ 32"},
    {"list empty", &body_document_apply, "{\"signatures\":[]}", E_FIELD_LENGTH, "signatures",
	"1–8"},
    {"list of 9", &body_document_apply, "{\"signatures\":[{},{},{},{},{},{},{},{},{}]}",
	E_FIELD_LENGTH, "signatures", "1–8"},
    {"list of numbers", &body_document_apply, "{\"signatures\":[1]}", E_FIELD_TYPE, "signatures[0]",
	"object"},
    {"missing in a list", &body_document_apply, "{\"signatures\":[{\"spki_hash\":\"" B32 "\"}]}",
	E_FIELD_MISSING, "signatures[0].certificate_hash", ""},
    {"map for list", &body_document_apply, "{\"signatures\":{}}", E_FIELD_TYPE, "signatures",
	"array"},
    {"bare list of numbers", &body_setup_finish,
	"{\"root\":\"MAA=\",\"issuing\":\"MAA=\",\"management\":\"MAA=\",\"root_crl\":\"MAA=\","
	"\"profiles\":[\"a\",2],\"people\":[]}",
	E_FIELD_TYPE, "profiles[1]", "string"},
    {"nothing", &body_nothing, "{}", OK, "", ""},
    {"nothing at all", &body_nothing, "", OK, "", ""},
    {"something for nothing", &body_nothing, "{\"x\":1}", E_FIELD_UNKNOWN, "x", ""},
    {"array for nothing", &body_nothing, "[]", E_JSON, "", NULL},
};

TEST_CASE(each_row)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);
		struct fault f = {0};
		void *ret = arena_alloc(a, rows[i].o->size + 1);
		enum err e = body_decode(a, str_bytes(str_of(rows[i].in)), rows[i].o, ret, &f);

		if (e != rows[i].code || (rows[i].field && strcmp(f.field, rows[i].field) != 0) ||
		    (rows[i].rule && strcmp(f.rule, rows[i].rule) != 0))
			fail_msg("%s: %s field '%s' rule '%s'", rows[i].name, err_row(e)->symbol,
			    f.field, f.rule);
		arena_free(&a);
	}
}

/* Decode what must be good into RET. */
static void
good(struct arena *a, const struct body_object *o, const char *in, void *ret)
{
	struct fault f = {0};

	if (body_decode(a, str_bytes(str_of(in)), o, ret, &f) != OK)
		fail_msg("%s %s", f.field, f.detail);
}

TEST_CASE(values_arrive_in_their_places)
{
	struct arena *a = arena_new(0);
	struct apply_draft draft;
	struct certs_revoke revoke;
	struct body_submit submit;
	struct setup_finish finish;

	good(a, &body_application,
	    "{\"fields\":{\"cn\":\"\\u738b \\\"芳\\\"\",\"o\":\"\"},\"profile\":\"person\"}",
	    &draft);
	assert_true(str_is(draft.profile, "person"));
	assert_int_equal(draft.field_count, 2);
	assert_true(str_is(draft.fields[0].name, "cn"));
	assert_true(str_is(draft.fields[0].value, "王 \"芳\""));
	assert_true(str_is(draft.fields[1].name, "o"));
	assert_int_equal(draft.fields[1].value.n, 0);

	good(a, &body_revoke,
	    "{\"reason\":\"keyCompromise\",\"invalidity\":\"1970-01-02T00:00:00Z\"}", &revoke);
	assert_true(str_is(revoke.reason, "keyCompromise"));
	assert_int_equal(revoke.invalidity, 86400);
	assert_int_equal(revoke.sms_code.n, 0);

	good(a, &body_submit, "{\"consent\":{\"given\":true,\"lang\":\"ru\",\"text_id\":\"c1\"}}",
	    &submit);
	assert_true(submit.consent.given);
	assert_true(str_is(submit.consent.lang, "ru"));

	good(a, &body_setup_finish,
	    "{\"root\":\"AQ==\",\"issuing\":\"Ag==\",\"management\":\"Aw==\",\"root_crl\":\"BA==\","
	    "\"profiles\":[\"a: 1\\n\",\"b: 2\\n\"],\"people\":[{\"name\":\"n\",\"phone\":\"+861\","
	    "\"mail\":\"a@b\",\"lang\":\"en\"},{\"name\":\"m\",\"phone\":\"+862\","
	    "\"mail\":\"c@d\",\"lang\":\"zh\"}]}",
	    &finish);
	assert_int_equal(finish.management.n, 1);
	assert_int_equal(finish.management.p[0], 3);
	assert_int_equal(finish.profile_count, 2);
	assert_true(bytes_eq(finish.profiles[1], str_bytes(STR("b: 2\n"))));
	assert_int_equal(finish.person_count, 2);
	assert_true(str_is(finish.people[1].mail, "c@d"));
	arena_free(&a);
}

/* The input is gone when the handler runs: nothing may point into it. */
TEST_CASE(values_do_not_hang_on_the_input)
{
	struct arena *a = arena_new(0);
	char in[] = "{\"reason\":\"because\"}";
	struct body_reject r;
	struct fault f = {0};

	assert_int_equal(body_decode(a, bytes_of(in, sizeof(in) - 1), &body_reject, &r, &f), OK);
	memset(in, 'x', sizeof(in));
	assert_true(str_is(r.reason, "because"));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_row),
	    cmocka_unit_test(values_arrive_in_their_places),
	    cmocka_unit_test(values_do_not_hang_on_the_input),
	};

	body_setup();
	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
