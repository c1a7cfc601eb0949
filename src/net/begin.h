/* SPDX-License-Identifier: Apache-2.0 */
/* begin: the library's own start, once a process. Only for the files of net/. */
#ifndef NET_BEGIN_H
#define NET_BEGIN_H

/* Before the first handle; further calls do nothing. Not while other threads run. */
void net_begin(void);

#endif
