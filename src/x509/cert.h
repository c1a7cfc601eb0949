/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cert: certificates (RFC 5280 4.1), read strictly and written from a template. Pure.
 *
 * A profile is compiled once into a template; each certificate fills in serial, times, subject,
 * key, key identifier and names. The signer rebuilds what it is asked to sign from its own template
 * and compares octet by octet (cert_tbs_check).
 */
#ifndef X509_CERT_H
#define X509_CERT_H

#include "x509/ext.h"
#include "x509/sigalg.h"

#define CERT_MAX        ((size_t)64 << 10) /* octets of a certificate */
#define CERT_SERIAL     18                 /* octets of the serials that we write */
#define CERT_SERIAL_MAX 20                 /* octets of those that we read (RFC 5280 4.1.2.2) */

/* All views of the input. */
struct cert {
	struct bytes whole;  /* empty after cert_tbs_parse */
	struct bytes tbs;    /* TBSCertificate, what is signed */
	struct bytes serial; /* big-endian, positive, no leading zeros */
	enum sigalg alg;
	struct bytes issuer; /* Name */
	int64_t not_before, not_after;
	struct bytes subject; /* Name */
	struct bytes spki;    /* SubjectPublicKeyInfo; see key_parse */
	struct ext_list exts;
	struct bytes signature; /* empty after cert_tbs_parse */
};

/*
 * Read a certificate: version 3, no unique identifiers, at least one extension, inner and outer
 * algorithm equal, notBefore ≤ notAfter, an empty subject only with a critical subjectAltName.
 * E_BODY_SIZE: more than CERT_MAX; E_DER; E_ALG_UNSUPPORTED.
 */
NODISCARD enum err cert_parse(struct bytes der, struct cert *ret, struct fault *f);
/* The same for a TBSCertificate alone. */
NODISCARD enum err cert_tbs_parse(struct bytes tbs, struct cert *ret, struct fault *f);

/* What a profile says about subjectAltName. */
enum cert_san { CERT_SAN_NEVER, CERT_SAN_OPTIONAL, CERT_SAN_REQUIRED };

/* What all certificates of a profile under one issuer share. Views: keep their arena. */
struct cert_template {
	enum sigalg alg;
	struct bytes issuer; /* Name: a byte copy of the issuer's subject */
	struct bytes before; /* whole Extension elements before the variable ones */
	struct bytes after;  /* and after them */
	bool ski;            /* with subjectKeyIdentifier */
	enum cert_san san;
};

/* From what a template is compiled: each member that is empty or 0 leaves its extension out. */
struct cert_shape {
	enum sigalg alg;
	struct bytes issuer; /* Name */
	struct bytes aki;    /* the issuer's subjectKeyIdentifier; empty in a root */
	bool ski;
	bool ca;      /* basicConstraints with cA */
	int path_len; /* with CA only: 0 to 255 or EXT_NO_PATH_LEN */
	uint16_t ku;  /* enum ext_ku */
	const enum oid *eku;
	size_t eku_n;
	struct bytes policy; /* contents octets of one OID */
	struct str cdp, ocsp, issuers;
	bool nocheck;
	enum cert_san san;
};
NODISCARD enum err cert_compile(
    struct arena *a, const struct cert_shape *shape, struct cert_template *ret, struct fault *f);

/* What one certificate has for itself. */
struct cert_fields {
	struct bytes serial; /* big-endian: CERT_SERIAL octets, the first 01 to 7F */
	int64_t not_before, not_after;
	struct bytes subject; /* Name (name_encode) */
	struct bytes spki;    /* SubjectPublicKeyInfo */
	struct bytes ski;     /* left 160 bits of SHA-256 of the key bits (RFC 7093) */
	struct bytes san;     /* GeneralNames (ext_san_encode), or empty */
};
/*
 * TBSCertificate; the same input gives the same octets. Refused (E_PROFILE_RULE, naming the field):
 * a serial of another form, notAfter before notBefore, no SKI of 20 octets where the template wants
 * it, names where the template has none or the other way round, an empty subject without names.
 */
NODISCARD enum err cert_tbs(struct arena *a, const struct cert_template *t,
    const struct cert_fields *fields, struct bytes *ret, struct fault *f);
/* The certificate from what was signed and its signature. */
NODISCARD enum err cert_finish(struct arena *a, struct bytes tbs, enum sigalg alg,
    struct bytes signature, struct bytes *ret, struct fault *f);

/* The fields of a certificate that was read (ski and san empty when absent). E_DER: a bad SKI. */
NODISCARD enum err cert_fields_of(
    const struct cert *cert, struct cert_fields *ret, struct fault *f);
/*
 * Is TBS what the template gives for the fields in it? Reads it, builds it anew, compares all
 * octets: E_GATE when they differ. *RET are views of TBS.
 */
NODISCARD enum err cert_tbs_check(struct arena *a, const struct cert_template *t, struct bytes tbs,
    struct cert *ret, struct fault *f);

#endif
