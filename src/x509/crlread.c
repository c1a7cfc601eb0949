/* SPDX-License-Identifier: Apache-2.0 */
/* The reading half of crl.h. */
#include "x509/crl.h"

/* crlExtensions: what a full list has, and no more. */
static enum err
get_extensions(struct der *tbs, struct crl *crl, struct fault *f)
{
	struct ext_list exts;
	const struct ext *aki, *number;
	struct der outer;

	TRY(der_enter(tbs, DER_CONTEXT_CONS(0), "crlExtensions", &outer, f));
	TRY(ext_list_get(&outer, "crlExtensions", &exts, f));
	TRY(der_end(&outer, "crlExtensions", f));
	aki = ext_find(&exts, OID_AKI);
	number = ext_find(&exts, OID_CRL_NUMBER);
	if (aki == NULL || number == NULL || exts.n != 2 || aki->critical || number->critical)
		return FAIL_FIELD(f, E_DER, "crlExtensions", "authorityKeyIdentifier, cRLNumber",
		    "other extensions, or critical ones");
	TRY(ext_get_aki(aki->value, &crl->head.aki, f));
	return ext_get_crl_number(number->value, &crl->head.number, f);
}

enum err
crl_tbs_open(struct bytes tbs, struct crl *ret, struct fault *f)
{
	struct crl crl = {.tbs = tbs, .entries = der_new((struct bytes){0})};
	struct der d;
	uint64_t version;

	TRY(der_only(tbs, DER_SEQ, "tbsCertList", &d, f));
	TRY(der_get_small(&d, DER_INT, 1, "version", &version, f));
	if (version != 1)
		return FAIL_FIELD(f, E_DER, "version", "2", "version 1");
	TRY(sigalg_get(&d, "signature", &crl.head.alg, f));
	TRY(der_whole(&d, DER_SEQ, "issuer", &crl.head.issuer, f));
	TRY(der_get_time(&d, "thisUpdate", &crl.head.this_update, f));
	TRY(der_get_time(&d, "nextUpdate", &crl.head.next_update, f));
	if (crl.head.next_update <= crl.head.this_update)
		return FAIL_FIELD(f, E_DER, "nextUpdate", NULL, "not after thisUpdate");
	if (der_is(&d, DER_SEQ)) {
		TRY(der_enter(&d, DER_SEQ, "revokedCertificates", &crl.entries, f));
		if (der_empty(&crl.entries))
			return FAIL_FIELD(f, E_DER, "revokedCertificates", NULL, "empty");
	}
	TRY(get_extensions(&d, &crl, f));
	TRY(der_end(&d, "tbsCertList", f));
	*ret = crl;
	return OK;
}

enum err
crl_open(struct bytes der, struct crl *ret, struct fault *f)
{
	struct sealed sealed;
	struct crl crl;

	TRY(sigalg_open(der, "certificateList", &sealed, f));
	TRY(crl_tbs_open(sealed.body, &crl, f));
	/* RFC 5280 5.1.1.2: the same algorithm inside and outside. */
	if (sealed.alg != crl.head.alg)
		return FAIL_FIELD(f, E_DER, "signatureAlgorithm", NULL, "differs from signature");
	crl.whole = der;
	crl.signature = sealed.signature;
	*ret = crl;
	return OK;
}

/* crlEntryExtensions, each at most once: a list can be long, so they are not gathered first. */
static enum err
get_entry_exts(struct der *entry, struct crl_item *row, struct fault *f)
{
	const char *what = "crlEntryExtensions";
	struct der list;
	struct ext x;

	TRY(der_enter(entry, DER_SEQ, what, &list, f));
	do {
		TRY(ext_get(&list, &x, f));
		if (x.critical)
			return FAIL_FIELD(f, E_DER, what, NULL, "critical");
		if (oid_is(x.oid, OID_REASON) && row->reason == REASON_NONE)
			TRY(ext_get_reason(x.value, &row->reason, f));
		else if (oid_is(x.oid, OID_INVALIDITY) && row->invalidity == CRL_NO_TIME)
			TRY(ext_get_invalidity(x.value, &row->invalidity, f));
		else
			return FAIL_FIELD(f, E_DER, what, "reasonCode, invalidityDate",
			    "another extension, or one twice");
	} while (!der_empty(&list));
	return OK;
}

enum err
crl_next(struct crl *crl, struct crl_item *ret, bool *more, struct fault *f)
{
	struct crl_item row = {.reason = REASON_NONE, .invalidity = CRL_NO_TIME};
	struct der entry;

	if (der_empty(&crl->entries)) {
		*more = false;
		return OK;
	}
	TRY(der_enter(&crl->entries, DER_SEQ, "revokedCertificate", &entry, f));
	TRY(der_get_int(&entry, 20, "userCertificate", &row.serial, f));
	TRY(der_get_time(&entry, "revocationDate", &row.date, f));
	if (row.date > crl->head.this_update)
		return FAIL_FIELD(f, E_DER, "revocationDate", NULL, "after thisUpdate");
	if (!der_empty(&entry))
		TRY(get_entry_exts(&entry, &row, f));
	TRY(der_end(&entry, "revokedCertificate", f));
	*ret = row;
	*more = true;
	return OK;
}
