/* SPDX-License-Identifier: Apache-2.0 */
#include "token/p11wire.h"

#define FLAG_PRIVATE 1
#define FLAG_PUBLIC  2

/* Least octets of an item on the wire: a count beyond what they allow is refused before memory. */
#define SLOT_LEAST      40
#define CONTAINER_LEAST 17

long
p11_body_max(uint16_t type)
{
	static const long most[] = {
	    -1,
#define X(symbol, handler, most) most,
#include "token/p11.def"
#undef X
	};

	return type < P11__END ? most[type] : -1;
}

void
p11_put_failure(struct buf *b, const struct p11_failure *failure)
{
	buf_u8(b, 1);
	buf_u8(b, failure->step);
	buf_u64(b, failure->ckr);
	buf_u8(b, failure->present);
	buf_u32(b, failure->flags);
	buf_u32(b, failure->containers);
	buf_field(b, str_bytes(failure->detail));
}

void
p11_put_slot(struct buf *b, const struct token_info *slot)
{
	buf_u64(b, slot->slot);
	buf_field(b, str_bytes(slot->reader));
	buf_field(b, str_bytes(slot->label));
	buf_field(b, str_bytes(slot->serial));
	buf_field(b, str_bytes(slot->model));
	buf_field(b, str_bytes(slot->maker));
	buf_u32(b, slot->flags);
	buf_u32(b, slot->pin_min);
	buf_u32(b, slot->pin_max);
}

void
p11_put_container(struct buf *b, const struct token_container *c)
{
	buf_field(b, c->id);
	buf_field(b, c->label);
	buf_field(b, c->certificate);
	buf_field(b, c->spki);
	buf_u8(
	    b, (uint8_t)((c->has_private ? FLAG_PRIVATE : 0) | (c->has_public ? FLAG_PUBLIC : 0)));
}

enum err
p11_get_answer(struct bytes body, struct rd *ret, bool *ret_failed, struct p11_failure *ret_failure,
    struct fault *f)
{
	struct rd r = rd_new(body);
	struct p11_failure x = {0};
	uint8_t status = rd_u8(&r), present;

	if (r.bad || status > 1)
		return FAIL(f, E_FRAME, "status of an answer");
	if (status == 0) {
		*ret = r;
		*ret_failed = false;
		return OK;
	}
	x.step = rd_u8(&r);
	x.ckr = rd_u64(&r);
	present = rd_u8(&r);
	x.present = present == 1;
	x.flags = rd_u32(&r);
	x.containers = rd_u32(&r);
	x.detail = rd_text(&r, P11_TEXT_MAX);
	if (!rd_done(&r) || present > 1 || x.step == 0 || (x.step & (x.step - 1)) != 0)
		return FAIL(f, E_FRAME, "failure in an answer");
	*ret_failure = x;
	*ret_failed = true;
	return OK;
}

enum err
p11_get_slots(struct rd r, size_t module, struct arena *a, struct token_slots *ret, struct fault *f)
{
	uint32_t n = rd_u32(&r), strange;
	struct token_info *list;
	struct str *readers;

	if (r.bad || n > TOKEN_LIST_MAX || n > r.n / SLOT_LEAST)
		return FAIL(f, E_FRAME, "%u slots", n);
	list = arena_array(a, n ? n : 1, sizeof(*list));
	for (uint32_t i = 0; i < n; i++) {
		struct token_info *t = &list[i];

		t->module = module;
		t->slot = rd_u64(&r);
		t->reader = rd_text(&r, P11_TEXT_MAX);
		t->label = rd_text(&r, P11_TEXT_MAX);
		t->serial = rd_text(&r, P11_TEXT_MAX);
		t->model = rd_text(&r, P11_TEXT_MAX);
		t->maker = rd_text(&r, P11_TEXT_MAX);
		t->flags = rd_u32(&r);
		t->pin_min = rd_u32(&r);
		t->pin_max = rd_u32(&r);
	}
	strange = rd_u32(&r);
	if (r.bad || strange > TOKEN_LIST_MAX || strange > r.n / 4)
		return FAIL(f, E_FRAME, "%u readers", strange);
	readers = arena_array(a, strange ? strange : 1, sizeof(*readers));
	for (uint32_t i = 0; i < strange; i++)
		readers[i] = rd_text(&r, P11_TEXT_MAX);
	if (!rd_done(&r))
		return FAIL(f, E_FRAME, "list of slots");
	*ret = (struct token_slots){list, n, readers, strange};
	return OK;
}

enum err
p11_get_containers(struct rd r, struct arena *a, struct token_containers *ret, struct fault *f)
{
	uint32_t n = rd_u32(&r);
	struct token_container *list;

	if (r.bad || n > TOKEN_LIST_MAX || n > r.n / CONTAINER_LEAST)
		return FAIL(f, E_FRAME, "%u containers", n);
	list = arena_array(a, n ? n : 1, sizeof(*list));
	for (uint32_t i = 0; i < n; i++) {
		struct token_container *c = &list[i];
		struct key key;
		uint8_t flags;

		c->id = rd_field(&r, TOKEN_ID_MAX);
		c->label = rd_field(&r, P11_TEXT_MAX);
		c->certificate = rd_field(&r, TOKEN_CERT_MAX);
		c->spki = rd_field(&r, TOKEN_SPKI_MAX);
		flags = rd_u8(&r);
		c->has_private = flags & FLAG_PRIVATE;
		c->has_public = flags & FLAG_PUBLIC;
		if (flags > 3 || (c->spki.n && key_parse(c->spki, &key, NULL) != OK))
			return FAIL(f, E_FRAME, "container %u", i);
	}
	if (!rd_done(&r))
		return FAIL(f, E_FRAME, "list of containers");
	*ret = (struct token_containers){.list = list, .n = n};
	return OK;
}
