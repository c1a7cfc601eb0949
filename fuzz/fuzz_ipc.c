/* SPDX-License-Identifier: Apache-2.0 */
/* Frames between our own processes, from memory and from a socket: both read the same. */
#include "base/ipc.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct ipc_frame parsed = {0}, received = {0};
	int pair[2];
	enum err one = ipc_parse(bytes_of(data, size), &parsed, NULL), two;

	if (size > 4096) {
		arena_free(&a);
		return 0;
	}
	must(ipc_pair(pair, NULL) == OK);
	must(write(pair[0], data, size) == (ssize_t)size);
	must(shutdown(pair[0], SHUT_WR) == 0);
	two = ipc_recv(pair[1], a, &received, NULL);
	/* A stream may hold more than one frame; a whole one in memory is whole on the socket too. */
	if (one == OK)
		must(two == OK && received.type == parsed.type && received.id == parsed.id &&
		    received.fd == -1 && bytes_eq(received.body, parsed.body));
	(void)close(pair[0]);
	(void)close(pair[1]);
	arena_free(&a);
	return 0;
}
