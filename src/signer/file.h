/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: small files in the signer's folder, written so that after a crash the old or the new one is
 * there whole, never a part. Mode 0600.
 */
#ifndef SIGNER_FILE_H
#define SIGNER_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* The folder PATH, made if missing (0700), as a descriptor. E_FILE: others may enter it. */
NODISCARD enum err file_folder(const char *path, int *ret, struct fault *f);
/* Write, sync, rename, sync the folder. E_FILE. */
NODISCARD enum err file_write(int dir, const char *name, struct bytes b, struct fault *f);
/* The whole file on A. E_FILE: not there, or larger than MAX. */
NODISCARD enum err file_read(
    int dir, const char *name, size_t max, struct arena *a, struct bytes *ret, struct fault *f);
bool file_there(int dir, const char *name);

#endif
