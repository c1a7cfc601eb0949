/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_OCTETS 128

enum err
file_folder(const char *path, int *ret, struct fault *f)
{
	struct stat st;
	int dir;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	if (fstat(dir, &st) != 0 || (st.st_mode & 077) != 0) {
		(void)close(dir);
		return FAIL_FIELD(f, E_FILE, NULL, "0700", "%s: others may enter it", path);
	}
	*ret = dir;
	return OK;
}

static enum err
put(int fd, const char *name, struct bytes b, struct fault *f)
{
	for (size_t at = 0; at < b.n;) {
		ssize_t n = write(fd, b.p + at, b.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FAIL(f, E_FILE, "%s: %s", name, strerror(errno));
		at += (size_t)n;
	}
	if (fsync(fd) != 0)
		return FAIL(f, E_FILE, "%s: %s", name, strerror(errno));
	return OK;
}

enum err
file_write(int dir, const char *name, struct bytes b, struct fault *f)
{
	char fresh[NAME_MAX_OCTETS + 8];
	enum err e;
	int fd;

	if (strlen(name) > NAME_MAX_OCTETS)
		return FAIL(f, E_FILE, "%s: too long a name", name);
	(void)snprintf(fresh, sizeof(fresh), "%s.new", name);
	fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return FAIL(f, E_FILE, "%s: %s", fresh, strerror(errno));
	e = put(fd, fresh, b, f);
	(void)close(fd);
	if (e == OK && (renameat(dir, fresh, dir, name) != 0 || fsync(dir) != 0))
		e = FAIL(f, E_FILE, "%s: %s", name, strerror(errno));
	if (e != OK)
		(void)unlinkat(dir, fresh, 0);
	return e;
}

enum err
file_read(
    int dir, const char *name, size_t max, struct arena *a, struct bytes *ret, struct fault *f)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	uint8_t *p;
	size_t n, at = 0;

	if (fd < 0)
		return FAIL(f, E_FILE, "%s: %s", name, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > max) {
		(void)close(fd);
		return FAIL(f, E_FILE, "%s: no file of at most %zu octets", name, max);
	}
	n = (size_t)st.st_size;
	p = arena_alloc(a, n + 1);
	while (at < n) {
		ssize_t got = read(fd, p + at, n - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		at += (size_t)got;
	}
	(void)close(fd);
	if (at != n)
		return FAIL(f, E_FILE, "%s: read %zu of %zu octets", name, at, n);
	*ret = bytes_of(p, n);
	return OK;
}

bool
file_there(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, 0) == 0;
}
