/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "http/conn.h"

#define BACKLOG 1024

static void
preset(int *value, int otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

static void
fill_presets(struct http_config *c)
{
	preset(&c->loops, 2);
	preset(&c->workers, 4);
	preset(&c->queue, 1024);
	preset(&c->slow_workers, 2);
	preset(&c->slow_queue, 32);
	preset(&c->connections, 4096);
	preset(&c->times.header, 10000);
	preset(&c->times.body, 30000);
	preset(&c->times.idle, 75000);
	preset(&c->times.stall, 30000);
}

static enum err
make_parts(struct http_server *s, struct fault *f)
{
	TRY(route_table_new(s->config.routes, s->config.route_count, &s->routes, f));
	TRY(http_pool_new(s->config.workers, s->config.queue, &s->workers, f));
	TRY(http_pool_new(s->config.slow_workers, s->config.slow_queue, &s->slow, f));
	for (int i = 0; i < s->config.loops; i++)
		TRY(loop_new(&s->loops[i], s, f));
	return OK;
}

enum err
http_server_new(const struct http_config *config, struct http_server **ret, struct fault *f)
{
	struct http_server *s = calloc(1, sizeof(*s));
	enum err e;

	must(s != NULL && config->fault != NULL);
	s->config = *config;
	fill_presets(&s->config);
	s->loops = calloc((size_t)s->config.loops, sizeof(*s->loops));
	must(s->loops != NULL);
	for (int i = 0; i < s->config.loops; i++)
		s->loops[i].wake_fd = -1;
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->emptied, NULL);
	e = make_parts(s, f);
	if (e != OK) {
		http_server_free(&s);
		return e;
	}
	*ret = s;
	return OK;
}

static enum err
listen_on(int fd, struct fault *f)
{
	struct sockaddr_storage name = {0};
	socklen_t n = sizeof(name);
	const int one = 1;

	if (getsockname(fd, (struct sockaddr *)(void *)&name, &n) != 0)
		return FAIL(f, E_INTERNAL, "not a socket: %s", strerror(errno));
	/* Accepted sockets inherit it; without it TLS answers wait for the peer's delayed ACK. */
	if (name.ss_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || listen(fd, BACKLOG) != 0)
		return FAIL(f, E_UNAVAILABLE, "listen: %s", strerror(errno));
	return OK;
}

enum err
http_server_open(struct http_server *s, enum http_listener listener, int fd, struct tls_server *tls,
    struct fault *f)
{
	TRY(listen_on(fd, f));
	for (int i = 0; i < s->config.loops; i++) {
		struct loop *l = &s->loops[i];
		struct door *d = calloc(1, sizeof(*d));

		must(d != NULL);
		d->loop = l;
		d->listener = listener;
		d->tls = tls;
		d->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (d->fd < 0) {
			free(d);
			return FAIL(f, E_UNAVAILABLE, "dup: %s", strerror(errno));
		}
		(void)pthread_mutex_lock(&l->lock);
		d->next = l->new_doors;
		l->new_doors = d;
		(void)pthread_mutex_unlock(&l->lock);
		loop_wake(l);
	}
	return OK;
}

enum err
http_server_start(struct http_server *s, struct fault *f)
{
	for (int i = 0; i < s->config.loops; i++)
		TRY(loop_start(&s->loops[i], f));
	return OK;
}

/* Set one of a loop's flags and wake it. */
static void
order(struct loop *l, bool *flag)
{
	(void)pthread_mutex_lock(&l->lock);
	*flag = true;
	(void)pthread_mutex_unlock(&l->lock);
	loop_wake(l);
}

enum err
http_server_drain(struct http_server *s, int ms, struct fault *f)
{
	struct timespec until;
	bool late = false;
	int left;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000 + (until.tv_nsec + ms % 1000 * 1000000L) / 1000000000;
	until.tv_nsec = (until.tv_nsec + ms % 1000 * 1000000L) % 1000000000;
	(void)pthread_mutex_lock(&s->lock);
	s->busy = s->config.loops;
	(void)pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < s->config.loops; i++)
		order(&s->loops[i], &s->loops[i].drain);
	(void)pthread_mutex_lock(&s->lock);
	while (s->busy > 0 && !late)
		late = pthread_cond_timedwait(&s->emptied, &s->lock, &until) == ETIMEDOUT;
	left = s->busy;
	(void)pthread_mutex_unlock(&s->lock);
	if (left == 0)
		return OK;
	for (int i = 0; i < s->config.loops; i++)
		order(&s->loops[i], &s->loops[i].cut);
	return FAIL(f, E_TIMEOUT, "connections of %d loops were cut", left);
}

void
http_server_free(struct http_server **server)
{
	struct http_server *s = *server;

	if (s == NULL)
		return;
	http_pool_free(&s->workers);
	http_pool_free(&s->slow);
	for (int i = 0; i < s->config.loops; i++) {
		if (s->loops[i].running) {
			order(&s->loops[i], &s->loops[i].stop);
			(void)pthread_join(s->loops[i].thread, NULL);
		}
	}
	for (int i = 0; i < s->config.loops; i++)
		loop_free(&s->loops[i]);
	route_table_free(&s->routes);
	free(s->loops);
	(void)pthread_cond_destroy(&s->emptied);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
	*server = NULL;
}

struct http_counts
http_server_counts(struct http_server *s)
{
	return (struct http_counts){.connections = atomic_load(&s->connections),
	    .requests = atomic_load(&s->requests),
	    .refused = atomic_load(&s->refused),
	    .broken = atomic_load(&s->broken)};
}
