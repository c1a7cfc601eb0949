/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a connection: its bufferevent, deadline and answers. */
#include "http/conn.h"

#include <stdlib.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>

#include "base/must.h"
#include "http/reply.h"

#define READ_AHEAD ((size_t)64 << 10) /* octets taken from the socket before we want them */
#define COPY_MAX   ((size_t)16 << 10) /* octets; larger bodies are lent to the socket */
#define LINGER_MS  2000
#define LINGER_MAX ((size_t)8 << 20) /* octets */

bool
conn_idle(const struct conn *c)
{
	return c->state == CONN_HEAD && c->a == NULL;
}

void
conn_deadline(struct conn *c, int ms)
{
	struct timeval t = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

	if (ms == 0)
		(void)event_del(c->deadline);
	else
		(void)event_add(c->deadline, &t);
}

static void
free_request(struct conn *c)
{
	arena_free(&c->a);
	c->req = (struct http_req){0};
	c->body = (struct buf){0};
}

/* Close the socket; a worker that has the request keeps the rest until conn_back. */
static void
drop(struct conn *c)
{
	if (c->state == CONN_RUN) {
		c->dead = true;
		return;
	}
	conn_free(c);
}

void
conn_free(struct conn *c)
{
	struct loop *l = c->loop;

	if (c->ssl != NULL)
		tls_bye(c->ssl);
	bufferevent_free(c->bev);
	event_free(c->deadline);
	free_request(c);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		l->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	free(c);
	loop_conn_gone(l);
}

/*
 * Say that nothing more comes, then wait a little for the peer to close: closing with unread input
 * would make the kernel take back the answer it has not read yet (RFC 9112 9.6).
 */
static void
linger(struct conn *c)
{
	free_request(c);
	if (c->loop->closing) {
		conn_free(c);
		return;
	}
	c->state = CONN_LINGER;
	if (c->ssl != NULL)
		tls_bye(c->ssl);
	(void)shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	conn_deadline(c, LINGER_MS);
	(void)bufferevent_enable(c->bev, EV_READ);
}

static void
advance(struct conn *c)
{
	while (request_read(c))
		continue;
}

/* The answer lies with the kernel. */
static void
written(struct conn *c)
{
	if (c->close || c->loop->closing) {
		linger(c);
		return;
	}
	free_request(c);
	c->state = CONN_HEAD;
	conn_deadline(c, c->loop->server->config.times.idle);
	(void)bufferevent_enable(c->bev, EV_READ);
	/* What the client sent ahead is next. */
	advance(c);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	if (c->state == CONN_LINGER) {
		c->lingered += evbuffer_get_length(in);
		(void)evbuffer_drain(in, evbuffer_get_length(in));
		if (c->lingered > LINGER_MAX)
			conn_free(c);
		return;
	}
	advance(c);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	if (c->state == CONN_WRITE && evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		written(c);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED)
		return;
	if (what & BEV_EVENT_TIMEOUT)
		atomic_fetch_add(&c->loop->server->broken, 1);
	drop(c);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	if (!conn_idle(c) && c->state != CONN_LINGER)
		atomic_fetch_add(&c->loop->server->broken, 1);
	drop(c);
}

void
conn_send(struct conn *c)
{
	struct http_server *s = c->loop->server;
	struct evbuffer *out = bufferevent_get_output(c->bev);
	struct bytes head, body = c->resp.body;
	struct reply_frame frame = {.hsts = s->config.hsts};

	c->close |= c->loop->closing;
	frame.keep = !c->close;
	(void)bufferevent_disable(c->bev, EV_READ);
	conn_deadline(c, 0);
	c->state = CONN_WRITE;
	head = reply_head(&c->req, &c->resp, &frame);
	(void)evbuffer_add(out, head.p, head.n);
	if (c->req.head || reply_bodiless(c->resp.status))
		body.n = 0;
	if (body.n > COPY_MAX)
		(void)evbuffer_add_reference(out, body.p, body.n, NULL, NULL);
	else if (body.n > 0)
		(void)evbuffer_add(out, body.p, body.n);
	atomic_fetch_add(&s->requests, 1);
	request_log(c);
}

void
conn_back(struct conn *c)
{
	struct loop *l = c->loop;

	(void)pthread_mutex_lock(&l->lock);
	c->back_next = l->back;
	l->back = c;
	(void)pthread_mutex_unlock(&l->lock);
	loop_wake(l);
}

void
conn_resume(struct conn *c)
{
	if (c->dead) {
		c->state = CONN_WRITE;
		conn_free(c);
	} else {
		conn_send(c);
	}
}

static struct bufferevent *
new_bufferevent(struct loop *l, const struct door *d, int fd, struct ssl_st **ssl)
{
	const int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	struct bufferevent *bev;

	if (d->tls == NULL)
		return bufferevent_socket_new(l->base, fd, options);
	*ssl = tls_accept(d->tls);
	if (*ssl == NULL)
		return NULL;
	bev = bufferevent_openssl_socket_new(l->base, fd, *ssl, BUFFEREVENT_SSL_ACCEPTING, options);
	if (bev != NULL)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

void
conn_new(struct loop *l, const struct door *d, const struct peer *peer)
{
	const struct http_times *times = &l->server->config.times;
	struct timeval stall = {
	    .tv_sec = times->stall / 1000, .tv_usec = times->stall % 1000 * 1000};
	struct conn *c = calloc(1, sizeof(*c));

	must(c != NULL);
	c->bev = new_bufferevent(l, d, peer->fd, &c->ssl);
	must(c->bev != NULL);
	c->loop = l;
	c->listener = d->listener;
	c->peer_uid = peer->uid;
	c->peer_pid = peer->pid;
	(void)snprintf(c->peer, sizeof(c->peer), "%s", peer->text);
	c->deadline = evtimer_new(l->base, on_deadline, c);
	must(c->deadline != NULL);
	c->next = l->conns;
	if (c->next != NULL)
		c->next->prev = c;
	l->conns = c;
	l->count++;
	atomic_fetch_add(&l->server->connections, 1);
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, READ_AHEAD);
	bufferevent_set_timeouts(c->bev, NULL, &stall);
	/* The first head has its time from now on, the TLS handshake included. */
	conn_deadline(c, times->header);
	(void)bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}
