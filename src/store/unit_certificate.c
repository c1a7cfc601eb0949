/* SPDX-License-Identifier: Apache-2.0 */
/* Adders about certificates, CAs and CRLs. */
#include "store/step.h"
#include "store/unit.h"

#define I(x) value_i64(x)
#define T(x) value_text(x)
#define B(x) value_bytes(x)

int64_t
unit_certificate_insert(struct unit *u, const struct certificate_row *row, struct bytes der)
{
	int64_t key = step_insert(u, Q_CERTIFICATE_INSERT, TABLE_certificate, row, NULL);

	STEP(u, CERTIFICATE_DER_INSERT, I(key), B(der));
	return key;
}

void
unit_certificate_move(
    struct unit *u, const struct unit_move *m, const struct revocation *r, int64_t confirmed)
{
	STEP(u, CERTIFICATE_MOVE, I(m->key), I(m->ver), T(m->from), T(m->to), I(r->reason),
	    I(r->at), I(r->invalidity), I(confirmed));
}

void
unit_certificate_supersede(struct unit *u, const struct unit_move *m)
{
	STEP(u, CERTIFICATE_SUPERSEDE, I(m->key), I(m->ver), T(m->from), T(m->to), I(m->now));
}

void
unit_backdate(struct unit *u, const struct backdate_row *row)
{
	(void)step_insert(u, Q_BACKDATE_INSERT, TABLE_backdate, row, NULL);
	unit_else(u, E_STATE, E_STATE, "invalidity");
}

void
unit_hold_open(struct unit *u, int64_t certificate, int64_t now)
{
	const struct hold_row row = {.created = now, .certificate = certificate, .since = now};

	(void)step_insert(u, Q_HOLD_OPEN, TABLE_hold, &row, NULL);
	unit_else(u, E_STATE, E_STATE, NULL);
}

void
unit_hold_close(struct unit *u, int64_t certificate, int64_t now)
{
	STEP(u, HOLD_CLOSE, I(certificate), I(now));
	unit_else(u, E_STATE, E_STATE, NULL);
}

int64_t
unit_ca_insert(struct unit *u, const struct ca_row *row)
{
	return step_insert(u, Q_CA_INSERT, TABLE_ca, row, NULL);
}

int64_t
unit_crl_insert(struct unit *u, const struct crl_row *row)
{
	return step_insert(u, Q_CRL_INSERT, TABLE_crl, row, NULL);
}

void
unit_crl_piece(struct unit *u, int64_t crl, int64_t n, struct bytes octets)
{
	STEP(u, CRL_PIECE_INSERT, I(crl), I(n), B(octets));
}

void
unit_crl_done(struct unit *u, int64_t crl, const struct crl_row *row)
{
	STEP(u, CRL_DONE, I(crl));
	unit_else(u, E_STATE, E_STATE, NULL);
	STEP(u, CA_CRL, I(row->ca), I(row->number), I(row->this_update), I(row->next_update));
}
