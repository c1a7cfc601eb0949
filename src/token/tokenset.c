/* SPDX-License-Identifier: Apache-2.0 */
#include "token/tokenset.h"

#include <stdlib.h>

#include "base/must.h"
#include "token/link.h"
#include "token/token.h"

struct token_set *
token_set_new(const struct token_module *modules, size_t n)
{
	struct token_set *s = calloc(1, sizeof(*s));

	must(s != NULL);
	s->links = calloc(n ? n : 1, sizeof(*s->links));
	must(s->links != NULL);
	s->n = n;
	for (size_t i = 0; i < n; i++)
		link_init(&s->links[i], &modules[i]);
	return s;
}

void
token_set_free(struct token_set **s)
{
	if (*s == NULL)
		return;
	for (size_t i = 0; i < (*s)->n; i++)
		link_close(&(*s)->links[i]);
	free((*s)->links);
	free(*s);
	*s = NULL;
}

void
token_set_use(struct token_set *s, int sock)
{
	must(s->n == 1);
	link_use(&s->links[0], sock);
}

/* A serial of blanks or zeros only (TPM) names no token. */
static bool
serial_names(struct str serial)
{
	for (size_t i = 0; i < serial.n; i++) {
		if (serial.p[i] != '0' && serial.p[i] != ' ')
			return true;
	}
	return false;
}

/* A reader's name that is whole (the standard cuts at 64 octets) tells readers apart. */
static bool
reader_names(struct str reader)
{
	return reader.n > 0 && reader.n < 64;
}

/*
 * Does an earlier module show the same token: by its serial number, or, where two modules write that
 * differently, by the reader that it is in?
 */
static bool
seen(const struct token_info *list, size_t n, const struct token_info *t)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].module == t->module)
			continue;
		if (serial_names(t->serial) && str_eq(list[i].serial, t->serial))
			return true;
		if (reader_names(t->reader) && str_eq(list[i].reader, t->reader))
			return true;
	}
	return false;
}

/* The answer to a SLOTS that was begun. */
static enum err
slots_end(
    struct token_set *s, size_t module, struct arena *a, struct token_slots *ret, struct fault *f)
{
	struct link *l = &s->links[module];
	struct fault why = {0};
	struct rd r;

	TRY(link_end(l, a, &r, f));
	if (p11_get_slots(r, module, a, ret, &why) != OK)
		return FAIL_FIELD(f, E_MODULE_CRASHED, l->module->name, NULL, "%s", why.detail);
	return OK;
}

enum err
token_look(
    struct token_set *s, size_t module, struct arena *a, struct token_slots *ret, struct fault *f)
{
	must(module < s->n);
	TRY(link_begin(&s->links[module], P11_SLOTS, (struct bytes){0}, f));
	return slots_end(s, module, a, ret, f);
}

/* Is there a token of ours in this reader, or was the reader named already? */
static bool
told(const struct token_info *list, size_t n, const struct str *strange, size_t strange_n,
    struct str reader)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].reader, reader))
			return true;
	}
	for (size_t i = 0; i < strange_n; i++) {
		if (str_eq(strange[i], reader))
			return true;
	}
	return false;
}

/* What no module recognizes, once for each reader. */
static void
add_strange(struct arena *a, const struct token_slots *slots, size_t n, struct token_list *list)
{
	struct str *strange = arena_array(a, TOKEN_LIST_MAX, sizeof(*strange));
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < slots[i].strange_n && count < TOKEN_LIST_MAX; k++) {
			if (!told(list->tokens, list->n, strange, count, slots[i].strange[k]))
				strange[count++] = slots[i].strange[k];
		}
	}
	list->strange = strange;
	list->strange_n = count;
}

enum err
token_list(struct token_set *s, struct arena *a, struct token_list *ret, struct fault *f)
{
	size_t modules = s->n ? s->n : 1, n = 0, failed_n = 0;
	struct token_info *list = arena_array(a, TOKEN_LIST_MAX, sizeof(*list));
	struct token_failed *failed = arena_array(a, modules, sizeof(*failed));
	struct token_slots *of = arena_array(a, modules, sizeof(*of));
	struct fault *why = arena_array(a, modules, sizeof(*why));
	enum err *begun = arena_array(a, modules, sizeof(*begun));

	(void)f;
	/* All at once: together they take as long as the slowest, not as all of them. */
	for (size_t i = 0; i < s->n; i++)
		begun[i] = link_begin(&s->links[i], P11_SLOTS, (struct bytes){0}, &why[i]);
	for (size_t i = 0; i < s->n; i++) {
		enum err e = begun[i];

		if (e == OK)
			e = slots_end(s, i, a, &of[i], &why[i]);
		if (e != OK)
			failed[failed_n++] = (struct token_failed){.module = i, .fault = why[i]};
		for (size_t k = 0; k < of[i].n && n < TOKEN_LIST_MAX; k++) {
			if (!seen(list, n, &of[i].tokens[k]))
				list[n++] = of[i].tokens[k];
		}
	}
	*ret = (struct token_list){.tokens = list, .n = n, .failed = failed, .failed_n = failed_n};
	add_strange(a, of, s->n, ret);
	return OK;
}
