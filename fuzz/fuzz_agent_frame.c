/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_frame: a browser's message with its length before it: envelope of the extension, request of
 * the page, verb and arguments. No module is configured and the pinentry is no program, so that
 * nothing but reading can happen. The agent has said hello, so that every verb may be asked.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/flow.h"
#include "agent/native.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct agent *
agent(void)
{
	static struct settings_origin origin;
	static struct settings settings;
	static struct agent *one;

	if (one == NULL) {
		origin = (struct settings_origin){.origin = STR("https://localhost"),
		    .env = ENVIRONMENT_TEST,
		    .role = SETTINGS_ROLE_RA};
		settings = (struct settings){.pinentry = "/dev/null",
		    .pin_timeout_s = 1,
		    .origins = &origin,
		    .origins_n = 1};
		one = agent_new(&settings, "/dev/null", "/dev/null");
		one->greeted = true;
	}
	return one;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct bytes message, body, answer;
	struct str origin;
	size_t size;

	if (n >= 4 && native_size(p, &size, NULL) == OK && size <= n - 4) {
		message = bytes_of(p + 4, size);
		if (native_open(a, message, &origin, &body, NULL) != OK) {
			origin = STR("https://localhost");
			body = message;
		}
		answer = agent_call(agent(), a, origin, body);
		if (answer.n == 0 || answer.n > NATIVE_OUT_MAX || answer.p[0] != '{')
			abort();
	}
	arena_free(&a);
	return 0;
}
