/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main: the signer as a role of signetd. Descriptors by name: "front", "jobs", "settle" (socket
 * pairs), "secret.unlock" (the file of the installation key, read once: 32 to 4096 octets). Its
 * folder is "signer" in the data directory.
 */
#ifndef SIGNER_MAIN_H
#define SIGNER_MAIN_H

struct child; /* monitor/child.h */

/* Runs until the drain; the exit status. */
int signer_main(struct child *c);

#endif
