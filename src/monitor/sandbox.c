/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "monitor/calls.h"
#include "monitor/landlock.h"

enum err
sandbox_user(const char *user, struct fault *f)
{
	const struct passwd *p;

	if (geteuid() != 0)
		return OK;
	errno = 0;
	p = getpwnam(user);
	if (p == NULL)
		return FAIL_FIELD(f, E_CONFIG, "user", NULL, "there is no system user %s", user);
	if (setgroups(0, NULL) != 0 || setresgid(p->pw_gid, p->pw_gid, p->pw_gid) != 0 ||
	    setresuid(p->pw_uid, p->pw_uid, p->pw_uid) != 0)
		return FAIL(f, E_CONFIG, "become %s: %s", user, strerror(errno));
	/* Never by chance still able to go back. */
	if (p->pw_uid != 0 && setresuid(0, 0, 0) == 0)
		return FAIL(f, E_CONFIG, "become %s: root came back", user);
	return OK;
}

static enum err
limit(__rlimit_resource_t what, rlim_t most, struct fault *f)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0)
		return FAIL(f, E_INTERNAL, "getrlimit: %s", strerror(errno));
	if (r.rlim_max > most)
		r.rlim_max = most;
	r.rlim_cur = r.rlim_max;
	if (setrlimit(what, &r) != 0)
		return FAIL(f, E_INTERNAL, "setrlimit: %s", strerror(errno));
	return OK;
}

enum err
sandbox_enter(
    const struct sandbox *s, const char *const *write, const char **ret_missing, struct fault *f)
{
	const char *missing = "";

	/* After the change of user, which clears both (prctl(2)). */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return FAIL(f, E_INTERNAL, "prctl: %s", strerror(errno));
	TRY(limit(RLIMIT_CORE, 0, f));
	if (s->files != 0)
		TRY(limit(RLIMIT_NOFILE, s->files, f));
	if (write != NULL && !landlock_write_only(write))
		missing = "landlock";
	if (!calls_limit(s->calls))
		missing = missing[0] ? "landlock, seccomp" : "seccomp";
	*ret_missing = missing;
	return OK;
}
