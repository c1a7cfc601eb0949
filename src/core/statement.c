/* SPDX-License-Identifier: Apache-2.0 */
#include "core/statement.h"

#include "base/must.h"
#include "core/field.h"
#include "core/origin.h"
#include "core/word.h"

static const char *const names[PURPOSE__COUNT] = {
#define X(symbol, word, certificate, payload) word,
#include "core/purpose.def"
#undef X
};

static const struct {
	const char *key;
	bool certificate, payload;
} rules[PURPOSE__COUNT] = {
#define X(symbol, word, certificate, payload) {"purpose." word, certificate, payload},
#include "core/purpose.def"
#undef X
};

const char *
purpose_name(enum purpose p)
{
	must((unsigned)p < PURPOSE__COUNT);
	return names[p];
}

bool
purpose_parse(struct str word, enum purpose *ret)
{
	unsigned i;

	if (!word_find(names, PURPOSE__COUNT, word, &i))
		return false;
	*ret = (enum purpose)i;
	return true;
}

const char *
purpose_key(enum purpose p)
{
	must((unsigned)p < PURPOSE__COUNT);
	return rules[p].key;
}

bool
purpose_has_certificate(enum purpose p)
{
	must((unsigned)p < PURPOSE__COUNT);
	return rules[p].certificate;
}

bool
purpose_has_payload(enum purpose p)
{
	must((unsigned)p < PURPOSE__COUNT);
	return rules[p].payload;
}

static enum err
sizes(const struct statement *s, struct fault *f)
{
	const struct {
		const char *field;
		struct bytes value;
		size_t want;
	} rows[] = {
	    {"server-nonce", s->server_nonce, STATEMENT_NONCE},
	    {"agent-nonce", s->agent_nonce, STATEMENT_NONCE},
	    {"key", s->spki_hash, STATEMENT_HASH},
	    {"certificate", s->certificate_hash,
		purpose_has_certificate(s->purpose) ? STATEMENT_HASH : 0},
	    {"payload", s->payload_hash, purpose_has_payload(s->purpose) ? STATEMENT_HASH : 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].value.n != rows[i].want)
			return FAIL_FIELD(f, E_FIELD_VALUE, rows[i].field,
			    rows[i].want ? "n=32" : "n=0", "%zu octets for purpose %s",
			    rows[i].value.n, purpose_name(s->purpose));
	}
	return OK;
}

enum err
statement_encode(struct arena *a, const struct statement *s, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, STATEMENT_MAX);

	TRY(origin_check(s->origin, s->env, f));
	TRY(sizes(s, f));
	buf_str(&b, STR(STATEMENT_WORD));
	field_text(&b, environment_name(s->env));
	buf_field(&b, str_bytes(s->origin));
	field_text(&b, purpose_name(s->purpose));
	buf_field(&b, s->server_nonce);
	buf_field(&b, s->agent_nonce);
	buf_field(&b, s->spki_hash);
	buf_field(&b, s->certificate_hash);
	buf_field(&b, s->payload_hash);
	must(!b.bad);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
statement_parse(struct bytes in, struct statement *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct statement s = {0};
	bool env, purpose;

	field_magic_read(&r, STATEMENT_WORD);
	env = environment_parse(rd_text(&r, STATEMENT_MAX), &s.env);
	s.origin = rd_text(&r, ORIGIN_MAX);
	purpose = purpose_parse(rd_text(&r, STATEMENT_MAX), &s.purpose);
	s.server_nonce = field_sized_read(&r, STATEMENT_NONCE, false);
	s.agent_nonce = field_sized_read(&r, STATEMENT_NONCE, false);
	s.spki_hash = field_sized_read(&r, STATEMENT_HASH, false);
	s.certificate_hash = field_sized_read(&r, STATEMENT_HASH, true);
	s.payload_hash = field_sized_read(&r, STATEMENT_HASH, true);
	if (!rd_done(&r) || !env || !purpose || origin_check(s.origin, s.env, NULL) != OK ||
	    sizes(&s, NULL) != OK)
		return FAIL(f, E_FRAME, "statement");
	*ret = s;
	return OK;
}
