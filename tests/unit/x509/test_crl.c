/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/crl.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "made.h"

#define NOW 1795507200 /* 2026-11-24T08:00:00Z */

static struct crl_head
head_of(void)
{
	return (struct crl_head){.alg = SIGALG_ECDSA_SHA384,
	    .issuer = made_name("CN", "TEST", "TEST Issuing G1"),
	    .this_update = NOW,
	    .next_update = NOW + 72 * 3600,
	    .aki = hex_fill("", 7, 20),
	    .number = NOW * 1000LL};
}

/* Rows of every form that an entry can have. */
static const struct {
	const char *serial;
	int64_t date;
	enum ext_reason reason;
	int64_t invalidity;
} rows[] = {
    {"01", NOW, REASON_NONE, CRL_NO_TIME},
    {"80", NOW - 1, REASON_KEY_COMPROMISE, CRL_NO_TIME},
    {"ff00", NOW - 2, REASON_KEY_COMPROMISE, NOW - 86400},
    {"01006592008001020304050607 08090a0b0c", 0, REASON_HOLD, CRL_NO_TIME},
    {"7fffffffffffffffffffffffffffffffffffffff", NOW, REASON_NONE, 0},
    {"02", NOW, REASON_AA_COMPROMISE, 4102444800},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct crl_item
row_of(size_t i)
{
	return (struct crl_item){.serial = hex(rows[i].serial),
	    .date = rows[i].date,
	    .reason = rows[i].reason,
	    .invalidity = rows[i].invalidity};
}

/* Write N rows as a caller does who empties the buffer after each call. */
static struct bytes
write_tbs(const struct crl_head *head, size_t n)
{
	struct buf piece = buf_new(mem, 4096), all = buf_new(mem, 1 << 16);
	size_t size = 0;

	for (size_t i = 0; i < n; i++) {
		struct crl_item row = row_of(i);

		size += crl_entry_size(&row);
	}
	assert_int_equal(crl_head(&piece, head, size, &fault), OK);
	buf_put(&all, buf_bytes(&piece));
	for (size_t i = 0; i < n; i++) {
		struct crl_item row = row_of(i);

		piece.n = 0;
		assert_int_equal(crl_entry(&piece, &row, head->this_update, &fault), OK);
		assert_int_equal(piece.n, crl_entry_size(&row));
		buf_put(&all, buf_bytes(&piece));
	}
	piece.n = 0;
	assert_int_equal(crl_tail(&piece, head, &fault), OK);
	buf_put(&all, buf_bytes(&piece));
	return buf_bytes(&all);
}

static struct bytes
write_crl(size_t n)
{
	struct crl_head head = head_of();
	struct bytes tbs = write_tbs(&head, n), sig, der;
	struct buf streamed = buf_new(mem, 1 << 16);

	sig = made_signature(made_key(KEY_P384), head.alg, tbs);
	assert_int_equal(crl_finish(mem, tbs, head.alg, sig, &der, &fault), OK);
	assert_int_equal(crl_prefix(&streamed, tbs.n, head.alg, sig, &fault), OK);
	buf_put(&streamed, tbs);
	assert_int_equal(crl_suffix(&streamed, head.alg, sig, &fault), OK);
	assert_bytes(buf_bytes(&streamed), der);
	return der;
}

static int64_t
seconds_of(const ASN1_TIME *t)
{
	struct tm tm;

	assert_int_equal(ASN1_TIME_to_tm(t, &tm), 1);
	return timegm(&tm);
}

TEST_CASE(openssl_reads_and_verifies_the_list)
{
	struct bytes der = write_crl(ROWS);
	const unsigned char *p = der.p;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der.n);
	STACK_OF(X509_REVOKED) * revoked;

	assert_non_null(crl);
	assert_true(p == der.p + der.n);
	assert_int_equal(X509_CRL_verify(crl, made_key(KEY_P384)), 1);
	assert_int_equal(X509_CRL_get_version(crl), 1);
	assert_int_equal(seconds_of(X509_CRL_get0_lastUpdate(crl)), NOW);
	assert_int_equal(seconds_of(X509_CRL_get0_nextUpdate(crl)), NOW + 72 * 3600);
	assert_int_equal(X509_CRL_get_ext_count(crl), 2);
	revoked = X509_CRL_get_REVOKED(crl);
	assert_int_equal(sk_X509_REVOKED_num(revoked), ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		X509_REVOKED *r = sk_X509_REVOKED_value(revoked, (int)i);
		BIGNUM *serial = ASN1_INTEGER_to_BN(X509_REVOKED_get0_serialNumber(r), NULL);
		uint8_t *octets = arena_alloc(mem, 20);
		int n = BN_bn2bin(serial, octets);
		ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(r, NID_crl_reason, NULL, NULL);
		ASN1_GENERALIZEDTIME *invalid =
		    X509_REVOKED_get_ext_d2i(r, NID_invalidity_date, NULL, NULL);

		assert_bytes(bytes_of(octets, (size_t)n), hex(rows[i].serial));
		assert_int_equal(seconds_of(X509_REVOKED_get0_revocationDate(r)), rows[i].date);
		assert_int_equal(reason == NULL ? 0 : ASN1_ENUMERATED_get(reason), rows[i].reason);
		assert_int_equal(invalid == NULL, rows[i].invalidity == CRL_NO_TIME);
		if (invalid != NULL)
			assert_int_equal(seconds_of(invalid), rows[i].invalidity);
		ASN1_ENUMERATED_free(reason);
		ASN1_GENERALIZEDTIME_free(invalid);
		BN_free(serial);
	}
	X509_CRL_free(crl);
}

TEST_CASE(an_empty_list_has_no_list)
{
	struct bytes der = write_crl(0);
	const unsigned char *p = der.p;
	X509_CRL *x = d2i_X509_CRL(NULL, &p, (long)der.n);
	struct crl_item row;
	struct crl crl;
	bool more = true;

	assert_non_null(x);
	assert_null(X509_CRL_get_REVOKED(x));
	assert_int_equal(X509_CRL_verify(x, made_key(KEY_P384)), 1);
	X509_CRL_free(x);
	assert_int_equal(crl_open(der, &crl, &fault), OK);
	assert_int_equal(crl_next(&crl, &row, &more, &fault), OK);
	assert_false(more);
}

TEST_CASE(the_list_is_read_back)
{
	struct crl_head head = head_of();
	struct bytes der = write_crl(ROWS);
	struct crl crl;
	struct crl_item row;
	bool more;

	assert_int_equal(crl_open(der, &crl, &fault), OK);
	assert_bytes(crl.whole, der);
	assert_int_equal(crl.head.alg, head.alg);
	assert_bytes(crl.head.issuer, head.issuer);
	assert_bytes(crl.head.aki, head.aki);
	assert_int_equal(crl.head.number, head.number);
	assert_int_equal(crl.head.this_update, NOW);
	assert_int_equal(crl.head.next_update, head.next_update);
	assert_true(made_verifies(made_key(KEY_P384), crl.head.alg, crl.tbs, crl.signature));
	for (size_t i = 0; i < ROWS; i++) {
		assert_int_equal(crl_next(&crl, &row, &more, &fault), OK);
		assert_true(more);
		assert_bytes(row.serial, hex(rows[i].serial));
		assert_int_equal(row.date, rows[i].date);
		assert_int_equal(row.reason, rows[i].reason);
		assert_int_equal(row.invalidity, rows[i].invalidity);
	}
	assert_int_equal(crl_next(&crl, &row, &more, &fault), OK);
	assert_false(more);
}

TEST_CASE(a_list_of_openssl_is_read)
{
	X509_CRL *x = X509_CRL_new();
	X509_NAME *name = X509_NAME_new();
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, NOW);
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
	AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
	unsigned char *p = NULL;
	struct crl crl;
	struct crl_item row;
	bool more;
	int n;

	X509_CRL_set_version(x, 1);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
	X509_CRL_set_issuer_name(x, name);
	X509_CRL_set1_lastUpdate(x, t);
	X509_REVOKED_set_revocationDate(r, t);
	ASN1_INTEGER_set_uint64(serial, 0xfedc);
	X509_REVOKED_set_serialNumber(r, serial);
	ASN1_ENUMERATED_set(reason, REASON_SUPERSEDED);
	X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, reason, 0, 0);
	X509_CRL_add0_revoked(x, r);
	ASN1_TIME_set(t, NOW + 1);
	X509_CRL_set1_nextUpdate(x, t);
	aki->keyid = ASN1_OCTET_STRING_new();
	ASN1_OCTET_STRING_set(aki->keyid, (const unsigned char *)"k", 1);
	X509_CRL_add1_ext_i2d(x, NID_authority_key_identifier, aki, 0, 0);
	X509_CRL_add1_ext_i2d(x, NID_crl_number, serial, 0, 0);
	assert_true(X509_CRL_sign(x, made_key(KEY_RSA), EVP_sha256()) > 0);
	n = i2d_X509_CRL(x, &p);
	assert_int_equal(crl_open(bytes_of(p, (size_t)n), &crl, &fault), OK);
	assert_int_equal(crl.head.number, 0xfedc);
	assert_hex(crl.head.aki, "6b");
	assert_int_equal(crl_next(&crl, &row, &more, &fault), OK);
	assert_true(more);
	assert_hex(row.serial, "fedc");
	assert_int_equal(row.reason, REASON_SUPERSEDED);
	OPENSSL_free(p);
	AUTHORITY_KEYID_free(aki);
	ASN1_ENUMERATED_free(reason);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(t);
	X509_NAME_free(name);
	X509_CRL_free(x);
}

TEST_CASE(rows_that_may_not_stand_are_refused)
{
	static const struct {
		const char *serial;
		int64_t date;
		int reason;
		const char *field;
	} bad[] = {
	    {"", NOW, 0, "userCertificate"},
	    {"0000", NOW, 0, "userCertificate"},
	    {"80ffffffffffffffffffffffffffffffffffffff", NOW, 0, "userCertificate"},
	    {"010101010101010101010101010101010101010101", NOW, 0, "userCertificate"},
	    {"01", NOW + 1, 0, "revocationDate"},
	    {"01", NOW, 7, "reasonCode"},
	    {"01", NOW, 8, "reasonCode"},
	    {"01", NOW, 11, "reasonCode"},
	    {"01", NOW, -1, "reasonCode"},
	};
	struct buf out = buf_new(mem, 4096), tiny = buf_new(mem, 10);
	struct crl_head head = head_of();
	struct crl_item row;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		row = (struct crl_item){.serial = hex(bad[i].serial),
		    .date = bad[i].date,
		    .reason = (enum ext_reason)bad[i].reason,
		    .invalidity = CRL_NO_TIME};
		assert_fault(crl_entry(&out, &row, NOW, &fault), E_GATE, bad[i].field);
		assert_int_equal(out.n, 0);
	}
	row = row_of(0);
	assert_fault(crl_entry(&tiny, &row, NOW, &fault), E_INTERNAL, NULL);
	tiny = buf_new(mem, 10);
	assert_fault(crl_head(&tiny, &head, 0, &fault), E_INTERNAL, NULL);
	tiny = buf_new(mem, 10);
	assert_fault(crl_tail(&tiny, &head, &fault), E_INTERNAL, NULL);
	tiny = buf_new(mem, 1);
	assert_fault(crl_prefix(&tiny, 10, head.alg, hex("01"), &fault), E_INTERNAL, NULL);
	tiny = buf_new(mem, 1);
	assert_fault(crl_suffix(&tiny, head.alg, hex("01"), &fault), E_INTERNAL, NULL);
	head.next_update = head.this_update;
	assert_fault(crl_head(&out, &head, 0, &fault), E_GATE, "nextUpdate");
	head = head_of();
	head.number = -1;
	assert_fault(crl_head(&out, &head, 0, &fault), E_GATE, "cRLNumber");
	head = head_of();
	head.this_update = -631152001;
	assert_fault(crl_head(&out, &head, 0, &fault), E_INTERNAL, NULL);
	head = head_of();
	head.aki = (struct bytes){0};
	assert_fault(crl_head(&out, &head, 0, &fault), E_INTERNAL, NULL);
}

#define ALG   "300506032b6570"
#define ISSUE "3000"
#define TIMES "170d323631313234303830303030 5a 170d323631313235303830303030 5a"
#define HEAD  "020101" ALG ISSUE TIMES
#define EXTS  "a01c 301a 300c 0603551d23 0405 3003 800101 300a 0603551d14 0403 020101"
#define DATE  "170d323631313234303830303030 5a"

static const struct {
	const char *name, *tbs, *field; /* field NULL: read to the end */
} lists[] = {
    {"well", HEAD EXTS, NULL},
    {"one entry", HEAD "3014 3012 020101" DATE EXTS, NULL},
    {"version 1", "020100" ALG ISSUE TIMES EXTS, "version"},
    {"no version", ALG ISSUE TIMES EXTS, "version"},
    {"no nextUpdate", "020101" ALG ISSUE DATE EXTS, "nextUpdate"},
    {"nextUpdate not later", "020101" ALG ISSUE DATE DATE EXTS, "nextUpdate"},
    {"empty list", HEAD "3000" EXTS, "revokedCertificates"},
    {"no extensions", HEAD, "crlExtensions"},
    {"octets behind", HEAD EXTS "0500", "tbsCertList"},
    {"no number", HEAD "a010 300e 300c 0603551d23 0405 3003 800101", "crlExtensions"},
    {"no key", HEAD "a00e 300c 300a 0603551d14 0403 020101", "crlExtensions"},
    {"another extension",
	HEAD "a025 3023 300c 0603551d23 0405 3003 800101 300a 0603551d14 0403 020101 3007 "
	     "0603551d1c 0400",
	"crlExtensions"},
    {"critical number",
	HEAD "a01f 301d 300c 0603551d23 0405 3003 800101 300d 0603551d14 0101ff 0403 020101",
	"crlExtensions"},
    {"serial zero", HEAD "3014 3012 020100" DATE EXTS, "userCertificate"},
    {"serial negative", HEAD "3014 3012 020180" DATE EXTS, "userCertificate"},
    {"date after thisUpdate", HEAD "3014 3012 020101 170d323631313234303830303031 5a" EXTS,
	"revocationDate"},
    {"empty entry extensions", HEAD "3016 3014 020101" DATE "3000" EXTS, "extension"},
    {"reason 0", HEAD "3022 3020 020101" DATE "300c 300a 0603551d15 0403 0a0100" EXTS,
	"reasonCode"},
    {"reason 7", HEAD "3022 3020 020101" DATE "300c 300a 0603551d15 0403 0a0107" EXTS,
	"reasonCode"},
    {"reason 8", HEAD "3022 3020 020101" DATE "300c 300a 0603551d15 0403 0a0108" EXTS,
	"reasonCode"},
    {"reason critical", HEAD "3025 3023 020101" DATE "300f 300d 0603551d15 0101ff 0403 0a0101" EXTS,
	"crlEntryExtensions"},
    {"reason twice",
	HEAD "302e 302c 020101" DATE
	     "3018 300a 0603551d15 0403 0a0101 300a 0603551d15 0403 0a0101" EXTS,
	"crlEntryExtensions"},
    {"certificateIssuer", HEAD "301f 301d 020101" DATE "3009 3007 0603551d1d 0400" EXTS,
	"crlEntryExtensions"},
    {"entry with more", HEAD "3024 3022 020101" DATE "300c 300a 0603551d15 0403 0a0101 0500" EXTS,
	"revokedCertificate"},
};

TEST_CASE(lists_of_another_form_are_refused)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct der_out w = der_out_new(mem, 1024);
		struct crl_item row;
		struct bytes tbs;
		struct crl crl;
		bool more = true;
		enum err e;

		der_put(&w, DER_SEQ, hex(lists[i].tbs));
		assert_int_equal(der_done(&w, "tbs", &tbs, &fault), OK);
		print_message("# %s\n", lists[i].name);
		e = crl_tbs_open(tbs, &crl, &fault);
		while (e == OK && more)
			e = crl_next(&crl, &row, &more, &fault);
		if (lists[i].field == NULL)
			assert_int_equal(e, OK);
		else
			assert_fault(e, E_DER, lists[i].field);
	}
}

TEST_CASE(the_algorithms_are_equal_and_nothing_is_cut)
{
	struct bytes good = write_crl(1), der;
	struct crl_head head = head_of();
	struct bytes tbs = write_tbs(&head, 1);
	struct crl crl;

	assert_int_equal(crl_finish(mem, tbs, SIGALG_ECDSA_SHA256, hex("01"), &der, &fault), OK);
	assert_fault(crl_open(der, &crl, &fault), E_DER, "signatureAlgorithm");
	for (size_t n = 0; n < good.n; n++)
		assert_fault(crl_open(bytes_of(good.p, n), &crl, &fault), E_DER, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(openssl_reads_and_verifies_the_list),
	    MADE_CASE(an_empty_list_has_no_list),
	    MADE_CASE(the_list_is_read_back),
	    MADE_CASE(a_list_of_openssl_is_read),
	    MADE_CASE(rows_that_may_not_stand_are_refused),
	    MADE_CASE(lists_of_another_form_are_refused),
	    MADE_CASE(the_algorithms_are_equal_and_nothing_is_cut),
	};

	return cmocka_run_group_tests_name("crl", tests, NULL, NULL);
}
