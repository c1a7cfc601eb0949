/* SPDX-License-Identifier: Apache-2.0 */
#include "core/certificate.h"

#define MACHINE     certificate
#define MACHINE_UP  CERTIFICATE
#define MACHINE_DEF "core/certificate.def"
#include "core/machine.inc"
