/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yamldiff: what one document says otherwise than another, key by key.
 *
 * A path names keys with dots between them; an element of a list of mappings goes by what names it
 * ("form.phone.max"), else by its place ("subject.2"). A list of plain values is one value.
 */
#ifndef BASE_YAMLDIFF_H
#define BASE_YAMLDIFF_H

#include "base/yaml.h"

struct yamldiff_change {
	struct str path;
	struct str old, now; /* empty: it is not there */
};

/* The changes from OLD (NULL: nothing) to NOW, in the order of NOW, then what is gone. Count in *RET_N; on A. */
struct yamldiff_change *yamldiff(
    struct arena *a, const struct yaml *old, const struct yaml *now, size_t *ret_n);

#endif
