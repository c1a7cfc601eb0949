/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/calls.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>

#include "base/must.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define C(name) SCMP_SYS(name)

/* What no process of ours ever needs, and what is of use to who took one over. */
static const int never[] = {C(ptrace), C(process_vm_readv), C(process_vm_writev), C(mount),
    C(umount2), C(pivot_root), C(chroot), C(bpf), C(kexec_load), C(kexec_file_load), C(init_module),
    C(finit_module), C(delete_module), C(keyctl), C(add_key), C(request_key), C(perf_event_open),
    C(userfaultfd), C(unshare), C(setns), C(reboot), C(swapon), C(swapoff), C(settimeofday),
    C(clock_settime), C(iopl), C(ioperm), C(acct), C(quotactl), C(open_by_handle_at),
    C(io_uring_setup), C(io_uring_enter), C(io_uring_register), C(personality)};

static const int programs[] = {C(execve), C(execveat)};

/* All that the signer does: files below its directory, memory, threads, the sockets it was given. */
static const int signer[] = {
    /* descriptors */
    C(read), C(readv), C(pread64), C(write), C(writev), C(pwrite64), C(lseek), C(close),
    C(close_range), C(fcntl), C(dup), C(dup3), C(poll), C(ppoll), C(epoll_create1), C(epoll_ctl),
    C(epoll_wait), C(epoll_pwait), C(eventfd2), C(pipe2), C(recvmsg), C(sendmsg), C(recvfrom),
    C(sendto), C(shutdown), C(getsockopt), C(setsockopt), C(memfd_create),
    /* files */
    C(open), C(openat), C(stat), C(fstat), C(lstat), C(newfstatat), C(statx), C(access),
    C(faccessat), C(faccessat2), C(readlink), C(readlinkat), C(getcwd), C(getdents64), C(fsync),
    C(fdatasync), C(ftruncate), C(fallocate), C(flock), C(rename), C(renameat), C(renameat2),
    C(link), C(linkat), C(unlink), C(unlinkat), C(mkdir), C(mkdirat), C(fchmod), C(umask),
    C(fadvise64), C(fstatfs),
    /* memory and threads */
    C(brk), C(mmap), C(munmap), C(mremap), C(mprotect), C(madvise), C(mlock), C(mlock2), C(munlock),
    C(futex), C(set_robust_list), C(rseq), C(membarrier), C(sched_yield), C(sched_getaffinity),
    C(exit), C(exit_group),
    /* signals, time, itself */
    C(rt_sigaction), C(rt_sigprocmask), C(rt_sigreturn), C(rt_sigtimedwait), C(sigaltstack),
    C(tgkill), C(restart_syscall), C(clock_gettime), C(clock_getres), C(clock_nanosleep),
    C(nanosleep), C(gettimeofday), C(time), C(getrandom), C(getpid), C(gettid), C(getppid),
    C(getuid), C(geteuid), C(getgid), C(getegid), C(uname), C(sysinfo), C(getrlimit), C(prctl)};

static bool
add(scmp_filter_ctx x, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* A call that this machine's architecture has not is none to rule about. */
		if (calls[i] < -100 || calls[i] == __NR_SCMP_ERROR)
			continue;
		if (seccomp_rule_add(x, action, calls[i], 0) != 0)
			return false;
	}
	return true;
}

#define ADD(x, action, list) add(x, action, list, sizeof(list) / sizeof((list)[0]))

static bool
allow_signer(scmp_filter_ctx x)
{
	/* clone3 hides its flags from us; glibc takes clone when told that there is none. */
	return ADD(x, SCMP_ACT_ALLOW, signer) &&
	    seccomp_rule_add(x, SCMP_ACT_ALLOW, C(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0 &&
	    seccomp_rule_add(x, SCMP_ACT_ERRNO(ENOSYS), C(clone3), 0) == 0;
}

static bool
deny(scmp_filter_ctx x, enum sandbox_calls which)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);

	return ADD(x, no, never) && (which == SANDBOX_FREE || ADD(x, no, programs)) &&
	    (which != SANDBOX_LOCAL ||
		seccomp_rule_add(
		    x, no, C(socket), 1, SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)AF_UNIX, 0)) == 0);
}

bool
calls_limit(enum sandbox_calls which)
{
	bool listed = which == SANDBOX_SIGNER;
	scmp_filter_ctx x;
	bool good;

	if (SANITIZED)
		return false;
	x = seccomp_init(listed ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW);
	must(x != NULL);
	good = (listed ? allow_signer(x) : deny(x, which)) && seccomp_load(x) == 0;
	seccomp_release(x);
	return good;
}
