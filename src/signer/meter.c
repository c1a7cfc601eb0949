/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/meter.h"

bool
meter_take(struct meter *m, int64_t now, int most, int64_t period)
{
	int64_t passed = now - m->ms;

	if (passed < 0)
		passed = 0;
	if (m->ms == 0 || passed > period)
		passed = period;
	m->left += (double)passed * most / (double)period;
	if (m->left > most)
		m->left = most;
	m->ms = now;
	if (m->left < 1)
		return false;
	m->left -= 1;
	return true;
}
