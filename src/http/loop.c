/* SPDX-License-Identifier: Apache-2.0 */
/* One event loop: its thread, its doors, and what others hand to it. */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "http/conn.h"

#define ACCEPT_BATCH 32  /* connections a turn, so that one door cannot starve the rest */
#define RETRY_MS     100 /* without descriptors */

static void
pause_doors(struct loop *l)
{
	for (struct door *d = l->doors; d != NULL; d = d->next)
		(void)event_del(d->accept);
	l->paused = true;
}

static void
resume_doors(struct loop *l)
{
	if (!l->paused || l->closing)
		return;
	for (struct door *d = l->doors; d != NULL; d = d->next)
		(void)event_add(d->accept, NULL);
	l->paused = false;
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	resume_doors(arg);
}

/* Who is at the other end of FD? */
static void
name_peer(int fd, const struct sockaddr_storage *from, socklen_t n, struct peer *ret)
{
	struct ucred cred;
	socklen_t size = sizeof(cred);

	*ret = (struct peer){.fd = fd, .uid = -1, .pid = -1};
	if (from->ss_family != AF_UNIX) {
		if (getnameinfo((const struct sockaddr *)(const void *)from, n, ret->text,
			sizeof(ret->text), NULL, 0, NI_NUMERICHOST) != 0)
			ret->text[0] = '\0';
		return;
	}
	memcpy(ret->text, "unix", sizeof("unix"));
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) == 0) {
		ret->uid = cred.uid;
		ret->pid = cred.pid;
	}
}

static void
on_accept(evutil_socket_t listener, short what, void *arg)
{
	struct door *d = arg;
	struct loop *l = d->loop;

	(void)what;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		struct sockaddr_storage from = {0};
		socklen_t n = sizeof(from);
		struct peer peer;
		int fd;

		if (l->count >= l->server->config.connections) {
			pause_doors(l);
			return;
		}
		fd = accept4(
		    listener, (struct sockaddr *)(void *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			const struct timeval wait = {.tv_usec = RETRY_MS * 1000};

			if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
				pause_doors(l);
				(void)event_add(l->retry, &wait);
			}
			return;
		}
		name_peer(fd, &from, n, &peer);
		conn_new(l, d, &peer);
	}
}

void
loop_wake(struct loop *l)
{
	const uint64_t one = 1;
	/* Full is as good as written: the loop wakes. */
	ssize_t n = write(l->wake_fd, &one, sizeof(one));

	(void)n;
}

static void
tell_empty(struct loop *l)
{
	(void)pthread_mutex_lock(&l->server->lock);
	l->server->busy--;
	(void)pthread_cond_broadcast(&l->server->emptied);
	(void)pthread_mutex_unlock(&l->server->lock);
}

void
loop_conn_gone(struct loop *l)
{
	l->count--;
	atomic_fetch_sub(&l->server->connections, 1);
	if (l->closing && l->count == 0)
		tell_empty(l);
	else
		resume_doors(l);
}

static void
free_doors(struct loop *l)
{
	for (struct door *d = l->doors, *next; d != NULL; d = next) {
		next = d->next;
		if (d->accept != NULL)
			event_free(d->accept);
		(void)close(d->fd);
		free(d);
	}
	l->doors = NULL;
}

static void
begin_drain(struct loop *l)
{
	l->closing = true;
	free_doors(l);
	if (l->count == 0) {
		tell_empty(l);
		return;
	}
	for (struct conn *c = l->conns, *next; c != NULL; c = next) {
		next = c->next;
		if (conn_idle(c) || c->state == CONN_LINGER)
			conn_free(c);
	}
}

static void
cut(struct loop *l)
{
	for (struct conn *c = l->conns, *next; c != NULL; c = next) {
		next = c->next;
		if (c->state == CONN_RUN)
			c->dead = true;
		else
			conn_free(c);
	}
}

static void
serve_doors(struct loop *l, struct door *d)
{
	for (struct door *next; d != NULL; d = next) {
		next = d->next;
		d->next = l->doors;
		l->doors = d;
		d->accept = event_new(l->base, d->fd, EV_READ | EV_PERSIST, on_accept, d);
		must(d->accept != NULL);
		if (!l->paused && !l->closing)
			(void)event_add(d->accept, NULL);
	}
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	uint64_t count;
	ssize_t n = read(fd, &count, sizeof(count));
	struct conn *back;
	struct door *doors;
	bool drain, cut_now, stop;

	(void)n;
	(void)what;
	(void)pthread_mutex_lock(&l->lock);
	back = l->back;
	l->back = NULL;
	doors = l->new_doors;
	l->new_doors = NULL;
	drain = l->drain;
	cut_now = l->cut;
	stop = l->stop;
	l->cut = false;
	(void)pthread_mutex_unlock(&l->lock);
	serve_doors(l, doors);
	for (struct conn *next; back != NULL; back = next) {
		next = back->back_next;
		conn_resume(back);
	}
	if (drain && !l->closing)
		begin_drain(l);
	if (cut_now)
		cut(l);
	if (stop)
		(void)event_base_loopbreak(l->base);
}

enum err
loop_new(struct loop *l, struct http_server *s, struct fault *f)
{
	struct event_config *config = event_config_new();

	must(config != NULL);
	l->server = s;
	(void)pthread_mutex_init(&l->lock, NULL);
	(void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	l->base = event_base_new_with_config(config);
	event_config_free(config);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->base == NULL || l->wake_fd < 0)
		return FAIL(f, E_UNAVAILABLE, "event loop: %s", strerror(errno));
	l->wake = event_new(l->base, l->wake_fd, EV_READ | EV_PERSIST, on_wake, l);
	l->retry = evtimer_new(l->base, on_retry, l);
	must(l->wake != NULL && l->retry != NULL);
	(void)event_add(l->wake, NULL);
	return OK;
}

static void *
serve(void *arg)
{
	struct loop *l = arg;

	(void)event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

enum err
loop_start(struct loop *l, struct fault *f)
{
	if (pthread_create(&l->thread, NULL, serve, l) != 0)
		return FAIL(f, E_UNAVAILABLE, "no more threads");
	l->running = true;
	return OK;
}

void
loop_free(struct loop *l)
{
	l->closing = false;
	while (l->conns != NULL) {
		if (l->conns->state == CONN_RUN)
			l->conns->state = CONN_WRITE;
		conn_free(l->conns);
	}
	free_doors(l);
	for (struct door *d = l->new_doors, *next; d != NULL; d = next) {
		next = d->next;
		(void)close(d->fd);
		free(d);
	}
	if (l->wake != NULL)
		event_free(l->wake);
	if (l->retry != NULL)
		event_free(l->retry);
	if (l->base != NULL)
		event_base_free(l->base);
	if (l->wake_fd >= 0)
		(void)close(l->wake_fd);
	(void)pthread_mutex_destroy(&l->lock);
}
