/* SPDX-License-Identifier: Apache-2.0 */
/* The writing half of crl.h. */
#include "x509/crl.h"

#include "base/must.h"

#define YEAR_2050     2524608000 /* from here on times are GeneralizedTime (RFC 5280 4.1.2.5) */
#define ENTRY_EXT_OID 3    /* contents octets of the identifiers of reasonCode, invalidityDate */
#define CRL_SMALL     4096 /* octets: more than all but the entries of a list */

/* ---- entries ---- */

static size_t
tlv(size_t contents)
{
	return der_header_size(contents) + contents;
}

/* An entry extension whose extnValue has VALUE contents octets. */
static size_t
ext_size(size_t value)
{
	return tlv(tlv(ENTRY_EXT_OID) + tlv(value));
}

static size_t
serial_size(struct bytes serial)
{
	while (serial.n && serial.p[0] == 0)
		serial = bytes_of(serial.p + 1, serial.n - 1);
	return serial.n == 0 || serial.p[0] & 0x80 ? serial.n + 1 : serial.n;
}

size_t
crl_entry_size(const struct crl_item *row)
{
	size_t n = tlv(serial_size(row->serial)) + tlv(row->date < YEAR_2050 ? 13 : 15);
	size_t exts = 0;

	if (row->reason != REASON_NONE)
		exts += ext_size(tlv(1));
	if (row->invalidity != CRL_NO_TIME)
		exts += ext_size(tlv(15));
	return tlv(n + (exts ? tlv(exts) : 0));
}

static enum err
check_row(const struct crl_item *row, int64_t this_update, struct fault *f)
{
	size_t n = serial_size(row->serial);

	if (row->serial.n == 0 || n > 20 || (n == 1 && row->serial.p[row->serial.n - 1] == 0))
		return FAIL_FIELD(
		    f, E_GATE, "userCertificate", "1 … 20", "serial of %zu octets", n);
	if (row->reason != REASON_NONE && !ext_reason_valid((uint64_t)row->reason))
		return FAIL_FIELD(
		    f, E_GATE, "reasonCode", "1-6, 9, 10", "reason %d", (int)row->reason);
	if (row->date > this_update)
		return FAIL_FIELD(f, E_GATE, "revocationDate", NULL, "after thisUpdate");
	return OK;
}

/* Take OUT's buffer to write DER at its end, and give it back. */
static struct der_out
borrow(const struct buf *out)
{
	return (struct der_out){.b = *out};
}

NODISCARD static enum err
give_back(struct buf *out, struct der_out *w, struct fault *f)
{
	struct bytes all;

	*out = w->b;
	return der_done(w, "certificateList", &all, f);
}

enum err
crl_entry(struct buf *out, const struct crl_item *row, int64_t this_update, struct fault *f)
{
	struct der_out w = borrow(out);

	TRY(check_row(row, this_update, f));
	der_open(&w, DER_SEQ);
	der_int(&w, row->serial);
	der_time(&w, row->date);
	if (row->reason != REASON_NONE || row->invalidity != CRL_NO_TIME) {
		der_open(&w, DER_SEQ);
		if (row->reason != REASON_NONE)
			ext_put_reason(&w, row->reason);
		if (row->invalidity != CRL_NO_TIME)
			ext_put_invalidity(&w, row->invalidity);
		der_close(&w);
	}
	der_close(&w);
	return give_back(out, &w, f);
}

/* ---- the list around them ---- */

/* Version to nextUpdate. */
static void
put_head(struct der_out *w, const struct crl_head *head)
{
	der_small(w, DER_INT, 1); /* v2 */
	sigalg_put(w, head->alg);
	der_raw(w, head->issuer);
	der_time(w, head->this_update);
	der_time(w, head->next_update);
}

/* crlExtensions (RFC 5280 5.2.1, 5.2.3). */
static void
put_tail(struct der_out *w, const struct crl_head *head)
{
	der_open(w, DER_CONTEXT_CONS(0));
	der_open(w, DER_SEQ);
	ext_put_aki(w, head->aki);
	ext_put_crl_number(w, head->number);
	der_close(w);
	der_close(w);
}

enum err
crl_head(struct buf *out, const struct crl_head *head, size_t entries, struct fault *f)
{
	struct der_out small = der_out_new(out->a, CRL_SMALL);
	struct der_out tail = der_out_new(out->a, CRL_SMALL);
	struct bytes h, t;

	if (head->next_update <= head->this_update)
		return FAIL_FIELD(f, E_GATE, "nextUpdate", NULL, "not after thisUpdate");
	if (head->number < 0)
		return FAIL_FIELD(f, E_GATE, "cRLNumber", "≥ 0", "negative");
	put_head(&small, head);
	TRY(der_done(&small, "tbsCertList", &h, f));
	put_tail(&tail, head);
	TRY(der_done(&tail, "tbsCertList", &t, f));
	der_header(out, DER_SEQ, h.n + (entries ? tlv(entries) : 0) + t.n);
	buf_put(out, h);
	/* RFC 5280 5.1.2.6: without revoked certificates the list must be absent. */
	if (entries)
		der_header(out, DER_SEQ, entries);
	return out->bad ? FAIL_FIELD(f, E_INTERNAL, "tbsCertList", NULL, "buffer full") : OK;
}

enum err
crl_tail(struct buf *out, const struct crl_head *head, struct fault *f)
{
	struct der_out w = borrow(out);

	put_tail(&w, head);
	return give_back(out, &w, f);
}

enum err
crl_suffix(struct buf *out, enum sigalg alg, struct bytes signature, struct fault *f)
{
	struct der_out w = borrow(out);

	sigalg_put(&w, alg);
	der_bits(&w, signature);
	return give_back(out, &w, f);
}

enum err
crl_prefix(
    struct buf *out, size_t tbs_size, enum sigalg alg, struct bytes signature, struct fault *f)
{
	struct buf after = buf_new(out->a, signature.n + CRL_SMALL);

	TRY(crl_suffix(&after, alg, signature, f));
	der_header(out, DER_SEQ, tbs_size + after.n);
	return out->bad ? FAIL_FIELD(f, E_INTERNAL, "certificateList", NULL, "buffer full") : OK;
}

enum err
crl_finish(struct arena *a, struct bytes tbs, enum sigalg alg, struct bytes signature,
    struct bytes *ret, struct fault *f)
{
	return sigalg_seal(a, tbs, alg, signature, ret, f);
}
