/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: ask one server over and over on kept connections, look at every answer, and say in one JSON line
 * how many came, how fast, and how many were wrong. One thread a connection, blocking: what is
 * measured is the server.
 *
 *	bench-load [OPTION...] HOST PORT PATH
 *	  --connections N --seconds S     default 16 and 5
 *	  --tls                           TLS 1.3; the server's name is not checked here
 *	  --cert FILE --key FILE          client certificate
 *	  --new                           a new connection for each request
 *	  --post FILE --type TYPE         a POST with this body
 *	  --paths FILE                    a path a line, taken in turn from a random one on, after PATH
 *	  --same                          every body must equal the first
 *	  --contains WORD                 every body must hold this word
 */
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)8 << 20)

struct plan {
	const char *host, *port, *path, *type, *cert, *key, *contains;
	int connections, seconds;
	bool tls, fresh, same;
	char *body;
	size_t body_size;
	char **paths;
	size_t path_count;
	struct addrinfo *address;
	SSL_CTX *ctx;
	atomic_bool stop;
};

static struct plan plan = {.connections = 16, .seconds = 5};

struct worker {
	pthread_t thread;
	int fd;
	SSL *ssl;
	char *in;
	size_t have; /* octets in IN */
	char *first; /* the body that --same compares with */
	size_t first_size;
	uint32_t *us;
	size_t done, room, errors;
	uint64_t bytes;
	char why[96];
};

static int64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

_Noreturn static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static bool
wrong(struct worker *w, const char *why)
{
	(void)snprintf(w->why, sizeof(w->why), "%s", why);
	return false;
}

static void
hang_up(struct worker *w)
{
	SSL_free(w->ssl);
	w->ssl = NULL;
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
	w->have = 0;
}

static bool
connect_one(struct worker *w)
{
	int on = 1;

	w->fd = socket(plan.address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || connect(w->fd, plan.address->ai_addr, plan.address->ai_addrlen) != 0)
		return wrong(w, "connect");
	(void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!plan.tls)
		return true;
	w->ssl = SSL_new(plan.ctx);
	if (w->ssl == NULL || SSL_set_fd(w->ssl, w->fd) != 1 || SSL_connect(w->ssl) != 1)
		return wrong(w, "handshake");
	return true;
}

static bool
send_all(struct worker *w, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = w->ssl ? SSL_write(w->ssl, p, (int)n) : send(w->fd, p, n, MSG_NOSIGNAL);

		if (k <= 0)
			return wrong(w, "send");
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static bool
receive(struct worker *w)
{
	ssize_t k;

	if (w->have == ANSWER_MAX)
		return wrong(w, "too large");
	k = w->ssl ? SSL_read(w->ssl, w->in + w->have, (int)(ANSWER_MAX - w->have))
		   : recv(w->fd, w->in + w->have, ANSWER_MAX - w->have, 0);
	if (k <= 0)
		return wrong(w, "closed");
	w->have += (size_t)k;
	return true;
}

/* The whole answer: its head in full, then as many octets as it says. */
static bool
answer(struct worker *w, char **body, size_t *size)
{
	char *end, *length;

	w->have = 0;
	do {
		if (!receive(w))
			return false;
		end = memmem(w->in, w->have, "\r\n\r\n", 4);
	} while (end == NULL);
	if (w->have < 12 || memcmp(w->in, "HTTP/1.1 2", 10) != 0)
		return wrong(w, "status");
	*end = '\0';
	length = strcasestr(w->in, "\r\ncontent-length:");
	if (length == NULL)
		return wrong(w, "no length");
	*size = strtoul(length + 17, NULL, 10);
	*body = end + 4;
	while (w->have < (size_t)(*body - w->in) + *size) {
		if (!receive(w))
			return false;
	}
	return w->have == (size_t)(*body - w->in) + *size || wrong(w, "more than the length");
}

static bool
good(struct worker *w, const char *body, size_t size)
{
	if (plan.contains != NULL &&
	    memmem(body, size, plan.contains, strlen(plan.contains)) == NULL)
		return wrong(w, "word is missing");
	if (!plan.same)
		return true;
	if (w->first == NULL) {
		w->first = malloc(size + 1);
		if (w->first == NULL)
			die("malloc");
		memcpy(w->first, body, size);
		w->first_size = size;
	}
	return (size == w->first_size && memcmp(body, w->first, size) == 0) || wrong(w, "differs");
}

static size_t
request(const char *path, char *ret, size_t room)
{
	int n;

	if (plan.body != NULL)
		n = snprintf(ret, room,
		    "POST %s%s HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: %s\r\nContent-Length: "
		    "%zu\r\n\r\n",
		    plan.path, path, plan.host, plan.port, plan.type, plan.body_size);
	else
		n = snprintf(ret, room, "GET %s%s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", plan.path, path,
		    plan.host, plan.port);
	if (n < 0 || (size_t)n + plan.body_size >= room)
		die("request");
	if (plan.body != NULL)
		memcpy(ret + n, plan.body, plan.body_size);
	return (size_t)n + plan.body_size;
}

static bool
one(struct worker *w, size_t turn)
{
	static _Thread_local char out[65536];
	size_t n =
	    request(plan.path_count ? plan.paths[turn % plan.path_count] : "", out, sizeof(out));
	char *body = NULL;
	size_t size = 0;

	if (w->fd < 0 && !connect_one(w))
		return false;
	if (!send_all(w, out, n) || !answer(w, &body, &size) || !good(w, body, size))
		return false;
	w->bytes += size;
	if (plan.fresh)
		hang_up(w);
	return true;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	size_t turn;

	if (getrandom(&turn, sizeof(turn), 0) != sizeof(turn))
		die("random");
	while (!atomic_load_explicit(&plan.stop, memory_order_relaxed)) {
		int64_t from = now_us();

		if (!one(w, turn++)) {
			w->errors++;
			hang_up(w);
			if (w->errors > 100)
				break;
			continue;
		}
		if (w->done == w->room) {
			w->room = w->room ? w->room * 2 : 4096;
			w->us = realloc(w->us, w->room * sizeof(*w->us));
			if (w->us == NULL)
				die("realloc");
		}
		w->us[w->done++] = (uint32_t)(now_us() - from);
	}
	hang_up(w);
	return NULL;
}

static int
order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static char *
slurp(const char *path, size_t *size)
{
	FILE *in = fopen(path, "rb");
	char *p;
	long n;

	if (in == NULL || fseek(in, 0, SEEK_END) != 0 || (n = ftell(in)) < 0)
		die(path);
	rewind(in);
	p = malloc((size_t)n + 1);
	if (p == NULL || fread(p, 1, (size_t)n, in) != (size_t)n)
		die(path);
	(void)fclose(in);
	p[n] = '\0';
	*size = (size_t)n;
	return p;
}

static void
read_paths(const char *file)
{
	size_t size, room = 0;
	char *text = slurp(file, &size), *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (plan.path_count == room) {
			room = room ? room * 2 : 1024;
			plan.paths = realloc(plan.paths, room * sizeof(*plan.paths));
			if (plan.paths == NULL)
				die("realloc");
		}
		plan.paths[plan.path_count++] = line;
	}
}

static void
options(int argc, char **argv)
{
	static const struct option known[] = {{"connections", 1, NULL, 'c'},
	    {"seconds", 1, NULL, 's'}, {"tls", 0, NULL, 't'}, {"cert", 1, NULL, 'C'},
	    {"key", 1, NULL, 'K'}, {"new", 0, NULL, 'n'}, {"post", 1, NULL, 'p'},
	    {"type", 1, NULL, 'T'}, {"paths", 1, NULL, 'P'}, {"same", 0, NULL, 'S'},
	    {"contains", 1, NULL, 'w'}, {NULL, 0, NULL, 0}};
	int o;

	while ((o = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (o) {
		case 'c':
			plan.connections = atoi(optarg);
			break;
		case 's':
			plan.seconds = atoi(optarg);
			break;
		case 't':
			plan.tls = true;
			break;
		case 'C':
			plan.cert = optarg;
			break;
		case 'K':
			plan.key = optarg;
			break;
		case 'n':
			plan.fresh = true;
			break;
		case 'p':
			plan.body = slurp(optarg, &plan.body_size);
			break;
		case 'T':
			plan.type = optarg;
			break;
		case 'P':
			read_paths(optarg);
			break;
		case 'S':
			plan.same = true;
			break;
		case 'w':
			plan.contains = optarg;
			break;
		default:
			exit(64);
		}
	}
	if (argc - optind != 3 || plan.connections < 1 || plan.seconds < 1) {
		(void)fprintf(stderr, "usage: bench-load [OPTION...] HOST PORT PATH\n");
		exit(64);
	}
	plan.host = argv[optind];
	plan.port = argv[optind + 1];
	plan.path = argv[optind + 2];
}

static void
prepare(void)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};

	if (getaddrinfo(plan.host, plan.port, &hints, &plan.address) != 0)
		die("address");
	if (!plan.tls)
		return;
	plan.ctx = SSL_CTX_new(TLS_client_method());
	if (plan.ctx == NULL || SSL_CTX_set_min_proto_version(plan.ctx, TLS1_3_VERSION) != 1)
		die("TLS");
	if (plan.cert != NULL &&
	    (SSL_CTX_use_certificate_chain_file(plan.ctx, plan.cert) != 1 ||
		SSL_CTX_use_PrivateKey_file(plan.ctx, plan.key, SSL_FILETYPE_PEM) != 1))
		die("client certificate");
}

static void
report(struct worker *w, double seconds)
{
	size_t done = 0, errors = 0, at = 0;
	uint64_t bytes = 0;
	uint32_t *us;

	for (int i = 0; i < plan.connections; i++) {
		done += w[i].done;
		errors += w[i].errors;
		bytes += w[i].bytes;
		if (w[i].errors > 0)
			(void)fprintf(stderr, "load: %s\n", w[i].why);
	}
	us = malloc((done + 1) * sizeof(*us));
	if (us == NULL)
		die("malloc");
	for (int i = 0; i < plan.connections; i++) {
		if (w[i].done > 0)
			memcpy(us + at, w[i].us, w[i].done * sizeof(*us));
		at += w[i].done;
	}
	qsort(us, done, sizeof(*us), order);
	printf("{\"requests\":%zu,\"errors\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"p50_us\":%u,"
	       "\"p99_us\":%u,"
	       "\"bytes\":%llu}\n",
	    done, errors, seconds, (double)done / seconds, done ? us[done / 2] : 0,
	    done ? us[done * 99 / 100] : 0, (unsigned long long)bytes);
	free(us);
}

int
main(int argc, char **argv)
{
	struct worker *w;
	int64_t from;

	(void)signal(SIGPIPE, SIG_IGN);
	options(argc, argv);
	prepare();
	w = calloc((size_t)plan.connections, sizeof(*w));
	if (w == NULL)
		die("calloc");
	from = now_us();
	for (int i = 0; i < plan.connections; i++) {
		w[i].fd = -1;
		w[i].in = malloc(ANSWER_MAX);
		if (w[i].in == NULL || pthread_create(&w[i].thread, NULL, work, &w[i]) != 0)
			die("thread");
	}
	(void)sleep((unsigned)plan.seconds);
	atomic_store(&plan.stop, true);
	for (int i = 0; i < plan.connections; i++)
		(void)pthread_join(w[i].thread, NULL);
	report(w, (double)(now_us() - from) / 1e6);
	return 0;
}
