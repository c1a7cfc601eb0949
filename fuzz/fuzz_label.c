/* SPDX-License-Identifier: Apache-2.0 */
/* Names, mail addresses, phones, origins: what passes has one form, and passes again. */
#include "base/must.h"
#include "base/text.h"
#include "core/label.h"
#include "core/mail.h"
#include "core/origin.h"
#include "core/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct str in = {(const char *)p, n}, once, twice;

	if (label_check(a, in, LABEL_MAX, "x", &once, NULL) == OK) {
		must(utf8_valid(once) && utf8_count(once) <= LABEL_MAX);
		must(label_check(a, once, LABEL_MAX, "x", &twice, NULL) == OK &&
		    str_eq(once, twice));
	}
	if (mail_check(a, in, "x", &once, NULL) == OK)
		must(mail_check(a, once, "x", &twice, NULL) == OK && str_eq(once, twice));
	if (phone_check(a, in, "x", &once, NULL) == OK)
		must(phone_check(a, once, "x", &twice, NULL) == OK && str_eq(once, twice));
	if (origin_check(in, ENVIRONMENT_TEST, NULL) == OK)
		must(origin_host(in).n > 0);
	arena_free(&a);
	return 0;
}
