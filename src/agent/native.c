/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/native.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "agent/message.h"
#include "core/origin.h"

#define CHROMIUM "chrome-extension://"

enum err
native_size(const uint8_t head[static 4], size_t *ret, struct fault *f)
{
	uint32_t n;

	memcpy(&n, head, sizeof(n));
	if (n == 0 || n > NATIVE_IN_MAX)
		return FAIL(f, E_FRAME, "a message of %u octets", n);
	*ret = n;
	return OK;
}

static enum err
read_all(int fd, uint8_t *p, size_t n, struct fault *f)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return FAIL(f, E_UNAVAILABLE, "%s", got ? strerror(errno) : "closed");
		p += got;
		n -= (size_t)got;
	}
	return OK;
}

enum err
native_read(int fd, struct arena *a, struct bytes *ret, struct fault *f)
{
	uint8_t head[4], *body;
	size_t n = 0;

	TRY(read_all(fd, head, sizeof(head), f));
	TRY(native_size(head, &n, f));
	body = arena_alloc(a, n);
	TRY(read_all(fd, body, n, f));
	*ret = bytes_of(body, n);
	return OK;
}

static enum err
write_all(int fd, struct bytes b, struct fault *f)
{
	while (b.n) {
		ssize_t n = write(fd, b.p, b.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FAIL(f, E_UNAVAILABLE, "write: %s", strerror(errno));
		b = bytes_of(b.p + n, b.n - (size_t)n);
	}
	return OK;
}

enum err
native_write(int fd, struct bytes message, struct fault *f)
{
	uint32_t n = (uint32_t)message.n;

	if (message.n > NATIVE_OUT_MAX)
		return FAIL(f, E_FRAME, "an answer of %zu octets", message.n);
	TRY(write_all(fd, bytes_of(&n, sizeof(n)), f));
	return write_all(fd, message, f);
}

struct outer {
	struct str origin;
	json_t *body;
};

enum err
native_open(struct arena *a, struct bytes message, struct str *ret_origin, struct bytes *ret_body,
    struct fault *f)
{
	static const struct message_field fields[] = {
	    {"origin", MESSAGE_TEXT, ORIGIN_MAX, offsetof(struct outer, origin)},
	    {"body", MESSAGE_OBJECT, 0, offsetof(struct outer, body)},
	};
	static const struct message_want want = {.required = 3, .strict = true};
	struct outer in = {.body = NULL};
	json_t *root = NULL;
	enum err e;

	TRY(message_parse(message, NATIVE_IN_MAX, &root, f));
	e = message_read(a, root, fields, 2, &want, &in, f);
	if (e == OK) {
		*ret_body = message_text(a, json_incref(in.body));
		*ret_origin = in.origin;
	}
	json_decref(root);
	return e;
}

bool
native_is_start(int argc, const char *const *argv)
{
	size_t n = argc > 1 ? strlen(argv[1]) : 0;

	if (argc > 1 && strncmp(argv[1], CHROMIUM, strlen(CHROMIUM)) == 0)
		return true;
	return argc == 3 && argv[1][0] == '/' && n > 5 && strcmp(argv[1] + n - 5, ".json") == 0;
}

enum err
native_caller(const struct settings *s, int argc, const char *const *argv, struct fault *f)
{
	const char *caller = "";

	if (argc > 1 && strncmp(argv[1], CHROMIUM, strlen(CHROMIUM)) == 0)
		caller = argv[1];
	else if (native_is_start(argc, argv))
		caller = argv[2];
	for (size_t i = 0; i < s->extensions_n; i++) {
		if (strcmp(s->extensions[i], caller) == 0)
			return OK;
	}
	return FAIL_FIELD(f, E_AGENT_ORIGIN, "extension", NULL, "not an extension of ours");
}

/* One message in, one out; false when there is nothing more to be said. */
static bool
serve_one(struct agent *agent, int in, int out, struct arena *a)
{
	struct bytes message, body = {0};
	struct str origin = {0};
	struct fault f = {.code = OK};

	if (native_read(in, a, &message, &f) != OK)
		return false;
	/* What has no proper envelope has no origin either: the dispatcher refuses it by name. */
	if (native_open(a, message, &origin, &body, &f) != OK)
		body = message;
	return native_write(out, agent_call(agent, a, origin, body), &f) == OK;
}

/* Events go out while nothing comes in; false when the browser does not take them any more. */
static bool
wait_for_request(struct agent *agent, int in, int out, struct arena *a)
{
	for (;;) {
		struct pollfd p = {.fd = in, .events = POLLIN};
		int n = poll(&p, 1, agent_wait(agent));
		struct bytes event;

		if (n > 0)
			return true;
		if (n == 0 && agent_event(agent, a, &event) && native_write(out, event, NULL) != OK)
			return false;
		if (n < 0 && errno != EINTR)
			return false;
		arena_reset(a);
	}
}

int
native_serve(struct agent *agent, int in, int out)
{
	struct arena *a = arena_new(0);

	while (wait_for_request(agent, in, out, a) && serve_one(agent, in, out, a))
		arena_reset(a);
	arena_free(&a);
	return 0;
}
