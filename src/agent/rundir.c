/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder that nobody else can write: another user's would let them hold the lock for ever. */
enum err
rundir_open(int *ret, struct fault *f)
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
