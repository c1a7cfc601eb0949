/* SPDX-License-Identifier: Apache-2.0 */
/* Adders about work, messages, repeats, documents and what the service keeps of itself. */
#include "store/step.h"
#include "store/unit.h"

#define I(x)   value_i64(x)
#define T(x)   value_text(x)
#define B(x)   value_bytes(x)
#define NOBODY STR("")

#define SWEEP_SMS     (30 * 86400) /* budgets look back a day; disputes a month */
#define SWEEP_SESSION (30 * 86400)
#define SWEEP_TRY     (90 * 86400)

void
unit_job(struct unit *u, struct str kind, struct str object, int64_t due, int64_t now)
{
	STEP(u, JOB_PUT, I(now), T(kind), T(object), I(due), T(NOBODY));
}

void
unit_job_done(struct unit *u, const struct job_row *claimed)
{
	/* One of the two finds it: asked for meanwhile means that its ver has grown. */
	STEP(u, JOB_DONE, I(claimed->id), T(claimed->worker), I(claimed->ver));
	STEP(u, JOB_AGAIN, I(claimed->id), T(claimed->worker), I(claimed->ver), T(NOBODY));
}

void
unit_job_later(struct unit *u, const struct job_row *claimed, int64_t due, struct str last_fault)
{
	STEP(u, JOB_LATER, I(claimed->id), T(claimed->worker), I(due), T(last_fault), T(NOBODY));
}

void
unit_told(struct unit *u, int64_t certificate, int64_t days)
{
	STEP(u, TOLD_PUT, I(certificate), I(days));
}

void
unit_contact(struct unit *u, int64_t application, struct str mail, int64_t changed)
{
	STEP(u, CONTACT_PUT, I(application), T(mail), I(changed));
}

int64_t
unit_outbox(struct unit *u, const struct outbox_row *row)
{
	return step_insert(u, Q_OUTBOX_INSERT, TABLE_outbox, row, NULL);
}

void
unit_outbox_sent(struct unit *u, const struct outbox_row *claimed, int64_t now)
{
	const struct bytes none = {0};

	STEP(u, OUTBOX_SENT, I(claimed->id), T(claimed->worker), I(now), B(none));
}

void
unit_outbox_later(
    struct unit *u, const struct outbox_row *claimed, int64_t due, struct str last_fault)
{
	STEP(u, OUTBOX_LATER, I(claimed->id), T(claimed->worker), I(due), T(last_fault));
}

void
unit_outbox_failed(struct unit *u, const struct outbox_row *claimed, struct str last_fault)
{
	const struct bytes none = {0};

	STEP(u, OUTBOX_FAILED, I(claimed->id), T(claimed->worker), T(last_fault), B(none));
}

void
unit_outbox_hasten(struct unit *u, int64_t id, int64_t now)
{
	STEP(u, OUTBOX_HASTEN, I(id), I(now));
	unit_else(u, E_STATE, E_STATE, "state");
}

void
unit_outbox_void(struct unit *u, int64_t id, int64_t now)
{
	const struct bytes none = {0};

	STEP(u, OUTBOX_VOID, I(id), I(now), B(none));
	unit_else(u, E_STATE, E_STATE, "state");
}

void
unit_outbox_drop(struct unit *u, struct str object)
{
	const struct bytes none = {0};

	STEP(u, OUTBOX_DROP, T(object), B(none));
}

void
unit_idempotency(struct unit *u, const struct idempotency_row *row)
{
	STEP(u, IDEMPOTENCY_CLEAR, T(row->principal), T(row->route), T(row->client_key),
	    I(row->created));
	(void)step_insert(u, Q_IDEMPOTENCY_INSERT, TABLE_idempotency, row, NULL);
}

int64_t
unit_document_insert(struct unit *u, const struct document_row *row)
{
	STEP(u, DOCUMENT_CLEAR, T(row->kind));
	return step_insert(u, Q_DOCUMENT_INSERT, TABLE_document, row, NULL);
}

void
unit_document_apply(
    struct unit *u, struct str kind, int64_t version, struct bytes signatures, int64_t now)
{
	STEP(u, DOCUMENT_APPLY, T(kind), I(version), B(signatures), I(now));
}

void
unit_checkpoint(struct unit *u, const struct checkpoint_row *row)
{
	(void)step_insert(u, Q_CHECKPOINT_INSERT, TABLE_checkpoint, row, NULL);
}

void
unit_settle(struct unit *u, int64_t node, int64_t position, struct bytes hash)
{
	STEP(u, SETTLE_PUT, I(node), I(position), B(hash));
}

void
unit_node_lease(struct unit *u, int64_t node, struct str owner, int64_t until, int64_t now)
{
	STEP(u, NODE_LEASE, I(node), T(owner), I(until), I(now));
	unit_else(u, E_STATE, E_STATE, "node");
}

void
unit_sweep(struct unit *u, int64_t now)
{
	STEP(u, SESSION_SWEEP, I(now - SWEEP_SESSION));
	STEP(u, SMS_SWEEP, I(now - SWEEP_SMS));
	STEP(u, NONCE_SWEEP, I(now));
	STEP(u, IDEMPOTENCY_SWEEP, I(now));
	STEP(u, CRL_SWEEP, I(now));
	STEP(u, TRY_SWEEP, I(now - SWEEP_TRY), I(now));
}

void
unit_claims_free(struct unit *u, struct str from, struct str to, struct str keep)
{
	STEP(u, JOB_FREE, T(from), T(to), T(keep));
	STEP(u, OUTBOX_FREE, T(from), T(to), T(keep));
}
