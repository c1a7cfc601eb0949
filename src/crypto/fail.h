/* SPDX-License-Identifier: Apache-2.0 */
/* fail: OpenSSL's reason for a failure, for the detail of a fault. Within crypto only. */
#ifndef CRYPTO_FAIL_H
#define CRYPTO_FAIL_H

/* The newest reason in this thread's queue, which is emptied; "no reason" when there is none. */
const char *openssl_reason(void);

#endif
