/* SPDX-License-Identifier: Apache-2.0 */
/* p11serve MODULE: the p11 child alone, for the tests of its client. */
#include "token/p11child.h"

int
main(int argc, char **argv)
{
	return argc == 2 ? p11_child_main(argv[1], 0, 4) : 64;
}
