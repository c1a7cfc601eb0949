/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "crypto/random.h"

#define FIRST   1024u /* slots; always a power of two, at most half in use */
#define ROW_MAX (1u << 30)

enum table { BY_KEY, BY_SERIAL, BY_ENROLMENT, TABLES };

struct index {
	struct index_row *row;
	uint32_t count, slots;
	uint32_t *table[TABLES]; /* row + 1; 0: free */
	uint64_t seed;           /* the front chooses ids and keys: it must not choose the slots */
};

static struct bytes
key_of(const struct index_row *row, enum table t)
{
	if (t == BY_KEY)
		return BYTES_OF(row->key);
	return t == BY_SERIAL ? BYTES_OF(row->serial.b) : BYTES_OF(row->enrolment.b);
}

static uint32_t
slot_of(const struct index *x, struct bytes key)
{
	uint64_t h = x->seed;

	for (size_t i = 0; i < key.n; i++) {
		h = (h ^ key.p[i]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return (uint32_t)h & (x->slots - 1);
}

/* The slot that holds KEY, or the free one where it belongs. */
static uint32_t *
find(const struct index *x, enum table t, struct bytes key)
{
	uint32_t i = slot_of(x, key);

	while (x->table[t][i] && !bytes_eq(key_of(&x->row[x->table[t][i] - 1], t), key))
		i = (i + 1) & (x->slots - 1);
	return &x->table[t][i];
}

struct index *
index_new(void)
{
	struct index *x = calloc(1, sizeof(*x));

	must(x != NULL);
	random_bytes(&x->seed, sizeof(x->seed));
	x->slots = FIRST;
	must(x->row = calloc(FIRST / 2, sizeof(*x->row)));
	for (int t = 0; t < TABLES; t++)
		must(x->table[t] = calloc(FIRST, sizeof(uint32_t)));
	return x;
}

void
index_free(struct index **x)
{
	if (!*x)
		return;
	free((*x)->row);
	for (int t = 0; t < TABLES; t++)
		free((*x)->table[t]);
	free(*x);
	*x = NULL;
}

/* Note row N (from 0) in all tables. */
static void
enter(struct index *x, uint32_t n)
{
	struct index_row *row = &x->row[n];

	for (int t = 0; t < TABLES; t++) {
		uint32_t *slot;

		if (t == BY_ENROLMENT && id_is_none(row->enrolment))
			continue;
		slot = find(x, (enum table)t, key_of(row, (enum table)t));
		if (t == BY_ENROLMENT)
			row->earlier = *slot;
		*slot = n + 1;
	}
}

static bool
grow(struct index *x)
{
	uint32_t slots = x->slots * 2;
	struct index_row *row = realloc(x->row, (size_t)slots / 2 * sizeof(*row));

	if (!row)
		return false;
	x->row = row;
	for (int t = 0; t < TABLES; t++) {
		uint32_t *table = realloc(x->table[t], (size_t)slots * sizeof(uint32_t));

		if (!table)
			return false;
		x->table[t] = table;
	}
	/* From here nothing fails: the larger tables are filled anew. */
	x->slots = slots;
	for (int t = 0; t < TABLES; t++)
		memset(x->table[t], 0, (size_t)slots * sizeof(uint32_t));
	for (uint32_t i = 0; i < x->count; i++)
		enter(x, i);
	return true;
}

enum err
index_add(struct index *x, const struct index_row *row, struct fault *f)
{
	if (x->count == x->slots / 2 && (x->slots >= ROW_MAX || !grow(x)))
		return FAIL(f, E_BUSY, "no room for %u certificates", x->count + 1);
	x->row[x->count] = *row;
	enter(x, x->count++);
	return OK;
}

static const struct index_row *
row_at(const struct index *x, const uint32_t *slot)
{
	return *slot ? &x->row[*slot - 1] : NULL;
}

const struct index_row *
index_by_key(const struct index *x, const uint8_t *key_hash)
{
	return row_at(x, find(x, BY_KEY, bytes_of(key_hash, INDEX_KEY)));
}

const struct index_row *
index_by_serial(const struct index *x, struct bytes serial)
{
	return row_at(x, find(x, BY_SERIAL, serial));
}

const struct index_row *
index_by_enrolment(const struct index *x, struct id enrolment)
{
	return row_at(x, find(x, BY_ENROLMENT, id_bytes(&enrolment)));
}

const struct index_row *
index_earlier(const struct index *x, const struct index_row *row)
{
	return row->earlier ? &x->row[row->earlier - 1] : NULL;
}
