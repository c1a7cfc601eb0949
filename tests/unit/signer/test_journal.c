/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "crypto/digest.h"
#include "signer/journal.h"

static char folder[32];
static int dir;

static int
begin(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/signet-journal-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	dir = open(folder, O_RDONLY | O_DIRECTORY);
	return dir < 0 ? -1 : 0;
}

static int
end(void **state)
{
	char line[64];

	(void)state;
	(void)close(dir);
	(void)snprintf(line, sizeof(line), "rm -r %s", folder);
	return system(line);
}

static struct journal *
reopen(void)
{
	struct journal *j;
	struct fault f = {0};

	if (journal_open(dir, "journal", &j, &f) != OK)
		fail_msg("%s", f.detail);
	return j;
}

static uint64_t
put(struct journal *j, const char *text, int64_t ms)
{
	uint64_t offset;

	assert_int_equal(journal_append(j, 2, ms, str_bytes(str_of(text)), &offset, NULL), OK);
	return offset;
}

static off_t
size_of(void)
{
	struct stat st;

	assert_int_equal(fstatat(dir, "journal", &st, 0), 0);
	return st.st_size;
}

static size_t
count(struct journal *j)
{
	struct arena *a = arena_new(0);
	struct journal_record v[7];
	struct journal_records r = {.v = v, .most = 7};
	uint64_t after = 0;
	size_t n = 0;

	do {
		assert_int_equal(journal_after(j, after, a, 1 << 20, &r, NULL), OK);
		for (size_t i = 0; i < r.n; i++)
			assert_int_equal(v[i].sequence, after + 1 + i);
		after += r.n;
		n += r.n;
	} while (r.n > 0);
	arena_free(&a);
	return n;
}

/* 150 records in three syncs: more than one mark. */
static void
fill(struct journal *j)
{
	char text[32];

	for (int i = 0; i < 150; i++) {
		(void)snprintf(text, sizeof(text), "record %d", i);
		(void)put(j, text, 1000 + i);
		if (i % 50 == 49)
			assert_int_equal(journal_sync(j, NULL), OK);
	}
}

TEST_CASE(records_come_back_in_order_after_reopening)
{
	struct arena *a = arena_new(0);
	struct journal *j = reopen();
	struct journal_record one;
	uint64_t offset;

	assert_int_equal(journal_sequence(j), 0);
	fill(j);
	assert_int_equal(count(j), 150);
	offset = put(j, "pending", 5);
	assert_true(journal_pending(j));
	/* Not synced: to be read by who wrote it, not by others. A time never goes back. */
	assert_int_equal(journal_at(j, offset, a, &one, NULL), OK);
	assert_true(bytes_eq(one.body, str_bytes(STR("pending"))));
	assert_int_equal(one.ms, 1149);
	assert_int_equal(count(j), 150);
	assert_int_equal(journal_sync(j, NULL), OK);
	journal_close(&j);
	j = reopen();
	assert_int_equal(journal_sequence(j), 151);
	assert_int_equal(journal_last_ms(j), 1149);
	assert_int_equal(count(j), 151);
	assert_int_equal(journal_at(j, offset, a, &one, NULL), OK);
	assert_int_equal(one.sequence, 151);
	assert_int_equal(journal_at(j, offset + 1, a, &one, NULL), E_JOURNAL);
	journal_close(&j);
	arena_free(&a);
}

TEST_CASE(what_was_not_synced_is_not_there)
{
	struct journal *j = reopen();

	(void)put(j, "kept", 1);
	assert_int_equal(journal_sync(j, NULL), OK);
	(void)put(j, "lost", 2);
	journal_close(&j);
	j = reopen();
	assert_int_equal(journal_sequence(j), 1);
	journal_close(&j);
}

/* A crash in the middle of the last write, at every octet of it. */
TEST_CASE(torn_last_frame_is_cut_and_writing_goes_on)
{
	struct journal *j = reopen();
	off_t whole, last;

	(void)put(j, "first", 1);
	assert_int_equal(journal_sync(j, NULL), OK);
	whole = size_of();
	(void)put(j, "second", 2);
	assert_int_equal(journal_sync(j, NULL), OK);
	last = size_of();
	journal_close(&j);
	for (off_t n = last - 1; n > whole; n--) {
		int fd = openat(dir, "journal", O_RDWR);

		assert_int_equal(ftruncate(fd, n), 0);
		(void)close(fd);
		j = reopen();
		assert_int_equal(journal_sequence(j), 1);
		assert_int_equal(size_of(), whole);
		(void)put(j, "second", 2);
		assert_int_equal(journal_sync(j, NULL), OK);
		assert_int_equal(size_of(), last);
		journal_close(&j);
	}
	/* The space was there, the octets were not. */
	{
		int fd = openat(dir, "journal", O_RDWR);

		assert_int_equal(ftruncate(fd, whole + 20), 0);
		assert_int_equal(ftruncate(fd, last), 0);
		(void)close(fd);
		j = reopen();
		assert_int_equal(journal_sequence(j), 1);
		journal_close(&j);
	}
}

static void
flip(off_t at)
{
	int fd = openat(dir, "journal", O_RDWR);
	uint8_t c;

	assert_int_equal(pread(fd, &c, 1, at), 1);
	c ^= 0x20;
	assert_int_equal(pwrite(fd, &c, 1, at), 1);
	(void)close(fd);
}

TEST_CASE(any_earlier_break_is_refused)
{
	struct journal *j = reopen();
	struct fault f = {0};
	off_t step;

	fill(j);
	journal_close(&j);
	step = size_of() / 40;
	for (off_t at = 0; at < size_of() - 200; at += step) {
		flip(at);
		f = (struct fault){0};
		assert_int_equal(journal_open(dir, "journal", &j, &f), E_JOURNAL);
		assert_non_null(strstr(f.detail, "octet"));
		flip(at);
	}
	j = reopen();
	assert_int_equal(journal_sequence(j), 150);
	journal_close(&j);
}

/* A frame taken out, or two exchanged: each is whole, the chain is not. */
TEST_CASE(a_missing_or_moved_frame_is_refused)
{
	struct journal *j = reopen();
	uint8_t p[1024];
	size_t first, second, third;
	int fd;

	first = (size_t)put(j, "aaaa", 1);
	second = (size_t)put(j, "bbbb", 1);
	third = (size_t)put(j, "cccc", 1);
	assert_int_equal(journal_sync(j, NULL), OK);
	journal_close(&j);
	fd = openat(dir, "journal", O_RDWR);
	assert_int_equal(read(fd, p, sizeof(p)), size_of());
	/* Without the second. */
	assert_int_equal(pwrite(fd, p + third, third - second, (off_t)second), third - second);
	assert_int_equal(ftruncate(fd, (off_t)third), 0);
	assert_int_equal(journal_open(dir, "journal", &j, NULL), E_JOURNAL);
	/* Without the first. */
	assert_int_equal(pwrite(fd, p + second, third, (off_t)first), third);
	assert_int_equal(journal_open(dir, "journal", &j, NULL), E_JOURNAL);
	(void)close(fd);
}

TEST_CASE(full_disk_grants_nothing_and_mends_itself)
{
	struct journal *j = reopen();
	struct rlimit old, small;
	struct fault f = {0};
	off_t before;

	(void)signal(SIGXFSZ, SIG_IGN);
	fill(j);
	before = size_of();
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = (rlim_t)before + 100; /* less than the next frame */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	(void)put(j, "too much for this disk, and then some", 9000);
	assert_int_equal(journal_sync(j, &f), E_JOURNAL);
	assert_int_equal(size_of(), before);
	assert_int_equal(journal_sequence(j), 150);
	assert_int_equal(journal_last_ms(j), 1149);
	assert_false(journal_pending(j));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	(void)put(j, "now it fits", 2000);
	assert_int_equal(journal_sync(j, NULL), OK);
	journal_close(&j);
	j = reopen();
	assert_int_equal(journal_sequence(j), 151);
	assert_int_equal(count(j), 151);
	journal_close(&j);
}

TEST_CASE(a_body_beyond_the_limit_is_refused)
{
	struct journal *j = reopen();
	uint8_t *big = calloc(1, JOURNAL_BODY_MAX + 1);
	uint64_t offset;

	assert_non_null(big);
	assert_int_equal(
	    journal_append(j, 1, 1, bytes_of(big, JOURNAL_BODY_MAX + 1), &offset, NULL), E_JOURNAL);
	assert_int_equal(
	    journal_append(j, 1, 1, bytes_of(big, JOURNAL_BODY_MAX), &offset, NULL), OK);
	assert_int_equal(journal_sync(j, NULL), OK);
	journal_close(&j);
	j = reopen();
	assert_int_equal(journal_sequence(j), 1);
	journal_close(&j);
	free(big);
}

int
main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    EACH(records_come_back_in_order_after_reopening),
	    EACH(what_was_not_synced_is_not_there),
	    EACH(torn_last_frame_is_cut_and_writing_goes_on),
	    EACH(any_earlier_break_is_refused),
	    EACH(a_missing_or_moved_frame_is_refused),
	    EACH(full_disk_grants_nothing_and_mends_itself),
	    EACH(a_body_beyond_the_limit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
