/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out: a JSON writer on the arena: open, put, close, take the text once. Keys are literals; NULL as a
 * key writes an element of an array. The "_if" forms leave a member out that has no value.
 *
 * Values are UTF-8; an octet that is not comes out as U+FFFD, for a fault may quote what was cut.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include "base/buf.h"

#define OUT_DEPTH_MAX 16
#define OUT_CAP       ((size_t)2 << 20) /* octets */

struct out {
	struct arena *a;
	struct buf b;
	size_t depth;
	bool first; /* nothing stands in the open value yet */
	char close[OUT_DEPTH_MAX];
};

struct out out_new(struct arena *a);
void out_object(struct out *o, const char *key);
void out_array(struct out *o, const char *key);
void out_close(struct out *o);
void out_text(struct out *o, const char *key, struct str s);
void out_text_if(struct out *o, const char *key, struct str s);
/* Base64 with padding. */
void out_bytes(struct out *o, const char *key, struct bytes b);
void out_bytes_if(struct out *o, const char *key, struct bytes b);
void out_int(struct out *o, const char *key, int64_t v);
void out_bool(struct out *o, const char *key, bool v);
/* RFC 3339; 0 is no time. */
void out_time(struct out *o, const char *key, int64_t seconds);
void out_time_if(struct out *o, const char *key, int64_t seconds);
/* True when everything fitted and was closed; *RET is empty when nothing was written. */
bool out_done(const struct out *o, struct bytes *ret);

#endif
