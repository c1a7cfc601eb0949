/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: one JSON line on stderr a thing that happened. Only service, dispatchers and process loops
 * write lines; library code never does. Events stand in log.def. Not the audit log.
 *
 *	struct log l = log_line(LOG_JOB_DONE);
 *	log_str(&l, "kind", kind);
 *	log_int(&l, "ms", ms);
 *	log_end(&l);
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_event {
#define X(symbol, event, level) LOG_##symbol,
#include "base/log.def"
#undef X
	LOG__COUNT
};

#define LOG_LINE_MAX 2048

struct log {
	size_t n;
	bool full; /* what does not fit is left out, the line stays valid JSON */
	char text[LOG_LINE_MAX];
};

/* The process's name on each line ("front"); the string must live on. */
void log_process(const char *name);
struct log log_line(enum log_event e);
/* KEY is a literal of letters; values are escaped. NULL gives null. */
void log_str(struct log *l, const char *key, const char *value);
void log_text(struct log *l, const char *key, struct str value);
void log_int(struct log *l, const char *key, int64_t value);
/* Code, place, field and detail of a fault. */
void log_fault(struct log *l, const struct fault *f);
/* Write it, with one write(2). */
void log_end(struct log *l);

#endif
