/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp: handing mails over to a submission server (RFC 6409). Never in the clear: TLS from the first
 * octet (RFC 8314) or by STARTTLS (RFC 3207), the certificate verified, before user and password.
 * Blocking; one connection is kept between mails.
 */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include "base/arena.h"
#include "base/err.h"

struct net_smtp_config {
	const char *server;   /* host or host:port; without a port 587, or 465 with tls_first */
	bool tls_first;       /* TLS from the first octet; false: STARTTLS, which must succeed */
	const char *user;     /* NULL: no AUTH; else PLAIN or LOGIN */
	const char *password; /* as USER */
	const char *ca_file;  /* PEM; trust these only; NULL: the system's */
	const char *name;     /* ours, for EHLO: a host name; NULL: this machine's */
	unsigned connect_ms;  /* 0: 4 s */
	unsigned total_ms;    /* of one mail; 0: 9 s */
};

struct net_smtp;

/* CONFIG is copied, its strings must outlive the result. */
struct net_smtp *net_smtp_new(const struct net_smtp_config *config);
/* NULL is accepted. */
void net_smtp_free(struct net_smtp **s);

struct net_mail {
	struct str from, to; /* addresses alone, in ASCII */
	struct bytes octets; /* as they travel (RFC 5322): lines end in CR LF, seven bits */
};

/*
 * OK: the server has taken it. E_FIELD_VALUE: it refuses this recipient or this mail for good.
 * E_ANSWER: it does not take this mail now (or by a rule of its own about us): later. All others are
 * faults of the server or of our settings, which the next mail would meet too: E_UNAVAILABLE, E_TLS,
 * E_FILE (the CA file), E_CONFIG (user, password, sender). The detail has the reply's numbers, never
 * its text: that may repeat addresses.
 */
NODISCARD enum err net_smtp_send(
    struct net_smtp *s, struct arena *a, const struct net_mail *mail, struct fault *f);

#endif
