/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "base/rd.h"
#include "crypto/digest.h"

#define HEAD    60 /* octets before the body */
#define MAGIC   0x534a524eu
#define VERSION 1
#define SHA_256 1
#define STRIDE  64 /* every so many records, where one lies */

_Static_assert(JOURNAL_OVERHEAD == HEAD + SHA256_SIZE, "the form of a frame");

struct journal {
	int fd;
	bool broken;  /* what is on disk is not known: open anew */
	uint64_t end; /* octets that are synced */
	uint64_t synced, sequence;
	int64_t ms, synced_ms;
	uint8_t hash[SHA256_SIZE], synced_hash[SHA256_SIZE];
	uint8_t *pending;
	size_t pending_n;
	uint64_t *mark; /* offset of record 1 + i × STRIDE */
	size_t marks, mark_room;
};

struct frame {
	struct journal_record record;
	struct bytes prev, whole;
};

/* The frame that IN begins with; false when it is none, or its own hash is wrong. */
static bool
frame_parse(struct bytes in, struct frame *ret)
{
	struct rd r = rd_new(in);
	struct frame fr = {0};
	uint8_t hash[SHA256_SIZE];
	uint32_t magic = rd_u32(&r), length;
	uint8_t version = rd_u8(&r), algorithm = rd_u8(&r), zero;

	fr.record.kind = rd_u8(&r);
	zero = rd_u8(&r);
	length = rd_u32(&r);
	fr.record.sequence = rd_u64(&r);
	fr.record.ms = rd_i64(&r);
	fr.prev = rd_take(&r, SHA256_SIZE);
	if (r.bad || magic != MAGIC || version != VERSION || algorithm != SHA_256 || zero != 0 ||
	    length > JOURNAL_BODY_MAX)
		return false;
	fr.record.body = rd_take(&r, length);
	fr.whole = bytes_of(in.p, HEAD + length);
	if (r.bad || r.n < SHA256_SIZE)
		return false;
	sha256(fr.whole, hash);
	fr.whole.n += SHA256_SIZE;
	if (!bytes_eq(BYTES_OF(hash), bytes_of(r.p, SHA256_SIZE)))
		return false;
	*ret = fr;
	return true;
}

static void
mark(struct journal *j, uint64_t sequence, uint64_t offset)
{
	if ((sequence - 1) % STRIDE != 0)
		return;
	if (j->marks == j->mark_room) {
		j->mark_room = j->mark_room ? j->mark_room * 2 : 256;
		must(j->mark = realloc(j->mark, j->mark_room * sizeof(*j->mark)));
	}
	j->mark[j->marks++] = offset;
}

/* Take what is pending as synced, or drop it. */
static void
settle(struct journal *j, bool keep)
{
	if (keep) {
		j->end += j->pending_n;
		j->synced = j->sequence;
		j->synced_ms = j->ms;
		memcpy(j->synced_hash, j->hash, SHA256_SIZE);
	} else {
		j->sequence = j->synced;
		j->ms = j->synced_ms;
		memcpy(j->hash, j->synced_hash, SHA256_SIZE);
		j->marks = (size_t)((j->synced + STRIDE - 1) / STRIDE);
	}
	j->pending_n = 0;
}

/* Does any whole frame lie in IN? Then what stands before it was not just cut short. */
static bool
frame_within(struct bytes in)
{
	struct frame fr;

	for (size_t i = 0; i + JOURNAL_OVERHEAD <= in.n; i++)
		if (in.p[i] == 'S' && frame_parse(bytes_of(in.p + i, in.n - i), &fr))
			return true;
	return false;
}

/* Put the octets that a crash left behind the last frame aside, and cut the file. */
static enum err
cut(struct journal *j, int dir, const char *name, struct bytes torn, struct fault *f)
{
	char aside[160];
	int fd;

	(void)snprintf(aside, sizeof(aside), "%s.torn-%llu", name, (unsigned long long)j->end);
	fd = openat(dir, aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return FAIL(f, E_JOURNAL, "%s: %s", aside, strerror(errno));
	/* Only a copy for people: a full disk must not keep the signer from starting. */
	if (write(fd, torn.p, torn.n) != (ssize_t)torn.n)
		(void)unlinkat(dir, aside, 0);
	(void)close(fd);
	if (ftruncate(j->fd, (off_t)j->end) != 0 || fsync(j->fd) != 0)
		return FAIL(
		    f, E_JOURNAL, "cut at %llu: %s", (unsigned long long)j->end, strerror(errno));
	return OK;
}

/* Verify the chain in ALL. What follows the last frame is left: *RET. */
static enum err
walk(struct journal *j, struct bytes all, struct bytes *ret, struct fault *f)
{
	struct frame fr;

	while (all.n > 0 && frame_parse(all, &fr)) {
		if (!bytes_eq(fr.prev, BYTES_OF(j->hash)) ||
		    fr.record.sequence != j->sequence + 1 || fr.record.ms < j->ms)
			return FAIL_FIELD(f, E_JOURNAL, "journal", "chain",
			    "record %llu at octet %llu does not follow the one before",
			    (unsigned long long)fr.record.sequence, (unsigned long long)j->end);
		mark(j, fr.record.sequence, j->end);
		j->sequence = fr.record.sequence;
		j->ms = fr.record.ms;
		memcpy(j->hash, fr.whole.p + fr.whole.n - SHA256_SIZE, SHA256_SIZE);
		j->pending_n = fr.whole.n;
		settle(j, true);
		all = bytes_of(all.p + fr.whole.n, all.n - fr.whole.n);
	}
	if (all.n > JOURNAL_PENDING_MAX || frame_within(all))
		return FAIL_FIELD(f, E_JOURNAL, "journal", "chain",
		    "broken at octet %llu, after record %llu", (unsigned long long)j->end,
		    (unsigned long long)j->sequence);
	*ret = all;
	return OK;
}

static enum err
verify(struct journal *j, int dir, const char *name, struct fault *f)
{
	struct stat st;
	struct bytes torn = {0};
	void *map;
	enum err e;

	if (fstat(j->fd, &st) != 0)
		return FAIL(f, E_JOURNAL, "%s: %s", name, strerror(errno));
	if (st.st_size == 0)
		return OK;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, j->fd, 0);
	if (map == MAP_FAILED)
		return FAIL(f, E_JOURNAL, "%s: %s", name, strerror(errno));
	e = walk(j, bytes_of(map, (size_t)st.st_size), &torn, f);
	if (e == OK && torn.n > 0)
		e = cut(j, dir, name, torn, f);
	(void)munmap(map, (size_t)st.st_size);
	return e;
}

enum err
journal_open(int dir, const char *name, struct journal **ret, struct fault *f)
{
	struct journal *j;
	enum err e;
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return FAIL(f, E_JOURNAL, "%s: %s", name, strerror(errno));
	must(j = calloc(1, sizeof(*j)));
	must(j->pending = malloc(JOURNAL_PENDING_MAX));
	j->fd = fd;
	e = verify(j, dir, name, f);
	if (e == OK && fsync(dir) != 0)
		e = FAIL(f, E_JOURNAL, "%s: %s", name, strerror(errno));
	if (e != OK) {
		journal_close(&j);
		return e;
	}
	*ret = j;
	return OK;
}

void
journal_close(struct journal **j)
{
	if (!*j)
		return;
	(void)close((*j)->fd);
	free((*j)->pending);
	free((*j)->mark);
	free(*j);
	*j = NULL;
}

uint64_t
journal_sequence(const struct journal *j)
{
	return j->sequence;
}

uint64_t
journal_synced(const struct journal *j)
{
	return j->synced;
}

int64_t
journal_last_ms(const struct journal *j)
{
	return j->ms;
}

bool
journal_pending(const struct journal *j)
{
	return j->pending_n > 0;
}

static uint8_t *
put_be(uint8_t *p, uint64_t v, int octets)
{
	for (int i = octets - 1; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
	return p + octets;
}

enum err
journal_append(
    struct journal *j, uint8_t kind, int64_t ms, struct bytes body, uint64_t *ret, struct fault *f)
{
	uint8_t *frame = j->pending + j->pending_n, *p = frame;
	size_t n = body.n + JOURNAL_OVERHEAD;

	if (j->broken)
		return FAIL(f, E_JOURNAL, "must be opened anew");
	if (body.n > JOURNAL_BODY_MAX || n > JOURNAL_PENDING_MAX - j->pending_n)
		return FAIL(f, E_JOURNAL, "a record of %zu octets", body.n);
	if (ms > j->ms)
		j->ms = ms;
	j->sequence++;
	p = put_be(p, MAGIC, 4);
	*p++ = VERSION;
	*p++ = SHA_256;
	*p++ = kind;
	*p++ = 0;
	p = put_be(p, body.n, 4);
	p = put_be(p, j->sequence, 8);
	p = put_be(p, (uint64_t)j->ms, 8);
	memcpy(p, j->hash, SHA256_SIZE);
	p += SHA256_SIZE;
	if (body.n > 0)
		memcpy(p, body.p, body.n);
	sha256(bytes_of(frame, HEAD + body.n), j->hash);
	memcpy(p + body.n, j->hash, SHA256_SIZE);
	*ret = j->end + j->pending_n;
	mark(j, j->sequence, *ret);
	j->pending_n += n;
	return OK;
}

/* Nothing of what was being written may stay; if even that is not sure, this object is of no use. */
static enum err
undo(struct journal *j, const char *what, int error, struct fault *f)
{
	if (ftruncate(j->fd, (off_t)j->end) != 0 || fsync(j->fd) != 0)
		j->broken = true;
	settle(j, false);
	return FAIL_FIELD(f, E_JOURNAL, "journal", what, "%s: %s", what, strerror(error));
}

enum err
journal_sync(struct journal *j, struct fault *f)
{
	size_t at = 0;

	if (j->broken)
		return FAIL(f, E_JOURNAL, "must be opened anew");
	while (at < j->pending_n) {
		ssize_t n = pwrite(j->fd, j->pending + at, j->pending_n - at, (off_t)(j->end + at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return undo(j, "write", n < 0 ? errno : ENOSPC, f);
		at += (size_t)n;
	}
	if (j->pending_n > 0 && fdatasync(j->fd) != 0) {
		/* After a failed sync the page cache lies: only reading anew tells what is there. */
		j->broken = true;
		return undo(j, "sync", errno, f);
	}
	settle(j, true);
	return OK;
}

/* N octets at OFFSET, synced or pending, as a view or on A. */
static enum err
fetch(struct journal *j, uint64_t offset, size_t n, struct arena *a, struct bytes *ret,
    struct fault *f)
{
	uint8_t *p;

	if (offset >= j->end) {
		if (offset - j->end > j->pending_n || n > j->pending_n - (offset - j->end))
			return FAIL(f, E_JOURNAL, "no octets at %llu", (unsigned long long)offset);
		*ret = arena_bytes(a, bytes_of(j->pending + (offset - j->end), n));
		return OK;
	}
	p = arena_alloc(a, n);
	if (n > j->end - offset || pread(j->fd, p, n, (off_t)offset) != (ssize_t)n)
		return FAIL(
		    f, E_JOURNAL, "read at %llu: %s", (unsigned long long)offset, strerror(errno));
	*ret = bytes_of(p, n);
	return OK;
}

/* As frame_parse, at OFFSET. */
static enum err
frame_at(struct journal *j, uint64_t offset, struct arena *a, struct frame *ret, struct fault *f)
{
	struct bytes head = {0}, whole = {0};
	struct rd r;
	uint32_t length;

	TRY(fetch(j, offset, HEAD, a, &head, f));
	r = rd_new(head);
	(void)rd_u64(&r);
	length = rd_u32(&r);
	if (length > JOURNAL_BODY_MAX)
		return FAIL(f, E_JOURNAL, "no frame at %llu", (unsigned long long)offset);
	TRY(fetch(j, offset, HEAD + length + SHA256_SIZE, a, &whole, f));
	if (!frame_parse(whole, ret))
		return FAIL(f, E_JOURNAL, "no frame at %llu", (unsigned long long)offset);
	ret->record.offset = offset;
	return OK;
}

enum err
journal_at(struct journal *j, uint64_t offset, struct arena *a, struct journal_record *ret,
    struct fault *f)
{
	struct frame fr;

	TRY(frame_at(j, offset, a, &fr, f));
	*ret = fr.record;
	return OK;
}

enum err
journal_after(struct journal *j, uint64_t after, struct arena *a, size_t octets,
    struct journal_records *ret, struct fault *f)
{
	uint64_t offset;
	size_t n = 0;
	struct frame fr;

	ret->n = 0;
	if (after >= j->synced)
		return OK;
	offset = j->mark[after / STRIDE];
	while (offset < j->end && ret->n < ret->most) {
		TRY(frame_at(j, offset, a, &fr, f));
		offset += fr.whole.n;
		if (fr.record.sequence <= after)
			continue;
		n += fr.whole.n;
		if (ret->n > 0 && n > octets)
			break;
		ret->v[ret->n++] = fr.record;
	}
	return OK;
}
