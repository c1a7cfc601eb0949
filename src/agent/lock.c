/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"

/* A folder that nobody else can write: another user's would let them hold the lock for ever. */
static enum err
folder(int *ret, struct fault *f)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[256];
	struct stat st;
	int fd;

	if (runtime && runtime[0] == '/')
		(void)snprintf(path, sizeof(path), "%s/signet-agent", runtime);
	else
		(void)snprintf(path, sizeof(path), "/tmp/signet-agent-%u", (unsigned)geteuid());
	(void)mkdir(path, 0700);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(errno));
	if (fstat(fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 022) != 0) {
		(void)close(fd);
		return FAIL_FIELD(f, E_FILE, path, "0700", "not the caller's own");
	}
	*ret = fd;
	return OK;
}

enum err
lock_take(struct str serial, int *ret, struct fault *f)
{
	struct arena *a = arena_new(0);
	int dir, fd, wrong;

	if (folder(&dir, f) != OK) {
		arena_free(&a);
		return E_FILE;
	}
	/* The serial is the token's word: hexadecimal, so that it is a plain file name. */
	fd = openat(dir, arena_fmt(a, "token-%s.lock", hex_text(a, str_bytes(serial))),
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	wrong = fd < 0 ? errno : 0;
	(void)close(dir);
	arena_free(&a);
	if (fd < 0)
		return FAIL(f, E_FILE, "lock: %s", strerror(wrong));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(fd);
		return FAIL(f, E_TOKEN_BUSY, "another agent uses the token");
	}
	*ret = fd;
	return OK;
}
