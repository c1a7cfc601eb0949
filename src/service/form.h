/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form: an application's fields as the store keeps them (a line each), and its view for
 * people. Only for the files of service/.
 */
#ifndef SERVICE_FORM_H
#define SERVICE_FORM_H

#include "service/act.h"
#include "service/apply.h"

/* The text of fields. E_FIELD_CHARS, E_FIELD_LENGTH. */
NODISCARD enum err form_write(const struct call *c, const struct apply_field *fields, size_t n,
    struct str *ret, struct fault *f);
/* FIELDS has room for APPLY_FIELDS_MAX; they are views of TEXT. */
NODISCARD enum err form_read(const struct call *c, struct str text, struct apply_field *fields,
    size_t *count, struct fault *f);
/* The value of a field, or empty. */
struct str form_value(const struct apply_field *fields, size_t n, const char *name);
/* A draft's fields, normalised, as text: incomplete is fine, malformed or unknown is not. */
NODISCARD enum err form_draft(const struct call *c, const struct profile *p,
    const struct apply_draft *in, struct str *ret, struct fault *f);
/* The view of a row for this caller. */
NODISCARD enum err form_view(const struct call *c, const struct application_row *row,
    struct apply_view *ret, struct fault *f);
/* The same for a list: identity numbers are masked (S27). */
NODISCARD enum err form_listed(const struct call *c, const struct application_row *row,
    struct apply_view *ret, struct fault *f);

#endif
