/* SPDX-License-Identifier: Apache-2.0 */
/* Adders about uploaded papers. */
#include "store/step.h"
#include "store/unit.h"

#define I(x) value_i64(x)
#define B(x) value_bytes(x)

int64_t
unit_paper_insert(struct unit *u, const struct paper_row *row)
{
	return step_insert(u, Q_PAPER_INSERT, TABLE_paper, row, NULL);
}

void
unit_paper_piece(struct unit *u, int64_t paper, int64_t n, struct bytes octets)
{
	STEP(u, PAPER_PIECE_INSERT, I(paper), I(n), B(octets));
}

void
unit_paper_drop(struct unit *u, int64_t paper)
{
	STEP(u, PAPER_PIECES_CLEAR, I(paper));
	STEP(u, PAPER_CLEAR, I(paper));
}

void
unit_paper_erase(struct unit *u, int64_t paper, int64_t now)
{
	const struct bytes none = {0};

	STEP(u, PAPER_PIECES_CLEAR, I(paper));
	STEP(u, PAPER_ERASE, I(paper), I(now), B(none));
}
