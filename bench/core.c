/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core: request octets in, certificate octets out, in memory, one thread, P-256: what deciding and
 * writing cost beside the cryptography that no CA can do without.
 *
 * The floor is measured in the same run: verify one request's signature and sign once, with the same
 * contexts. Prints a table, or with --json one line a figure.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/must.h"
#include "core/builtin.h"
#include "core/profile.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/softkey.h"
#include "crypto/verify.h"
#include "x509/cert.h"
#include "x509/csr.h"

#define REQUESTS 64
#define ROUNDS   40 /* over all requests, a run */
#define RUNS     3

struct bench {
	struct arena *keep;
	struct profile profile;
	struct cert_template template;
	struct softkey *ca;
	struct bytes csr[REQUESTS];
	struct bytes subject, san;
	int64_t ca_not_after;
};

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
check(enum err e, const struct fault *f, const char *what)
{
	if (e == OK)
		return;
	(void)fprintf(stderr, "core: %s: %s %s %s\n", what, err_row(e)->slug, f->field, f->detail);
	exit(1);
}

static struct bytes
read_file(struct arena *a, const char *path)
{
	FILE *in = fopen(path, "rb");
	uint8_t *p = arena_alloc(a, PROFILE_MAX);
	size_t n;

	if (in == NULL) {
		perror(path);
		exit(1);
	}
	n = fread(p, 1, PROFILE_MAX, in);
	(void)fclose(in);
	return bytes_of(p, n);
}

static void
ski_of(struct bytes spki, uint8_t ret[static SHA256_SIZE])
{
	const uint8_t *point = spki_p256_point(spki);

	must(point != NULL);
	sha256(bytes_of(point, P256_POINT_SIZE), ret);
}

static void
set_up(struct bench *b, const char *profile, int64_t now)
{
	const struct builtin_house house = {.env = ENVIRONMENT_TEST,
	    .country = STR("CN"),
	    .organisation = STR("Bench TEST"),
	    .generation = 1};
	struct profile_issuer issuer = {.alg = SIGALG_ECDSA_SHA256,
	    .base = STR("http://pki.example"),
	    .generation = STR("issuing-g1"),
	    .policy_arc = STR("2.25.1"),
	    .not_after = now + (int64_t)3650 * 86400};
	const struct profile_value values[] = {
	    {STR("country"), STR("CN")},
	    {STR("name"), STR("Zhang Wei")},
	    {STR("mail"), STR("zhang.wei@example.com")},
	    {STR("phone"), STR("+8613800138000")},
	};
	const struct profile_form form = {.values = values,
	    .count = sizeof(values) / sizeof(values[0]),
	    .credential = STR("1000171783")};
	struct profile_names names;
	struct fault f = {0};
	static uint8_t ski[SHA256_SIZE];

	b->keep = arena_new(0);
	check(profile_parse(b->keep, read_file(b->keep, profile), &b->profile, &f), &f, "profile");
	check(softkey_generate(&b->ca, &f), &f, "CA key");
	ski_of(softkey_spki(b->ca), ski);
	issuer.ski = bytes_of(ski, 20);
	check(
	    builtin_subject(b->keep, BUILTIN_ISSUING, &house, &issuer.subject, &f), &f, "CA name");
	check(profile_template(b->keep, &b->profile, &issuer, &b->template, &f), &f, "template");
	check(profile_subject(b->keep, &b->profile, &form, &names, &f), &f, "form");
	b->subject = names.subject;
	b->san = names.san;
	b->ca_not_after = issuer.not_after;
	for (size_t i = 0; i < REQUESTS; i++) {
		struct softkey *key;
		struct bytes tbs, sig;

		check(softkey_generate(&key, &f), &f, "key");
		check(csr_tbs(b->keep, b->subject, softkey_spki(key), (struct bytes){0}, &tbs, &f),
		    &f, "request");
		check(softkey_sign(key, b->keep, tbs, &sig, &f), &f, "request");
		check(csr_finish(b->keep, tbs, SIGALG_ECDSA_SHA256, sig, &b->csr[i], &f), &f,
		    "request");
		softkey_free(&key);
	}
}

/* Verify each request, sign each time: nothing else. CPU µs a certificate. */
static double
run_floor(struct bench *b)
{
	struct arena *a = arena_new(0);
	struct csr *csr = arena_array(b->keep, REQUESTS, sizeof(*csr));
	struct fault f = {0};
	struct bytes sig;
	double from;

	for (size_t i = 0; i < REQUESTS; i++)
		check(csr_parse(b->csr[i], &csr[i], &f), &f, "parse");
	from = cpu_us();
	for (int r = 0; r < ROUNDS; r++) {
		for (size_t i = 0; i < REQUESTS; i++) {
			check(verify_p256(spki_p256_point(csr[i].key.spki), csr[i].tbs,
				  csr[i].signature, &f),
			    &f, "verify");
			check(softkey_sign(b->ca, a, csr[i].tbs, &sig, &f), &f, "sign");
		}
		arena_reset(a);
	}
	from = (cpu_us() - from) / (ROUNDS * REQUESTS);
	arena_free(&a);
	return from;
}

static struct bytes
issue_one(struct bench *b, struct arena *a, struct bytes der, int64_t now)
{
	struct profile_request r = {
	    .subject = b->subject, .san = b->san, .ca_not_after = b->ca_not_after};
	uint8_t ski[SHA256_SIZE], random[SERIAL_RANDOM];
	struct bytes tbs, sig, cert;
	struct fault f = {0};
	struct csr csr;

	check(csr_parse(der, &csr, &f), &f, "parse");
	check(verify_p256(spki_p256_point(csr.key.spki), csr.tbs, csr.signature, &f), &f, "verify");
	ski_of(csr.key.spki, ski);
	random_bytes(random, sizeof(random));
	r.csr = &csr;
	r.spki = csr.key.spki;
	r.ski = bytes_of(ski, 20);
	r.serial = serial_make(1, now, random);
	check(profile_apply(a, &b->profile, &b->template, &r, now, &tbs, &f), &f, "apply");
	check(softkey_sign(b->ca, a, tbs, &sig, &f), &f, "sign");
	check(cert_finish(a, tbs, b->template.alg, sig, &cert, &f), &f, "certificate");
	return cert;
}

static double
run_core(struct bench *b, int64_t now)
{
	struct arena *a = arena_new(0);
	double from = cpu_us();

	for (int r = 0; r < ROUNDS; r++) {
		for (size_t i = 0; i < REQUESTS; i++) {
			must(issue_one(b, a, b->csr[i], now).n > 0);
			arena_reset(a);
		}
	}
	from = (cpu_us() - from) / (ROUNDS * REQUESTS);
	arena_free(&a);
	return from;
}

static int
order(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

int
main(int argc, char **argv)
{
	bool json = argc > 2 && strcmp(argv[2], "--json") == 0;
	int64_t now = (int64_t)time(NULL);
	double floor_us[RUNS], core_us[RUNS];
	struct bench b;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: core PROFILE.yaml [--json]\n");
		return 64;
	}
	set_up(&b, argv[1], now);
	(void)run_floor(&b);
	for (int i = 0; i < RUNS; i++) {
		floor_us[i] = run_floor(&b);
		core_us[i] = run_core(&b, now);
	}
	qsort(floor_us, RUNS, sizeof(double), order);
	qsort(core_us, RUNS, sizeof(double), order);
	if (json)
		printf("{\"bench\":\"core\",\"metric\":\"core_us_per_cert\",\"value\":%.1f,"
		       "\"unit\":\"us\","
		       "\"ratio\":%.3f,\"ratio_to\":\"floor\",\"runs\":%d}\n",
		    core_us[RUNS / 2], core_us[RUNS / 2] / floor_us[RUNS / 2], RUNS);
	else
		printf("core   floor (verify + sign)      %8.1f us\n"
		       "core   request to certificate     %8.1f us   %.2f x floor (limit 1.50)\n",
		    floor_us[RUNS / 2], core_us[RUNS / 2], core_us[RUNS / 2] / floor_us[RUNS / 2]);
	softkey_free(&b.ca);
	arena_free(&b.keep);
	return 0;
}
