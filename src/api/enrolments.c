/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "api/tables.h"
#include "service/enrol.h"

static struct str
id(const struct api_call *k)
{
	return http_param(k->req, "id");
}

/* The members of a ticket, into an object that is open. */
static void
put_ticket(struct out *o, const struct enrol_ticket *t)
{
	out_text(o, "enrolment", t->enrolment);
	out_text(o, "session", t->session);
	out_text(o, "profile", t->profile);
	out_array(o, "subject");
	for (size_t i = 0; i < t->subject_count; i++) {
		out_object(o, NULL);
		out_text(o, "attribute", t->subject[i].attribute);
		out_text(o, "value", t->subject[i].value);
		out_close(o);
	}
	out_close(o);
	out_bytes(o, "job", t->job);
	out_bytes(o, "job_signature", t->job_signature);
	out_time(o, "expires", t->expires);
}

static void
put_chain(struct out *o, const struct enrol_issued *x)
{
	out_bytes(o, "certificate", x->certificate);
	out_array(o, "chain");
	for (size_t i = 0; i < x->chain_count; i++)
		out_bytes(o, NULL, x->chain[i]);
	out_close(o);
}

static void
put_issued(struct out *o, const struct enrol_issued *x)
{
	put_chain(o, x);
	out_bytes(o, "nonce", x->nonce);
}

enum err
api_enrolment_check(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct enrol_ticket t;

	TRY(enrol_check(&k->call, in, &t, f));
	out_object(o, NULL);
	put_ticket(o, &t);
	out_close(o);
	return OK;
}

enum err
api_enrolment_issue(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_csr *body = in;
	struct enrol_issued x;

	TRY(enrol_issue(&k->call, id(k), body->csr, &x, f));
	out_object(o, NULL);
	put_issued(o, &x);
	out_close(o);
	return OK;
}

static void
put_done(struct out *o, const struct enrol_done *d)
{
	out_text(o, "ca", d->ca);
	out_text(o, "serial", d->serial);
	out_text(o, "state", d->state);
	out_time(o, "not_before", d->not_before);
	out_time(o, "not_after", d->not_after);
}

enum err
api_enrolment_request(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct enrol_direct x;

	TRY(enrol_request(&k->call, in, &x, f));
	out_object(o, NULL);
	put_done(o, &x.done);
	put_chain(o, &x.issued);
	out_close(o);
	return OK;
}

enum err
api_enrolment_installed(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct enrol_done d;

	TRY(enrol_installed(&k->call, id(k), in, &d, f));
	out_object(o, NULL);
	put_done(o, &d);
	out_close(o);
	return OK;
}

enum err
api_resume_begin(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_reference *body = in;
	struct enrol_resume_challenge c;

	TRY(enrol_resume_begin(&k->call, body->reference, &c, f));
	out_object(o, NULL);
	out_text(o, "enrolment", c.enrolment);
	out_bytes(o, "nonce", c.nonce);
	out_close(o);
	return OK;
}

enum err
api_resume(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct enrol_resumed r;

	TRY(enrol_resume(&k->call, id(k), in, &r, f));
	out_object(o, NULL);
	put_ticket(o, &r.ticket);
	out_text(o, "state", r.state);
	if (r.issued.certificate.n)
		put_issued(o, &r.issued);
	out_close(o);
	return OK;
}
