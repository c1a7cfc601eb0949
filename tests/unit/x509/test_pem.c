/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/pem.h"

#include <openssl/pem.h>
#include <string.h>

#include "made.h"

#define BEGIN  "-----BEGIN CERTIFICATE-----\n"
#define END    "-----END CERTIFICATE-----\n"
#define LINE64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

TEST_CASE(openssl_reads_and_writes_the_same_text)
{
	static const size_t sizes[] = {1, 47, 48, 49, 96, 1000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct bytes der = hex_fill("", 0xa7, sizes[i]), back;
		struct buf ours = buf_new(mem, 8192);
		BIO *out = BIO_new(BIO_s_mem());
		char *text;
		size_t n;

		assert_true(PEM_write_bio(out, "CERTIFICATE", "", der.p, (long)der.n) > 0);
		n = (size_t)BIO_get_mem_data(out, &text);
		pem_put(&ours, PEM_CERTIFICATE, der);
		assert_bytes(buf_bytes(&ours), bytes_of(text, n));
		assert_int_equal(
		    pem_parse(mem, (struct str){.p = text, .n = n}, PEM_CERTIFICATE, &back, &fault),
		    OK);
		assert_bytes(back, der);
		BIO_free(out);
	}
}

TEST_CASE(several_are_read_in_turn)
{
	struct str text = STR("Issuer: someone\n" BEGIN "AQ==\n" END "\nand\n" BEGIN
			      "Ag==\r\n-----END CERTIFICATE-----\r\n");
	struct bytes der;

	assert_int_equal(pem_next(mem, &text, PEM_CERTIFICATE, &der, &fault), OK);
	assert_hex(der, "01");
	assert_int_equal(pem_next(mem, &text, PEM_CERTIFICATE, &der, &fault), OK);
	assert_hex(der, "02");
	assert_int_equal(pem_next(mem, &text, PEM_CERTIFICATE, &der, &fault), OK);
	assert_int_equal(der.n, 0);
	assert_int_equal(text.n, 0);
}

static const struct {
	const char *name, *text;
} bad[] = {
    {"nothing", ""},
    {"text only", "hello\n"},
    {"another label", "-----BEGIN X509 CRL-----\nAQ==\n-----END X509 CRL-----\n"},
    {"longer label", "-----BEGIN CERTIFICATE REQUEST-----\nAQ==\n" END},
    {"other end", BEGIN "AQ==\n-----END X509 CRL-----\n"},
    {"no end", BEGIN "AQ==\n"},
    {"nothing between", BEGIN END},
    {"blank line", BEGIN "\nAQ==\n" END},
    {"blank inside", BEGIN "AQ ==\n" END},
    {"blank behind", BEGIN "AQ== \n" END},
    {"header", BEGIN "Proc-Type: 4,ENCRYPTED\n\nAQ==\n" END},
    {"short line before another", BEGIN "AQID\nAQ==\n" END},
    {"line of 68", BEGIN "AAAA" LINE64 END},
    {"no padding", BEGIN "AQ\n" END},
    {"bits behind the end", BEGIN "AR==\n" END},
    {"two", BEGIN "AQ==\n" END BEGIN "AQ==\n" END},
    {"end first", END},
};

TEST_CASE(other_text_is_refused)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes der;

		print_message("# %s\n", bad[i].name);
		assert_fault(pem_parse(mem, str_of(bad[i].text), PEM_CERTIFICATE, &der, &fault),
		    E_FIELD_FORMAT, "CERTIFICATE");
	}
}

TEST_CASE(a_large_object_is_refused)
{
	struct buf b = buf_new(mem, 4 << 20);
	struct bytes der;

	buf_str(&b, STR(BEGIN));
	for (size_t i = 0; i < (PEM_MAX / 48) + 2; i++)
		buf_str(&b, STR(LINE64));
	buf_str(&b, STR(END));
	assert_fault(pem_parse(mem, buf_view(&b), PEM_CERTIFICATE, &der, &fault), E_BODY_SIZE,
	    "CERTIFICATE");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(openssl_reads_and_writes_the_same_text),
	    MADE_CASE(several_are_read_in_turn),
	    MADE_CASE(other_text_is_refused),
	    MADE_CASE(a_large_object_is_refused),
	};

	return cmocka_run_group_tests_name("pem", tests, NULL, NULL);
}
