/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/must.h"

struct secret
secret_new(size_t room)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t n = (room / page + 1) * page;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	/* Best effort: RLIMIT_MEMLOCK may be zero, and the PIN is still wanted then. */
	(void)mlock(p, n);
	(void)madvise(p, n, MADV_DONTDUMP);
	(void)madvise(p, n, MADV_DONTFORK);
	return (struct secret){.p = p, .room = n};
}

void
secret_clear(struct secret *s)
{
	if (s->p)
		wipe(s->p, s->room);
	s->n = 0;
}

void
secret_free(struct secret *s)
{
	secret_clear(s);
	if (s->p)
		(void)munmap(s->p, s->room);
	*s = (struct secret){0};
}

struct bytes
secret_bytes(const struct secret *s)
{
	return bytes_of(s->p, s->n);
}
