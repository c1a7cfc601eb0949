/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err
fail(struct fault *f, const char *path, const char *what)
{
	return FAIL_FIELD(f, E_FILE, path, NULL, "%s: %s", what, strerror(errno));
}

static enum err
read_fd(struct arena *a, int fd, const char *path, size_t max, struct bytes *ret, struct fault *f)
{
	uint8_t *p = arena_alloc(a, max + 1);
	size_t n = 0;

	while (n <= max) {
		ssize_t got = read(fd, p + n, max + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(f, path, "read");
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n > max)
		return FAIL_FIELD(f, E_FILE, path, NULL, "more than %zu octets", max);
	*ret = (struct bytes){p, n};
	return OK;
}

static enum err
read_path(
    struct arena *a, const char *path, size_t max, bool secret, struct bytes *ret, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	enum err e = OK;

	if (fd < 0)
		return fail(f, path, "open");
	if (fstat(fd, &st) != 0)
		e = fail(f, path, "stat");
	else if (secret && ((st.st_mode & 077) || (st.st_uid != geteuid() && geteuid() != 0)))
		e = FAIL_FIELD(f, E_FILE, path, "0600", "others may read it");
	if (e == OK)
		e = read_fd(a, fd, path, max, ret, f);
	(void)close(fd);
	return e;
}

enum err
file_read(struct arena *a, const char *path, size_t max, struct bytes *ret, struct fault *f)
{
	return read_path(a, path, max, false, ret, f);
}

enum err
file_read_secret(struct arena *a, const char *path, size_t max, struct bytes *ret, struct fault *f)
{
	struct bytes b;

	TRY(read_path(a, path, max, true, &b, f));
	while (b.n && (b.p[b.n - 1] == '\n' || b.p[b.n - 1] == '\r'))
		b.n--;
	*ret = b;
	return OK;
}

static bool
write_all(int fd, struct bytes b)
{
	while (b.n) {
		ssize_t done = write(fd, b.p, b.n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		b = (struct bytes){b.p + done, b.n - (size_t)done};
	}
	return true;
}

enum err
file_write(struct arena *a, const char *path, struct bytes b, unsigned mode, struct fault *f)
{
	const char *half = arena_fmt(a, "%s.%ld", path, (long)getpid());
	int fd = open(half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	bool good;

	if (fd < 0)
		return fail(f, half, "open");
	good = fchmod(fd, mode) == 0 && write_all(fd, b) && fsync(fd) == 0;
	good &= close(fd) == 0;
	if (good && rename(half, path) == 0)
		return OK;
	(void)fail(f, path, "write");
	(void)unlink(half);
	return E_FILE;
}

enum err
file_folder(struct arena *a, const char *path, struct fault *f)
{
	char *copy = arena_fmt(a, "%s", path);

	for (char *p = copy + 1;; p++) {
		char here = *p;

		if (here != '/' && here != 0)
			continue;
		*p = 0;
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			return fail(f, copy, "mkdir");
		if (here == 0)
			return OK;
		*p = '/';
	}
}
