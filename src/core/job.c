/* SPDX-License-Identifier: Apache-2.0 */
#include "core/job.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "core/field.h"
#include "core/label.h"
#include "core/mail.h"
#include "core/origin.h"
#include "core/word.h"

#define WORD_OCTETS 40 /* octets of a profile's or line's name */
#define SKEW        60 /* seconds between two honest clocks */

/* A line is shown as it stands, so it must be what label_check or mail_check give back. */
static enum err
line_check(struct arena *a, const struct job_line *l, const char *field, struct fault *f)
{
	struct str same;

	if (!word_is_name(l->name, WORD_OCTETS))
		return FAIL_FIELD(f, E_FIELD_VALUE, field, "a-z", "name of a line");
	if (mail_check(a, l->text, field, &same, NULL) != OK)
		TRY(label_check(a, l->text, LABEL_MAX, field, &same, f));
	if (l->text.n > LABEL_MAX && utf8_count(l->text) > LABEL_MAX) /* a mail address */
		return FAIL_FIELD(f, E_NAME_LONG, field, "≤ 64", "line too long");
	if (!str_eq(same, l->text))
		return FAIL_FIELD(f, E_FIELD_VALUE, field, "NFC", "text is not in its normal form");
	return OK;
}

static enum err
contents(struct arena *a, const struct job *j, struct fault *f)
{
	char field[FAULT_FIELD];

	TRY(origin_check(j->origin, j->env, f));
	if (j->agent_nonce.n != JOB_NONCE)
		return FAIL_FIELD(f, E_FIELD_VALUE, "nonce", "n=32", "agent nonce");
	if (id_is_none(j->enrolment))
		return FAIL_FIELD(f, E_FIELD_VALUE, "enrolment", NULL, "no enrolment");
	if (!word_is_name(j->profile, WORD_OCTETS))
		return FAIL_FIELD(f, E_FIELD_VALUE, "profile", "a-z", "profile");
	if (j->not_after <= 0)
		return FAIL_FIELD(f, E_FIELD_VALUE, "not-after", NULL, "time");
	if (j->line_count == 0 || j->line_count > JOB_LINES_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "lines", "1-12", "%zu lines", j->line_count);
	for (size_t i = 0; i < j->line_count; i++) {
		(void)snprintf(field, sizeof(field), "lines[%zu]", i);
		TRY(line_check(a, &j->lines[i], field, f));
	}
	return OK;
}

enum err
job_encode(struct arena *a, const struct job *j, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, JOB_MAX);

	TRY(contents(a, j, f));
	buf_str(&b, STR(JOB_WORD));
	buf_field(&b, j->agent_nonce);
	buf_field(&b, str_bytes(j->origin));
	field_text(&b, environment_name(j->env));
	buf_field(&b, id_bytes(&j->enrolment));
	buf_field(&b, str_bytes(j->profile));
	field_text(&b, keyrule_name(j->key));
	field_number(&b, (uint64_t)j->not_after);
	field_number(&b, j->line_count);
	for (size_t i = 0; i < j->line_count; i++) {
		buf_field(&b, str_bytes(j->lines[i].name));
		buf_field(&b, str_bytes(j->lines[i].text));
	}
	must(!b.bad);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
job_parse(struct arena *a, struct bytes in, struct job *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct job_line *lines;
	struct job j = {0};
	bool env, key;

	field_magic_read(&r, JOB_WORD);
	j.agent_nonce = field_sized_read(&r, JOB_NONCE, false);
	j.origin = rd_text(&r, ORIGIN_MAX);
	env = environment_parse(rd_text(&r, WORD_OCTETS), &j.env);
	j.enrolment = id_read(&r);
	j.profile = rd_text(&r, WORD_OCTETS);
	key = keyrule_parse(rd_text(&r, WORD_OCTETS), &j.key);
	j.not_after = (int64_t)field_number_read(&r, INT64_MAX);
	j.line_count = (size_t)field_number_read(&r, JOB_LINES_MAX);
	lines = arena_array(a, j.line_count + 1, sizeof(*lines));
	for (size_t i = 0; i < j.line_count; i++) {
		lines[i].name = rd_text(&r, WORD_OCTETS);
		lines[i].text = rd_text(&r, MAIL_MAX);
	}
	j.lines = lines;
	if (!rd_done(&r) || !env || !key || contents(a, &j, NULL) != OK)
		return FAIL(f, E_FRAME, "job");
	*ret = j;
	return OK;
}

enum err
job_check(const struct job *j, struct bytes agent_nonce, struct str origin, enum environment env,
    int64_t now, struct fault *f)
{
	if (!secret_eq(j->agent_nonce, agent_nonce))
		return FAIL_FIELD(f, E_AGENT_JOB, "nonce", NULL, "job for another hello");
	if (!str_eq(j->origin, origin))
		return FAIL_FIELD(f, E_ORIGIN, "origin", NULL, "job for another origin");
	if (j->env != env)
		return FAIL_FIELD(f, E_AGENT_JOB, "environment", environment_name(env),
		    "job of environment %s", environment_name(j->env));
	if (now > j->not_after + SKEW || j->not_after > now + JOB_LIFE + SKEW)
		return FAIL_FIELD(f, E_AGENT_JOB, "not-after", "≤ 120 s", "job out of its time");
	return OK;
}
