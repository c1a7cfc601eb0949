/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11fault: a PKCS #11 module that passes everything to another one (FAULT_MODULE) and goes wrong as
 * the file FAULT_FILE says. Lines: CALL N WHAT [VALUE]: from the Nth call on (1: always)
 *
 *	fail CKR        answer CKR instead of calling
 *	fail-after CKR  call, then answer CKR
 *	crash, hang     instead of calling
 *	crash-after     call, then crash
 *	flags F         or F into the flags of C_GetTokenInfo
 *	absent 0        C_GetSlotInfo: no token is present
 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static CK_FUNCTION_LIST *real, list;

enum call { GENERATE, CREATE, SIGN, LOGIN, DESTROY, TOKEN_INFO, SLOT_INFO, OPEN, FIND, CALLS };

static const char *const names[CALLS] = {"C_GenerateKeyPair", "C_CreateObject", "C_Sign", "C_Login",
    "C_DestroyObject", "C_GetTokenInfo", "C_GetSlotInfo", "C_OpenSession", "C_FindObjectsInit"};
static int calls[CALLS];

struct fault {
	char what[16];
	unsigned long value;
};

static struct fault
planned(enum call c)
{
	const char *path = getenv("FAULT_FILE");
	FILE *f = path ? fopen(path, "r") : NULL;
	struct fault ret = {"", 0}, row;
	char name[32], line[128];
	int from;

	calls[c]++;
	while (f && fgets(line, sizeof(line), f)) {
		row.value = 0;
		if (sscanf(line, "%31s %d %15s %lx", name, &from, row.what, &row.value) >= 3 &&
		    !strcmp(name, names[c]) && calls[c] >= from)
			ret = row;
	}
	if (f)
		(void)fclose(f);
	if (!strcmp(ret.what, "crash"))
		abort();
	while (!strcmp(ret.what, "hang"))
		(void)sleep(1);
	return ret;
}

static CK_RV
done(struct fault f, CK_RV rv)
{
	if (!strcmp(f.what, "crash-after"))
		abort();
	return !strcmp(f.what, "fail-after") ? f.value : rv;
}

/* One pass-through: NAME of the standard, its row, parameters and arguments. */
#define PASS(name, row, params, args)                                                           \
	static CK_RV name##_ params                                                             \
	{                                                                                       \
		struct fault f = planned(row);                                                  \
		return !strcmp(f.what, "fail") ? (CK_RV)f.value : done(f, real->C_##name args); \
	}

PASS(GenerateKeyPair, GENERATE,
    (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *a, CK_ULONG an, CK_ATTRIBUTE *b,
	CK_ULONG bn, CK_OBJECT_HANDLE *x, CK_OBJECT_HANDLE *y),
    (s, m, a, an, b, bn, x, y))
PASS(CreateObject, CREATE, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *a, CK_ULONG n, CK_OBJECT_HANDLE *o),
    (s, a, n, o))
PASS(Sign, SIGN, (CK_SESSION_HANDLE s, CK_BYTE *d, CK_ULONG n, CK_BYTE *o, CK_ULONG *on),
    (s, d, n, o, on))
PASS(Login, LOGIN, (CK_SESSION_HANDLE s, CK_USER_TYPE u, CK_UTF8CHAR *p, CK_ULONG n), (s, u, p, n))
PASS(DestroyObject, DESTROY, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o), (s, o))
PASS(OpenSession, OPEN, (CK_SLOT_ID s, CK_FLAGS f0, void *p, CK_NOTIFY n, CK_SESSION_HANDLE *h),
    (s, f0, p, n, h))
PASS(FindObjectsInit, FIND, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *a, CK_ULONG n), (s, a, n))

static CK_RV
GetTokenInfo_(CK_SLOT_ID s, CK_TOKEN_INFO *t)
{
	struct fault f = planned(TOKEN_INFO);
	CK_RV rv = real->C_GetTokenInfo(s, t);

	if (!strcmp(f.what, "fail"))
		return f.value;
	if (!strcmp(f.what, "flags"))
		t->flags |= f.value;
	return rv;
}

static CK_RV
GetSlotInfo_(CK_SLOT_ID s, CK_SLOT_INFO *t)
{
	struct fault f = planned(SLOT_INFO);
	CK_RV rv = real->C_GetSlotInfo(s, t);

	if (!strcmp(f.what, "fail"))
		return f.value;
	if (!strcmp(f.what, "absent"))
		t->flags &= ~CKF_TOKEN_PRESENT;
	return rv;
}

__attribute__((visibility("default"))) CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **ret)
{
	CK_C_GetFunctionList get = NULL;
	const char *path = getenv("FAULT_MODULE");
	void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	void *symbol = module ? dlsym(module, "C_GetFunctionList") : NULL;

	memcpy(&get, &symbol, sizeof(get));
	if (get == NULL || get(&real) != CKR_OK)
		return CKR_GENERAL_ERROR;
	list = *real;
	list.C_GenerateKeyPair = GenerateKeyPair_;
	list.C_CreateObject = CreateObject_;
	list.C_Sign = Sign_;
	list.C_Login = Login_;
	list.C_DestroyObject = DestroyObject_;
	list.C_OpenSession = OpenSession_;
	list.C_FindObjectsInit = FindObjectsInit_;
	list.C_GetTokenInfo = GetTokenInfo_;
	list.C_GetSlotInfo = GetSlotInfo_;
	*ret = &list;
	return CKR_OK;
}
