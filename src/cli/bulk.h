/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bulk: one act on many (P3): names typed or from --file, a dry run, a result for each row.
 */
#ifndef CLI_BULK_H
#define CLI_BULK_H

#include "cli/cli.h"

/* Is this for many: more than one name, a file of them, or a dry run? */
bool bulk_wanted(const struct cli *c);
/*
 * ACT (approve, return, reject) on the applications named; WORDS: reason and fields, or NULL. Approving signs
 * up to twenty at a time. E_PARTIAL when a row was refused, after all results have been shown.
 */
NODISCARD enum err bulk_applications(
    struct cli *c, const char *act, json_t *words, struct fault *f);
/* The same for certificates of the CA named ISSUER: revoke. */
NODISCARD enum err bulk_revoke(struct cli *c, const char *issuer, json_t *words, struct fault *f);

#endif
