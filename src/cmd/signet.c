/* SPDX-License-Identifier: Apache-2.0 */
/* signet: the command line of operators, administrators and scripts. All of it is in cli/. */
#include "cli/cli.h"

int
main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
