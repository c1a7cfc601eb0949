/* SPDX-License-Identifier: Apache-2.0 */
#include "service/setup.h"

#include "api/rows.h"

enum err
api_setup_keys(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct setup_keys s;

	TRY(setup_keys(&k->call, in, &s, f));
	out_object(o, NULL);
	out_array(o, "keys");
	for (size_t i = 0; i < s.count; i++) {
		out_object(o, NULL);
		out_text(o, "label", s.keys[i].label);
		out_bytes(o, "spki", s.keys[i].spki);
		out_close(o);
	}
	out_close(o);
	out_text(o, "environment", s.environment);
	out_text(o, "origin", s.origin);
	out_text(o, "http_base", s.http_base);
	out_text(o, "policy_arc", s.policy_arc);
	out_int(o, "administrators", s.administrators);
	out_close(o);
	return OK;
}

enum err
api_setup_finish(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	(void)o;
	return setup_finish(&k->call, in, f);
}

enum err
api_setup_bootstrap(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct setup_codes *codes;
	size_t count;

	(void)in;
	TRY(setup_bootstrap(&k->call, &codes, &count, f));
	out_object(o, NULL);
	out_array(o, "codes");
	for (size_t i = 0; i < count; i++) {
		out_object(o, NULL);
		out_text(o, "name", codes[i].name);
		out_text(o, "reference", codes[i].reference);
		out_text(o, "code", codes[i].code);
		out_close(o);
	}
	out_close(o);
	out_close(o);
	return OK;
}
