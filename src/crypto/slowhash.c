/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/slowhash.h"

#include <argon2.h>
#include <sys/mman.h>

#define PASSES 2
#define MEMORY (19u << 10) /* KiB */
#define LANES  1

/* Mapped for the one hash: from malloc, each thread's heap would keep its 19 MiB for ever. */
static int
take(uint8_t **memory, size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return ARGON2_MEMORY_ALLOCATION_ERROR;
	*memory = p;
	return ARGON2_OK;
}

/* The kernel hands pages out empty: what was in them is gone with this. */
static void
give(uint8_t *memory, size_t n)
{
	(void)munmap(memory, n);
}

enum err
slowhash(struct bytes secret, const uint8_t salt[static SLOWHASH_SALT],
    uint8_t ret[static SLOWHASH_SIZE], struct fault *f)
{
	uint8_t hash[SLOWHASH_SIZE];
	/* The library only reads what it takes as not const: no flag asks it to clear them. */
	argon2_context c = {.out = hash,
	    .outlen = sizeof(hash),
	    .pwd = (uint8_t *)(uintptr_t)secret.p,
	    .pwdlen = (uint32_t)secret.n,
	    .salt = (uint8_t *)(uintptr_t)salt,
	    .saltlen = SLOWHASH_SALT,
	    .t_cost = PASSES,
	    .m_cost = MEMORY,
	    .lanes = LANES,
	    .threads = LANES,
	    .version = ARGON2_VERSION_13,
	    .allocate_cbk = take,
	    .free_cbk = give,
	    .flags = ARGON2_DEFAULT_FLAGS};
	int e = secret.n <= ARGON2_MAX_PWD_LENGTH ? argon2id_ctx(&c) : ARGON2_PWD_TOO_LONG;

	if (e != ARGON2_OK)
		return FAIL(f, E_BUSY, "argon2id: %s", argon2_error_message(e));
	for (size_t i = 0; i < sizeof(hash); i++)
		ret[i] = hash[i];
	wipe(hash, sizeof(hash));
	return OK;
}
