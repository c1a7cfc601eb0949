/* SPDX-License-Identifier: Apache-2.0 */
#include "core/word.h"

bool
word_find(const char *const *words, size_t n, struct str word, unsigned *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(word, words[i])) {
			*ret = (unsigned)i;
			return true;
		}
	}
	return false;
}

bool
word_is_name(struct str s, size_t max)
{
	bool dash = true;

	if (s.n == 0 || s.n > max || s.p[0] < 'a' || s.p[0] > 'z')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '-' ? dash : (c < 'a' || c > 'z') && (c < '0' || c > '9'))
			return false;
		dash = c == '-';
	}
	return !dash;
}
