/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ext: extensions (RFC 5280 4.2, 5.2, 5.3), as a list and one by one.
 *
 * ext_put_x appends one whole Extension with the criticality that we always give it; ext_get_x
 * reads the contents of an extnValue strictly. Faults of ext_get_x are E_DER with the extension's
 * short name as field. An ext_put_x that has no proper encoding makes the writer bad: its callers
 * give it values that ext_san_check and core have checked.
 */
#ifndef X509_EXT_H
#define X509_EXT_H

#include "x509/der.h"
#include "x509/oid.h"

#define EXT_MAX        32  /* extensions of one object */
#define EXT_EKU_MAX    16  /* purposes of one certificate */
#define EXT_SAN_MAX    100 /* names of one certificate */
#define EXT_KEY_ID_MAX 64  /* octets of a key identifier that we read */

struct ext {
	struct bytes oid; /* contents octets */
	bool critical;
	struct bytes value; /* contents of extnValue */
};

struct ext_list {
	struct ext v[EXT_MAX];
	size_t n;
};

/* Read one Extension, the next element of LIST. */
NODISCARD enum err ext_get(struct der *list, struct ext *ret, struct fault *f);
/* Read Extensions, the next element of D: 1 to EXT_MAX, none twice (RFC 5280 4.2). */
NODISCARD enum err ext_list_get(
    struct der *d, const char *what, struct ext_list *ret, struct fault *f);
/* The extension with this OID, or NULL. */
const struct ext *ext_find(const struct ext_list *list, enum oid o);
/* Append one Extension from the contents of its extnValue. */
void ext_put(struct der_out *w, const struct ext *ext);
/* SEQUENCE OF Extension around extensions that are DER already; nothing when there are none. */
void ext_put_list(struct der_out *w, struct bytes extensions);

/* ---- keys ---- */
void ext_put_aki(struct der_out *w, struct bytes key_id);
void ext_put_ski(struct der_out *w, struct bytes key_id);
/* keyIdentifier [0] only: issuer and serial are refused. */
NODISCARD enum err ext_get_aki(struct bytes value, struct bytes *ret, struct fault *f);
NODISCARD enum err ext_get_ski(struct bytes value, struct bytes *ret, struct fault *f);

/* ---- uses ---- */
enum ext_ku {
	EXT_KU_DIGITAL_SIGNATURE = 1 << 0,
	EXT_KU_NON_REPUDIATION = 1 << 1,
	EXT_KU_KEY_ENCIPHERMENT = 1 << 2,
	EXT_KU_DATA_ENCIPHERMENT = 1 << 3,
	EXT_KU_KEY_AGREEMENT = 1 << 4,
	EXT_KU_KEY_CERT_SIGN = 1 << 5,
	EXT_KU_CRL_SIGN = 1 << 6,
	EXT_KU_ENCIPHER_ONLY = 1 << 7,
	EXT_KU_DECIPHER_ONLY = 1 << 8
};
/* BITS of enum ext_ku, at least one. Critical. */
void ext_put_ku(struct der_out *w, uint16_t bits);
NODISCARD enum err ext_get_ku(struct bytes value, uint16_t *ret, struct fault *f);

struct ext_eku {
	struct bytes v[EXT_EKU_MAX]; /* contents octets */
	size_t n;
};
/* N purposes of oid.def, at least one. */
void ext_put_eku(struct der_out *w, const enum oid *purposes, size_t n);
/* None twice. */
NODISCARD enum err ext_get_eku(struct bytes value, struct ext_eku *ret, struct fault *f);
bool ext_eku_has(const struct ext_eku *eku, enum oid purpose);

#define EXT_NO_PATH_LEN (-1)
/* cA TRUE, critical; PATH_LEN 0 to 255 or EXT_NO_PATH_LEN. Leaves have no basicConstraints. */
void ext_put_basic(struct der_out *w, int path_len);
struct ext_basic {
	bool ca;
	int path_len; /* EXT_NO_PATH_LEN when absent */
};
NODISCARD enum err ext_get_basic(struct bytes value, struct ext_basic *ret, struct fault *f);

/* ---- names ---- */
enum san_kind { SAN_MAIL, SAN_DNS, SAN_URI, SAN_IP, SAN__COUNT };
struct san_name {
	enum san_kind kind;
	struct bytes value; /* ASCII; for SAN_IP 4 or 16 octets */
};
struct san {
	const struct san_name *v;
	size_t n;
};
/* "rfc822Name", "dNSName", "uniformResourceIdentifier", "iPAddress". */
const char *san_kind_name(enum san_kind kind);
/*
 * May we write these? 1 to EXT_SAN_MAX, none twice, in the one form: hosts lower case (a wildcard
 * as the whole first label), mail ASCII with a lower-case host, no blanks, no controls (RFC 5280
 * 4.2.1.6, 7.5). FIELD_FORMAT, FIELD_CHARS, FIELD_DUPLICATE, FIELD_LENGTH with the kind as field.
 */
NODISCARD enum err ext_san_check(const struct san *san, struct fault *f);
/* GeneralNames of what ext_san_check accepts: the contents of the extnValue. */
NODISCARD enum err ext_san_encode(
    struct arena *a, const struct san *san, struct bytes *ret, struct fault *f);
/*
 * Read GeneralNames: the four kinds only, others are refused by name. Values are views, not empty,
 * printable ASCII, in any case of letters. The array is on the arena.
 */
NODISCARD enum err ext_get_san(
    struct arena *a, struct bytes value, struct san *ret, struct fault *f);
/* Append from the encoded GeneralNames; critical only when the subject is empty. */
void ext_put_san(struct der_out *w, struct bytes general_names, bool critical);

/* ---- addresses and policies ---- */
/* One point, one http address. */
void ext_put_cdp(struct der_out *w, struct str uri);
NODISCARD enum err ext_get_cdp(struct bytes value, struct str *ret, struct fault *f);
/* OCSP, then caIssuers; an empty one is left out, not both. */
void ext_put_aia(struct der_out *w, struct str ocsp, struct str issuers);
struct ext_aia {
	struct str ocsp, issuers; /* empty when absent */
};
NODISCARD enum err ext_get_aia(struct bytes value, struct ext_aia *ret, struct fault *f);
/* One policy (contents octets), no qualifiers. */
void ext_put_policy(struct der_out *w, struct bytes oid);
NODISCARD enum err ext_get_policy(struct bytes value, struct bytes *ret, struct fault *f);

/* ---- OCSP signers ---- */
void ext_put_nocheck(struct der_out *w);
NODISCARD enum err ext_get_nocheck(struct bytes value, struct fault *f);

/* ---- CRLs and their entries ---- */
enum ext_reason {
	REASON_NONE = 0, /* unspecified: the extension is omitted */
	REASON_KEY_COMPROMISE = 1,
	REASON_CA_COMPROMISE = 2,
	REASON_AFFILIATION_CHANGED = 3,
	REASON_SUPERSEDED = 4,
	REASON_CESSATION = 5,
	REASON_HOLD = 6,
	REASON_REMOVE = 8, /* delta CRLs only: never written */
	REASON_PRIVILEGE_WITHDRAWN = 9,
	REASON_AA_COMPROMISE = 10
};
/* May REASON stand in an entry of a full CRL or an OCSP answer: 1 to 6, 9, 10? */
bool ext_reason_valid(uint64_t reason);
/* NUMBER ≥ 0. */
void ext_put_crl_number(struct der_out *w, int64_t number);
NODISCARD enum err ext_get_crl_number(struct bytes value, int64_t *ret, struct fault *f);
void ext_put_reason(struct der_out *w, enum ext_reason reason);
NODISCARD enum err ext_get_reason(struct bytes value, enum ext_reason *ret, struct fault *f);
void ext_put_invalidity(struct der_out *w, int64_t seconds);
NODISCARD enum err ext_get_invalidity(struct bytes value, int64_t *ret, struct fault *f);

#endif
