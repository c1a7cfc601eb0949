/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paper: documents that applicants upload with an application, as its profile asks.
 *
 * Each is sealed with a key of its own; that key is sealed by the signer, which opens few of them a minute and notes
 * each in its journal. So the database alone shows nothing, and every view is in two logs (docs/adr/0008).
 */
#ifndef SERVICE_PAPER_H
#define SERVICE_PAPER_H

#include "service/call.h"

#define PAPER_ROOM ((int64_t)64 << 20) /* octets of all papers of an account */

struct application_row;
struct profile;

/* A paper that is asked for, or one that is there. */
struct paper_view {
	struct str name, title;
	bool required;
	struct str types; /* "pdf | jpeg | png" */
	int64_t max;      /* octets */
	struct str type;  /* of the one that is there; empty: there is none */
	int64_t size, uploaded, erased;
};
struct paper_views {
	struct paper_view *items;
	size_t count;
};
/* For whoever may see the application. E_NOT_FOUND. */
NODISCARD enum err paper_list(
    const struct call *c, struct str no, struct paper_views *ret, struct fault *f);
/*
 * Upload NAME, in place of what was there, while it is a draft or sent back. E_STATE; E_FIELD_UNKNOWN (the profile
 * does not ask for it); E_DOCUMENT_TYPE (by its own octets), E_DOCUMENT_SIZE, E_DOCUMENT_ROOM.
 */
NODISCARD enum err paper_put(const struct call *c, struct str no, struct str name,
    struct bytes octets, struct paper_view *ret, struct fault *f);
NODISCARD enum err paper_drop(
    const struct call *c, struct str no, struct str name, struct fault *f);

struct paper_octets {
	struct str file; /* "T-2026-1183-passport.pdf" */
	const char *media;
	struct bytes octets;
};
/*
 * For operators and auditors, and for the applicant who signed in by certificate (S13: SMS shows no identity papers).
 * A record of the log comes first. E_DOCUMENT_ERASED; E_RATE.
 */
NODISCARD enum err paper_get(const struct call *c, struct str no, struct str name,
    struct paper_octets *ret, struct fault *f);
/* What a profile asks for, on the call's arena. */
struct paper_view *paper_asked(const struct call *c, const struct profile *p);
/* Are all required ones there? E_DOCUMENT_MISSING names the first that is not. */
NODISCARD enum err paper_complete(const struct call *c, const struct profile *p,
    const struct application_row *row, struct fault *f);

#endif
