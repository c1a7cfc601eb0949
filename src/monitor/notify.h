/* SPDX-License-Identifier: Apache-2.0 */
/* notify: tell systemd how we are (sd_notify(3)), without its library. */
#ifndef MONITOR_NOTIFY_H
#define MONITOR_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1": to NOTIFY_SOCKET where that is set, else nothing. */
void notify_say(const char *state);
/* How often the watchdog wants to hear from us, in ms; 0: not at all. */
int64_t notify_watchdog(void);

#endif
