/* SPDX-License-Identifier: Apache-2.0 */
/* SMS to a gateway over HTTPS: docs/guide-administrator.md is what its author reads. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "jobs/channel.h"
#include "jobs/sms.h"
#include "net/client.h"

#define SECRET_LEAST 16 /* octets */

struct gateway_link {
	struct arena *life;
	struct net_client *net;
	struct str url, secret;
};

static void *
gateway_open(const struct jobs_conf *conf)
{
	struct arena *life = arena_new(0);
	struct gateway_link *l = arena_alloc(life, sizeof(*l));
	const struct net_config g = {
	    .ca_file = conf->gateway.ca_file.n ? arena_cstr(life, conf->gateway.ca_file) : NULL,
	    .connect_ms = 4000,
	    .total_ms = 9000,
	    .answer_max = (size_t)64 << 10};

	*l = (struct gateway_link){.life = life,
	    .net = net_client_new(&g),
	    .url = conf->gateway.url,
	    .secret = conf->gateway.secret};
	return l;
}

/*
 * What an answer means: OK, E_FIELD_VALUE for this SMS alone, or a fault of gateway or settings, which
 * may be mended while the SMS waits.
 */
static enum err
judge(int status, struct fault *f)
{
	static const struct {
		int status;
		enum err err;
	} rows[] = {
	    {401, E_CONFIG}, /* secret */
	    {403, E_CONFIG},
	    {404, E_CONFIG}, /* address */
	    {405, E_CONFIG},
	    {407, E_CONFIG},
	    {408, E_UNAVAILABLE},
	    {425, E_UNAVAILABLE},
	    {429, E_UNAVAILABLE},
	};
	enum err e = status >= 500 ? E_UNAVAILABLE : status >= 400 ? E_FIELD_VALUE : E_CONFIG;

	if (status >= 200 && status < 300)
		return OK;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].status == status)
			e = rows[i].err;
	}
	return FAIL_FIELD(f, e, "sms_url", NULL, "HTTP %d", status);
}

static enum err
gateway_send(
    void *link, const struct channel_from *from, const struct upkeep_message *m, struct fault *f)
{
	struct gateway_link *l = link;
	struct buf signed_ = buf_new(from->a, (size_t)64 << 10);
	struct net_header header = {.name = STR("Signet-Signature")};
	struct net_request q = {.method = "POST",
	    .url = l->url,
	    .headers = &header,
	    .headers_n = 1,
	    .content_type = "application/json"};
	uint8_t mac[SHA256_SIZE];
	struct net_answer answer;
	struct fault why = {0};
	enum err e;

	if (l->secret.n < SECRET_LEAST)
		return FAIL_FIELD(f, E_CONFIG, "sms_secret_file", "0600, ≥ 16 octets",
		    "no secret for the gateway: neither credential nor file");
	TRY(sms_write(from, m, &q.body, f));
	/* The second of the try is signed along: an old request is of no use to who has heard it. */
	buf_fmt(&signed_, "%" PRId64, from->now);
	buf_put(&signed_, q.body);
	if (signed_.bad)
		return FAIL(f, E_INTERNAL, "SMS does not fit");
	hmac_sha256(str_bytes(l->secret), buf_bytes(&signed_), mac);
	header.value = str_of(
	    arena_fmt(from->a, "t=%" PRId64 ",v1=%s", from->now, hex_text(from->a, BYTES_OF(mac))));
	e = net_request(l->net, from->a, &q, &answer, &why);
	/* A cut or senseless answer says nothing about this SMS. */
	if (e != OK)
		return FAIL_FIELD(f, e == E_TLS || e == E_FILE ? e : E_UNAVAILABLE, "sms_url", NULL,
		    "%s", why.detail);
	return judge(answer.status, f);
}

static void
gateway_close(void **link)
{
	struct gateway_link *l = *link;
	struct arena *life = l->life;

	net_client_free(&l->net);
	*link = NULL;
	arena_free(&life);
}

const struct channel_driver gateway_driver = {NULL, gateway_open, gateway_send, gateway_close};
