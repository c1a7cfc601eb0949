/* SPDX-License-Identifier: Apache-2.0 */
/* setup: the two steps by which an empty signer becomes that of an installation, once. */
#ifndef SIGNER_SETUP_H
#define SIGNER_SETUP_H

#include "signer/state.h"

#define SETUP_PASS 65 /* octets of the key files' passphrase: 64 digits and NUL */

/* What a set-up brings, beside documents. */
struct setup_files {
	struct bytes root, ca[STATE_CAS]; /* certificates */
	struct str base, arc;
};

/* The passphrase of the key files: hexadecimal of a key derived from the installation key. */
void setup_pass(const struct signer *s, char ret[static SETUP_PASS]);
/* Parse the certificates, compile the templates of our own profiles. E_GATE: of another key. */
NODISCARD enum err setup_load_cas(
    struct signer *s, const struct setup_files *files, struct fault *f);

#endif
