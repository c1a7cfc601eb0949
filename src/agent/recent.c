/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/recent.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/rundir.h"
#include "base/buf.h"
#include "base/text.h"

#define LINE_MOST 160
#define FILE_MOST ((size_t)RECENT_MAX * (LINE_MOST + 1))

/* The file, locked until it is closed; -1 when there is none to be had. */
static int
open_file(int flags)
{
	int dir, fd;

	if (rundir_open(&dir, NULL) != OK)
		return -1;
	fd = openat(dir, "recent", flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	(void)close(dir);
	if (fd >= 0)
		(void)flock(fd, LOCK_EX);
	return fd;
}

static struct recent
read_lines(struct arena *a, int fd)
{
	char *text = arena_alloc(a, FILE_MOST);
	ssize_t got = pread(fd, text, FILE_MOST, 0);
	struct recent r = {.n = 0};
	char *at = text, *end = text + (got > 0 ? got : 0), *line;

	for (; (line = memchr(at, '\n', (size_t)(end - at))) != NULL; at = line + 1) {
		if (r.n < RECENT_MAX)
			r.line[r.n++] = (struct str){at, (size_t)(line - at)};
	}
	return r;
}

void
recent_note(int64_t now, struct str verb, const struct fault *f)
{
	struct arena *a = arena_new(0);
	char when[TIME_TEXT_SIZE];
	int fd = open_file(O_RDWR | O_CREAT);
	struct recent old = {.n = 0};
	struct buf b = buf_new(a, FILE_MOST);
	char *line;

	if (fd >= 0)
		old = read_lines(a, fd);
	for (size_t i = old.n == RECENT_MAX ? 1 : 0; i < old.n; i++)
		buf_fmt(&b, "%.*s\n", (int)old.line[i].n, old.line[i].p);
	time_text(now, when);
	line = arena_fmt(
	    a, "%s %.*s %s %s", when, (int)verb.n, verb.p, err_row(f->code)->slug, f->detail);
	for (char *p = line; *p; p++) {
		if ((unsigned char)*p < ' ')
			*p = '?';
	}
	buf_fmt(&b, "%.*s\n", LINE_MOST, line);
	if (fd >= 0 && !b.bad && ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, b.p, b.n, 0);
	if (fd >= 0)
		(void)close(fd);
	arena_free(&a);
}

struct recent
recent_read(struct arena *a)
{
	struct recent r = {.n = 0};
	int fd = open_file(O_RDONLY);

	if (fd < 0)
		return r;
	r = read_lines(a, fd);
	(void)close(fd);
	return r;
}
