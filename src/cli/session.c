/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "cli/file.h"
#include "cli/request.h"

#define SESSION_FILE_MAX ((size_t)64 << 10)

/* The file; the folder above it is made when it is ours to choose. */
static enum err
place(struct cli *c, const char **ret, struct fault *f)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *folder;

	if (cli_has(c, OPTION_SESSION)) {
		*ret = c->option[OPTION_SESSION];
		return OK;
	}
	if (base && *base == '/')
		folder = arena_fmt(c->a, "%s/signet", base);
	else if (home && *home == '/')
		folder = arena_fmt(c->a, "%s/.config/signet", home);
	else
		return FAIL_FIELD(f, E_USAGE, "--session", "FILE", "no HOME to keep it in");
	TRY(file_folder(c->a, folder, f));
	*ret = arena_fmt(c->a, "%s/session", folder);
	return OK;
}

/* The whole file as an object; empty when there is none or it is not ours to read. */
static enum err
load(struct cli *c, const char *path, json_t **ret, struct fault *f)
{
	struct bytes text;
	json_t *all = NULL;

	if (access(path, F_OK) == 0) {
		TRY(file_read_secret(c->a, path, SESSION_FILE_MAX, &text, f));
		all = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(all)) {
			json_decref(all);
			return FAIL_FIELD(f, E_FILE, path, NULL, "not a session file");
		}
	} else if (errno != ENOENT) {
		return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(errno));
	}
	if (all == NULL)
		all = json_object();
	must(json_array_append_new(c->keep, all) == 0);
	*ret = all;
	return OK;
}

enum err
session_read(struct cli *c, json_t **ret, struct fault *f)
{
	struct str server;
	const char *path;
	json_t *all, *entry;

	TRY(request_server(c, &server, f));
	TRY(place(c, &path, f));
	TRY(load(c, path, &all, f));
	entry = json_object_get(all, arena_cstr(c->a, server));
	if (!json_is_object(entry)) {
		entry = json_object();
		must(json_array_append_new(c->keep, entry) == 0);
	}
	*ret = entry;
	return OK;
}

enum err
session_write(struct cli *c, json_t *entry, struct fault *f)
{
	struct str server;
	const char *path, *key;
	json_t *all;
	char *text;
	enum err e;

	TRY(request_server(c, &server, f));
	TRY(place(c, &path, f));
	TRY(load(c, path, &all, f));
	key = arena_cstr(c->a, server);
	if (entry == NULL)
		(void)json_object_del(all, key);
	else
		must(json_object_set(all, key, entry) == 0);
	text = json_dumps(all, JSON_INDENT(1));
	must(text != NULL);
	e = file_write(c->a, path, bytes_of(text, strlen(text)), 0600, f);
	wipe(text, strlen(text));
	free(text);
	return e;
}
