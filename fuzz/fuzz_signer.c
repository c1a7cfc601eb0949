/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames to a signer that is set up: one octet for the peer, then a frame (base/ipc.h), again and
 * again. Whatever comes, nothing of it is a certificate, and every question has an answer.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/rd.h"
#include "house.h"
#include "signer/batch.h"

static struct house h;
static struct signer s;
static uint64_t inputs;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
finish(void)
{
	state_drop(&s);
	house_start(&h);
	house_close(&h);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	house_open(&h);
	house_set_up(&h);
	house_people(&h);
	house_stop(&h);
	state_init(&s, &h.options);
	if (state_load(&s, NULL) != OK || atexit(finish) != 0)
		abort();
	return 0;
}

static size_t
split(const uint8_t *p, size_t n, struct batch_item *item)
{
	size_t count = 0;

	while (count < 8 && n > 1 + IPC_HEAD) {
		struct ipc_frame frame;
		struct rd head = rd_new(bytes_of(p + 1, n - 1));
		size_t body = rd_u32(&head), whole = IPC_HEAD + body;

		if (body > n - 1 - IPC_HEAD ||
		    ipc_parse(bytes_of(p + 1, whole), &frame, NULL) != OK)
			break;
		item[count++] =
		    (struct batch_item){.peer = (enum signer_peer)(*p % SIGNER_PEER__COUNT),
			.type = frame.type,
			.body = frame.body,
			.fd = -1};
		p += 1 + whole;
		n -= 1 + whole;
	}
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct batch_item item[8];
	size_t count = split(p, n, item);
	uint32_t before = s.signed_count;
	struct arena *a;

	if (count == 0)
		return 0;
	a = arena_new((size_t)256 << 20);
	/* A second an input: quotas and rates are passed now and then. */
	batch_run(&s, a, (house_now() + (int64_t)(++inputs / 100)) * 1000, item, count);
	for (size_t i = 0; i < count; i++) {
		struct rd r = rd_new(item[i].answer);

		if (rd_u16(&r) >= E__COUNT || r.bad)
			abort();
	}
	if (s.signed_count != before || s.state != SIGNER_READY)
		abort();
	arena_free(&a);
	return 0;
}
