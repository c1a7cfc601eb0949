/* SPDX-License-Identifier: Apache-2.0 */
/* listen: the sockets that the monitor opens before anybody gives up rights, and keeps. Monitor only. */
#ifndef MONITOR_LISTEN_H
#define MONITOR_LISTEN_H

#include "monitor/conf.h"

#define LISTEN_MAX (3 * CONF_LISTEN_MAX + 1)

/*
 * Bound, not yet listening: whoever serves calls listen(2), so that nobody connects before somebody
 * can answer. From then on the kernel takes connections as long as the monitor lives, also while the
 * serving process is restarted.
 */
struct listen_socket {
	const char *name; /* "listen.portal" */
	int fd;
};
struct listen_set {
	size_t count;
	struct listen_socket socket[LISTEN_MAX];
};

/*
 * The sockets of listener NAME ("listen.portal", "listen.machine", "listen.plain", "listen.admin") join
 * the set; another name is none of ours: nothing. E_UNAVAILABLE names the address that is taken.
 * An IPv6 address on a machine without IPv6 is passed over when the list has another.
 */
NODISCARD enum err listen_open(
    const struct conf *c, const char *name, struct listen_set *set, struct fault *f);
void listen_close(struct listen_set *set, const struct conf *c);

#endif
