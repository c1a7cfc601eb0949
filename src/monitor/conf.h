/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: signetd.conf as a value. Pure: nothing is opened or looked up here. Keys stand in conf.def.
 * The file is checked whole; each process parses the same text again.
 */
#ifndef MONITOR_CONF_H
#define MONITOR_CONF_H

#include "base/buf.h"
#include "base/err.h"

#define CONF_LISTEN_MAX 8
/*
 * Where test policies stand unless the file says otherwise: the number for examples (RFC 5612), never
 * given to anybody. Why not one under 2.25: docs/adr/0005.
 */
#define CONF_TEST_ARC "1.3.6.1.4.1.32473.1"

enum conf_environment { CONF_TEST, CONF_PRODUCTION };
enum conf_mail_driver { CONF_MAIL_NONE, CONF_MAIL_SPOOL, CONF_SMTP };
enum conf_sms_driver { CONF_SMS_NONE, CONF_SMS_SPOOL, CONF_GATEWAY };
enum conf_mail_tls { CONF_STARTTLS, CONF_TLS_FIRST };

/* A numeric address as getaddrinfo takes it (AI_NUMERICHOST). */
struct conf_address {
	struct str text; /* as written: "[::1]:8443" */
	char host[46];   /* "::1" */
	int port;        /* 1 to 65535 */
};
struct conf_listen {
	size_t count;
	struct conf_address address[CONF_LISTEN_MAX];
};

/* The C type behind each type word of conf.def. */
#define CONF_C_WORD   int /* index into the words */
#define CONF_C_HTTPS  struct str
#define CONF_C_HTTP   struct str
#define CONF_C_PATH   struct str
#define CONF_C_LISTEN struct conf_listen
#define CONF_C_INT    int
#define CONF_C_BOOL   bool
#define CONF_C_TEXT   struct str
#define CONF_C_OID    struct str /* dotted */
#define CONF_C_USER   struct str
#define CONF_C_MAIL   struct str
#define CONF_C_SERVER struct str
#define CONF_C_URL    struct str

struct conf {
	struct bytes source; /* the text it was read from */
#define X(key, type, preset, least, most, words, help) CONF_C_##type key;
#include "monitor/conf.def"
#undef X
};

/*
 * Read and check. Absent keys have their default; paths that follow from data are filled in; empty are
 * only what has neither. IN and A must live as long as the result. Faults name "line L, column C: key"
 * and the rule.
 */
NODISCARD enum err conf_parse(struct arena *a, struct bytes in, struct conf *ret, struct fault *f);
/* The effective file: every key that has a value; conf_parse of it gives the same again. */
struct str conf_print(struct arena *a, const struct conf *c);
/* Every key with type, default, allowed values and meaning, for --help. */
struct str conf_help(struct arena *a);
/* May CA keys lie in encrypted files? (S15: production only where soft_keys says so.) */
bool conf_soft_keys(const struct conf *c);
/* The part of an https or http address after "://": what a Host header and a TLS name must equal. */
struct str conf_authority(struct str url);

#endif
