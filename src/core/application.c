/* SPDX-License-Identifier: Apache-2.0 */
#include "core/application.h"

#define MACHINE     application
#define MACHINE_UP  APPLICATION
#define MACHINE_DEF "core/application.def"
#include "core/machine.inc"
