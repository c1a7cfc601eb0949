/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: what the status codes are called (RFC 9110 15, RFC 6585 4, RFC 4918 11), for the status line and
 * for the title of a problem alike. Pure.
 */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

/* "Not Found". Every status that we answer has a row; asking for another is a programming error. */
const char *status_phrase(int status);

#endif
