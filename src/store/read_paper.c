/* SPDX-License-Identifier: Apache-2.0 */
/* Reads about uploaded papers. */
#include "store/read.h"

enum err
store_paper(struct store *s, struct arena *a, int64_t application, struct str name,
    struct paper_row *ret, struct fault *f)
{
	return read_one(ASK(paper, PAPER_GET, I(application), T(name)), ret, f);
}

enum err
store_papers_of(
    struct store *s, struct arena *a, int64_t application, struct paper_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(paper, PAPER_OF, I(application), I(PAGE_MAX + 1)), PAGE_MAX, &l, f));
	*ret = LIST_OF(paper, l);
	return OK;
}

enum err
store_papers_due(struct store *s, struct arena *a, int64_t now, size_t most, struct paper_list *ret,
    struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(paper, PAPER_DUE, I(now), I((int64_t)most + 1)), most, &l, f));
	*ret = LIST_OF(paper, l);
	return OK;
}

enum err
store_paper_piece(
    struct store *s, struct arena *a, int64_t paper, int64_t n, struct bytes *ret, struct fault *f)
{
	struct value v;

	TRY(read_value(ASK(paper, PAPER_PIECE, I(paper), I(n)), &v, f));
	*ret = v.b;
	return OK;
}

enum err
store_paper_room(struct store *s, int64_t account, int64_t *ret, struct fault *f)
{
	return read_numbers(NUMBERS(PAPER_ROOM, I(account)), ret, 1, f);
}
