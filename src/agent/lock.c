/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/rundir.h"
#include "base/arena.h"
#include "base/text.h"

enum err
lock_take(struct str serial, int *ret, struct fault *f)
{
	struct arena *a = arena_new(0);
	int dir, fd, wrong;

	if (rundir_open(&dir, f) != OK) {
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
