/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modulesconf: modules.conf: which PKCS #11 modules there are, in the order of trust.
 *
 *	modules: each with "driver" (a row of driver.def) or name, path and kind; and what is otherwise:
 *	         quirks, key-slots, timeout (seconds), environment
 *	installed: yes adds every driver of the table, but software tokens, whose file is there
 */
#ifndef AGENT_MODULESCONF_H
#define AGENT_MODULESCONF_H

#include "agent/settings.h"
#include "base/yaml.h"

/* Fills modules and modules_n of S. */
NODISCARD enum err modulesconf_read(
    struct arena *a, const struct yaml *doc, struct settings *s, struct fault *f);

#endif
