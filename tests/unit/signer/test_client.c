/* SPDX-License-Identifier: Apache-2.0 */
/* Many callers on one socket, a signer that goes and comes, peers that do not keep to the form. */
#include "house.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/rd.h"

#define THREADS 6
#define CALLS   60

static struct house h;

static int
begin(void **state)
{
	(void)state;
	house_open(&h);
	house_set_up(&h);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	house_close(&h);
	return 0;
}

/* Each thread seals its own secrets; jobs opens them: no answer may go to another caller. */
static void *
caller(void *p)
{
	struct arena *a = arena_new(0);
	unsigned me = *(unsigned *)p;
	size_t wrong = 0;

	for (int i = 0; i < CALLS; i++) {
		struct str text = str_of(arena_fmt(a, "secret %d of %u", i, me));
		struct signer_secret q = {.label = STR("test"), .octets = str_bytes(text)};
		struct bytes out = {0};

		if (signer_seal(h.front, a, &q, &out, NULL) != OK)
			wrong++;
		q.octets = out;
		if (signer_open(h.jobs, a, &q, &out, NULL) != OK || !bytes_eq(out, str_bytes(text)))
			wrong++;
	}
	arena_free(&a);
	return (void *)wrong;
}

TEST_CASE(every_caller_gets_its_own_answer)
{
	pthread_t t[THREADS];
	unsigned number[THREADS];
	void *wrong;

	for (unsigned i = 0; i < THREADS; i++) {
		number[i] = i;
		assert_int_equal(pthread_create(&t[i], NULL, caller, &number[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(t[i], &wrong), 0);
		assert_null(wrong);
	}
}

/* Ask until told to stop: an answer, or E_UNAVAILABLE, nothing else and never for ever. */
struct asker {
	bool stop;
	unsigned ok, gone, other;
};

static void *
asking(void *p)
{
	struct asker *k = p;

	while (!__atomic_load_n(&k->stop, __ATOMIC_RELAXED)) {
		struct arena *a = arena_new(0);
		struct signer_status st;
		enum err e = signer_status(h.front, a, &st, NULL);

		if (e == OK)
			k->ok++;
		else if (e == E_UNAVAILABLE)
			k->gone++;
		else
			k->other++;
		arena_free(&a);
	}
	return NULL;
}

TEST_CASE(a_signer_that_goes_and_comes_is_found_again)
{
	struct asker k[THREADS] = {0};
	pthread_t t[THREADS];
	struct signer_status st;

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, asking, &k[i]), 0);
	for (int round = 0; round < 5; round++) {
		(void)usleep(20000);
		house_stop(&h);
		(void)usleep(5000);
		assert_int_equal(signer_status(h.front, h.a, &st, NULL), E_UNAVAILABLE);
		house_start(&h);
		assert_int_equal(signer_status(h.front, h.a, &st, NULL), OK);
	}
	for (int i = 0; i < THREADS; i++) {
		__atomic_store_n(&k[i].stop, true, __ATOMIC_RELAXED);
		assert_int_equal(pthread_join(t[i], NULL), 0);
		assert_true(k[i].ok > 0);
		assert_int_equal(k[i].other, 0);
	}
}

/* Sockets that the reader never took up are closed too. */
TEST_CASE(reconnecting_twice_leaves_no_descriptor_behind)
{
	struct signer_client *c;
	int pair[2], before, after;

	before = dup(0);
	(void)close(before);
	assert_int_equal(signer_client_new(-1, &c, NULL), OK);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(ipc_pair(pair, NULL), OK);
		signer_reconnect(c, pair[0]);
		(void)close(pair[1]);
	}
	signer_client_free(&c);
	assert_null(c);
	after = dup(0);
	(void)close(after);
	assert_int_equal(before, after);
}

/* The front's socket in our own hands. */
static int
raw_front(void)
{
	house_stop(&h);
	h.raw[SIGNER_FRONT] = true;
	house_start(&h);
	h.raw[SIGNER_FRONT] = false;
	return h.peer[SIGNER_FRONT];
}

static void
back_to_clients(int sock)
{
	(void)close(sock);
	house_stop(&h);
	house_start(&h);
}

static enum err
ask_raw(int sock, uint16_t type, struct bytes body)
{
	struct ipc_frame frame = {.type = type, .id = 77, .body = body, .fd = -1};
	struct rd r;

	assert_int_equal(ipc_send(sock, &frame, NULL), OK);
	assert_int_equal(ipc_recv(sock, h.a, &frame, NULL), OK);
	assert_int_equal(frame.type, type | SIGNER_ANSWER);
	assert_int_equal(frame.id, 77);
	r = rd_new(frame.body);
	return (enum err)rd_u16(&r);
}

TEST_CASE(frames_out_of_form_are_refused_by_name)
{
	static const uint8_t junk[2000] = {0xff};
	int sock = raw_front();

	assert_int_equal(ask_raw(sock, SIGNER_STATUS, bytes_of(NULL, 0)), OK);
	assert_int_equal(ask_raw(sock, SIGNER_STATUS, bytes_of(junk, 1)), E_FRAME);
	assert_int_equal(ask_raw(sock, 0, bytes_of(NULL, 0)), E_FRAME);
	assert_int_equal(ask_raw(sock, SIGNER_FORMAT | 99, bytes_of(NULL, 0)), E_FRAME);
	/* A frame of another format. */
	assert_int_equal(ask_raw(sock, SIGNER_STATUS + 0x0100, bytes_of(NULL, 0)), E_FRAME);
	assert_int_equal(ask_raw(sock, SIGNER_OPEN, bytes_of(NULL, 0)), E_ROLE);
	for (uint16_t m = SIGNER_ISSUE; m <= SIGNER_SUBKEY; m++) {
		const struct signer_row *row = signer_row(m);

		assert_non_null(row);
		if (!signer_may(row, SIGNER_FRONT))
			continue;
		for (size_t n = 0; n < 64; n += 9)
			assert_int_equal(ask_raw(sock, m, bytes_of(junk, n)), E_FRAME);
	}
	/* More than the message may have: read, refused, and the link lives on. */
	assert_int_equal(ask_raw(sock, SIGNER_MAC_MAKE, BYTES_OF(junk)), E_FRAME);
	assert_int_equal(ask_raw(sock, SIGNER_STATUS, bytes_of(NULL, 0)), OK);
	back_to_clients(sock);
}

static bool
closed(int sock)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	uint8_t c;

	return poll(&p, 1, 5000) == 1 && recv(sock, &c, 1, 0) <= 0;
}

TEST_CASE(a_frame_larger_than_any_ends_that_link_only)
{
	static const uint8_t head[IPC_HEAD] = {0xff, 0xff, 0xff, 0xff, 0, 1};
	struct signer_status st;
	int sock = raw_front();

	assert_int_equal(write(sock, head, sizeof(head)), sizeof(head));
	assert_true(closed(sock));
	assert_int_equal(signer_status(h.jobs, h.a, &st, NULL), OK);
	back_to_clients(sock);
}

TEST_CASE(half_a_frame_and_unread_answers_hold_up_nobody)
{
	struct ipc_frame frame = {
	    .type = SIGNER_SUBKEY, .id = 1, .body = {(const uint8_t *)"\0\0\0\1a", 5}, .fd = -1};
	struct signer_status st;
	struct pollfd p;
	int sock = raw_front(), sent = 0;

	/* Ask and never read, until the socket takes no more. */
	p = (struct pollfd){.fd = sock, .events = POLLOUT};
	while (sent < 20000 && poll(&p, 1, 200) == 1) {
		assert_int_equal(ipc_send(sock, &frame, NULL), OK);
		sent++;
	}
	assert_true(sent > 100);
	assert_int_equal(signer_status(h.jobs, h.a, &st, NULL), OK);
	(void)close(sock);
	house_stop(&h);
	h.raw[SIGNER_FRONT] = true;
	house_start(&h);
	h.raw[SIGNER_FRONT] = false;
	sock = h.peer[SIGNER_FRONT];
	assert_int_equal(write(sock, "\0\0\0\5\0", 5), 5);
	assert_int_equal(signer_status(h.jobs, h.a, &st, NULL), OK);
	assert_int_equal(write(sock, "\1\0\0\0\1\0\0\0", 8), 8);
	assert_int_equal(signer_status(h.jobs, h.a, &st, NULL), OK);
	back_to_clients(sock);
}

/* Refusals of one kind: one record at once, not one each. */
TEST_CASE(a_flood_of_refusals_does_not_fill_the_journal)
{
	struct signer_status before, after;
	int sock = raw_front();

	assert_int_equal(signer_status(h.jobs, h.a, &before, NULL), OK);
	for (int i = 0; i < 2000; i++)
		assert_int_equal(ask_raw(sock, SIGNER_OPEN, bytes_of(NULL, 0)), E_ROLE);
	assert_int_equal(signer_status(h.jobs, h.a, &after, NULL), OK);
	/* At most one a minute and its sum; a minute may have ended in between. */
	assert_true(after.position - before.position <= 3);
	back_to_clients(sock);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_caller_gets_its_own_answer),
	    cmocka_unit_test(a_signer_that_goes_and_comes_is_found_again),
	    cmocka_unit_test(reconnecting_twice_leaves_no_descriptor_behind),
	    cmocka_unit_test(frames_out_of_form_are_refused_by_name),
	    cmocka_unit_test(a_frame_larger_than_any_ends_that_link_only),
	    cmocka_unit_test(half_a_frame_and_unread_answers_hold_up_nobody),
	    cmocka_unit_test(a_flood_of_refusals_does_not_fill_the_journal),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
