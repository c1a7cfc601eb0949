/* SPDX-License-Identifier: Apache-2.0 */
#include "token/p11module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "token/p11object.h"

CK_RV
p11_note(struct p11 *p, enum p11_step step, const char *call, CK_RV rv)
{
	if (rv != CKR_OK && p->rv == CKR_OK) {
		p->step = step;
		p->call = call;
		p->rv = rv;
	}
	return rv;
}

CK_RV
p11_load(struct p11 *p, const char *path)
{
	CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
	CK_C_GetFunctionList get = NULL;
	CK_FUNCTION_LIST *f = NULL;
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	CK_RV rv;

	if (module) {
		void *symbol = dlsym(module, "C_GetFunctionList");

		memcpy(&get, &symbol, sizeof(get));
	}
	if (get == NULL) {
		const char *why = dlerror();

		(void)snprintf(
		    p->load_fault, sizeof(p->load_fault), "%s", why ? why : "no C_GetFunctionList");
		return p11_note(p, P11_AT_LOAD, "load", CKR_GENERAL_ERROR);
	}
	rv = p11_note(p, P11_AT_LOAD, "C_GetFunctionList", get(&f));
	if (rv == CKR_OK && (f == NULL || f->version.major != 2))
		rv = p11_note(p, P11_AT_LOAD, "C_GetFunctionList", CKR_FUNCTION_NOT_SUPPORTED);
	if (rv == CKR_OK)
		rv = p11_note(p, P11_AT_LOAD, "C_Initialize", f->C_Initialize(&args));
	if (rv == CKR_OK)
		p->f = f;
	else
		(void)snprintf(
		    p->load_fault, sizeof(p->load_fault), "%s: 0x%lx", p->call, (unsigned long)rv);
	return rv;
}

void
p11_close(struct p11 *p)
{
	if (p->open) {
		(void)p->f->C_Logout(p->session);
		while (p->more_n)
			(void)p->f->C_CloseSession(p->more[--p->more_n]);
		(void)p->f->C_CloseSession(p->session);
	}
	secret_clear(&p->pin);
	memset(p->kept, 0, sizeof(p->kept));
	p->open = false;
}

CK_RV
p11_open(struct p11 *p, CK_SLOT_ID slot)
{
	CK_RV rv;

	p11_close(p);
	p->read_only = false;
	rv =
	    p->f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &p->session);
	if (rv == CKR_TOKEN_WRITE_PROTECTED) {
		p->read_only = true;
		rv = p->f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &p->session);
	}
	p->slot = slot;
	p->open = rv == CKR_OK;
	/* A token that has fewer is slower, not broken. */
	while (rv == CKR_OK && p->more_n < p->want &&
	    p->f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &p->more[p->more_n]) ==
		CKR_OK)
		p->more_n++;
	return p11_note(p, P11_AT_OPEN, "C_OpenSession", rv);
}

uint32_t
p11_flags(CK_FLAGS flags)
{
	static const struct {
		CK_FLAGS theirs;
		uint32_t ours;
	} map[] = {
	    {CKF_USER_PIN_INITIALIZED, TOKEN_PIN_SET},
	    {CKF_PROTECTED_AUTHENTICATION_PATH, TOKEN_PIN_PAD},
	    {CKF_USER_PIN_COUNT_LOW, TOKEN_PIN_LOW},
	    {CKF_USER_PIN_FINAL_TRY, TOKEN_PIN_FINAL},
	    {CKF_USER_PIN_LOCKED, TOKEN_PIN_LOCKED},
	    {CKF_USER_PIN_TO_BE_CHANGED, TOKEN_PIN_CHANGE},
	    {CKF_WRITE_PROTECTED, TOKEN_READ_ONLY},
	};
	uint32_t ours = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (flags & map[i].theirs)
			ours |= map[i].ours;
	}
	return ours;
}

/* A blank-padded field of the standard; what is not UTF-8 becomes '?', octet by octet. */
static struct str
padded(struct arena *a, const unsigned char *p, size_t n)
{
	char *copy;

	while (n && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	copy = arena_alloc(a, n + 1);
	memcpy(copy, p, n);
	for (size_t i = 0; i < n; i++) {
		if (copy[i] == 0 || !utf8_valid((struct str){copy, n}))
			copy[i] = copy[i] >= ' ' && copy[i] <= '~' ? copy[i] : '?';
	}
	return (struct str){copy, n};
}

void
p11_info(struct p11 *p, CK_SLOT_ID slot, const CK_SLOT_INFO *si, const CK_TOKEN_INFO *ti,
    struct token_info *ret)
{
	*ret = (struct token_info){
	    .slot = slot,
	    .reader = padded(p->a, si->slotDescription, sizeof(si->slotDescription)),
	    .label = padded(p->a, ti->label, sizeof(ti->label)),
	    .serial = padded(p->a, ti->serialNumber, sizeof(ti->serialNumber)),
	    .model = padded(p->a, ti->model, sizeof(ti->model)),
	    .maker = padded(p->a, ti->manufacturerID, sizeof(ti->manufacturerID)),
	    .flags = p11_flags(ti->flags),
	    .pin_min = ti->ulMinPinLen < TOKEN_PIN_MAX ? (uint32_t)ti->ulMinPinLen : 0,
	    .pin_max = ti->ulMaxPinLen < TOKEN_PIN_MAX ? (uint32_t)ti->ulMaxPinLen : TOKEN_PIN_MAX,
	};
}

void
p11_look(struct p11 *p, struct p11_failure *ret)
{
	struct p11_found found = {.n = 0};
	CK_SLOT_INFO si = {.flags = 0};
	CK_TOKEN_INFO ti = {.flags = 0};
	CK_ULONG n = 0;

	*ret = (struct p11_failure){.step = (uint8_t)p->step,
	    .ckr = p->rv,
	    .present = true,
	    .detail = p->f ? str_of(p->call) : str_of(p->load_fault)};
	if (p->f == NULL || !p->open)
		return;
	/* Some modules notice a pulled token only when the slots are asked for. */
	(void)p->f->C_GetSlotList(CK_TRUE, NULL, &n);
	ret->present = p->f->C_GetSlotInfo(p->slot, &si) == CKR_OK &&
	    (si.flags & CKF_TOKEN_PRESENT) && p->f->C_GetTokenInfo(p->slot, &ti) == CKR_OK;
	if (!ret->present)
		return;
	ret->flags = p11_flags(ti.flags);
	if (p11_find(p, p->step, CKO_PUBLIC_KEY, (struct bytes){0}, &found) == CKR_OK)
		ret->containers = (uint32_t)found.n;
}
