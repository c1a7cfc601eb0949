/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/main.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/digest.h"
#include "monitor/child.h"
#include "signer/serve.h"

#define SECRET_LEAST 32
#define SECRET_MOST  4096
#define TICK_MS      30000

/* The installation key is derived from the whole file, so its form is the administrator's choice. */
static enum err
read_secret(int fd, uint8_t ret[static STATE_SECRET], struct fault *f)
{
	uint8_t p[SECRET_MOST + 1];
	size_t n = 0;

	if (fd < 0)
		return FAIL(f, E_CONFIG, "no unlock secret");
	while (n < sizeof(p)) {
		ssize_t got = pread(fd, p + n, sizeof(p) - n, (off_t)n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	(void)close(fd);
	if (n >= SECRET_LEAST && n <= SECRET_MOST)
		hkdf_sha256(
		    bytes_of(p, n), str_bytes(STR("signet-installation-v1")), ret, STATE_SECRET);
	wipe(p, sizeof(p));
	if (n < SECRET_LEAST || n > SECRET_MOST)
		return FAIL_FIELD(f, E_CONFIG, "unlock", "32 to 4096 octets", "%zu octets", n);
	return OK;
}

/* The token's PIN, without the end of its line. */
static enum err
read_pin(int fd, struct secret *ret, struct fault *f)
{
	struct secret pin = secret_new(TOKEN_PIN_MAX + 1);
	ssize_t n = fd < 0 ? 0 : pread(fd, pin.p, TOKEN_PIN_MAX + 1, 0);

	if (fd >= 0)
		(void)close(fd);
	while (n > 0 && (pin.p[n - 1] == '\n' || pin.p[n - 1] == '\r'))
		n--;
	pin.n = n > 0 ? (size_t)n : 0;
	if (pin.n == 0 || pin.n > TOKEN_PIN_MAX) {
		secret_free(&pin);
		return FAIL_FIELD(f, E_CONFIG, "hsm_pin_file", "1 to 256 octets", "no PIN");
	}
	*ret = pin;
	return OK;
}

/* Where CA keys may lie. */
static enum err
open_token(const struct child *c, struct state_options *o, struct fault *f)
{
	const struct conf *conf = child_conf(c);
	struct hsm_options token = {.label = conf->hsm_token, .serial = conf->hsm_serial};

	o->no_soft_keys = !conf_soft_keys(conf);
	if (conf->hsm_module.n == 0)
		return OK;
	TRY(read_pin(child_fd(c, "secret.pin", 0), &token.pin, f));
	o->hsm = hsm_new(&token);
	return OK;
}

/* S4: a production signer does not start within reach of the root key, where set-up may have left it. */
static enum err
check_place(const struct conf *c, struct fault *f)
{
	static const char *const below[] = {"root.key", "root/root.key", "signer/root.key"};
	char path[512];

	if (c->environment != CONF_PRODUCTION)
		return OK;
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		(void)snprintf(path, sizeof(path), "%.*s/%s", (int)c->data.n, c->data.p, below[i]);
		if (access(path, F_OK) == 0)
			return FAIL_FIELD(f, E_CONFIG, "data", NULL,
			    "the root key is here: move it off this machine");
	}
	return OK;
}

static bool
peer_of(const char *name, enum signer_peer *ret)
{
	for (int i = 0; i < SIGNER_PEER__COUNT; i++)
		if (strcmp(name, signer_peer_name((enum signer_peer)i)) == 0) {
			*ret = (enum signer_peer)i;
			return true;
		}
	return false;
}

/* One order of the monitor. False: the end. */
static bool
order(struct child *c, struct serve *v)
{
	struct child_event ev = child_next(c);
	enum signer_peer peer;

	switch (ev.kind) {
	case CHILD_EV_FD:
		if (peer_of(ev.name, &peer))
			serve_peer(v, peer, ev.fd); /* closes the one before */
		else if (strcmp(ev.name, "p11") == 0)
			serve_token(v, ev.fd);
		return true;
	case CHILD_EV_SETTLE:
	case CHILD_EV_RELOAD:
		return true;
	case CHILD_EV_DRAIN:
	case CHILD_EV_GONE:
		return false;
	}
	return false;
}

static int
fail(const struct fault *f)
{
	struct log l = log_line(LOG_CONFIG_FAULT);

	log_fault(&l, f);
	log_end(&l);
	return err_row(f->code)->exit;
}

int
signer_main(struct child *c)
{
	struct state_options options = {.node = (unsigned)child_conf(c)->node};
	struct fault f = {0};
	struct serve *v;
	char folder[4096];

	if (check_place(child_conf(c), &f) != OK)
		return fail(&f);
	if (read_secret(child_fd(c, "secret.unlock", 0), options.secret, &f) != OK)
		return fail(&f);
	if (open_token(c, &options, &f) != OK)
		return fail(&f);
	(void)snprintf(folder, sizeof(folder), "%.*s/signer", (int)child_conf(c)->data.n,
	    child_conf(c)->data.p);
	options.folder = folder;
	v = serve_new(&options);
	wipe(options.secret, sizeof(options.secret));
	for (int i = 0; i < SIGNER_PEER__COUNT; i++)
		serve_peer(
		    v, (enum signer_peer)i, child_fd(c, signer_peer_name((enum signer_peer)i), 0));
	serve_token(v, child_fd(c, "p11", 0));
	if (child_ready(c, &f) != OK) {
		serve_free(&v);
		hsm_free(&options.hsm);
		return fail(&f);
	}
	for (;;)
		if (serve_step(v, child_control(c), TICK_MS) && !order(c, v))
			break;
	/* What was asked before the drain is answered still. */
	(void)serve_step(v, -1, 0);
	serve_free(&v);
	hsm_free(&options.hsm);
	return 0;
}
