/* SPDX-License-Identifier: Apache-2.0 */
/* signet enrol: a certificate for a key that lives elsewhere, by both codes and a request made there. */
#include <stdio.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/file.h"
#include "cli/prompt.h"
#include "cli/request.h"
#include "cli/show.h"
#include "x509/csr.h"
#include "x509/pem.h"

#define OLD_REQUEST "NEW CERTIFICATE REQUEST" /* what Windows and old OpenSSL write */

static const struct show_column columns[] = {
    {"cli.column.serial", "serial", NULL},
    {"cli.column.ca", "ca", NULL},
    {"cli.column.state", "state", "state.certificate"},
    {"cli.column.before", "not_before", NULL},
    {"cli.column.after", "not_after", NULL},
};

/* PEM under either label, or DER as it is; the service reads it strictly. */
static enum err
read_request(struct cli *c, const char *path, struct bytes *ret, struct fault *f)
{
	struct bytes file;
	struct str text;

	TRY(file_read(c->a, path, 2 * CSR_MAX, &file, f));
	text = bytes_str(file);
	if (pem_parse(c->a, text, PEM_REQUEST, ret, NULL) == OK ||
	    pem_parse(c->a, text, OLD_REQUEST, ret, NULL) == OK)
		return OK;
	if (der_check(file, "request", NULL) == OK) {
		*ret = file;
		return OK;
	}
	return FAIL_FIELD(f, E_CSR_FORMAT, "--request", "PKCS #10, PEM | DER", "%s", path);
}

/* The certificate and those above it, as servers want them in one file; the root is trusted, not sent. */
static enum err
chain_text(struct cli *c, const json_t *answer, struct bytes *ret, struct fault *f)
{
	const json_t *chain = json_object_get(answer, "chain");
	struct buf out = buf_new(c->a, (size_t)1 << 20);
	struct bytes der;

	TRY(request_octets(c, answer, "certificate", &der, f));
	pem_put(&out, PEM_CERTIFICATE, der);
	for (size_t i = 0; i + 1 < json_array_size(chain); i++) {
		const char *text = json_string_value(json_array_get(chain, i));

		if (text == NULL || !base64_parse(c->a, str_of(text), &der))
			return FAIL_FIELD(f, E_ANSWER, "chain", NULL, "not base64");
		pem_put(&out, PEM_CERTIFICATE, der);
	}
	if (out.bad)
		return FAIL_FIELD(f, E_ANSWER, "chain", NULL, "too long");
	*ret = buf_bytes(&out);
	return OK;
}

enum err
cmd_enrol(struct cli *c, struct fault *f)
{
	struct request q = {
	    .method = "POST", .path = "/api/v1/enrolments/request", .anybody = true};
	const char *path;
	struct str reference, code;
	struct bytes csr, text;
	json_t *answer;

	TRY(cli_need(c, OPTION_REQUEST, &path, f));
	TRY(read_request(c, path, &csr, f));
	TRY(prompt_line(c, "cli.enrol.reference", &reference, f));
	TRY(prompt_line(c, "cli.enrol.code", &code, f));
	q.body = json_pack("{s:s%,s:s%,s:s}", "reference", reference.p, reference.n, "code", code.p,
	    code.n, "csr", base64_text(c->a, csr));
	if (q.body == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "code", "UTF-8", "not text");
	TRY(request(c, &q, &answer, f));
	TRY(chain_text(c, answer, &text, f));
	if (cli_has(c, OPTION_OUT))
		TRY(file_write(c->a, c->option[OPTION_OUT], text, 0644, f));
	if (show_json(c, answer))
		return OK;
	if (cli_has(c, OPTION_OUT))
		show_object(c, answer, columns, sizeof(columns) / sizeof(columns[0]));
	else if (fwrite(text.p, 1, text.n, stdout) != text.n)
		return FAIL_FIELD(f, E_FILE, "standard output", NULL, "cannot be written");
	return OK;
}
