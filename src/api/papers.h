/* SPDX-License-Identifier: Apache-2.0 */
/* papers: how a document of an application is told. */
#ifndef API_PAPERS_H
#define API_PAPERS_H

#include "base/out.h"

struct paper_view;

/* One object of a list. */
void papers_out(struct out *o, const struct paper_view *v);

#endif
