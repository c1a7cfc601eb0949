/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a profile's document that says which papers are asked for. */
#include "core/formread.h"
#include "core/label.h"
#include "core/word.h"

const struct profile_paper *
profile_paper_find(const struct profile *p, struct str name)
{
	for (size_t i = 0; i < p->paper_count; i++) {
		if (str_eq(p->papers[i].name, name))
			return &p->papers[i];
	}
	return NULL;
}

static enum err
types(const struct yaml *c, unsigned *ret, struct fault *f)
{
	const struct yaml *list;
	enum papertype t;
	unsigned set = 0;

	TRY(yaml_child(c, "types", YAML_SEQUENCE, &list, f));
	for (const struct yaml *x = list->child; x != NULL; x = x->next) {
		if (x->kind != YAML_SCALAR || !papertype_parse(x->text, &t))
			return yaml_fail(x, E_FIELD_VALUE, "types", "pdf | jpeg | png", f);
		set |= 1u << t;
	}
	if (set == 0)
		return yaml_fail(list, E_FIELD_MISSING, "types", "n ≥ 1", f);
	*ret = set;
	return OK;
}

static enum err
one(struct arena *a, const struct yaml *c, struct profile_paper *paper, struct fault *f)
{
	static const char *const keys[] = {"name", "title", "required", "types", "megabytes", NULL};
	int64_t megabytes;

	if (c->kind != YAML_MAPPING)
		return yaml_fail(c, E_FIELD_TYPE, "papers", "mapping", f);
	TRY(yaml_only(c, keys, f));
	TRY(formread_name(c, "name", &paper->name, f));
	TRY(formread_texts(a, c, "title", LABEL_MAX, paper->title, f));
	TRY(yaml_bool(c, "required", &paper->required, f));
	TRY(types(c, &paper->types, f));
	TRY(yaml_i64(c, "megabytes", 1, PAPER_MEGABYTES, &megabytes, f));
	paper->max = (size_t)megabytes << 20;
	return OK;
}

enum err
formread_papers(struct arena *a, const struct yaml *doc, struct profile *p, struct fault *f)
{
	static const char *const keys[] = {"days", "list", NULL};
	const struct yaml *map, *list;
	int64_t days;

	if (yaml_get(doc, "papers") == NULL)
		return OK;
	TRY(yaml_child(doc, "papers", YAML_MAPPING, &map, f));
	TRY(yaml_only(map, keys, f));
	TRY(yaml_i64(map, "days", 1, PAPER_DAYS_MAX, &days, f));
	TRY(yaml_child(map, "list", YAML_SEQUENCE, &list, f));
	if (list->count == 0 || list->count > PAPERS_MAX)
		return yaml_fail(list, E_FIELD_LENGTH, "list", "1-8", f);
	p->paper_days = (int)days;
	p->papers = arena_array(a, list->count, sizeof(*p->papers));
	for (const struct yaml *c = list->child; c != NULL; c = c->next) {
		struct profile_paper *paper = &p->papers[p->paper_count];

		TRY(one(a, c, paper, f));
		if (profile_paper_find(p, paper->name) != NULL)
			return yaml_fail(c, E_FIELD_DUPLICATE, "name", NULL, f);
		p->paper_count++;
	}
	return OK;
}
