/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox: what each kind of process can no longer do, tried in a process of its own. */
#include "monitor/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static char directory[64];

/* The exit status of a process that enters the sandbox and tries. 77: not offered here. */
static int
within(const struct sandbox *s, const char *const *write, bool needs_all, int (*try)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		const char *missing = NULL;

		if (sandbox_enter(s, write, &missing, NULL) != OK)
			_exit(90);
		_exit(needs_all && missing[0] != '\0' ? 77 : try());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	return WEXITSTATUS(status);
}

static bool
refused(long result)
{
	return result == -1 && errno == EPERM;
}

static bool
opens(int domain)
{
	int fd = socket(domain, SOCK_STREAM, 0);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static void *
nothing(void *arg)
{
	return arg;
}

static bool
works(void)
{
	char path[128];
	pthread_t t;
	int fd;
	bool good;

	(void)snprintf(path, sizeof(path), "%s/file", directory);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	good = fd >= 0 && write(fd, "x", 1) == 1 && fsync(fd) == 0 && close(fd) == 0 &&
	    unlink(path) == 0;
	return good && pthread_create(&t, NULL, nothing, NULL) == 0 && pthread_join(t, NULL) == 0;
}

/* Each number is the step that went wrong. */
static int
try_signer(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	if (!works())
		return 1;
	if (!refused(socket(AF_INET, SOCK_STREAM, 0)) || !refused(socket(AF_UNIX, SOCK_STREAM, 0)))
		return 2;
	if (!refused(fork()))
		return 3;
	if (!refused(execv("/bin/true", argv)))
		return 4;
	if (!refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) || !refused(kill(getpid(), 0)))
		return 5;
	if (!refused(syscall(SYS_io_uring_setup, 1, NULL)))
		return 6;
	return 0;
}

static int
try_local(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	if (!works() || !opens(AF_UNIX))
		return 1;
	if (!refused(socket(AF_INET, SOCK_STREAM, 0)) ||
	    !refused(socket(AF_INET6, SOCK_DGRAM, 0)) || !refused(socket(AF_NETLINK, SOCK_RAW, 0)))
		return 2;
	return refused(execv("/bin/true", argv)) ? 0 : 3;
}

static int
try_net(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	if (!works() || !opens(AF_INET))
		return 1;
	if (!refused(execv("/bin/true", argv)))
		return 2;
	return refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) ? 0 : 3;
}

static int
try_free(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	if (!works() || !opens(AF_INET) || !refused(syscall(SYS_bpf, 0, NULL, 0)))
		return 1;
	(void)execv("/bin/true", argv);
	return 2;
}

static int
try_write(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (!works() || fd < 0)
		return 1;
	fd = open("/tmp/signet-outside", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 || errno != EACCES)
		return 2;
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? 0 : 3;
}

static int
try_always(void)
{
	struct rlimit core, files;

	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
		return 1;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max != 64)
		return 2;
	if (prctl(PR_GET_DUMPABLE) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 3;
	return 0;
}

TEST_CASE(the_signer_opens_no_socket_and_starts_no_program)
{
	const struct sandbox s = {.calls = SANDBOX_SIGNER};

	assert_int_equal(within(&s, NULL, true, try_signer), 0);
}

TEST_CASE(jobs_open_unix_sockets_only)
{
	const struct sandbox s = {.calls = SANDBOX_LOCAL};

	assert_int_equal(within(&s, NULL, true, try_local), 0);
}

TEST_CASE(the_front_starts_no_program)
{
	const struct sandbox s = {.calls = SANDBOX_NET};

	assert_int_equal(within(&s, NULL, true, try_net), 0);
}

TEST_CASE(others_may_but_not_what_nobody_needs)
{
	const struct sandbox s = {.calls = SANDBOX_FREE};

	assert_int_equal(within(&s, NULL, true, try_free), 0);
}

TEST_CASE(files_are_written_in_the_given_directories_only)
{
	const char *const write[] = {directory, NULL};
	const struct sandbox s = {.calls = SANDBOX_NET};

	assert_int_equal(within(&s, write, true, try_write), 0);
}

TEST_CASE(no_process_dumps_core_or_gains_rights)
{
	const struct sandbox s = {.calls = SANDBOX_NET, .files = 64};

	assert_int_equal(within(&s, NULL, false, try_always), 0);
}

static int
become_nobody(void)
{
	struct fault f = {0};

	if (sandbox_user("nosuchuser", &f) != E_CONFIG)
		return 1;
	if (sandbox_user("nobody", NULL) != OK || getuid() == 0 || getegid() == 0)
		return 2;
	return setuid(0) == 0 ? 3 : 0;
}

TEST_CASE(root_becomes_the_user_and_cannot_go_back)
{
	int status;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	pid = fork();
	if (pid == 0)
		_exit(become_nobody());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int
begin(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory), "/tmp/signet-sandbox-XXXXXX");
	return mkdtemp(directory) == NULL;
}

static int
end(void **state)
{
	(void)state;
	return rmdir(directory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_signer_opens_no_socket_and_starts_no_program),
	    cmocka_unit_test(jobs_open_unix_sockets_only),
	    cmocka_unit_test(the_front_starts_no_program),
	    cmocka_unit_test(others_may_but_not_what_nobody_needs),
	    cmocka_unit_test(files_are_written_in_the_given_directories_only),
	    cmocka_unit_test(no_process_dumps_core_or_gains_rights),
	    cmocka_unit_test(root_becomes_the_user_and_cannot_go_back),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
