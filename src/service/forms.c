/* SPDX-License-Identifier: Apache-2.0 */
/* What may be applied for, in the caller's language. */
#include "service/act.h"
#include "service/agreement.h"
#include "service/apply.h"
#include "service/paper.h"

static struct apply_form_field
field_of(const struct call *c, const struct profile_field *from)
{
	const struct fieldtype_row *type = fieldtype_row(from->type);
	struct apply_form_field field = {.name = from->name,
	    .type = str_of(type->word),
	    .title = from->title[c->lang],
	    .help = from->help[c->lang],
	    .pattern = from->pattern,
	    .example = str_of(type->example),
	    .required = from->required,
	    .personal = type->use == FIELDTYPE_PERSONAL,
	    .max = (int64_t)from->max,
	    .choices = arena_array(c->a, from->choice_count + 1, sizeof(*field.choices)),
	    .choice_count = from->choice_count};

	for (size_t i = 0; i < from->choice_count; i++)
		field.choices[i] =
		    (struct apply_choice){from->choices[i].value, from->choices[i].title[c->lang]};
	return field;
}

enum err
apply_forms(const struct call *c, struct apply_form **ret, size_t *count, struct fault *f)
{
	const struct realm *h;
	struct agreement_view agreement;
	struct apply_form *forms;
	size_t n = 0;

	TRY(realm_now(c, &h, f));
	forms = arena_array(c->a, h->profile_count + 1, sizeof(*forms));
	for (size_t i = 0; i < h->profile_count; i++) {
		const struct profile *p = &h->profiles[i].profile;
		const struct realm_profile *newest;
		struct apply_form *form = &forms[n];

		TRY(realm_profile(h, p->name, 0, &newest, f));
		if (p->approver == PROFILE_BY_ROSTER || &newest->profile != p)
			continue;
		*form = (struct apply_form){.profile = p->name,
		    .title = p->title[c->lang],
		    .consent_id = p->consent,
		    .version = p->version,
		    .years = p->term.years,
		    .days = p->term.days,
		    .field_count = p->field_count};
		TRY(agreement_get(c, p->consent, 0, &agreement, f));
		form->consent_version = agreement.version;
		form->fields = arena_array(c->a, p->field_count + 1, sizeof(*form->fields));
		form->papers = paper_asked(c, p);
		form->paper_count = p->paper_count;
		for (size_t k = 0; k < p->field_count; k++)
			form->fields[k] = field_of(c, &p->fields[k]);
		n++;
	}
	*ret = forms;
	*count = n;
	return OK;
}
