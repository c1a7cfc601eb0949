/* SPDX-License-Identifier: Apache-2.0 */
#include "softhsm.h"

#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define SO_PIN "13579135"

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
run(const char *const *argv, const char *const *envp)
{
	posix_spawn_file_actions_t quiet;
	int status = -1;
	pid_t pid;

	assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0), 0);
	assert_int_equal(posix_spawnp(&pid, argv[0], &quiet, NULL, (char *const *)(uintptr_t)argv,
			     (char *const *)(uintptr_t)envp),
	    0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(posix_spawn_file_actions_destroy(&quiet), 0);
}

void
softhsm_new(struct softhsm *h, const char *child)
{
	static const char *const argv[] = {"softhsm2-util", "--init-token", "--free", "--label",
	    SOFTHSM_LABEL, "--so-pin", SO_PIN, "--pin", SOFTHSM_PIN, NULL};
	char path[128], text[256];

	memset(h, 0, sizeof(*h));
	(void)snprintf(h->dir, sizeof(h->dir), "/tmp/signet-unit-XXXXXX");
	assert_non_null(mkdtemp(h->dir));
	(void)snprintf(path, sizeof(path), "%s/tokens", h->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(text, sizeof(text),
	    "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", path);
	(void)snprintf(path, sizeof(path), "%s/softhsm2.conf", h->dir);
	write_file(path, text);
	(void)snprintf(h->conf, sizeof(h->conf), "SOFTHSM2_CONF=%s", path);
	(void)snprintf(h->fault, sizeof(h->fault), "%s/fault", h->dir);
	(void)snprintf(h->fault_env, sizeof(h->fault_env), "FAULT_FILE=%s", h->fault);
	h->envp[0] = h->conf;
	h->envp[1] = h->fault_env;
	h->envp[2] = "FAULT_MODULE=" SOFTHSM_MODULE;
	h->argv[0] = child;
	h->argv[1] = FAULT_PATH;
	h->module = (struct token_module){
	    .name = "softhsm", .argv = h->argv, .envp = h->envp, .timeout_ms = 20000};
	softhsm_fault(h, "");
	run(argv, h->envp);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
softhsm_free(struct softhsm *h)
{
	assert_int_equal(nftw(h->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void
softhsm_fault(const struct softhsm *h, const char *lines)
{
	write_file(h->fault, lines);
}

static int objects;

static int
count_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	size_t n = strlen(path);

	(void)st;
	(void)at;
	objects += kind == FTW_F && n > 7 && strcmp(path + n - 7, ".object") == 0 &&
	    strcmp(path + n - 12, "token.object") != 0;
	return 0;
}

/* The file back end has one file an object. */
int
softhsm_objects(const struct softhsm *h)
{
	objects = 0;
	assert_int_equal(nftw(h->dir, count_one, 16, FTW_PHYS), 0);
	return objects;
}

struct secret
softhsm_pin(const char *pin)
{
	struct secret s = secret_new(TOKEN_PIN_MAX);

	s.n = strlen(pin);
	memcpy(s.p, pin, s.n);
	return s;
}
