/* SPDX-License-Identifier: Apache-2.0 */
#include "peer.h"

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 4 /* servers */

static char dir[] = "/tmp/signet-peer-XXXXXX";
static struct arena *life;
static pid_t servers[MOST];
static int count;

void
peer_open(void)
{
	assert_non_null(mkdtemp(dir));
	life = arena_new(0);
}

static int
remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(name);
}

int
peer_close(void)
{
	for (int i = 0; i < count; i++) {
		(void)kill(servers[i], SIGKILL);
		(void)waitpid(servers[i], NULL, 0);
	}
	arena_free(&life);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct arena *
peer_life(void)
{
	return life;
}

const char *
peer_path(const char *name)
{
	return arena_fmt(life, "%s/%s", dir, name);
}

static pid_t
run(const char *const *argv)
{
	posix_spawn_file_actions_t quiet;
	pid_t pid;

	assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
	for (int fd = 0; fd < 3; fd++)
		assert_int_equal(
		    posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", 2, 0), 0);
	assert_int_equal(
	    posix_spawnp(&pid, argv[0], &quiet, NULL, (char *const *)(uintptr_t)argv, environ), 0);
	assert_int_equal(posix_spawn_file_actions_destroy(&quiet), 0);
	return pid;
}

void
peer_certificate(const char *name)
{
	const char *argv[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
	    "ec_paramgen_curve:P-256", "-nodes", "-keyout",
	    peer_path(arena_fmt(life, "%s.key", name)), "-out",
	    peer_path(arena_fmt(life, "%s.pem", name)), "-subj", "/CN=x", "-addext",
	    "subjectAltName=DNS:localhost", "-days", "2", NULL};
	int status = -1;

	assert_true(waitpid(run(argv), &status, 0) > 0);
	assert_int_equal(status, 0);
}

int
peer_start(const char *script, const char *const *more)
{
	const char *port = peer_path(arena_fmt(life, "port%d", count));
	const char *argv[24] = {"/usr/bin/python3", arena_fmt(life, "%s/%s", PEER_SERVERS, script),
	    "--cert", peer_path("server.pem"), "--key", peer_path("server.key"), "--mode",
	    peer_path("mode"), "--port-file", port};
	char text[16] = "";
	FILE *f = NULL;
	size_t n = 10;

	while (*more != NULL && n < 23)
		argv[n++] = *more++;
	assert_true(count < MOST);
	servers[count++] = run(argv);
	for (int tries = 0; f == NULL && tries < 400; tries++) {
		(void)usleep(50000);
		f = fopen(port, "r");
	}
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	(void)fclose(f);
	return (int)strtol(text, NULL, 10);
}

void
peer_mode(const char *text)
{
	FILE *f = fopen(peer_path("mode"), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

int
peer_files(const char *name, const char *suffix)
{
	DIR *d = opendir(peer_path(name));
	int n = 0;

	assert_non_null(d);
	for (const struct dirent *e = readdir(d); e; e = readdir(d))
		n += strlen(e->d_name) > strlen(suffix) &&
		    strcmp(e->d_name + strlen(e->d_name) - strlen(suffix), suffix) == 0;
	(void)closedir(d);
	return n;
}
