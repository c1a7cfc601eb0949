/* SPDX-License-Identifier: Apache-2.0 */
/* Profile documents; one that is read compiles into a template. */
#include "base/must.h"
#include "core/profile.h"
#include "core/profilesan.h"
#include "x509/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t ski[20], name[] = {DER_SEQ, 0};
	const struct profile_issuer ca = {
	    .alg = SIGALG_ECDSA_SHA256,
	    .subject = BYTES_OF(name),
	    .ski = BYTES_OF(ski),
	    .base = STR("http://pki.example"),
	    .generation = STR("issuing-g1"),
	    .policy_arc = STR("2.25.1"),
	};
	struct arena *a = arena_new(0);
	struct profile_value values[PROFILE_FIELDS_MAX];
	struct profile_form form = {.credential = STR("000000000001")};
	struct profile_names names;
	struct cert_template t;
	struct profile profile;

	if (profile_parse(a, bytes_of(p, n), &profile, NULL) == OK) {
		must(profile_template(a, &profile, &ca, &t, NULL) == OK);
		must(profile_draft(a, &profile, &form, &names, NULL) == OK);
		for (size_t i = 0; i < profile.field_count; i++)
			values[i] = (struct profile_value){profile.fields[i].name,
			    str_of(fieldtype_row(profile.fields[i].type)->example)};
		form.values = values;
		form.count = profile.field_count;
		/* What a form gives the signer takes. */
		if (profile_subject(a, &profile, &form, &names, NULL) == OK)
			must(profilesan_check(a, &profile, names.san, NULL) == OK);
	}
	arena_free(&a);
	return 0;
}
