/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/conffile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent/settings.h"

enum err
conffile_owner(const char *path, const struct stat *st, bool *own, struct fault *f)
{
	bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);

	if (st->st_uid != 0 && st->st_uid != geteuid())
		return FAIL_FIELD(f, E_CONFIG, path, "root", "owned by %u", (unsigned)st->st_uid);
	if ((st->st_mode & 022) != 0 && !sticky)
		return FAIL_FIELD(
		    f, E_CONFIG, path, "go-w", "mode %o", (unsigned)(st->st_mode & 07777));
	*own |= st->st_uid != 0;
	return OK;
}

static enum err
folder_check(struct arena *a, const char *path, bool *own, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	char *folder = arena_fmt(a, "%.*s", slash > path ? (int)(slash - path) : 1, path);
	struct stat st;

	if (stat(folder, &st) != 0)
		return FAIL_FIELD(f, E_FILE, folder, NULL, "%s", strerror(errno));
	return conffile_owner(folder, &st, own, f);
}

static enum err
read_all(struct arena *a, int fd, const char *path, struct bytes *ret, struct fault *f)
{
	uint8_t *p = arena_alloc(a, SETTINGS_FILE_MAX + 1);
	size_t n = 0;

	while (n <= SETTINGS_FILE_MAX) {
		ssize_t got = read(fd, p + n, SETTINGS_FILE_MAX + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n > SETTINGS_FILE_MAX)
		return FAIL_FIELD(f, E_CONFIG, path, "≤ 64 KiB", "too large");
	*ret = bytes_of(p, n);
	return OK;
}

enum err
conffile_load(
    struct arena *a, const char *path, bool *own, const struct yaml **ret, struct fault *f)
{
	int fd = path[0] == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	struct bytes text = {0};
	struct stat st;
	enum err e;

	if (path[0] != '/')
		return FAIL_FIELD(f, E_CONFIG, path, "/…", "not an absolute path");
	if (fd < 0 || fstat(fd, &st) != 0)
		return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(errno));
	e = S_ISREG(st.st_mode) ? conffile_owner(path, &st, own, f)
				: FAIL_FIELD(f, E_FILE, path, NULL, "not a regular file");
	if (e == OK)
		e = folder_check(a, path, own, f);
	if (e == OK)
		e = read_all(a, fd, path, &text, f);
	(void)close(fd);
	if (e != OK)
		return e;
	TRY(yaml_parse(a, text, ret, f));
	if ((*ret)->kind != YAML_MAPPING)
		return yaml_fail(*ret, E_YAML, path, "mapping", f);
	return OK;
}

enum err
conffile_path(
    struct arena *a, const struct yaml *map, const char *key, const char **ret, struct fault *f)
{
	struct str s = {0};

	TRY(yaml_str(map, key, 1024, &s, f));
	*ret = arena_cstr(a, s);
	if (*ret == NULL || (*ret)[0] != '/')
		return yaml_fail(yaml_get(map, key), E_FIELD_VALUE, key, "/…", f);
	return OK;
}

enum err
conffile_number(
    const struct yaml *map, const char *key, int64_t most, unsigned *ret, struct fault *f)
{
	int64_t v = *ret;

	if (yaml_get(map, key))
		TRY(yaml_i64(map, key, 1, most, &v, f));
	*ret = (unsigned)v;
	return OK;
}
