/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err
broken(struct fault *f, const char *what, const char *path)
{
	return FAIL_FIELD(f, E_FILE, path, NULL, "%s: %s", what, strerror(errno));
}

enum err
spool_open(struct str dir, struct fault *f)
{
	char path[PATH_MAX];

	if (dir.n == 0 || dir.n >= sizeof(path))
		return FAIL(f, E_FILE, "length of a path");
	memcpy(path, dir.p, dir.n);
	path[dir.n] = 0;
	for (size_t i = 1; i <= dir.n; i++) {
		char c = path[i];

		if (c != '/' && c != 0)
			continue;
		path[i] = 0;
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return broken(f, "mkdir", path);
		path[i] = c;
	}
	return OK;
}

static enum err
write_all(int fd, struct bytes b, struct fault *f)
{
	while (b.n) {
		ssize_t n = write(fd, b.p, b.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return broken(f, "write", NULL);
		b.p += n;
		b.n -= (size_t)n;
	}
	if (fsync(fd) != 0)
		return broken(f, "fsync", NULL);
	return OK;
}

/* The file under a name that nobody reads, then its own. */
static enum err
put(int dir, const char *name, struct bytes text, struct fault *f)
{
	char part[NAME_MAX];
	int fd;
	enum err e;

	(void)snprintf(part, sizeof(part), ".%.200s.part", name);
	fd = openat(dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return broken(f, "open", part);
	e = fchmod(fd, 0600) == 0 ? write_all(fd, text, f) : broken(f, "chmod", part);
	(void)close(fd);
	TRY(e);
	if (renameat(dir, part, dir, name) != 0)
		return broken(f, "rename", name);
	if (fsync(dir) != 0)
		return broken(f, "fsync", name);
	return OK;
}

enum err
spool_write(struct str dir, const char *name, struct bytes text, struct fault *f)
{
	char path[PATH_MAX];
	int fd;
	enum err e;

	if (dir.n == 0 || dir.n >= sizeof(path))
		return FAIL(f, E_FILE, "length of a path");
	memcpy(path, dir.p, dir.n);
	path[dir.n] = 0;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return broken(f, "open", path);
	e = put(fd, name, text, f);
	(void)close(fd);
	return e;
}
