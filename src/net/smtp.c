/* SPDX-License-Identifier: Apache-2.0 */
#include "net/smtp.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "net/begin.h"

/* How far a mail came: what a refusal is about depends on it. */
enum stage { STAGE_GREETING, STAGE_MAIL, STAGE_RCPT, STAGE_DATA, STAGE_BODY };

struct net_smtp {
	struct net_smtp_config config;
	CURL *curl;
	struct bytes left; /* of the mail that is under way */
	enum stage stage;
	int reply;        /* to the last thing sent; 0: none yet */
	bool over;        /* we took leave: what is said now answers that */
	char enhanced[3]; /* class and subject of RFC 3463 ("57"), or empty */
};

struct net_smtp *
net_smtp_new(const struct net_smtp_config *config)
{
	struct net_smtp *s = calloc(1, sizeof(*s));

	must(s != NULL);
	net_begin();
	s->config = *config;
	s->curl = curl_easy_init();
	must(s->curl != NULL);
	return s;
}

void
net_smtp_free(struct net_smtp **s)
{
	if (*s == NULL)
		return;
	curl_easy_cleanup((*s)->curl);
	free(*s);
	*s = NULL;
}

static void
enter(struct net_smtp *s, enum stage stage)
{
	s->stage = stage;
	s->reply = 0;
	s->over = false;
	s->enhanced[0] = 0;
}

/* "250 2.1.5 …" or "550-5.1.1 …". */
static void
note_reply(struct net_smtp *s, struct str line)
{
	int code = 0;

	if (line.n < 4)
		return;
	for (int i = 0; i < 3; i++) {
		if (line.p[i] < '0' || line.p[i] > '9')
			return;
		code = code * 10 + (line.p[i] - '0');
	}
	s->reply = code;
	s->enhanced[0] = 0;
	if (line.n > 8 && line.p[4] == line.p[0] && line.p[5] == '.' && line.p[6] >= '0' &&
	    line.p[6] <= '9' && line.p[7] == '.') {
		s->enhanced[0] = line.p[4];
		s->enhanced[1] = line.p[6];
		s->enhanced[2] = 0;
	}
}

/* What is said, line by line, so that a refusal can be told by what it answers. Nothing is kept of it. */
static int
overhear(CURL *h, curl_infotype type, char *p, size_t n, void *arg)
{
	static const struct {
		const char *command;
		enum stage stage;
	} rows[] = {{"MAIL ", STAGE_MAIL}, {"RCPT ", STAGE_RCPT}, {"DATA", STAGE_DATA}};
	struct net_smtp *s = arg;
	struct str line = {p, n};

	(void)h;
	s->over |= type == CURLINFO_HEADER_OUT && str_starts(line, STR("QUIT"));
	if (type == CURLINFO_HEADER_IN && !s->over)
		note_reply(s, line);
	for (size_t i = 0; type == CURLINFO_HEADER_OUT && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_starts(line, str_of(rows[i].command)))
			enter(s, rows[i].stage);
	}
	return 0;
}

static size_t
give(char *p, size_t size, size_t n, void *arg)
{
	struct net_smtp *s = arg;
	size_t most = size * n < s->left.n ? size * n : s->left.n;

	if (s->stage != STAGE_BODY)
		enter(s, STAGE_BODY);
	if (most)
		memcpy(p, s->left.p, most);
	s->left.p += most;
	s->left.n -= most;
	return most;
}

static size_t
drop(char *p, size_t size, size_t n, void *arg)
{
	(void)p, (void)arg;
	return size * n;
}

/* host:port, and not only an address of IPv6 in brackets? */
static bool
has_port(const char *server)
{
	const char *colon = strrchr(server, ':');

	return colon != NULL && strchr(colon, ']') == NULL;
}

static void
set_up(struct net_smtp *s, struct arena *a)
{
	const struct net_smtp_config *g = &s->config;
	CURL *h = s->curl;

	curl_easy_reset(h);
	curl_easy_setopt(h, CURLOPT_URL,
	    arena_fmt(a, "%s://%s/%s", g->tls_first ? "smtps" : "smtp", g->server,
		g->name ? g->name : ""));
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(h, CURLOPT_DEFAULT_PROTOCOL, "smtp");
	if (!g->tls_first && !has_port(g->server))
		curl_easy_setopt(h, CURLOPT_PORT, 587L);
	curl_easy_setopt(h, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L);
	if (g->ca_file) {
		curl_easy_setopt(h, CURLOPT_CAINFO, g->ca_file);
		curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
	}
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that hangs must not hold us when time is up. */
	curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(
	    h, CURLOPT_CONNECTTIMEOUT_MS, (long)(g->connect_ms ? g->connect_ms : 4000));
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(g->total_ms ? g->total_ms : 9000));
	if (g->user) {
		curl_easy_setopt(h, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
		curl_easy_setopt(h, CURLOPT_USERNAME, g->user);
		curl_easy_setopt(h, CURLOPT_PASSWORD, g->password ? g->password : "");
	}
	curl_easy_setopt(h, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, overhear);
	curl_easy_setopt(h, CURLOPT_DEBUGDATA, s);
	curl_easy_setopt(h, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(h, CURLOPT_READDATA, s);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
}

/* What the server's refusal means, by what it answers. */
static enum err
refusal(const struct net_smtp *s)
{
	bool about_us = (s->reply >= 530 && s->reply <= 538) || s->stage == STAGE_MAIL;

	if (s->reply < 400 || s->reply == 421)
		return E_UNAVAILABLE;
	if (s->stage == STAGE_GREETING)
		return s->reply == 535 ? E_CONFIG : E_UNAVAILABLE;
	if (s->reply < 500)
		return s->stage == STAGE_MAIL ? E_UNAVAILABLE : E_ANSWER;
	if (about_us)
		return E_CONFIG;
	/* RFC 3463 3.8: X.7 is policy, which somebody may mend while the mail waits. */
	return strcmp(s->enhanced, "57") == 0 ? E_ANSWER : E_FIELD_VALUE;
}

static enum err
smtp_fail(const struct net_smtp *s, CURLcode code, struct fault *f)
{
	static const struct {
		CURLcode code;
		enum err err;
	} rows[] = {
	    {CURLE_PEER_FAILED_VERIFICATION, E_TLS},
	    {CURLE_SSL_CONNECT_ERROR, E_TLS},
	    {CURLE_SSL_ISSUER_ERROR, E_TLS},
	    {CURLE_SSL_CIPHER, E_TLS},
	    {CURLE_USE_SSL_FAILED, E_TLS},
	    {CURLE_SSL_CACERT_BADFILE, E_FILE},
	    {CURLE_LOGIN_DENIED, E_CONFIG},
	    {CURLE_OPERATION_TIMEDOUT, E_UNAVAILABLE},
	    {CURLE_COULDNT_CONNECT, E_UNAVAILABLE},
	    {CURLE_COULDNT_RESOLVE_HOST, E_UNAVAILABLE},
	};
	static const char *const stages[] = {"greeting", "MAIL", "RCPT", "DATA", "body"};
	enum err e = refusal(s);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == code)
			e = rows[i].err;
	}
	return FAIL_FIELD(f, e, "mail_server", NULL, "%s: %s, reply %d %s", stages[s->stage],
	    curl_easy_strerror(code), s->reply, s->enhanced);
}

/* An address stands between angle brackets of a command line. */
static bool
is_address(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f ||
		    s.p[i] == '<' || s.p[i] == '>')
			return false;
	}
	return s.n > 2 && s.n <= 254 && memchr(s.p, '@', s.n) != NULL;
}

enum err
net_smtp_send(struct net_smtp *s, struct arena *a, const struct net_mail *mail, struct fault *f)
{
	struct curl_slist *to;
	CURLcode code;

	if (!is_address(mail->from))
		return FAIL_FIELD(f, E_CONFIG, "mail_from", NULL, "sender");
	if (!is_address(mail->to))
		return FAIL_FIELD(f, E_FIELD_VALUE, "recipient", NULL, "recipient");
	set_up(s, a);
	enter(s, STAGE_GREETING);
	s->left = mail->octets;
	to = curl_slist_append(NULL, arena_cstr(a, mail->to));
	must(to != NULL);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, arena_cstr(a, mail->from));
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->octets.n);
	code = curl_easy_perform(s->curl);
	curl_slist_free_all(to);
	return code == CURLE_OK ? OK : smtp_fail(s, code, f);
}
