/* SPDX-License-Identifier: Apache-2.0 */
/* The body of an ISSUED or INTERNAL journal record, for the signer itself and for who reads it. */
#include "base/rd.h"
#include "signer/client.h"
#include "signer/journal.h"
#include "x509/cert.h"

#define TEXT_MAX 64

enum err
signer_record_issued(struct bytes body, struct signer_record_issued *ret, struct fault *f)
{
	struct rd r = rd_new(body);
	struct signer_record_issued i = {.enrolment = id_read(&r)};

	i.application = rd_text(&r, TEXT_MAX);
	i.revision = rd_u32(&r);
	i.profile = rd_text(&r, TEXT_MAX);
	i.version = rd_u32(&r);
	i.certificate = rd_field(&r, CERT_MAX);
	i.unit = rd_field(&r, SIGNER_UNIT_MAX);
	i.claim = rd_field(&r, CLAIM_MAX);
	if (!rd_done(&r))
		return FAIL(f, E_FRAME, "record of a certificate");
	*ret = i;
	return OK;
}
