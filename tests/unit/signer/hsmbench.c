/* SPDX-License-Identifier: Apache-2.0 */
#include "hsmbench.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ipc.h"
#include "token/p11child.h"

/* A child as the monitor would start it; its socket. */
static int
child(struct bench *b)
{
	posix_spawn_file_actions_t actions;
	int pair[2];

	assert_int_equal(ipc_pair(pair, NULL), OK);
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, pair[1], P11_CHILD_SOCKET), 0);
	assert_int_equal(
	    posix_spawn(&b->pid, b->s.argv[0], &actions, NULL, (char *const *)(uintptr_t)b->s.argv,
		(char *const *)(uintptr_t)b->s.envp),
	    0);
	assert_int_equal(posix_spawn_file_actions_destroy(&actions), 0);
	(void)close(pair[1]);
	return pair[0];
}

void
bench_bury(struct bench *b)
{
	if (b->pid > 0) {
		(void)kill(b->pid, SIGKILL);
		(void)waitpid(b->pid, NULL, 0);
	}
	b->pid = 0;
}

/* The monitor's part: another child in place of the one that ended. */
void
bench_again(struct bench *b)
{
	bench_bury(b);
	hsm_use(b->hsm, child(b));
}

void
bench_know(struct bench *b, const char *label, const char *pin)
{
	struct hsm_options o = {.label = str_of(label), .pin = softhsm_pin(pin)};

	hsm_free(&b->hsm);
	bench_bury(b);
	b->hsm = hsm_new(&o);
	hsm_use(b->hsm, child(b));
}

int
bench_set_up(void **state)
{
	static struct bench b;

	b = (struct bench){.a = arena_new(0)};
	softhsm_new(&b.s, SERVE_PATH);
	bench_know(&b, SOFTHSM_LABEL, SOFTHSM_PIN);
	*state = &b;
	return 0;
}

int
bench_tear_down(void **state)
{
	struct bench *b = *state;

	hsm_free(&b->hsm);
	bench_bury(b);
	softhsm_free(&b->s);
	arena_free(&b->a);
	return 0;
}
