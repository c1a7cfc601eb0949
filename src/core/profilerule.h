/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profilerule: what a profile's document may not say although each word of it is good. Faults are
 * E_PROFILE_RULE at the place in the document.
 */
#ifndef CORE_PROFILERULE_H
#define CORE_PROFILERULE_H

#include "base/yaml.h"
#include "core/profile.h"

/* Most characters of an attribute. */
size_t profile_attribute_max(enum profile_attribute x);
/*
 * PART is the last of P's so far: in the order of attribute.def, once, from a source that fits it.
 */
NODISCARD enum err profile_rule_part(const struct profile *p, const struct profile_part *part,
    const struct yaml *at, struct fault *f);
/* V6 to V10, S2, S12, S16, S20, S29. */
NODISCARD enum err profile_rule_whole(
    const struct profile *p, const struct yaml *at, struct fault *f);

#endif
