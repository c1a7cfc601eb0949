/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/house.h"

#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/must.h"
#include "monitor/place.h"

static struct proc *
proc_of(struct house *h, const char *role)
{
	size_t i = 0;

	/* A link that names no role is a fault of the table. */
	while (strcmp(h->procs[i].role->name, role) != 0)
		must(++i < h->table->role_count);
	return &h->procs[i];
}

static void
send_fd(struct proc *p, const char *name, int fd)
{
	proc_send(p, CHILD_FD, str_bytes(str_of(name)), fd);
}

/* A new pair for every link between P and a process that runs. */
static enum err
send_links(struct house *h, struct proc *p, struct fault *f)
{
	for (size_t i = 0; i < h->table->link_count; i++) {
		const struct monitor_link *l = &h->table->links[i];
		struct proc *a = proc_of(h, l->a), *b = proc_of(h, l->b);
		int pair[2];

		if ((a != p && b != p) || a->control < 0 || b->control < 0)
			continue;
		TRY(ipc_pair(pair, f));
		send_fd(a, l->a_name, pair[0]);
		send_fd(b, l->b_name, pair[1]);
		(void)close(pair[0]);
		(void)close(pair[1]);
	}
	return OK;
}

static enum err
send_named(struct house *h, struct proc *p, const char *name, struct fault *f)
{
	int secret = -1;

	if (str_starts(str_of(name), STR("secret."))) {
		TRY(place_secret(h->conf, name, &secret, f));
		if (secret >= 0) {
			send_fd(p, name, secret);
			(void)close(secret);
		}
		return OK;
	}
	for (size_t i = 0; i < h->listening.count; i++) {
		if (strcmp(h->listening.socket[i].name, name) == 0)
			send_fd(p, name, h->listening.socket[i].fd);
	}
	return OK;
}

enum err
house_start(struct house *h, struct proc *p, struct fault *f)
{
	const char *const *names = p->role->fds;

	TRY(proc_spawn(p, f));
	proc_send(p, CHILD_CONF, h->conf->source, -1);
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		TRY(send_named(h, p, names[i], f));
	TRY(send_links(h, p, f));
	proc_send(p, CHILD_GO, (struct bytes){0}, -1);
	return OK;
}
