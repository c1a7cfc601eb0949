/* SPDX-License-Identifier: Apache-2.0 */
#include "service/codes.h"

#include <inttypes.h>

#include "base/zone.h"
#include "core/code.h"
#include "crypto/random.h"
#include "crypto/slowhash.h"

enum err
codes_hash(const struct call *c, struct str code, struct bytes salt, uint8_t ret[static 32],
    struct fault *f)
{
	(void)c;
	if (salt.n != SLOWHASH_SALT)
		return FAIL(f, E_STORE, "salt of %zu octets", salt.n);
	return slowhash(str_bytes(code), salt.p, ret, f);
}

enum err
codes_make(const struct call *c, struct id enrolment, int64_t generation, const struct profile *p,
    struct codes *ret, struct fault *f)
{
	uint8_t random[CODE_REF_RANDOM + CODE_AUTH_RANDOM], hash[SLOWHASH_SIZE];
	uint8_t *salt = arena_alloc(c->a, SLOWHASH_SALT), *mac = arena_alloc(c->a, SIGNER_MAC_SIZE);
	struct signer_mac q = {
	    .enrolment = enrolment, .generation = (uint32_t)generation, .hash = BYTES_OF(hash)};
	struct codes codes = {.expires = c->now + (int64_t)p->code_days * 86400};
	enum err e;

	random_bytes(random, sizeof(random));
	random_bytes(salt, SLOWHASH_SALT);
	code_ref_make(c->service->env, random, codes.reference);
	code_auth_make(p->code_length, random + CODE_REF_RANDOM, codes.code);
	wipe(random, sizeof(random));
	codes.salt = bytes_of(salt, SLOWHASH_SALT);
	e = codes_hash(c, str_of(codes.code), codes.salt, hash, f);
	if (e == OK)
		e = signer_mac_make(c->service->signer, &q, mac, f);
	wipe(hash, sizeof(hash));
	codes.mac = bytes_of(mac, SIGNER_MAC_SIZE);
	if (e == OK)
		*ret = codes;
	wipe(codes.code, sizeof(codes.code));
	return e;
}

enum err
codes_send(const struct call *c, struct unit *u, struct codes *codes, const struct codes_to *to,
    struct fault *f)
{
	char until[ZONE_TEXT_SIZE];
	char *days = arena_fmt(c->a, "%" PRId64, (codes->expires - c->now) / 86400);
	enum lang lang = LANG_EN;
	const char *role = to->role.n && lang_parse(to->lang, &lang)
	    ? catalogue_text(lang, arena_fmt(c->a, "role.%.*s", (int)to->role.n, to->role.p))
	    : NULL;
	const struct catalogue_value mail[] = {{"brand", c->service->conf.brand},
	    {"name", to->name}, {"role", role ? str_of(role) : to->role}, {"no", to->object},
	    {"ref", str_of(code_shown(c->a, str_of(codes->reference)))}, {"days", str_of(days)},
	    {"date", str_of(until)}, {"url", c->service->conf.origin},
	    {"hotline", c->service->conf.hotline}};
	const struct catalogue_value sms[] = {{"brand", c->service->conf.brand},
	    {"code", str_of(code_shown(c->a, str_of(codes->code)))}, {"date", str_of(until)},
	    {"hotline", c->service->conf.hotline}};
	struct act_message m = {.channel = "mail",
	    .template = to->role.n ? "mail.roster" : "mail.reference",
	    .to = to->mail,
	    .lang = to->lang,
	    .object = to->object,
	    .after = to->after,
	    .values = mail,
	    .count = sizeof(mail) / sizeof(mail[0])};

	zone_text(codes->expires, until);
	TRY(act_message(c, u, &m, f));
	m.channel = "sms";
	m.template = "sms.code";
	m.to = to->phone;
	m.values = sms;
	m.count = sizeof(sms) / sizeof(sms[0]);
	TRY(act_message(c, u, &m, f));
	wipe(codes->code, sizeof(codes->code));
	return OK;
}

enum err
codes_person_enrolment(const struct call *c, const struct person_row *person,
    const struct realm_profile *p, const struct codes *codes, struct enrolment_row *ret,
    struct fault *f)
{
	const struct profile_value values[] = {{STR("name"), person->name}};
	const struct profile_form form = {.values = values, .count = 1, .person = person->person};
	struct profile_names names;

	TRY(profile_subject(c->a, &p->profile, &form, &names, f));
	*ret = (struct enrolment_row){.created = c->now,
	    .public_id = person->enrolment,
	    .person = person->id,
	    .profile = p->profile.name,
	    .profile_version = p->profile.version,
	    .subject = names.subject,
	    .san = names.san,
	    .state = str_of(enrolment_state_name(ENROLMENT_OPEN)),
	    .ver = 1,
	    .generation = 1,
	    .reference = arena_str(c->a, str_of(codes->reference)),
	    .salt = codes->salt,
	    .mac = codes->mac,
	    .expires = codes->expires,
	    .changed = c->now};
	return OK;
}
