/* SPDX-License-Identifier: Apache-2.0 */
#include "core/enrolment.h"

#define MACHINE     enrolment
#define MACHINE_UP  ENROLMENT
#define MACHINE_DEF "core/enrolment.def"
#include "core/machine.inc"
