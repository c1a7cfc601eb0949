/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical octets of core, whichever they are: what is read has exactly this encoding. */
#include "base/must.h"
#include "core/checkpoint.h"
#include "core/claim.h"
#include "core/document.h"
#include "core/logchain.h"
#include "core/roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct bytes in = bytes_of(p, n), again;
	struct approval_subject subject;
	struct approval_subject bundle[APPROVAL_LIST_MAX];
	size_t count;
	struct statement statement;
	struct document document;
	struct log_record record;
	struct roster roster;
	struct checkpoint checkpoint;
	struct claim claim;

	if (statement_parse(in, &statement, NULL) == OK)
		must(statement_encode(a, &statement, &again, NULL) == OK && bytes_eq(again, in));
	if (approval_payload_parse(in, &subject, NULL) == OK)
		must(approval_payload(a, &subject, &again, NULL) == OK && bytes_eq(again, in));
	if (approval_bundle_parse(in, bundle, &count, NULL) == OK)
		must(approval_bundle(a, bundle, count, &again, NULL) == OK && bytes_eq(again, in));
	if (document_payload_parse(in, &document, NULL) == OK)
		must(bytes_eq(document_payload(a, &document), in));
	if (claim_parse(a, in, &claim, NULL) == OK)
		must(claim_encode(a, &claim, &again, NULL) == OK && bytes_eq(again, in));
	if (roster_parse(a, in, &roster, NULL) == OK)
		must(bytes_eq(roster_encode(a, &roster), in));
	if (logchain_parse(in, &record, NULL) == OK)
		must(logchain_encode(a, &record, &again, NULL) == OK && bytes_eq(again, in));
	if (checkpoint_parse(in, &checkpoint, NULL) == OK)
		must(checkpoint_encode(a, &checkpoint, &again, NULL) == OK && bytes_eq(again, in));
	arena_free(&a);
	return 0;
}
