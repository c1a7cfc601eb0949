/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/name.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

/* What we write, in this order (the certificate profiles' order of a distinguished name). */
static const struct written {
	enum oid type;
	unsigned tag;
	bool many;
} written[] = {
    {OID_COUNTRY, DER_PRINTABLE, false},
    {OID_STATE, DER_UTF8, false},
    {OID_LOCALITY, DER_UTF8, false},
    {OID_ORGANIZATION, DER_UTF8, false},
    {OID_ORG_UNIT, DER_UTF8, true},
    {OID_SURNAME, DER_UTF8, false},
    {OID_GIVEN_NAME, DER_UTF8, false},
    {OID_CN, DER_UTF8, false},
    {OID_SERIAL_NUMBER, DER_PRINTABLE, false},
};
#define WRITTEN (sizeof(written) / sizeof(written[0]))

/* Letters, digits and '()+,-./:=? and blank (X.680 41.4). */
static bool
printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c != 0 && strchr(" '()+,-./:=?", c) != NULL)))
			return false;
	}
	return true;
}

static bool
ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 0 || (s.p[i] & 0x80))
			return false;
	}
	return true;
}

/* Valid UTF-8 that has a control character of C0, C1 or DEL. */
static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f ||
		    (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0))
			return true;
	}
	return false;
}

static enum err
check_value(const struct written *w, struct str v, struct fault *f)
{
	const char *field = oid_name(w->type);

	if (v.n == 0)
		return FAIL_FIELD(f, E_FIELD_LENGTH, field, NULL, "empty attribute");
	if (!utf8_valid(v) || has_control(v))
		return FAIL_FIELD(f, E_FIELD_CHARS, field, "UTF-8", "not UTF-8, or a control");
	if (v.p[0] == ' ' || v.p[v.n - 1] == ' ')
		return FAIL_FIELD(f, E_FIELD_CHARS, field, NULL, "blank at an edge");
	if (w->tag == DER_PRINTABLE && !printable(v))
		return FAIL_FIELD(
		    f, E_FIELD_CHARS, field, "A-Z a-z 0-9 '()+,-./:=?", "not PrintableString");
	if (w->type == OID_COUNTRY &&
	    (v.n != 2 || v.p[0] < 'A' || v.p[0] > 'Z' || v.p[1] < 'A' || v.p[1] > 'Z'))
		return FAIL_FIELD(f, E_FIELD_FORMAT, field, "A-Z, 2", "country is not two letters");
	/* RFC 5280 appendix A counts characters, not octets: a Han character is one. */
	if (utf8_count(v) > NAME_CHARS)
		return FAIL_FIELD(f, E_NAME_LONG, field, "≤ 64", "%zu characters", utf8_count(v));
	return OK;
}

static const struct written *
find_written(enum oid type)
{
	for (size_t i = 0; i < WRITTEN; i++) {
		if (written[i].type == type)
			return &written[i];
	}
	return NULL;
}

static enum err
check_name(const struct name *name, struct fault *f)
{
	must(name->n <= NAME_ATTRS);
	for (size_t i = 0; i < name->n; i++) {
		const struct name_attr *at = &name->v[i];
		const struct written *w = find_written(at->type);

		if (w == NULL)
			return FAIL_FIELD(
			    f, E_FIELD_UNKNOWN, oid_name(at->type), NULL, "not written in names");
		for (size_t j = 0; j < i && !w->many; j++) {
			if (name->v[j].type == at->type)
				return FAIL_FIELD(
				    f, E_FIELD_DUPLICATE, oid_name(at->type), NULL, "twice");
		}
		TRY(check_value(w, at->value, f));
	}
	return OK;
}

enum err
name_encode(struct arena *a, const struct name *name, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, NAME_ATTRS * (4 * NAME_CHARS + 32));

	TRY(check_name(name, f));
	der_open(&w, DER_SEQ);
	for (size_t t = 0; t < WRITTEN; t++) {
		for (size_t i = 0; i < name->n; i++) {
			if (name->v[i].type != written[t].type)
				continue;
			der_open(&w, DER_SET);
			der_open(&w, DER_SEQ);
			der_oid(&w, oid_der(written[t].type));
			der_put(&w, written[t].tag, str_bytes(name->v[i].value));
			der_close(&w);
			der_close(&w);
		}
	}
	der_close(&w);
	return der_done(&w, "name", ret, f);
}

enum err
name_get_string(struct der *d, const char *what, size_t max, struct str *ret, struct fault *f)
{
	struct der_tlv t;
	struct str s;
	bool good;

	TRY(der_any(d, what, &t, f));
	s = bytes_str(t.value);
	switch (t.tag) {
	case DER_UTF8:
		good = utf8_valid(s) && (s.n == 0 || memchr(s.p, 0, s.n) == NULL);
		break;
	case DER_PRINTABLE:
	case DER_NUMERIC:
		good = printable(s);
		break;
	case DER_IA5:
		good = ascii(s);
		break;
	case DER_TELETEX:
		return FAIL_FIELD(f, E_DER, what, "UTF8String", "TeletexString");
	case DER_BMP:
		return FAIL_FIELD(f, E_DER, what, "UTF8String", "BMPString");
	case DER_UNIVERSAL:
		return FAIL_FIELD(f, E_DER, what, "UTF8String", "UniversalString");
	default:
		return FAIL_FIELD(f, E_DER, what, "UTF8String", "tag %02x", t.tag);
	}
	if (!good || s.n == 0 || s.n > max)
		return FAIL_FIELD(
		    f, E_DER, what, NULL, "empty, too long, or not of its string type");
	*ret = s;
	return OK;
}

static enum err
parse_attr(struct der *rdns, struct name_attr *ret, struct fault *f)
{
	struct der set, attr;
	struct bytes type;

	TRY(der_enter(rdns, DER_SET, "name", &set, f));
	TRY(der_enter(&set, DER_SEQ, "name", &attr, f));
	if (!der_empty(&set))
		return FAIL_FIELD(f, E_DER, "name", NULL, "several attributes in one set");
	TRY(der_get_oid(&attr, "name", &type, f));
	ret->type = oid_of(type);
	if (ret->type == OID_UNKNOWN)
		return FAIL_FIELD(f, E_DER, "name", NULL, "unknown attribute type");
	TRY(name_get_string(&attr, oid_name(ret->type), NAME_OCTETS, &ret->value, f));
	return der_end(&attr, oid_name(ret->type), f);
}

enum err
name_parse(struct bytes der, struct name *ret, struct fault *f)
{
	struct name name = {0};
	struct der rdns;

	TRY(der_only(der, DER_SEQ, "name", &rdns, f));
	while (!der_empty(&rdns)) {
		if (name.n == NAME_ATTRS)
			return FAIL_FIELD(f, E_DER, "name", "≤ 16", "too many attributes");
		TRY(parse_attr(&rdns, &name.v[name.n], f));
		name.n++;
	}
	*ret = name;
	return OK;
}

struct str
name_get(const struct name *name, enum oid type)
{
	for (size_t i = 0; i < name->n; i++) {
		if (name->v[i].type == type)
			return name->v[i].value;
	}
	return (struct str){0};
}

bool
name_add(struct name *name, enum oid type, struct str value)
{
	if (name->n == NAME_ATTRS)
		return false;
	name->v[name->n++] = (struct name_attr){.type = type, .value = value};
	return true;
}

/* RFC 4514 2.4. */
static void
put_escaped(struct buf *b, struct str v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool edge = (c == ' ' && (i == 0 || i == v.n - 1)) || (c == '#' && i == 0);

		if ((unsigned char)c < 0x20 || c == 0x7f) {
			buf_fmt(b, "\\%02X", (unsigned)(unsigned char)c);
			continue;
		}
		if (edge || strchr("\"+,;<>\\", c) != NULL)
			buf_u8(b, '\\');
		buf_u8(b, (uint8_t)c);
	}
}

char *
name_text(struct arena *a, const struct name *name)
{
	struct buf b = buf_new(a, NAME_ATTRS * (3 * NAME_OCTETS + 64));

	/* Last attribute first (RFC 4514 2.1). */
	for (size_t i = name->n; i-- > 0;) {
		if (b.n)
			buf_u8(&b, ',');
		buf_str(&b, str_of(oid_name(name->v[i].type)));
		buf_u8(&b, '=');
		put_escaped(&b, name->v[i].value);
	}
	buf_u8(&b, 0);
	must(!b.bad);
	return (char *)b.p;
}

bool
name_is_empty(struct bytes der)
{
	return der.n == 2 && der.p[0] == DER_SEQ && der.p[1] == 0;
}
