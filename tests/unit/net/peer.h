/* SPDX-License-Identifier: Apache-2.0 */
/* peer: servers of tests/server, which are told by a file what to do wrong. One folder a program. */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include "base/arena.h"
#include "test.h"

void peer_open(void);
/* Ends the servers, removes the folder; 0 when all went well. */
int peer_close(void);
struct arena *peer_life(void);
/* NAME in the folder. */
const char *peer_path(const char *name);
/* NAME.pem and NAME.key for localhost. */
void peer_certificate(const char *name);
/* Server SCRIPT with server.pem and MORE options (NULL ends them); its port. */
int peer_start(const char *script, const char *const *more);
/* What the servers are to do from now on. */
void peer_mode(const char *text);
/* The files of folder NAME that end in SUFFIX. */
int peer_files(const char *name, const char *suffix);

#endif
