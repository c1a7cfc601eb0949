/* SPDX-License-Identifier: Apache-2.0 */
/* file: whole files, read with a limit and written so that no half of one is ever seen. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* All of PATH, at most MAX octets, on A. E_FILE naming it. */
NODISCARD enum err file_read(
    struct arena *a, const char *path, size_t max, struct bytes *ret, struct fault *f);
/* As file_read; E_FILE also when others than its owner may read it. Without a line end at its end. */
NODISCARD enum err file_read_secret(
    struct arena *a, const char *path, size_t max, struct bytes *ret, struct fault *f);
/* Replace PATH by B, with this mode, synced. E_FILE. */
NODISCARD enum err file_write(
    struct arena *a, const char *path, struct bytes b, unsigned mode, struct fault *f);
/* A folder of its own for PATH's owner (0700), and those above it. E_FILE. */
NODISCARD enum err file_folder(struct arena *a, const char *path, struct fault *f);

#endif
