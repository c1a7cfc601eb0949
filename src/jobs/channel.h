/* SPDX-License-Identifier: Apache-2.0 */
/* channel: the ways out of the house. Only for the files of jobs/. */
#ifndef JOBS_CHANNEL_H
#define JOBS_CHANNEL_H

#include "jobs/jobs.h"
#include "service/upkeep.h"

struct channel_from {
	struct arena *a;
	struct str brand, origin; /* of the service: "https://host:port" */
	struct str sender;        /* of mails; empty: no-reply at the origin's host */
	bool seven_bit;           /* the way takes ASCII alone */
	int64_t now;
};

/* The octets that leave, on FROM's arena. */
typedef enum err channel_fn(const struct channel_from *from, const struct upkeep_message *m,
    struct bytes *ret, struct fault *f);

/*
 * A driver: how the messages of a channel are handed over. A link lives for a few messages in a row.
 *
 * send: OK handed over; E_FIELD_VALUE, E_FIELD_CHARS never (this message or its recipient are refused);
 * E_ANSWER this one later; any other fault would meet the next message, too.
 */
struct channel_driver {
	/* Before the first message: what must be there. NULL: nothing. */
	enum err (*prepare)(const struct jobs_conf *conf, struct fault *f);
	void *(*open)(const struct jobs_conf *conf);
	enum err (*send)(void *link, const struct channel_from *from,
	    const struct upkeep_message *m, struct fault *f);
	void (*close)(void **link);
};

extern const struct channel_driver spool_mail, spool_sms, smtp_driver, gateway_driver;

#endif
