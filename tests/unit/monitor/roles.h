/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roles: a small service for the monitor's tests: signer, once, front, jobs, each a real process.
 *
 * The front answers one octet a connection on listen.plain: 'p' its pid, 's' the signer's pid, asked
 * over their link, 'x' it ends by itself. What happened is appended to the file "log" in data. The
 * configuration's brand asks for a mishap: "fail", "hang", "stubborn".
 */
#ifndef TESTS_MONITOR_ROLES_H
#define TESTS_MONITOR_ROLES_H

#include "monitor/monitor.h"

extern const struct monitor_table roles_table;

#endif
