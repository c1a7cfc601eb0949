/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profilesan: the alternative names that a profile gives: read from its document, made of a filled form,
 * looked at once more by the signer (S1).
 */
#ifndef CORE_PROFILESAN_H
#define CORE_PROFILESAN_H

#include "base/yaml.h"
#include "core/profile.h"

/*
 * DOC's "san" → the names of P, whose form has been read. A list of {name, field, required, within}, or the
 * older mapping {mail, field} of one address.
 */
NODISCARD enum err profilesan_read(
    struct arena *a, const struct yaml *doc, struct profile *p, struct fault *f);
/*
 * GeneralNames (DER) of a form's checked values; empty when none was filled in. E_FIELD_DUPLICATE: two
 * fields with the same name; E_FIELD_VALUE: not within the profile's domains. The fault's field is the
 * form's.
 */
NODISCARD enum err profilesan_encode(struct arena *a, const struct profile *p,
    const struct profile_value *values, size_t count, struct bytes *ret, struct fault *f);
/*
 * May these GeneralNames (or none: empty) stand in a certificate of P? Our one form; as many of each
 * kind as P has fields for and at least the required ones; within its domains. E_GATE.
 */
NODISCARD enum err profilesan_check(
    struct arena *a, const struct profile *p, struct bytes der, struct fault *f);

#endif
