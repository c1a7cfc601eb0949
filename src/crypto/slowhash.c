/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/slowhash.h"

#include <argon2.h>

#define PASSES 2
#define MEMORY (19u << 10) /* KiB */
#define LANES  1

enum err
slowhash(struct bytes secret, const uint8_t salt[static SLOWHASH_SALT],
    uint8_t ret[static SLOWHASH_SIZE], struct fault *f)
{
	uint8_t hash[SLOWHASH_SIZE];
	int e = argon2id_hash_raw(
	    PASSES, MEMORY, LANES, secret.p, secret.n, salt, SLOWHASH_SALT, hash, sizeof(hash));

	if (e != ARGON2_OK)
		return FAIL(f, E_BUSY, "argon2id: %s", argon2_error_message(e));
	for (size_t i = 0; i < sizeof(hash); i++)
		ret[i] = hash[i];
	wipe(hash, sizeof(hash));
	return OK;
}
