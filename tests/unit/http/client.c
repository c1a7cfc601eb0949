/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "base/must.h"

int
client_bound(int *ret_port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)) == 0);
	must(getsockname(fd, (struct sockaddr *)(void *)&a, &n) == 0);
	*ret_port = ntohs(a.sin_port);
	return fd;
}

struct client *
client_open(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)port)};
	struct timeval t = {.tv_sec = 5};
	const int on = 1;
	struct client *c = calloc(1, sizeof(*c));

	must(c != NULL);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(c->fd >= 0);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(c->fd, (struct sockaddr *)(void *)&a, sizeof(a)) != 0) {
		(void)close(c->fd);
		c->fd = -1;
	}
	return c;
}

void
client_send(struct client *c, const void *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		const char *from = (const char *)p + at;
		ssize_t k = c->ssl ? SSL_write(c->ssl, from, (int)(n - at))
				   : send(c->fd, from, n - at, MSG_NOSIGNAL);

		if (k <= 0)
			return;
		at += (size_t)k;
	}
}

void
client_say(struct client *c, const char *text)
{
	client_send(c, text, strlen(text));
}

/* More octets to AHEAD; false at the end. */
static bool
more(struct client *c)
{
	size_t room = sizeof(c->ahead) - c->ahead_n;
	ssize_t k = c->ssl ? SSL_read(c->ssl, c->ahead + c->ahead_n, (int)room)
			   : recv(c->fd, c->ahead + c->ahead_n, room, 0);

	if (k <= 0)
		return false;
	c->ahead_n += (size_t)k;
	return true;
}

static void
drop(struct client *c, size_t n)
{
	c->ahead_n -= n;
	memmove(c->ahead, c->ahead + n, c->ahead_n);
}

static size_t
body_length(const struct client *c)
{
	const char *at = strcasestr(c->head, "\r\nContent-Length: ");

	return at ? strtoul(at + strlen("\r\nContent-Length: "), NULL, 10) : 0;
}

int
client_answer(struct client *c, bool head)
{
	const char *end = NULL;
	size_t n;

	c->status = 0;
	c->body_n = 0;
	while ((end = memmem(c->ahead, c->ahead_n, "\r\n\r\n", 4)) == NULL) {
		if (!more(c))
			return 0;
	}
	n = (size_t)(end - c->ahead) + 4;
	must(n < sizeof(c->head));
	memcpy(c->head, c->ahead, n);
	c->head[n] = '\0';
	drop(c, n);
	must(strncmp(c->head, "HTTP/1.1 ", 9) == 0);
	n = head ? 0 : body_length(c);
	must(n < sizeof(c->body));
	while (c->body_n < n) {
		size_t k = c->ahead_n < n - c->body_n ? c->ahead_n : n - c->body_n;

		if (k == 0 && !more(c))
			return 0;
		memcpy(c->body + c->body_n, c->ahead, k);
		c->body_n += k;
		drop(c, k);
	}
	c->body[n] = '\0';
	c->status = atoi(c->head + 9);
	return c->status;
}

bool
client_closed(struct client *c)
{
	char octet;

	if (c->ahead_n != 0)
		return false;
	if (c->ssl != NULL)
		return SSL_read(c->ssl, &octet, 1) <= 0 &&
		    (SSL_get_shutdown(c->ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
	return recv(c->fd, &octet, 1, 0) == 0;
}

bool
client_has(const struct client *c, const char *text)
{
	return strstr(c->head, text) != NULL;
}

void
client_close(struct client *c)
{
	SSL_free(c->ssl);
	if (c->fd >= 0)
		(void)close(c->fd);
	free(c);
}
