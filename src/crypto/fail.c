/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/fail.h"

#include <openssl/err.h>

const char *
openssl_reason(void)
{
	unsigned long e = ERR_peek_last_error();
	const char *text = e ? ERR_reason_error_string(e) : NULL;

	ERR_clear_error();
	return text ? text : "no reason";
}
