/* SPDX-License-Identifier: Apache-2.0 */
/* tokenset: the children of all modules, and what they see together (token.h: token_list). */
#ifndef TOKEN_TOKENSET_H
#define TOKEN_TOKENSET_H

#include <stddef.h>

struct token_set {
	size_t n;
	struct link *links; /* one for each module, in the order of trust */
};

#endif
