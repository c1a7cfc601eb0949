/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: what a signature costs on a token, beside the same key in memory: one a question, and many a
 * question over several sessions. The token is SoftHSM in a folder of its own; how fast it is says nothing
 * about an HSM; what is put before it is ours. CPU time of both processes; prints a table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "crypto/softkey.h"
#include "token/p11child.h"
#include "token/pair.h"

#define PIN      "246810"
#define SESSIONS 4
#define ROUNDS   16 /* questions of PAIR_MANY */

struct bench {
	struct arena *a;
	char dir[64], conf[128];
	const char *argv[3], *envp[2];
	struct token_module module;
	struct token_set *set;
	struct token *t;
};

static void
check(enum err e, const struct fault *f, const char *what)
{
	if (e == OK)
		return;
	(void)fprintf(stderr, "token: %s: %s %s %s\n", what, err_row(e)->slug, f->field, f->detail);
	exit(1);
}

static double
used_us(int who)
{
	struct rusage u;

	must(getrusage(who, &u) == 0);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* Of this process and of the children that ended. */
static double
cpu_us(void)
{
	return used_us(RUSAGE_SELF) + used_us(RUSAGE_CHILDREN);
}

static const char *
module_path(void)
{
	static const char *const paths[] = {"/usr/lib/softhsm/libsofthsm2.so",
	    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], R_OK) == 0)
			return paths[i];
	return NULL;
}

static void
run(const char *const *argv, const char *const *envp)
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		(void)execvpe(
		    argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
		_exit(127);
	}
	must(pid > 0 && waitpid(pid, &status, 0) == pid);
	if (status != 0) {
		(void)fprintf(stderr, "token: %s: status %d\n", argv[0], status);
		exit(1);
	}
}

static void
make_token(struct bench *b)
{
	static const char *const argv[] = {"softhsm2-util", "--init-token", "--free", "--label",
	    "bench", "--so-pin", "12345678", "--pin", PIN, NULL};
	char path[128];
	FILE *f;

	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/signet-bench-XXXXXX");
	must(mkdtemp(b->dir) != NULL);
	(void)snprintf(path, sizeof(path), "%s/conf", b->dir);
	must(f = fopen(path, "w"));
	(void)fprintf(f, "directories.tokendir = %s\nobjectstore.backend = file\n", b->dir);
	must(fclose(f) == 0);
	(void)snprintf(b->conf, sizeof(b->conf), "SOFTHSM2_CONF=%s", path);
	b->envp[0] = b->conf;
	run(argv, b->envp);
}

static void
open_token(struct bench *b)
{
	struct secret pin = secret_new(TOKEN_PIN_MAX);
	struct token_list list = {0};
	struct fault f = {0};

	b->set = token_set_new(&b->module, 1);
	check(token_list(b->set, b->a, &list, &f), &f, "list");
	must(list.n == 1);
	check(token_open(b->set, &list.tokens[0], &b->t, &f), &f, "open");
	pin.n = strlen(PIN);
	memcpy(pin.p, PIN, pin.n);
	check(token_login(b->t, &pin, &f), &f, "login");
	secret_free(&pin);
}

static void
close_token(struct bench *b)
{
	token_close(&b->t);
	token_set_free(&b->set);
}

/* Microseconds of CPU a signature, both processes, of questions that hold MANY; a child of its own each time. */
static double
token_us(struct bench *b, const struct pair_names *key, size_t many)
{
	struct bytes data[PAIR_MANY], raw[PAIR_MANY];
	struct pair_order o = {.key = key, .data = data, .count = many};
	uint8_t octets[64] = {1};
	size_t rounds = ROUNDS * PAIR_MANY / many;
	struct fault f = {0};
	double from = cpu_us(), empty;

	for (size_t i = 0; i < many; i++)
		data[i] = bytes_of(octets, keyalg_kind(key->alg) == KEY_RSA ? 51 : 32);
	open_token(b);
	check(pair_sign(b->t, &o, b->a, raw, &f), &f, "sign");
	close_token(b);
	empty = cpu_us() - from;
	from = cpu_us();
	open_token(b);
	for (size_t i = 0; i <= rounds; i++) {
		struct arena *a = arena_new(0);

		check(pair_sign(b->t, &o, a, raw, &f), &f, "sign");
		arena_free(&a);
	}
	close_token(b);
	return (cpu_us() - from - empty) / (double)(rounds * many);
}

static double
soft_us(enum keyalg alg)
{
	struct arena *a = arena_new(0);
	struct softkey *k = NULL;
	struct fault f = {0};
	struct bytes signature;
	double from;

	check(softkey_make(alg, &k, &f), &f, "key");
	check(softkey_sign(k, a, bytes_of("x", 1), &signature, &f), &f, "sign");
	from = cpu_us();
	for (int i = 0; i < ROUNDS * PAIR_MANY; i++) {
		check(softkey_sign(k, a, bytes_of("x", 1), &signature, &f), &f, "sign");
		arena_reset(a);
	}
	from = (cpu_us() - from) / (ROUNDS * PAIR_MANY);
	softkey_free(&k);
	arena_free(&a);
	return from;
}

static void
clean(struct bench *b)
{
	const char *const argv[] = {"rm", "-rf", b->dir, NULL};

	run(argv, b->envp);
	arena_free(&b->a);
}

/* In memory, on the token one a question, many a question. */
static void
tell(bool json, const char *kind, const double us[static 3])
{
	static const char *const metrics[] = {"one_us", "many_us"};

	for (int i = 0; json && i < 2; i++)
		printf("{\"bench\":\"token\",\"metric\":\"%s_%s\",\"value\":%.1f,\"unit\":"
		       "\"us\",\"ratio\":%.3f,\"ratio_to\":\"memory\",\"runs\":1}\n",
		    kind, metrics[i], us[i + 1], us[i + 1] / us[0]);
	if (!json)
		printf("token  %-8s in memory %8.1f us, one a question %8.1f us (%.2f x), %d a "
		       "question %8.1f us (%.2f x)\n",
		    kind, us[0], us[1], us[1] / us[0], PAIR_MANY, us[2], us[2] / us[0]);
}

int
main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	static const enum keyalg kinds[] = {KEYALG_EC_P256, KEYALG_EC_P384, KEYALG_RSA_3072};
	struct bench b = {.a = NULL};
	struct fault f = {0};
	struct bytes spki;

	if (argc == 2 && argv[1][0] == '/' && strstr(argv[1], ".so"))
		return p11_child_main(argv[1], 0, SESSIONS);
	if (module_path() == NULL) {
		printf("token  SoftHSM is not installed: not measured\n");
		return 0;
	}
	b.a = arena_new((size_t)64 << 20);
	make_token(&b);
	b.argv[0] = "/proc/self/exe";
	b.argv[1] = module_path();
	b.module = (struct token_module){.name = "softhsm", .argv = b.argv, .envp = b.envp};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint8_t id = (uint8_t)(i + 1);
		struct pair_names key = {kinds[i], bytes_of(&id, 1), STR("bench")};
		double soft = soft_us(kinds[i]), one, many;

		open_token(&b);
		check(pair_make(b.t, &key, b.a, &spki, &f), &f, "key pair");
		close_token(&b);
		one = token_us(&b, &key, 1);
		many = token_us(&b, &key, PAIR_MANY);
		tell(json, keyalg_name(kinds[i]), (const double[]){soft, one, many});
	}
	clean(&b);
	return 0;
}
