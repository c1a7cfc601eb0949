/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/checkfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"

#define NAME      "checkpoints.jsonl"
#define LINE_MAX  2048 /* octets; a line has about 600 */
#define PATH_SIZE 512
#define SEQ       "\"seq\":"

static enum err
broken(struct fault *f, const char *what)
{
	return FAIL_FIELD(f, E_FILE, "checkpoints", NULL, "%s " NAME ": %s", what, strerror(errno));
}

/* The number in the last whole line of the N octets at P, the end of the file; 0: there is none. */
static int64_t
last_seq(const char *p, size_t n)
{
	const char *end = memrchr(p, '\n', n), *line, *at;
	uint64_t seq = 0;
	size_t digits = 0;

	if (end == NULL)
		return 0;
	line = memrchr(p, '\n', (size_t)(end - p));
	line = line ? line + 1 : p;
	at = memmem(line, (size_t)(end - line), SEQ, strlen(SEQ));
	if (at == NULL)
		return 0;
	at += strlen(SEQ);
	while (at + digits < end && at[digits] >= '0' && at[digits] <= '9')
		digits++;
	return u64_parse((struct str){at, digits}, INT64_MAX, &seq) ? (int64_t)seq : 0;
}

/* Where the file ends: after which checkpoint, and whether a line was cut short there. */
static enum err
read_end(int fd, int64_t *seq, bool *torn, struct fault *f)
{
	char p[2 * LINE_MAX];
	struct stat st;
	ssize_t n;
	off_t from;

	if (fstat(fd, &st) != 0)
		return broken(f, "stat of");
	from = st.st_size > (off_t)sizeof(p) ? st.st_size - (off_t)sizeof(p) : 0;
	n = pread(fd, p, sizeof(p), from);
	if (n < 0)
		return broken(f, "read of");
	*torn = n > 0 && p[n - 1] != '\n';
	*seq = last_seq(p, (size_t)n);
	return OK;
}

static enum err
append(int fd, struct bytes b, struct fault *f)
{
	ssize_t n;

	do
		n = write(fd, b.p, b.n);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return broken(f, "write to");
	/* A part of a line stays: the file is never cut, and the next line begins on its own. */
	return (size_t)n == b.n ? OK : FAIL_FIELD(f, E_FILE, "checkpoints", NULL, "disk full");
}

static enum err
put_line(
    int fd, struct arena *a, const struct trail_checkpoint *p, struct bytes key, struct fault *f)
{
	struct out o = out_new(a);
	struct bytes text;
	char *line;

	out_object(&o, NULL);
	trail_checkpoint_out(&o, "checkpoint", p, key);
	out_close(&o);
	must(out_done(&o, &text));
	line = arena_fmt(a, "%.*s\n", (int)text.n, (const char *)text.p);
	return append(fd, str_bytes(str_of(line)), f);
}

static enum err
bring_up(int fd, const struct call *c, struct fault *f)
{
	struct trail_checkpoints page = {0};
	int64_t after;
	bool torn;

	TRY(read_end(fd, &after, &torn, f));
	TRY(trail_checkpoints_after(c, after, &page, f));
	if (page.count == 0)
		return OK;
	if (torn)
		TRY(append(fd, str_bytes(STR("\n")), f));
	for (size_t i = 0; i < page.count; i++)
		TRY(put_line(fd, c->a, &page.items[i], page.key, f));
	return fsync(fd) == 0 ? OK : broken(f, "sync of");
}

enum err
checkfile_update(struct str dir, const struct call *c, struct fault *f)
{
	char path[PATH_SIZE];
	int fd, n = snprintf(path, sizeof(path), "%.*s/" NAME, (int)dir.n, dir.p);
	enum err e;

	if (n < 0 || (size_t)n >= sizeof(path))
		return FAIL(f, E_FILE, "length of a path");
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return broken(f, "open of");
	e = bring_up(fd, c, f);
	(void)close(fd);
	return e;
}

static void
tell(const struct call *c, const struct trail_checkpoint *p)
{
	struct log l = log_line(LOG_CHECKPOINT);

	log_int(&l, "seq", p->seq);
	log_int(&l, "time_ms", p->time_ms);
	log_text(&l, "hash", p->hash);
	log_str(&l, "signature", base64_text(c->a, p->signature));
	log_end(&l);
}

enum err
checkfile_checkpoint(
    const struct jobs_conf *conf, const struct call *c, bool asked, struct fault *f)
{
	const struct checkpoint_rule rule = {.records = conf->checkpoint_records,
	    .ms = conf->checkpoint_minutes * 60000,
	    .asked = asked};
	struct trail_checkpoint p;
	bool made;

	TRY(upkeep_checkpoint(c, &rule, &p, &made, f));
	if (made)
		tell(c, &p);
	return conf->checkpoints.n ? checkfile_update(conf->checkpoints, c, f) : OK;
}
