/* SPDX-License-Identifier: Apache-2.0 */
/*
 * migration: the texts that make the tables, embedded: one text for both databases, the second spelt by
 * schema/postgres.sed. Forward only (schema/README.md).
 */
#ifndef STORE_MIGRATION_H
#define STORE_MIGRATION_H

#include <stdint.h>

#include "base/bytes.h"

enum dialect { DIALECT_SQLITE, DIALECT_POSTGRES };

/* Number N, from 1 to STORE_SCHEMA (store.h); a NUL follows its text. */
struct str migration_text(enum dialect d, int64_t n);

#endif
