/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "base/must.h"
#include "service/signin.h"

enum err
api_sms_send(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct sms_send send = *(const struct sms_send *)in;

	if (send.purpose.n == 0)
		send.purpose = STR("sign-in");
	TRY(signin_sms_send(&k->call, &send, f));
	out_object(o, NULL);
	out_int(o, "digits", SMS_DIGITS);
	out_int(o, "life", SMS_LIFE);
	out_close(o);
	return OK;
}

static void
out_session(struct out *o, const struct session *s)
{
	out_object(o, NULL);
	out_text(o, "session", s->secret);
	out_text(o, "role", s->role);
	out_text(o, "name", s->name);
	out_time(o, "expires", s->expires);
	out_close(o);
}

enum err
api_sms_verify(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct session s;

	TRY(signin_sms(&k->call, in, &s, f));
	out_session(o, &s);
	return OK;
}

enum err
api_challenge(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct challenge c;

	(void)in;
	TRY(signin_challenge(&k->call, &c, f));
	out_object(o, NULL);
	out_text(o, "nonce", c.nonce);
	out_text(o, "origin", c.origin);
	out_text(o, "environment", c.environment);
	out_time(o, "expires", c.expires);
	out_close(o);
	return OK;
}

enum err
api_sign_in(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct session s;

	TRY(signin_certificate(&k->call, in, &s, f));
	out_session(o, &s);
	return OK;
}

static const char *const roles[] = {
    [PERSON_SUBSCRIBER] = "subscriber",
    [PERSON_OPERATOR] = "operator",
    [PERSON_ADMINISTRATOR] = "administrator",
    [PERSON_AUDITOR] = "auditor",
};

enum err
api_session_get(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct principal *who = &k->call.who;

	(void)in, (void)f;
	must(who->role != PERSON_NONE && (size_t)who->role < sizeof(roles) / sizeof(roles[0]));
	out_object(o, NULL);
	out_text(o, "role", str_of(roles[who->role]));
	out_text(o, "name", who->name);
	out_text(o, "assurance",
	    who->assurance == ASSURANCE_CERTIFICATE ? STR("certificate") : STR("sms"));
	out_close(o);
	return OK;
}

enum err
api_session_end(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	(void)in, (void)o;
	return signin_out(&k->call, f);
}
