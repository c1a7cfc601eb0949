/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/must.h"

static const struct {
	const char *name;
	size_t at;
} lists[] = {
    {"listen.portal", offsetof(struct conf, listen_portal)},
    {"listen.machine", offsetof(struct conf, listen_machine)},
    {"listen.plain", offsetof(struct conf, listen_plain)},
};

static void
join(struct listen_set *set, const char *name, int fd)
{
	must(set->count < LISTEN_MAX);
	set->socket[set->count++] = (struct listen_socket){name, fd};
}

/* A bound socket, or -1 with errno. */
static int
bind_tcp(const struct conf_address *a)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} at = {0};
	const int one = 1;
	bool six = strchr(a->host, ':') != NULL;
	int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -1;
	at.any.sa_family = six ? AF_INET6 : AF_INET;
	if (six) {
		at.six.sin6_port = htons((uint16_t)a->port);
		(void)inet_pton(AF_INET6, a->host, &at.six.sin6_addr);
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	} else {
		at.four.sin_port = htons((uint16_t)a->port);
		(void)inet_pton(AF_INET, a->host, &at.four.sin_addr);
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &at.any, six ? sizeof(at.six) : sizeof(at.four)) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

static enum err
open_list(const struct conf_listen *l, const char *name, struct listen_set *set, struct fault *f)
{
	const struct conf_address *passed = NULL;
	size_t before = set->count;

	for (size_t i = 0; i < l->count; i++) {
		const struct conf_address *a = &l->address[i];
		int fd = bind_tcp(a);

		if (fd >= 0)
			join(set, name, fd);
		else if (strchr(a->host, ':') && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
			passed = a;
		else
			return FAIL_FIELD(f, E_UNAVAILABLE, name, NULL, "%.*s: %s", (int)a->text.n,
			    a->text.p, strerror(errno));
	}
	if (set->count == before && passed != NULL)
		return FAIL_FIELD(f, E_UNAVAILABLE, name, NULL,
		    "%.*s: this machine has no such address", (int)passed->text.n, passed->text.p);
	return OK;
}

/* Is somebody serving this socket file? */
static bool
answers(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes = fd >= 0 && connect(fd, (const struct sockaddr *)a, sizeof(*a)) == 0;

	if (fd >= 0)
		(void)close(fd);
	return yes;
}

static enum err
open_admin(const struct conf *c, const char *name, struct listen_set *set, struct fault *f)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	mode_t mask;
	int fd, bound;

	must(c->listen_admin.n < sizeof(a.sun_path));
	memcpy(a.sun_path, c->listen_admin.p, c->listen_admin.n);
	/* What an earlier run left behind; never another kind of file. */
	if (lstat(a.sun_path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode) || answers(&a))
			return FAIL_FIELD(f, E_UNAVAILABLE, name, NULL, "%s: %s", a.sun_path,
			    S_ISSOCK(st.st_mode) ? "another service answers there"
						 : "is a file, not a socket");
		(void)unlink(a.sun_path);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mask = umask(0177);
	bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&a, sizeof(a));
	/* From now on callers wait until the front serves, instead of being refused. */
	if (bound == 0)
		bound = listen(fd, SOMAXCONN);
	(void)umask(mask);
	if (bound != 0) {
		if (fd >= 0)
			(void)close(fd);
		return FAIL_FIELD(
		    f, E_UNAVAILABLE, name, NULL, "%s: %s", a.sun_path, strerror(errno));
	}
	join(set, name, fd);
	return OK;
}

enum err
listen_open(const struct conf *c, const char *name, struct listen_set *set, struct fault *f)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const void *list = (const char *)c + lists[i].at;

		if (strcmp(lists[i].name, name) == 0)
			return open_list(list, name, set, f);
	}
	return strcmp(name, "listen.admin") == 0 ? open_admin(c, name, set, f) : OK;
}

void
listen_close(struct listen_set *set, const struct conf *c)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)] = "";

	memcpy(path, c->listen_admin.p, c->listen_admin.n);
	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->socket[i].name, "listen.admin") == 0)
			(void)unlink(path);
		(void)close(set->socket[i].fd);
	}
	set->count = 0;
}
