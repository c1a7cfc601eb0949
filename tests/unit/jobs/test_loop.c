/* SPDX-License-Identifier: Apache-2.0 */
/* The loop's outside: what it refuses to start with, and what ends it. The service has no signer. */
#include "test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "jobs/jobs.h"
#include "jobs/kinds.h"
#include "signer/client.h"
#include "store/store.h"

static char dir[] = "/tmp/signet-jobs-XXXXXX";
static struct signer_client *signer;

static int
make_dir(void **state)
{
	struct fault f = {0};

	(void)state;
	return mkdtemp(dir) && signer_client_new(-1, &signer, &f) == OK ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static int
remove_dir(void **state)
{
	(void)state;
	signer_client_free(&signer);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct service *
open_service(const char *environment, struct store **store)
{
	struct service_conf conf = {.environment = str_of(environment),
	    .origin = STR("https://localhost:8443"),
	    .brand = STR("Signet"),
	    .node = 1};
	struct service *service;
	struct fault f = {0};
	char file[64];

	(void)snprintf(file, sizeof(file), "%s/%s.db", dir, environment);
	assert_int_equal(store_open(&(struct store_conf){.where = file,
					.environment = conf.environment,
					.migrate = true,
					.now = (int64_t)time(NULL)},
			     store, &f),
	    OK);
	assert_int_equal(service_open(&conf, *store, signer, &service, &f), OK);
	return service;
}

TEST_CASE(spooling_is_for_tests)
{
	static const struct {
		const char *environment;
		enum jobs_driver mail, sms;
		enum err code;
	} rows[] = {
	    {"test", JOBS_SPOOL, JOBS_SPOOL, OK},
	    {"test", JOBS_NONE, JOBS_NONE, OK},
	    {"production", JOBS_SMTP, JOBS_NONE, OK},
	    {"production", JOBS_SPOOL, JOBS_NONE, E_ENVIRONMENT},
	    {"production", JOBS_SMTP, JOBS_SPOOL, E_ENVIRONMENT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jobs_conf conf = {
		    .spool = str_of(dir), .mail = rows[i].mail, .sms = rows[i].sms};
		struct store *store;
		struct service *service = open_service(rows[i].environment, &store);
		struct jobs *j = NULL;
		struct fault f = {0};

		assert_int_equal(jobs_new(service, &conf, &j, &f), rows[i].code);
		jobs_free(&j);
		service_close(&service);
		store_close(&store);
	}
}

TEST_CASE(an_order_or_a_lost_bell_ends_it)
{
	struct jobs_conf conf = {.spool = str_of(dir)};
	struct store *store;
	struct service *service = open_service("test", &store);
	struct jobs *j = NULL;
	struct fault f = {0};
	int control[2], bell[2];

	assert_int_equal(jobs_new(service, &conf, &j, &f), OK);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, control), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, bell), 0);
	/* Rings are heard and are no reason to leave; the end of the bell is. */
	assert_int_equal(write(bell[1], "!!!", 3), 3);
	assert_int_equal(close(bell[1]), 0);
	assert_int_equal(jobs_run(j, control[0], bell[0]), JOBS_NO_BELL);
	/* An order goes before everything else. */
	assert_int_equal(write(control[1], "x", 1), 1);
	assert_int_equal(jobs_run(j, control[0], bell[0]), JOBS_CONTROL);
	assert_int_equal(jobs_run(j, control[0], -1), JOBS_CONTROL);
	for (int i = 0; i < 2; i++)
		(void)close(control[i]);
	(void)close(bell[0]);
	jobs_free(&j);
	service_close(&service);
	store_close(&store);
}

TEST_CASE(nothing_is_claimed_before_the_house_stands)
{
	struct jobs_conf conf = {.spool = str_of(dir)};
	struct store *store;
	struct service *service = open_service("test", &store);
	struct jobs *j = NULL;
	struct fault f = {0};
	uint64_t before;
	int n = -1;

	assert_int_equal(jobs_new(service, &conf, &j, &f), OK);
	before = store_counts(store).units;
	assert_int_not_equal(jobs_pass(j, 10, &n, &f), OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_counts(store).units, before);
	jobs_free(&j);
	service_close(&service);
	store_close(&store);
}

TEST_CASE(every_kind_has_its_row)
{
	size_t count;
	const struct jobs_kind *k = jobs_kinds(&count);

	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(jobs_kind(str_of(k[i].kind), str_of(k[i].object)), &k[i]);
		assert_true(k[i].retry > 0 && k[i].retry <= k[i].most);
	}
	/* Another CA's list is work of the same kind; what nobody knows is none. */
	assert_non_null(jobs_kind(STR("crl"), STR("issuing-g2")));
	assert_null(jobs_kind(STR("settle"), STR("x")));
	assert_null(jobs_kind(STR("nonsense"), STR("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spooling_is_for_tests),
	    cmocka_unit_test(an_order_or_a_lost_bell_ends_it),
	    cmocka_unit_test(nothing_is_claimed_before_the_house_stands),
	    cmocka_unit_test(every_kind_has_its_row),
	};

	return cmocka_run_group_tests_name("loop", tests, make_dir, remove_dir);
}
