/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the server side of TLS 1.2 and 1.3, for http/. No tickets, no resumption, no renegotiation;
 * X25519 first; ALPN knows http/1.1 only.
 */
#ifndef CRYPTO_TLS_H
#define CRYPTO_TLS_H

#include "base/arena.h"
#include "base/err.h"

struct tls_server;
struct ssl_st;

/*
 * CHAIN: PEM certificates, the server's own first. KEY: its PEM private key, not encrypted; neither is
 * kept. ASK: request a client certificate (optional; its key is proven, its chain is not judged here).
 * E_CONFIG: not readable, or the key is another one's.
 */
NODISCARD enum err tls_server_new(
    struct bytes chain, struct bytes key, bool ask, struct tls_server **ret, struct fault *f);
/* New connections take the new certificate; on a fault the old one stays. Any thread. */
NODISCARD enum err tls_server_reload(
    struct tls_server *t, struct bytes chain, struct bytes key, struct fault *f);
void tls_server_free(struct tls_server **t);

/* A new connection's state, to be given to a bufferevent that owns it; NULL without memory. */
struct ssl_st *tls_accept(struct tls_server *t);
/* DER of the peer's certificate on A; empty when it sent none. */
struct bytes tls_peer_certificate(struct ssl_st *ssl, struct arena *a);
/* Tell the peer that we close (close_notify), as far as the socket takes it at once. */
void tls_bye(struct ssl_st *ssl);

#endif
