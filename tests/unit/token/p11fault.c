/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11fault: a PKCS #11 module that passes everything to another one (FAULT_MODULE) and goes wrong as
 * the file FAULT_FILE says. Lines: CALL N WHAT [VALUE [once]]: from the Nth call on (1: always),
 * counted since the file was written; CALL is a name below, or * for any of them
 *
 *	fail CKR        answer CKR instead of calling
 *	fail-after CKR  call, then answer CKR
 *	spoil           C_Sign: call, then change an octet of the signature
 *	crash, hang     instead of calling
 *	crash-after     call, then crash
 *	pull            the token is out until the file is written anew: no session survives
 *	flags F         or F into the flags of C_GetTokenInfo
 *	serial N        C_GetTokenInfo: its serial number is N
 *	absent 0        C_GetSlotInfo: no token is present
 *	reader N        C_GetSlotInfo: its description ends in N
 *
 * "once" empties the file when the line comes true.
 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static CK_FUNCTION_LIST *real, list;

enum call {
	GENERATE,
	CREATE,
	SIGN_INIT,
	SIGN,
	LOGIN,
	DESTROY,
	SLOT_LIST,
	TOKEN_INFO,
	SLOT_INFO,
	OPEN,
	FIND,
	ATTRIBUTE,
	MECHANISM,
	SET_PIN,
	ANY_CALL,
	CALLS
};

static const char *const names[CALLS] = {"C_GenerateKeyPair", "C_CreateObject", "C_SignInit",
    "C_Sign", "C_Login", "C_DestroyObject", "C_GetSlotList", "C_GetTokenInfo", "C_GetSlotInfo",
    "C_OpenSession", "C_FindObjectsInit", "C_GetAttributeValue", "C_GetMechanismInfo", "C_SetPIN",
    "*"};
static int calls[CALLS];
static bool out; /* the token */

struct fault {
	char what[16];
	unsigned long value;
};

/* The plan as it stands now; a new one begins to count anew and finds the token plugged in. */
static const char *
plan(void)
{
	static char now[512], last[512];
	const char *path = getenv("FAULT_FILE");
	FILE *f = path ? fopen(path, "r") : NULL;
	size_t n = f ? fread(now, 1, sizeof(now) - 1, f) : 0;

	now[n] = 0;
	if (f)
		(void)fclose(f);
	if (strcmp(now, last) != 0) {
		memcpy(last, now, sizeof(last));
		memset(calls, 0, sizeof(calls));
		out = false;
	}
	return now;
}

static void
pull(void)
{
	CK_SLOT_ID ids[64];
	CK_ULONG n = 64;

	out = true;
	if (real->C_GetSlotList(CK_TRUE, ids, &n) != CKR_OK)
		return;
	for (CK_ULONG i = 0; i < n; i++)
		(void)real->C_CloseAllSessions(ids[i]);
}

static void
happen(const struct fault *f, bool once)
{
	FILE *file = once ? fopen(getenv("FAULT_FILE"), "w") : NULL;

	if (file)
		(void)fclose(file);
	if (!strcmp(f->what, "crash"))
		abort();
	while (!strcmp(f->what, "hang"))
		(void)sleep(1);
	if (!strcmp(f->what, "pull") && !out)
		pull();
}

static struct fault
planned(enum call c)
{
	struct fault ret = {"", 0}, row;
	const char *line = plan();
	char name[32], more[8], one[128];
	bool once = false;
	int from;

	calls[c]++;
	calls[ANY_CALL]++;
	for (; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		bool any;
		int n = (int)strcspn(line, "\n");

		row.value = 0;
		more[0] = 0;
		(void)snprintf(one, sizeof(one), "%.*s", n, line);
		if (sscanf(one, "%31s %d %15s %lx %7s", name, &from, row.what, &row.value, more) <
		    3)
			continue;
		any = !strcmp(name, "*");
		if ((any || !strcmp(name, names[c])) && calls[any ? ANY_CALL : c] >= from) {
			ret = row;
			once = !strcmp(more, "once");
		}
	}
	if (ret.what[0])
		happen(&ret, once);
	if (out) {
		(void)snprintf(ret.what, sizeof(ret.what), "fail");
		ret.value = CKR_DEVICE_REMOVED;
	}
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
PASS(Login, LOGIN, (CK_SESSION_HANDLE s, CK_USER_TYPE u, CK_UTF8CHAR *p, CK_ULONG n), (s, u, p, n))
PASS(DestroyObject, DESTROY, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o), (s, o))
PASS(SignInit, SIGN_INIT, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE k), (s, m, k))
PASS(GetAttributeValue, ATTRIBUTE,
    (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *a, CK_ULONG n), (s, o, a, n))
PASS(GetMechanismInfo, MECHANISM, (CK_SLOT_ID s, CK_MECHANISM_TYPE t, CK_MECHANISM_INFO *i),
    (s, t, i))
PASS(SetPIN, SET_PIN,
    (CK_SESSION_HANDLE s, CK_UTF8CHAR *o, CK_ULONG on, CK_UTF8CHAR *p, CK_ULONG pn),
    (s, o, on, p, pn))
PASS(OpenSession, OPEN, (CK_SLOT_ID s, CK_FLAGS f0, void *p, CK_NOTIFY n, CK_SESSION_HANDLE *h),
    (s, f0, p, n, h))
PASS(FindObjectsInit, FIND, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *a, CK_ULONG n), (s, a, n))

static CK_RV
Sign_(CK_SESSION_HANDLE s, CK_BYTE *d, CK_ULONG n, CK_BYTE *o, CK_ULONG *on)
{
	struct fault f = planned(SIGN);
	CK_RV rv;

	if (!strcmp(f.what, "fail"))
		return (CK_RV)f.value;
	rv = real->C_Sign(s, d, n, o, on);
	if (rv == CKR_OK && o && *on && !strcmp(f.what, "spoil"))
		o[*on - 1] ^= 1;
	return done(f, rv);
}

static CK_RV
GetSlotList_(CK_BBOOL present, CK_SLOT_ID *ids, CK_ULONG *n)
{
	struct fault f = planned(SLOT_LIST);

	/* A pulled token is a short list, not a failure. */
	if (out && present)
		*n = 0;
	if (out)
		return present ? CKR_OK : real->C_GetSlotList(present, ids, n);
	return !strcmp(f.what, "fail") ? (CK_RV)f.value
				       : done(f, real->C_GetSlotList(present, ids, n));
}

/* A field of blanks and a number. */
static void
number(unsigned char *p, size_t n, unsigned long value)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%lx", value);

	memset(p, ' ', n);
	memcpy(p, text, (size_t)len);
}

static CK_RV
GetTokenInfo_(CK_SLOT_ID s, CK_TOKEN_INFO *t)
{
	struct fault f = planned(TOKEN_INFO);
	CK_RV rv = real->C_GetTokenInfo(s, t);

	if (!strcmp(f.what, "fail"))
		return f.value;
	if (!strcmp(f.what, "flags"))
		t->flags |= f.value;
	if (!strcmp(f.what, "serial"))
		number(t->serialNumber, sizeof(t->serialNumber), f.value);
	return done(f, rv);
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
	if (!strcmp(f.what, "reader"))
		number(t->slotDescription, 20, f.value);
	return done(f, rv);
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
	list.C_SignInit = SignInit_;
	list.C_Sign = Sign_;
	list.C_Login = Login_;
	list.C_DestroyObject = DestroyObject_;
	list.C_OpenSession = OpenSession_;
	list.C_FindObjectsInit = FindObjectsInit_;
	list.C_GetAttributeValue = GetAttributeValue_;
	list.C_GetMechanismInfo = GetMechanismInfo_;
	list.C_SetPIN = SetPIN_;
	list.C_GetSlotList = GetSlotList_;
	list.C_GetTokenInfo = GetTokenInfo_;
	list.C_GetSlotInfo = GetSlotInfo_;
	*ret = &list;
	return CKR_OK;
}
