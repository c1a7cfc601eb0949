/* SPDX-License-Identifier: Apache-2.0 */
#include "api/papers.h"
#include "api/rows.h"
#include "service/apply.h"
#include "service/paper.h"

static void
out_field(struct out *o, const struct apply_form_field *x)
{
	out_object(o, NULL);
	out_text(o, "name", x->name);
	out_text(o, "type", x->type);
	out_text(o, "title", x->title);
	out_text_if(o, "help", x->help);
	out_bool(o, "required", x->required);
	out_int(o, "max", x->max);
	out_text_if(o, "pattern", x->pattern);
	out_text_if(o, "example", x->example);
	out_bool(o, "personal", x->personal);
	if (x->choice_count)
		out_array(o, "choices");
	for (size_t i = 0; i < x->choice_count; i++) {
		out_object(o, NULL);
		out_text(o, "value", x->choices[i].value);
		out_text(o, "title", x->choices[i].title);
		out_close(o);
	}
	if (x->choice_count)
		out_close(o);
	out_close(o);
}

static void
out_form(struct out *o, const struct apply_form *form)
{
	out_object(o, NULL);
	out_text(o, "profile", form->profile);
	out_text(o, "title", form->title);
	out_text(o, "consent_id", form->consent_id);
	out_int(o, "consent_version", form->consent_version);
	out_int(o, "version", form->version);
	out_int(o, "years", form->years);
	out_int(o, "days", form->days);
	out_array(o, "fields");
	for (size_t i = 0; i < form->field_count; i++)
		out_field(o, &form->fields[i]);
	out_close(o);
	out_array(o, "documents");
	for (size_t i = 0; i < form->paper_count; i++)
		papers_out(o, &form->papers[i]);
	out_close(o);
	out_close(o);
}

enum err
api_profiles(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_form *forms;
	size_t count;

	(void)in;
	TRY(apply_forms(&k->call, &forms, &count, f));
	out_object(o, NULL);
	out_array(o, "profiles");
	for (size_t i = 0; i < count; i++)
		out_form(o, &forms[i]);
	out_close(o);
	out_close(o);
	return OK;
}
