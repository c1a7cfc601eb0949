/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: what relying parties ask: OCSP, CRL, CA certificates.
 */
#ifndef SERVICE_STATUS_H
#define SERVICE_STATUS_H

#include "service/call.h"

struct status_object {
	struct bytes body;
	int64_t this_update, next_update; /* 0: does not apply */
	bool cacheable;
};

/* An OCSPResponse for the DER request, error answers included (RFC 6960 2.3); never a fault of ours. */
void status_ocsp(const struct call *c, struct bytes request, struct status_object *ret);
/* The same from memory, at once: false when the answer has to be made by status_ocsp. */
bool status_ocsp_ready(const struct call *c, struct bytes request, struct status_object *ret);
/*
 * The newest CRL of "issuing-g1" and so on: memory that stays for at least a quarter of an hour. E_NOT_FOUND;
 * E_NOT_READY before the first one.
 */
NODISCARD enum err status_crl(
    const struct call *c, struct str ca, struct status_object *ret, struct fault *f);
/* A list as it was made. */
struct status_list_view {
	struct str ca, hash; /* SHA-256, lower-case hex */
	int64_t number, this_update, next_update, size;
};
struct status_lists {
	struct status_list_view *items;
	size_t count;
	struct str next; /* empty: the last page */
};
/* For any row of the roster: all lists that were made, newest first. E_AUTH_REQUIRED, E_ROLE, E_FIELD_VALUE. */
NODISCARD enum err status_lists(const struct call *c, struct str cursor, int64_t limit,
    struct status_lists *ret, struct fault *f);
/* The CA's certificate, DER. */
NODISCARD enum err status_ca(
    const struct call *c, struct str ca, struct status_object *ret, struct fault *f);

#endif
