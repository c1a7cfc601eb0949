/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front: routes, listeners, the portal's certificate. Before set-up only the admin socket is served;
 * the others open by themselves as soon as there is a CA and a certificate.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"
#include "base/must.h"
#include "cmd/parts.h"
#include "cmd/roles.h"
#include "http/server.h"
#include "proto/proto.h"
#include "service/refusal.h"
#include "service/upkeep.h"

#define LOOK_MS      500                /* before set-up: is there a CA yet? */
#define FOLLOW_MS    200                /* what did other processes change? */
#define SUMS_MS      20000              /* are there sums of refusals to write? */
#define WATCH_MS     ((int)3600 * 1000) /* is the portal's certificate due? */
#define DRAIN_MS     10000
#define PEM_FILE_MAX ((size_t)64 << 10)

struct front {
	struct child *child;
	struct parts parts;
	struct http_server *http;
	struct tls_server *tls;
	bool open;              /* portal and plain are served */
	int64_t looked, summed; /* when, in milliseconds */
};

/* Goes on while the machine sleeps. */
static int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err
read_file(struct arena *a, const char *path, struct bytes *ret, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *p;
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	p = arena_alloc(a, PEM_FILE_MAX);
	while (n < PEM_FILE_MAX && got > 0) {
		got = read(fd, p + n, PEM_FILE_MAX - n);
		n += got > 0 ? (size_t)got : 0;
	}
	(void)close(fd);
	if (got < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	*ret = bytes_of(p, n);
	return OK;
}

/* The portal's certificate from the files that own_tls writes; a new one replaces the old. */
static enum err
load_tls(struct front *s, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct bytes chain, key;
	enum err e = read_file(a, parts_path(&s->parts, s->child, "front/tls.pem"), &chain, f);

	if (e == OK)
		e = read_file(a, parts_path(&s->parts, s->child, "front/tls.key"), &key, f);
	if (e == OK && s->tls)
		e = tls_server_reload(s->tls, chain, key, f);
	else if (e == OK)
		e = tls_server_new(chain, key, false, &s->tls, f);
	arena_free(&a);
	return e;
}

static enum err
listen_all(struct front *s, const char *name, enum http_listener listener, struct tls_server *tls,
    struct fault *f)
{
	for (size_t i = 0; child_fd(s->child, name, i) >= 0; i++)
		TRY(http_server_open(s->http, listener, child_fd(s->child, name, i), tls, f));
	return OK;
}

/*
 * A new certificate for the portal when it has come due, also after a long sleep: front alone has its key.
 * Where none is to be had now, the old one serves on, and the log says why.
 */
static bool
renew_certificate(struct front *s)
{
	struct arena *a;
	struct call c;
	struct fault f = {0};
	bool renewed = false;

	/* Before the first one there is set-up, which has it signed itself. */
	if (access(parts_path(&s->parts, s->child, "front/tls.pem"), F_OK) != 0)
		return false;
	a = arena_new(0);
	c = parts_call(&s->parts, a, "front");
	if (upkeep_portal_certificate(&c, &renewed, &f) != OK) {
		struct log l = log_line(LOG_JOB_FAULT);

		log_str(&l, "kind", "portal-certificate");
		log_fault(&l, &f);
		log_end(&l);
	}
	arena_free(&a);
	return renewed;
}

/* Open what strangers see, once there is something to see. */
static enum err
open_doors(struct front *s, struct fault *f)
{
	TRY(service_ready(s->parts.service, f));
	(void)renew_certificate(s);
	TRY(load_tls(s, f));
	/* Past here nothing may be tried twice: a door that fails is told, the others are open. */
	s->open = true;
	TRY(listen_all(s, "listen.portal", HTTP_PORTAL, s->tls, f));
	TRY(listen_all(s, "listen.plain", HTTP_PLAIN, NULL, f));
	service_doors(s->parts.service, true);
	return OK;
}

static void
look(struct front *s)
{
	struct fault f = {0};

	if (s->open) {
		if (renew_certificate(s) && load_tls(s, &f) != OK)
			(void)parts_fail(&f);
	} else if (open_doors(s, &f) != OK && (s->open || f.code == E_STORE || f.code == E_CONFIG))
		(void)parts_fail(&f);
}

static void
write_refusals(struct front *s, bool all)
{
	struct arena *a = arena_new(0);
	struct call c = parts_call(&s->parts, a, "front");
	struct fault f = {0};

	if (refusal_flush(&c, all, &f) != OK)
		(void)parts_fail(&f);
	arena_free(&a);
}

/* False: the process is to end. */
static bool
obey(struct front *s)
{
	struct child_event ev = child_next(s->child);
	struct fault f = {0};

	switch (ev.kind) {
	case CHILD_EV_FD:
		if (strcmp(ev.name, "signer") == 0) {
			signer_reconnect(s->parts.signer, ev.fd);
		} else {
			if (strcmp(ev.name, "bell") == 0)
				service_bell(s->parts.service, ev.fd);
			if (ev.old >= 0)
				(void)close(ev.old);
		}
		return true;
	case CHILD_EV_RELOAD:
		if (s->open && load_tls(s, &f) != OK)
			(void)parts_fail(&f);
		return true;
	case CHILD_EV_SETTLE:
		return true;
	case CHILD_EV_DRAIN:
		if (http_server_drain(s->http, DRAIN_MS, &f) != OK)
			(void)parts_fail(&f);
		write_refusals(s, true);
		return false;
	case CHILD_EV_GONE:
	default:
		return false;
	}
}

/* API and protocols in one table. */
static const struct http_route *
all_routes(struct arena *a, size_t *count)
{
	size_t api, proto;
	const struct http_route *first = api_routes(&api), *second = proto_routes(&proto);
	struct http_route *all = arena_array(a, api + proto, sizeof(*all));

	memcpy(all, first, api * sizeof(*all));
	memcpy(all + api, second, proto * sizeof(*all));
	*count = api + proto;
	return all;
}

static enum err
start(struct front *s, struct fault *f)
{
	const struct conf *conf = child_conf(s->child);
	struct http_config config = {.fault = api_fault,
	    .app = s->parts.service,
	    .loops = conf->loops,
	    .workers = conf->workers,
	    .queue = conf->queue,
	    .connections = conf->connections,
	    .hsts = conf->environment == CONF_PRODUCTION};

	config.routes = all_routes(s->parts.life, &config.route_count);
	TRY(http_server_new(&config, &s->http, f));
	TRY(listen_all(s, "listen.admin", HTTP_ADMIN, NULL, f));
	TRY(http_server_start(s->http, f));
	look(s);
	return child_ready(s->child, f);
}

/* What has come due since the last time round. */
static void
idle(struct front *s)
{
	int64_t now = clock_ms();

	/* A store that does not answer is told of by those who ask it. */
	(void)(service_follow(s->parts.service, NULL) == OK);
	if (s->open && now - s->summed >= SUMS_MS) {
		s->summed = now;
		write_refusals(s, false);
	}
	if (now - s->looked < (s->open ? WATCH_MS : LOOK_MS))
		return;
	s->looked = now;
	look(s);
}

int
front_main(struct child *c)
{
	struct front s = {.child = c};
	struct fault f = {0};
	enum err e;

	api_setup();
	e = parts_open(c, false, &s.parts, &f);
	if (e != OK)
		return parts_fail(&f);
	service_bell(s.parts.service, child_fd(c, "bell", 0));
	e = start(&s, &f);
	while (e == OK) {
		struct pollfd control = {.fd = child_control(c), .events = POLLIN};
		int n = poll(&control, 1, FOLLOW_MS);

		if (n < 0)
			must(errno == EINTR);
		else if (n > 0 && !obey(&s))
			break;
		idle(&s);
	}
	http_server_free(&s.http);
	tls_server_free(&s.tls);
	parts_close(&s.parts);
	return e == OK ? 0 : parts_fail(&f);
}
