/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The rights of the first version of the interface that change something; later ones only add. */
#define CHANGES                                                             \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |    \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |     \
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |   \
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static bool
allow(int rules, const char *path, uint64_t what)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = what};
	bool good;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return false;
	good = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	(void)close(rule.parent_fd);
	return good;
}

bool
landlock_write_only(const char *const *directories)
{
	const struct landlock_ruleset_attr attr = {.handled_access_fs = CHANGES};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	bool good = rules >= 0 && allow(rules, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE);

	for (size_t i = 0; good && directories[i] != NULL; i++)
		good = allow(rules, directories[i], CHANGES);
	good = good && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	if (rules >= 0)
		(void)close(rules);
	return good;
}
