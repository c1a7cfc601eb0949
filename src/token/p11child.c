/* SPDX-License-Identifier: Apache-2.0 */
#include "token/p11child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/must.h"
#include "token/p11key.h"
#include "token/p11object.h"
#include "token/p11pair.h"

/* A handler reads its question, asks the module and appends its result. */
typedef CK_RV (*handler_fn)(struct p11 *p, struct rd *in, struct buf *out);

/*
 * All slots, empty ones too: OpenSC leaves out a card that it does not recognize when asked for those
 * with a token only, and looks for new readers only when it is asked for the number.
 */
static CK_RV
slot_list(struct p11 *p, CK_SLOT_ID *ids, CK_ULONG *n)
{
	CK_ULONG count = 0;
	CK_RV rv =
	    p11_note(p, P11_AT_LIST, "C_GetSlotList", p->f->C_GetSlotList(CK_FALSE, NULL, &count));

	return rv != CKR_OK
	    ? rv
	    : p11_note(p, P11_AT_LIST, "C_GetSlotList", p->f->C_GetSlotList(CK_FALSE, ids, n));
}

static CK_RV
p11_slots(struct p11 *p, struct rd *in, struct buf *out)
{
	CK_SLOT_ID ids[TOKEN_LIST_MAX];
	CK_ULONG n = TOKEN_LIST_MAX;
	CK_RV rv = slot_list(p, ids, &n);
	struct buf list = buf_new(p->a, P11_BODY_MAX * 4), strange = buf_new(p->a, P11_BODY_MAX);
	uint32_t count = 0, strangers = 0;

	(void)in;
	if (rv != CKR_OK)
		return rv;
	for (CK_ULONG i = 0; i < n && i < TOKEN_LIST_MAX; i++) {
		struct token_info t;
		CK_SLOT_INFO si = {.flags = 0};
		CK_TOKEN_INFO ti = {.flags = 0};

		CK_RV known;

		if (p->f->C_GetSlotInfo(ids[i], &si) != CKR_OK || !(si.flags & CKF_TOKEN_PRESENT))
			continue;
		known = p->f->C_GetTokenInfo(ids[i], &ti);
		p11_info(p, ids[i], &si, &ti, &t);
		if (known == CKR_TOKEN_NOT_RECOGNIZED) {
			buf_field(&strange, str_bytes(t.reader));
			strangers++;
		}
		/* One that was never set up is nobody's token yet. */
		if (known != CKR_OK || !(ti.flags & CKF_TOKEN_INITIALIZED))
			continue;
		p11_put_slot(&list, &t);
		count++;
	}
	buf_u32(out, count);
	buf_put(out, buf_bytes(&list));
	buf_u32(out, strangers);
	buf_put(out, buf_bytes(&strange));
	return CKR_OK;
}

static CK_RV
p11_open_slot(struct p11 *p, struct rd *in, struct buf *out)
{
	uint64_t slot = rd_u64(in);

	(void)out;
	return in->bad ? CKR_OK : p11_open(p, (CK_SLOT_ID)slot);
}

static CK_RV
p11_close_slot(struct p11 *p, struct rd *in, struct buf *out)
{
	(void)in;
	(void)out;
	p11_close(p);
	return CKR_OK;
}

static CK_RV
p11_flags_now(struct p11 *p, struct rd *in, struct buf *out)
{
	CK_TOKEN_INFO ti = {.flags = 0};
	CK_RV rv = p11_note(p, P11_AT_LIST, "C_GetTokenInfo", p->f->C_GetTokenInfo(p->slot, &ti));

	(void)in;
	buf_u32(out, p11_flags(ti.flags) | (p->read_only ? TOKEN_READ_ONLY : 0));
	return rv;
}

static CK_RV
p11_containers(struct p11 *p, struct rd *in, struct buf *out)
{
	struct token_containers c;
	CK_RV rv = p11_list(p, &c);

	(void)in;
	if (rv != CKR_OK)
		return rv;
	buf_u32(out, (uint32_t)c.n);
	for (size_t i = 0; i < c.n; i++)
		p11_put_container(out, &c.list[i]);
	return CKR_OK;
}

static CK_RV
p11_login(struct p11 *p, struct rd *in, struct buf *out)
{
	struct bytes pin = rd_take(in, in->n);
	CK_UTF8CHAR *text = pin.n ? (CK_UTF8CHAR *)(uintptr_t)pin.p : NULL;
	CK_RV rv = p->f->C_Login(p->session, CKU_USER, text, pin.n);

	(void)out;
	/* Whoever logged in before proved nothing about this PIN. */
	if (rv == CKR_USER_ALREADY_LOGGED_IN) {
		(void)p->f->C_Logout(p->session);
		rv = p->f->C_Login(p->session, CKU_USER, text, pin.n);
	}
	return p11_note(p, P11_AT_LOGIN, "C_Login", rv);
}

static CK_RV
p11_set_pin(struct p11 *p, struct rd *in, struct buf *out)
{
	struct bytes old = rd_field(in, TOKEN_PIN_MAX), new = rd_field(in, TOKEN_PIN_MAX);
	CK_RV rv;

	(void)out;
	if (in->bad)
		return CKR_OK;
	rv = p->f->C_SetPIN(p->session, old.n ? (CK_UTF8CHAR *)(uintptr_t)old.p : NULL, old.n,
	    new.n ? (CK_UTF8CHAR *)(uintptr_t) new.p : NULL, new.n);
	return p11_note(p, P11_AT_LOGIN, "C_SetPIN", rv);
}

static CK_RV
p11_logout(struct p11 *p, struct rd *in, struct buf *out)
{
	CK_RV rv = p->f->C_Logout(p->session);

	(void)in;
	(void)out;
	return rv == CKR_USER_NOT_LOGGED_IN ? CKR_OK : p11_note(p, P11_AT_LOGIN, "C_Logout", rv);
}

/* Questions that need an open session; SLOTS and OPEN are there to get one. */
static bool
needs_session(uint16_t type)
{
	return type != P11_SLOTS && type != P11_OPEN && type != P11_CLOSE;
}

/* Answers one question into OUT. False: the parent does not keep to the format. */
static bool
answer(struct p11 *p, const struct ipc_frame *q, struct buf *out)
{
	static const handler_fn handlers[] = {
	    NULL,
#define X(symbol, handler, most) p11_##handler,
#include "token/p11.def"
#undef X
	};
	long most = p11_body_max(q->type);
	struct rd in = rd_new(q->body);
	struct p11_failure failure;

	if (most < 0 || q->body.n > (size_t)most)
		return false;
	p->rv = CKR_OK;
	buf_u8(out, 0);
	if (p->f == NULL)
		(void)p11_note(p, P11_AT_LOAD, "load", CKR_GENERAL_ERROR);
	else if (needs_session(q->type) && !p->open)
		(void)p11_note(p, P11_AT_OPEN, "session", CKR_SESSION_HANDLE_INVALID);
	else if (handlers[q->type](p, &in, out) == CKR_OK && !rd_done(&in))
		return false;
	if (p->rv != CKR_OK) {
		p11_look(p, &failure);
		out->n = 0;
		p11_put_failure(out, &failure);
	}
	return !out->bad;
}

/* What a vendor's module may do at most: nothing that the child itself could not. */
static void
confine(void)
{
	struct rlimit none = {0, 0};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	/* Standard output may be the browser's pipe: a chatty module must not write there. */
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	(void)close_range(P11_CHILD_SOCKET + 1, ~0u, 0);
	(void)fcntl(P11_CHILD_SOCKET, F_SETFD, FD_CLOEXEC);
}

struct p11_serve {
	struct p11 p;
	struct secret room; /* for one question */
};

struct p11_serve *
p11_serve_new(const char *path, unsigned quirks, unsigned sessions)
{
	struct p11_serve *v = calloc(1, sizeof(*v));

	must(v != NULL);
	must(sessions >= 1 && sessions <= P11_SESSIONS);
	v->p = (struct p11){.want = sessions - 1,
	    .quirks = quirks,
	    .a = arena_new(0),
	    .pin = secret_new(TOKEN_PIN_MAX)};
	v->room = secret_new(P11_BODY_MAX);
	(void)p11_load(&v->p, path);
	return v;
}

enum err
p11_serve_one(struct p11_serve *v, int sock, unsigned seconds)
{
	struct buf out = buf_new(v->p.a, IPC_BODY_MAX);
	struct ipc_frame q, reply;
	struct fault f = {0};
	enum err e = ipc_recv_into(sock, v->room.p, v->room.room, &q, &f);

	if (e != OK)
		return e;
	if (q.fd >= 0)
		(void)close(q.fd);
	reply = (struct ipc_frame){.type = q.type, .id = q.id, .fd = -1};
	/* A module that hangs ends here; keys take their time to be made. */
	(void)alarm(q.type == P11_PAIR_MAKE ? seconds * P11_SLOW : seconds);
	if (!answer(&v->p, &q, &out))
		e = E_FRAME;
	(void)alarm(0);
	reply.body = buf_bytes(&out);
	if (e == OK)
		e = ipc_send(sock, &reply, &f);
	secret_clear(&v->room);
	arena_reset(v->p.a);
	return e;
}

void
p11_serve_end(struct p11_serve **v)
{
	struct p11 *p = &(*v)->p;

	if (p->f) {
		p11_close(p);
		(void)p->f->C_Finalize(NULL);
	}
	secret_free(&p->pin);
	secret_free(&(*v)->room);
	arena_free(&p->a);
	free(*v);
	*v = NULL;
}

int
p11_child_main(const char *path, unsigned quirks, unsigned sessions)
{
	struct p11_serve *v;
	enum err e;

	confine();
	v = p11_serve_new(path, quirks, sessions);
	do
		e = p11_serve_one(v, P11_CHILD_SOCKET, 0);
	while (e == OK);
	p11_serve_end(&v);
	/* No exit handlers: some modules crash in theirs. */
	_exit(e == E_UNAVAILABLE ? 0 : 1);
}
