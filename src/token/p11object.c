/* SPDX-License-Identifier: Apache-2.0 */
#include "token/p11object.h"

#include "token/p11kind.h"

CK_RV
p11_find(struct p11 *p, enum p11_step step, CK_OBJECT_CLASS class, struct bytes id,
    struct p11_found *ret)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE want[] = {
	    {CKA_CLASS, &class, sizeof(class)},
	    {CKA_TOKEN, &yes, sizeof(yes)},
	    {CKA_ID, (void *)(uintptr_t)id.p, id.n},
	};
	CK_ULONG got = 0;
	CK_RV rv;

	ret->n = 0;
	rv = p11_note(
	    p, step, "C_FindObjectsInit", p->f->C_FindObjectsInit(p->session, want, id.n ? 3 : 2));
	if (rv != CKR_OK)
		return rv;
	do {
		rv = p->f->C_FindObjects(p->session, ret->h + ret->n, P11_FOUND_MAX - ret->n, &got);
		if (rv == CKR_OK && got > P11_FOUND_MAX - ret->n)
			rv = CKR_GENERAL_ERROR;
		if (rv == CKR_OK)
			ret->n += got;
	} while (rv == CKR_OK && got != 0 && ret->n < P11_FOUND_MAX);
	(void)p->f->C_FindObjectsFinal(p->session);
	return p11_note(p, step, "C_FindObjects", rv);
}

CK_RV
p11_attribute(
    struct p11 *p, CK_OBJECT_HANDLE h, CK_ATTRIBUTE_TYPE type, size_t max, struct bytes *ret)
{
	CK_ATTRIBUTE at = {type, NULL, 0};
	CK_RV rv = p->f->C_GetAttributeValue(p->session, h, &at, 1);

	*ret = (struct bytes){0};
	if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE)
		return CKR_OK;
	if (rv != CKR_OK)
		return p11_note(p, P11_AT_LIST, "C_GetAttributeValue", rv);
	if (at.ulValueLen == CK_UNAVAILABLE_INFORMATION || at.ulValueLen == 0 ||
	    at.ulValueLen > max)
		return CKR_OK;
	max = at.ulValueLen;
	at.pValue = arena_alloc(p->a, max);
	rv = p11_note(p, P11_AT_LIST, "C_GetAttributeValue",
	    p->f->C_GetAttributeValue(p->session, h, &at, 1));
	if (rv == CKR_OK && at.ulValueLen <= max)
		*ret = bytes_of(at.pValue, at.ulValueLen);
	return rv;
}

CK_RV
p11_destroy(struct p11 *p, CK_OBJECT_CLASS class, struct bytes id)
{
	struct p11_found found;
	CK_RV rv = p11_find(p, P11_AT_DELETE, class, id, &found);

	for (CK_ULONG i = 0; rv == CKR_OK && i < found.n; i++)
		rv = p11_note(p, P11_AT_DELETE, "C_DestroyObject",
		    p->f->C_DestroyObject(p->session, found.h[i]));
	return rv;
}

/* The container of ID in LIST, added when it is new; NULL when the list is full. */
static struct token_container *
slot_for(struct token_container *list, size_t *n, struct bytes id)
{
	for (size_t i = 0; i < *n; i++) {
		if (bytes_eq(list[i].id, id))
			return &list[i];
	}
	if (*n == TOKEN_LIST_MAX)
		return NULL;
	list[*n].id = id;
	return &list[(*n)++];
}

static CK_RV
add_object(struct p11 *p, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE h, struct token_container *list,
    size_t *n)
{
	struct token_container *c;
	struct bytes id, label;
	CK_RV rv = p11_attribute(p, h, CKA_ID, TOKEN_ID_MAX, &id);

	/* Without an id nothing ties key and certificate together: not a container of anybody's. */
	if (rv != CKR_OK || id.n == 0 || (c = slot_for(list, n, id)) == NULL)
		return rv;
	rv = p11_attribute(p, h, CKA_LABEL, P11_TEXT_MAX, &label);
	if (c->label.n == 0)
		c->label = label;
	if (class == CKO_CERTIFICATE)
		return p11_attribute(p, h, CKA_VALUE, TOKEN_CERT_MAX, &c->certificate);
	c->has_private |= class == CKO_PRIVATE_KEY;
	c->has_public |= class == CKO_PUBLIC_KEY;
	if (c->spki.n == 0)
		c->spki = p11_spki(p, h);
	return rv;
}

CK_RV
p11_list(struct p11 *p, struct token_containers *ret)
{
	static const CK_OBJECT_CLASS classes[] = {CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY};
	struct token_container *list = arena_array(p->a, TOKEN_LIST_MAX, sizeof(*list));
	struct p11_found found;
	size_t n = 0;

	for (size_t k = 0; k < sizeof(classes) / sizeof(classes[0]); k++) {
		CK_RV rv = p11_find(p, P11_AT_LIST, classes[k], (struct bytes){0}, &found);

		for (CK_ULONG i = 0; rv == CKR_OK && i < found.n; i++)
			rv = add_object(p, classes[k], found.h[i], list, &n);
		if (rv != CKR_OK)
			return rv;
	}
	*ret = (struct token_containers){.list = list, .n = n};
	return CKR_OK;
}
