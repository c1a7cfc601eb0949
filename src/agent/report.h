/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: what the hotline wants to know: versions, modules, tokens and their state, the last
 * failures. Nothing secret is in it, and people see all of it before it leaves.
 */
#ifndef AGENT_REPORT_H
#define AGENT_REPORT_H

#include "agent/agent.h"
#include "agent/consent.h"

/* Asks every module, and appends the report's lines to C. */
void report_add(struct agent *agent, struct consent *c);
/* The lines from FROM on, each with its line end, on c->a. */
struct str report_text(const struct consent *c, size_t from);

#endif
