/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the house: mails, SMS, their files, and how long failed work waits. */
#include "jobs/channel.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "jobs/backoff.h"
#include "jobs/eml.h"
#include "jobs/sms.h"
#include "jobs/spool.h"
#include "test.h"

#define NOW 1795507200

static struct channel_from
from_of(struct arena *a, const char *brand, const char *origin)
{
	return (struct channel_from){
	    .a = a, .brand = str_of(brand), .origin = str_of(origin), .now = NOW + 60};
}

static const struct upkeep_message plain = {.id = 7,
    .created = NOW,
    .channel = {"mail", 4},
    .recipient = {"wang@example.org", 16},
    .subject = {"Your reference number", 21},
    .text = {"Line one\nReference 9123456789\n", 30},
    .lang = LANG_EN};

TEST_CASE(mail_is_whole)
{
	struct arena *a = arena_new(0);
	struct channel_from from = from_of(a, "Signet", "https://localhost:8443");
	struct bytes got = {0};
	struct fault f = {0};

	assert_int_equal(eml_write(&from, &plain, &got, &f), OK);
	assert_string_equal(arena_cstr(a, bytes_str(got)),
	    "Date: Tue, 24 Nov 2026 08:00:00 +0000\r\n"
	    "From: Signet <no-reply@localhost>\r\n"
	    "To: wang@example.org\r\n"
	    "Subject: Your reference number\r\n"
	    "Message-ID: <7.6b054400@localhost>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "Content-Language: en\r\n"
	    "\r\n"
	    "Line one\r\n"
	    "Reference 9123456789\r\n");
	arena_free(&a);
}

/* Servers may offer no 8BITMIME: then everything is ASCII, and lines are short. */
TEST_CASE(mail_for_a_server_has_seven_bits)
{
	struct arena *a = arena_new(0);
	struct channel_from from = from_of(a, "Signet", "https://localhost:8443");
	struct upkeep_message m = plain;
	struct bytes got = {0}, body;
	struct fault f = {0};
	char *text, *line, *joined;
	size_t n = 0;

	from.seven_bit = true;
	from.sender = STR("pki@example.org");
	m.text = STR("参考号 9123456789\n\nЗаявка одобрена, справочный номер придёт в письме.\n");
	assert_int_equal(eml_write(&from, &m, &got, &f), OK);
	text = arena_cstr(a, bytes_str(got));
	assert_non_null(strstr(text, "\r\nFrom: Signet <pki@example.org>\r\n"));
	assert_non_null(strstr(text, "\r\nContent-Transfer-Encoding: base64\r\n"));
	for (size_t i = 0; i < got.n; i++)
		assert_true(got.p[i] < 0x80);
	joined = arena_alloc(a, got.n);
	for (line = strstr(text, "\r\n\r\n") + 4; *line; line = strstr(line, "\r\n") + 2) {
		size_t length = (size_t)(strstr(line, "\r\n") - line);

		assert_true(length <= 76);
		memcpy(joined + n, line, length);
		n += length;
	}
	assert_true(base64_parse(a, (struct str){joined, n}, &body));
	assert_string_equal(arena_cstr(a, bytes_str(body)),
	    "参考号 9123456789\r\n\r\nЗаявка одобрена, справочный номер придёт в письме.\r\n");
	arena_free(&a);
}

/* The text of the encoded words of header NAME, joined; fails on words that are too long. */
static const char *
decoded(struct arena *a, struct bytes mail, const char *name)
{
	char *text = arena_cstr(a, bytes_str(mail)), *at = strstr(text, name), out[1024] = "";
	size_t n = 0;

	assert_non_null(at);
	at += strlen(name);
	for (;;) {
		char *end = strstr(at, "?=");
		struct bytes word;

		assert_int_equal(strncmp(at, "=?UTF-8?B?", 10), 0);
		assert_non_null(end);
		assert_true(end + 2 - at <= 75);
		at += 10;
		assert_true(base64_parse(a, (struct str){at, (size_t)(end - at)}, &word));
		/* No character is divided: each word alone is UTF-8. */
		assert_true(utf8_valid(bytes_str(word)));
		memcpy(out + n, word.p, word.n);
		n += word.n;
		at = end + 2;
		if (strncmp(at, "\r\n =?", 5) != 0)
			break;
		at += 3;
	}
	return arena_cstr(a, (struct str){out, n});
}

TEST_CASE(mail_headers_speak_every_language)
{
	static const char *const subjects[] = {
	    "您的证书申请已经批准,这里是您的参考号码,请妥善保管并尽快下载安装到您的令牌",
	    "Ваша заявка на сертификат одобрена: справочный номер для загрузки на токен",
	    "é",
	    "Mail with: specials, \"quoted\" <x@y>",
	    "This subject is of plain letters only but far too long for one single line of header",
	};

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		struct arena *a = arena_new(0);
		struct channel_from from = from_of(a, "印章 CA", "https://ca.example:443");
		struct upkeep_message m = plain;
		struct bytes got = {0};
		struct fault f = {0};

		m.subject = str_of(subjects[i]);
		assert_int_equal(eml_write(&from, &m, &got, &f), OK);
		assert_string_equal(decoded(a, got, "\r\nSubject: "), subjects[i]);
		assert_string_equal(decoded(a, got, "\r\nFrom: "), "印章 CA");
		arena_free(&a);
	}
}

TEST_CASE(mail_hosts)
{
	static const struct {
		const char *origin, *from;
	} rows[] = {
	    {"https://localhost:8443", "<no-reply@localhost>"},
	    {"https://ca.example", "<no-reply@ca.example>"},
	    {"https://[::1]:8443", "<no-reply@[::1]>"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);
		struct channel_from from = from_of(a, "Signet", rows[i].origin);
		struct bytes got = {0};
		struct fault f = {0};

		assert_int_equal(eml_write(&from, &plain, &got, &f), OK);
		assert_non_null(strstr(arena_cstr(a, bytes_str(got)), rows[i].from));
		arena_free(&a);
	}
}

TEST_CASE(mail_refuses_what_ends_a_header_early)
{
	static const struct {
		const char *name, *recipient, *subject, *text;
	} rows[] = {
	    {"recipient", "a@b\r\nBcc: all@b", "s", "t"},
	    {"bare line end", "a@b\nBcc: all@b", "s", "t"},
	    {"no recipient", "", "s", "t"},
	    {"subject", "a@b", "s\r\n\r\nbody", "t"},
	    {"escape in the text", "a@b", "s", "t\x1b[2J"},
	    {"bare CR in the text", "a@b", "s", "a\rb"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);
		struct channel_from from = from_of(a, "Signet", "https://h");
		struct upkeep_message m = {.recipient = str_of(rows[i].recipient),
		    .subject = str_of(rows[i].subject),
		    .text = str_of(rows[i].text)};
		struct bytes got = {0};
		struct fault f = {0};

		if (eml_write(&from, &m, &got, &f) != E_FIELD_CHARS)
			fail_msg("%s", rows[i].name);
		arena_free(&a);
	}
}

TEST_CASE(mail_lines_end)
{
	struct arena *a = arena_new(0);
	struct channel_from from = from_of(a, "Signet", "https://h");
	struct upkeep_message m = plain;
	char *line = arena_alloc(a, 1000);
	struct bytes got = {0};
	struct fault f = {0};

	memset(line, 'x', 999);
	m.text = (struct str){line, 998};
	assert_int_equal(eml_write(&from, &m, &got, &f), OK);
	m.text.n = 999;
	assert_int_equal(eml_write(&from, &m, &got, &f), E_FIELD_CHARS);
	arena_free(&a);
}

TEST_CASE(sms_is_json)
{
	static const struct catalogue_value values[] = {{"code", {"ABCD", 4}}};
	struct arena *a = arena_new(0);
	struct channel_from from = from_of(a, "Signet", "https://h");
	struct upkeep_message m = {.id = 9,
	    .created = NOW,
	    .expires = NOW + 300,
	    .template = STR("sms.code"),
	    .values = values,
	    .count = 1,
	    .recipient = STR("+8613912345678"),
	    .text = STR("授权码 \"ABCD\""),
	    .lang = LANG_ZH};
	struct bytes got = {0};
	struct fault f = {0};
	json_t *root;

	assert_int_equal(sms_write(&from, &m, &got, &f), OK);
	root = json_loadb((const char *)got.p, got.n, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "id")), "9.6b054400");
	assert_string_equal(json_string_value(json_object_get(root, "template")), "sms.code");
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(root, "params"), "code")), "ABCD");
	assert_string_equal(
	    json_string_value(json_object_get(root, "expires")), "2026-11-24T08:05:00Z");
	assert_string_equal(json_string_value(json_object_get(root, "to")), "+8613912345678");
	assert_string_equal(json_string_value(json_object_get(root, "text")), "授权码 \"ABCD\"");
	assert_string_equal(json_string_value(json_object_get(root, "lang")), "zh");
	assert_string_equal(json_string_value(json_object_get(root, "at")), "2026-11-24T08:00:00Z");
	json_decref(root);
	arena_free(&a);
}

static char dir[] = "/tmp/signet-spool-XXXXXX";

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static int
remove_dir(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
assert_file(const char *path, const char *text)
{
	char got[64] = {0};
	struct stat st;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, got, sizeof(got) - 1), (ssize_t)strlen(text));
	assert_string_equal(got, text);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	(void)close(fd);
}

static int
count_files(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	assert_non_null(d);
	for (const struct dirent *e = readdir(d); e; e = readdir(d))
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	(void)closedir(d);
	return n;
}

TEST_CASE(files_appear_whole_and_private)
{
	struct arena *a = arena_new(0);
	const char *sub = arena_fmt(a, "%s/spool/mail", dir);
	const char *path = arena_fmt(a, "%s/0000000007.eml", sub);
	struct fault f = {0};
	struct stat st;

	(void)umask(0);
	assert_int_equal(spool_open(str_of(sub), &f), OK);
	assert_int_equal(spool_open(str_of(sub), &f), OK);
	assert_int_equal(stat(sub, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(
	    spool_write(str_of(sub), "0000000007.eml", str_bytes(STR("first")), &f), OK);
	assert_file(path, "first");
	/* A part that a crash left is no obstacle, and a second try replaces the first. */
	assert_int_equal(
	    close(open(arena_fmt(a, "%s/.0000000007.eml.part", sub), O_CREAT | O_WRONLY, 0644)), 0);
	assert_int_equal(
	    spool_write(str_of(sub), "0000000007.eml", str_bytes(STR("second")), &f), OK);
	assert_file(path, "second");
	assert_int_equal(count_files(sub), 1);
	arena_free(&a);
}

TEST_CASE(files_follow_no_link)
{
	struct arena *a = arena_new(0);
	const char *sub = arena_fmt(a, "%s/spool/sms", dir), *bait = arena_fmt(a, "%s/bait", dir);
	struct fault f = {0};

	assert_int_equal(spool_open(str_of(sub), &f), OK);
	assert_int_equal(symlink(bait, arena_fmt(a, "%s/.1.json.part", sub)), 0);
	assert_int_equal(spool_write(str_of(sub), "1.json", str_bytes(STR("x")), &f), E_FILE);
	assert_int_equal(access(bait, F_OK), -1);
	f = (struct fault){0};
	assert_int_equal(
	    spool_write(str_of(arena_fmt(a, "%s/none", dir)), "1", str_bytes(STR("x")), &f),
	    E_FILE);
	arena_free(&a);
}

TEST_CASE(failed_work_waits_longer_each_time)
{
	static const struct {
		int64_t tries, wait;
	} rows[] = {
	    {0, 5}, {1, 5}, {2, 10}, {3, 20}, {6, 160}, {7, 300}, {8, 300}, {INT64_MAX, 300}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(backoff(rows[i].tries, 5, 300), rows[i].wait);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mail_is_whole),
	    cmocka_unit_test(mail_for_a_server_has_seven_bits),
	    cmocka_unit_test(mail_headers_speak_every_language),
	    cmocka_unit_test(mail_hosts),
	    cmocka_unit_test(mail_refuses_what_ends_a_header_early),
	    cmocka_unit_test(mail_lines_end),
	    cmocka_unit_test(sms_is_json),
	    cmocka_unit_test(files_appear_whole_and_private),
	    cmocka_unit_test(files_follow_no_link),
	    cmocka_unit_test(failed_work_waits_longer_each_time),
	};

	return cmocka_run_group_tests_name("channel", tests, make_dir, remove_dir);
}
