/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ipc.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"
#include "test.h"

TEST_CASE(a_frame_arrives_whole_with_its_descriptor)
{
	struct arena *a = arena_new(0);
	struct ipc_frame out = {
	    .type = 7, .id = 0x01020304, .body = str_bytes(STR("body")), .fd = -1};
	struct ipc_frame in = {0};
	struct bytes text;
	int pair[2], file;

	assert_int_equal(ipc_pair(pair, NULL), OK);
	assert_int_equal(ipc_sealed("test", str_bytes(STR("sealed")), &file, NULL), OK);
	out.fd = file;
	assert_int_equal(ipc_send(pair[0], &out, NULL), OK);
	assert_int_equal(ipc_recv(pair[1], a, &in, NULL), OK);
	assert_int_equal(in.type, 7);
	assert_int_equal(in.id, 0x01020304);
	assert_true(bytes_eq(in.body, out.body));
	assert_true(in.fd >= 0 && in.fd != file);
	assert_true(fcntl(in.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(ipc_sealed_read(in.fd, 100, a, &text, NULL), OK);
	assert_true(bytes_eq(text, str_bytes(STR("sealed"))));
	assert_int_equal(ipc_sealed_read(in.fd, 5, a, &text, NULL), E_FRAME);
	assert_int_equal(write(in.fd, "x", 1), -1);
	close(in.fd);
	close(file);
	close(pair[0]);
	assert_int_equal(ipc_recv(pair[1], a, &in, NULL), E_UNAVAILABLE);
	close(pair[1]);
	arena_free(&a);
}

TEST_CASE(a_file_that_can_still_change_is_refused)
{
	struct arena *a = arena_new(0);
	struct bytes text;
	int fd = memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(ipc_sealed_read(fd, 10, a, &text, NULL), E_FRAME);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
	assert_int_equal(ipc_sealed_read(fd, 10, a, &text, NULL), E_FRAME);
	close(fd);
	arena_free(&a);
}

TEST_CASE(a_length_beyond_the_limit_ends_the_talk)
{
	static const uint8_t head[IPC_HEAD] = {0x7f, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0, 1};
	struct arena *a = arena_new(0);
	struct ipc_frame in;
	int pair[2];

	assert_int_equal(ipc_pair(pair, NULL), OK);
	assert_int_equal(write(pair[0], head, sizeof(head)), sizeof(head));
	assert_int_equal(ipc_recv(pair[1], a, &in, NULL), E_FRAME);
	assert_int_equal(ipc_parse(BYTES_OF(head), &in, NULL), E_FRAME);
	close(pair[0]);
	close(pair[1]);
	arena_free(&a);
}

TEST_CASE(parse_wants_exactly_one_frame)
{
	static const uint8_t good[] = {0, 0, 0, 2, 0, 9, 0, 0, 0, 5, 'h', 'i'};
	struct ipc_frame in;

	assert_int_equal(ipc_parse(BYTES_OF(good), &in, NULL), OK);
	assert_int_equal(in.type, 9);
	assert_int_equal(in.id, 5);
	for (size_t n = 0; n < sizeof(good); n++)
		assert_int_equal(ipc_parse(bytes_of(good, n), &in, NULL), E_FRAME);
}

TEST_CASE(a_secret_goes_where_the_receiver_says_or_nowhere)
{
	struct ipc_frame out = {.type = 7, .body = str_bytes(STR("246810")), .fd = -1}, in = {0};
	struct secret room = secret_new(6);
	int pair[2];

	assert_true(room.room >= 6);
	assert_int_equal(ipc_pair(pair, NULL), OK);
	assert_int_equal(ipc_send(pair[0], &out, NULL), OK);
	assert_int_equal(ipc_recv_into(pair[1], room.p, 6, &in, NULL), OK);
	assert_true(in.body.p == room.p && bytes_eq(in.body, out.body));
	secret_clear(&room);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(room.p[i], 0);
	assert_int_equal(ipc_send(pair[0], &out, NULL), OK);
	assert_int_equal(ipc_recv_into(pair[1], room.p, 5, &in, NULL), E_FRAME);
	assert_int_equal(room.p[0], 0);
	close(pair[0]);
	close(pair[1]);
	secret_free(&room);
	assert_null(room.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_frame_arrives_whole_with_its_descriptor),
	    cmocka_unit_test(a_file_that_can_still_change_is_refused),
	    cmocka_unit_test(a_length_beyond_the_limit_ends_the_talk),
	    cmocka_unit_test(parse_wants_exactly_one_frame),
	    cmocka_unit_test(a_secret_goes_where_the_receiver_says_or_nowhere),
	};

	return cmocka_run_group_tests_name("ipc", tests, NULL, NULL);
}
