/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

enum level { INFO, WARN, ERROR };

static const struct {
	const char *name;
	enum level level;
} events[LOG__COUNT] = {
#define X(symbol, event, level) {event, level},
#include "base/log.def"
#undef X
};
static const char *const levels[] = {"info", "warn", "error"};
static const char *process = "signet";

/* Kept free for the closing brace and newline. */
#define TAIL 3

void
log_process(const char *name)
{
	process = name;
}

/* Append all of it or nothing. */
static void __attribute__((format(printf, 2, 3))) add(struct log *l, const char *fmt, ...)
{
	va_list ap;
	size_t room = sizeof(l->text) - TAIL - l->n;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->n, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		l->full = true;
	else
		l->n += (size_t)n;
}

struct log
log_line(enum log_event e)
{
	struct log l = {0};
	struct timespec now;
	char when[TIME_TEXT_SIZE];

	(void)clock_gettime(CLOCK_REALTIME, &now);
	time_text(now.tv_sec, when);
	add(&l, "{\"t\":\"%.19s.%03ldZ\",\"p\":\"%s\",\"level\":\"%s\",\"ev\":\"%s\"", when,
	    now.tv_nsec / 1000000, process, levels[events[e].level], events[e].name);
	return l;
}

void
log_text(struct log *l, const char *key, struct str value)
{
	size_t start = l->n;
	bool valid = utf8_valid(value);

	add(l, ",\"%s\":\"", key);
	for (size_t i = 0; i < value.n && !l->full; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c == '"' || c == '\\')
			add(l, "\\%c", c);
		else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !valid))
			add(l, "\\u%04x", c);
		else
			add(l, "%c", c);
	}
	add(l, "\"");
	if (l->full)
		l->n = start;
}

void
log_str(struct log *l, const char *key, const char *value)
{
	if (value == NULL)
		add(l, ",\"%s\":null", key);
	else
		log_text(l, key, str_of(value));
}

void
log_int(struct log *l, const char *key, int64_t value)
{
	add(l, ",\"%s\":%" PRId64, key, value);
}

void
log_fault(struct log *l, const struct fault *f)
{
	log_str(l, "fault", err_row(f->code)->slug);
	if (f->field[0])
		log_str(l, "field", f->field);
	if (f->detail[0])
		log_str(l, "detail", f->detail);
	if (f->file) {
		log_str(l, "file", f->file);
		log_int(l, "line", f->line);
	}
}

void
log_end(struct log *l)
{
	ssize_t n;

	memcpy(l->text + l->n, "}\n", 2);
	l->n += 2;
	/* Nothing can be told where telling itself fails. */
	n = write(STDERR_FILENO, l->text, l->n);
	(void)n;
}
