/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings: what the agent may do on this computer: agent.conf and the two files it names (S22).
 *
 * agent.conf      pinentry, pinentry-double (test only), modules, origins, language, pin-timeout,
 *                 extensions (chrome-extension://ID/ and Firefox ids)
 * modules.conf    modules, installed (modulesconf.h)
 * origins.conf    origins: origin, environment, job-key, role
 *
 * The files belong to root and nobody else may write them. Files of the caller's own are accepted
 * when every origin in them is of the test environment and on loopback.
 */
#ifndef AGENT_SETTINGS_H
#define AGENT_SETTINGS_H

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"
#include "core/environment.h"

#define SETTINGS_DEFAULT     "/etc/signet/agent.conf"
#define SETTINGS_FILE_MAX    ((size_t)64 << 10) /* octets */
#define SETTINGS_MODULES_MAX 16
#define SETTINGS_ORIGINS_MAX 64

struct settings_module {
	const char *name; /* a word: the NAME of --p11 */
	const char *path; /* absolute */
	const char *kind; /* what it drives, for people */
	unsigned quirks;  /* enum p11_quirk */
	unsigned key_slots, timeout_ms;
	const char *const *environment; /* "NAME=VALUE" for its child; NULL ends it */
};

enum settings_role { SETTINGS_ROLE_USER, SETTINGS_ROLE_RA };

struct settings_origin {
	struct str origin; /* exactly as browsers write it */
	enum environment env;
	struct bytes job_key;    /* SubjectPublicKeyInfo */
	enum settings_role role; /* ra: may also ask for purposes approve and document */
};

struct settings {
	const char *pinentry;   /* absolute */
	bool pinentry_double;   /* a stand-in for tests: only origins of the test environment */
	unsigned pin_timeout_s; /* how long a window stays open */
	bool has_language;
	enum lang language;
	bool own_files;                /* not all of the files are root's */
	const char *const *extensions; /* as browsers name them to the programs they start */
	size_t extensions_n;
	const struct settings_module *modules;
	size_t modules_n;
	const struct settings_origin *origins;
	size_t origins_n;
};

/* E_CONFIG, E_FILE, E_YAML name the file in the fault's field. Everything lies on A. */
NODISCARD enum err settings_load(
    struct arena *a, const char *path, struct settings *ret, struct fault *f);
/* E_AGENT_ORIGIN when there is none. */
NODISCARD enum err settings_origin(const struct settings *s, struct str origin,
    const struct settings_origin **ret, struct fault *f);
const struct settings_module *settings_module(const struct settings *s, const char *name);

#endif
