/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/place.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"

#define PATH_MAX_OURS 512

static enum err
make_one(const struct monitor_place *p, const struct conf *c, struct fault *f)
{
	char path[PATH_MAX_OURS], user[CHILD_NAME_MAX + 1];
	struct str name = monitor_user_of(c, p->user);
	const struct passwd *who;
	bool good;
	int fd;

	(void)snprintf(path, sizeof(path), "%.*s%s%s", (int)c->data.n, c->data.p,
	    p->path[0] ? "/" : "", p->path);
	if (mkdir(path, (mode_t)p->mode) != 0 && errno != EEXIST)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	/* Through a descriptor and never a link: the owner of data's inside is not trusted by root. */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	good = true;
	if (geteuid() == 0 && p->path[0] != '\0') {
		(void)snprintf(user, sizeof(user), "%.*s", (int)name.n, name.p);
		who = getpwnam(user);
		if (who == NULL) {
			(void)close(fd);
			return FAIL_FIELD(
			    f, E_CONFIG, "user", NULL, "there is no system user %s", user);
		}
		good = fchown(fd, who->pw_uid, who->pw_gid) == 0;
	}
	good = good && fchmod(fd, (mode_t)p->mode) == 0;
	(void)close(fd);
	return good ? OK : FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
}

enum err
place_make(const struct monitor_table *t, const struct conf *c, struct fault *f)
{
	for (size_t i = 0; i < t->place_count; i++)
		TRY(make_one(&t->places[i], c, f));
	return OK;
}

enum err
place_lock(const struct conf *c, int *ret, struct fault *f)
{
	char path[PATH_MAX_OURS];
	int fd;

	(void)snprintf(path, sizeof(path), "%.*s/lock", (int)c->data.n, c->data.p);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(fd);
		return FAIL(f, E_UNAVAILABLE, "%s: another signetd runs on this data", path);
	}
	*ret = fd;
	return OK;
}

/* Where each secret comes from. */
static const struct secret {
	const char *name, *credential, *key;
	size_t file; /* of its path in struct conf */
} secrets[] = {
    {"secret.unlock", "unlock", "unlock_file", offsetof(struct conf, unlock_file)},
    {"secret.pin", "hsm-pin", "hsm_pin_file", offsetof(struct conf, hsm_pin_file)},
    {"secret.mail", "mail", "mail_password_file", offsetof(struct conf, mail_password_file)},
    {"secret.sms", "sms", "sms_secret_file", offsetof(struct conf, sms_secret_file)},
};

static const struct secret *
secret_of(const char *name)
{
	size_t i = 0;

	/* A name without a row is a fault of the table of processes. */
	while (strcmp(secrets[i].name, name) != 0)
		must(++i < sizeof(secrets) / sizeof(secrets[0]));
	return &secrets[i];
}

enum err
place_secret(const struct conf *c, const char *name, int *ret, struct fault *f)
{
	const struct secret *s = secret_of(name);
	const struct str *file = (const void *)((const char *)c + s->file);
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX_OURS];
	mode_t others = 0077;
	struct stat st;
	int fd = -1;

	*ret = -1;
	if (credentials != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", credentials, s->credential);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd >= 0) {
		/* systemd makes its own 0400 or 0440 for a group that only the unit has. */
		others = 0037;
	} else {
		(void)snprintf(path, sizeof(path), "%.*s", (int)file->n, file->p);
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0)
		return errno == ENOENT ? OK : FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & others) != 0) {
		(void)close(fd);
		return FAIL_FIELD(f, E_FILE, s->key, "0600", "%s: others may read it", path);
	}
	*ret = fd;
	return OK;
}
