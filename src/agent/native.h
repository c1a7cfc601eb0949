/* SPDX-License-Identifier: Apache-2.0 */
/*
 * native: the browser's native messaging: a length of 32 bits in the machine's own order, then JSON.
 * The browser's message is {"origin","body"}: who asks, as the extension was told by the browser,
 * and the page's request.
 */
#ifndef AGENT_NATIVE_H
#define AGENT_NATIVE_H

#include "agent/agent.h"

/* The request, with room for the envelope of origin. */
#define NATIVE_IN_MAX  (AGENT_REQUEST_MAX + 1024)
#define NATIVE_OUT_MAX ((size_t)1 << 20) /* octets: what a browser takes */

/*
 * The next message of descriptor FD on A. E_UNAVAILABLE: the browser closed it; E_FRAME: the length
 * is none of ours (then nothing more can be read).
 */
NODISCARD enum err native_read(int fd, struct arena *a, struct bytes *ret, struct fault *f);
NODISCARD enum err native_write(int fd, struct bytes message, struct fault *f);
/* The length of a head of 4 octets; E_FRAME for 0 and for more than NATIVE_IN_MAX. */
NODISCARD enum err native_size(const uint8_t head[static 4], size_t *ret, struct fault *f);
/* The two members; BODY is JSON again. E_JSON, E_FIELD_*. */
NODISCARD enum err native_open(struct arena *a, struct bytes message, struct str *ret_origin,
    struct bytes *ret_body, struct fault *f);

/*
 * Is ARGV how a browser starts us for one of our extensions? Chromium: the extension's origin;
 * Firefox: the manifest's path, then the extension's id.
 */
bool native_is_start(int argc, const char *const *argv);
NODISCARD enum err native_caller(
    const struct settings *s, int argc, const char *const *argv, struct fault *f);

/* Serve standard input and output until the browser closes them. The exit status. */
int native_serve(struct agent *agent, int in, int out);

#endif
