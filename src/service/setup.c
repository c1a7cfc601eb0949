/* SPDX-License-Identifier: Apache-2.0 */
#include "service/setup.h"

#include "base/text.h"
#include "core/builtin.h"
#include "core/code.h"
#include "core/label.h"
#include "core/mail.h"
#include "core/phone.h"
#include "core/roster.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "service/act.h"
#include "service/codes.h"
#include "service/own.h"
#include "service/upkeep.h"
#include "x509/crl.h"

static const char *const labels[SIGNER_KEY__COUNT] = {[SIGNER_KEY_ISSUING] = "issuing",
    [SIGNER_KEY_MANAGEMENT] = "management",
    [SIGNER_KEY_OCSP_ISSUING] = "ocsp-issuing",
    [SIGNER_KEY_OCSP_MANAGEMENT] = "ocsp-management",
    [SIGNER_KEY_AUDIT] = "audit",
    [SIGNER_KEY_JOB] = "job"};

enum err
setup_keys(
    const struct call *c, const struct setup_kinds *kinds, struct setup_keys *ret, struct fault *f)
{
	const struct service_conf *conf = &c->service->conf;
	const struct signer_keys_wanted want = {.env = c->service->env,
	    .origin = conf->origin,
	    .issuing = kinds->issuing,
	    .management = kinds->management,
	    .ocsp = kinds->ocsp};
	struct setup_keys out = {.environment = conf->environment,
	    .origin = conf->origin,
	    .http_base = conf->http_base,
	    .policy_arc = conf->policy_arc,
	    .administrators = conf->administrators};
	struct signer_keys keys;

	TRY(act_local(c, f));
	TRY(signer_setup_keys(c->service->signer, c->a, &want, &keys, f));
	for (size_t i = 0; i < SIGNER_KEY__COUNT; i++) {
		out.keys[i].label = str_of(labels[i]);
		out.keys[i].spki = keys.spki[i];
	}
	out.count = SIGNER_KEY__COUNT;
	*ret = out;
	return OK;
}

/* Version 1 of the roster: n administrators, each with an open enrolment and no key yet. */
static enum err
first_roster(const struct call *c, const struct setup_finish *in, struct roster *roster,
    struct person_row *people, struct fault *f)
{
	struct roster r = {.version = 1, .n = (uint32_t)c->service->conf.administrators};

	if (in->person_count < r.n)
		return FAIL_FIELD(f, E_FIELD_VALUE, "people", r.n == 1 ? "≥ 1" : "≥ 2",
		    "%zu administrators", in->person_count);
	r.rows = arena_array(c->a, in->person_count, sizeof(*r.rows));
	r.count = in->person_count;
	for (size_t i = 0; i < in->person_count; i++) {
		const struct setup_person *p = &in->people[i];
		struct roster_row *row = &r.rows[i];
		enum lang lang;

		random_bytes(row->person.b, sizeof(row->person.b));
		random_bytes(row->enrolment.b, sizeof(row->enrolment.b));
		row->role = ROSTER_ADMINISTRATOR;
		TRY(label_check(c->a, p->name, 64, "people.name", &row->name, f));
		people[i] = (struct person_row){.created = c->now,
		    .person = str_of(id_text(c->a, row->person)),
		    .name = row->name,
		    .role = STR("administrator"),
		    .lang = p->lang,
		    .enrolment = str_of(id_text(c->a, row->enrolment)),
		    .roster = 1};
		TRY(phone_check(c->a, p->phone, "people.phone", &people[i].phone, f));
		TRY(mail_check(c->a, p->mail, "people.mail", &people[i].mail, f));
		if (!lang_parse(p->lang, &lang))
			return FAIL_FIELD(f, E_FIELD_VALUE, "people.lang", "en | zh | ru", "lang");
	}
	TRY(roster_check(c->a, &r, f));
	*roster = r;
	return OK;
}

static enum err
add_ca(const struct call *c, struct unit *u, const char *name, struct bytes der, struct fault *f)
{
	struct ca_row row = {.created = c->now,
	    .label = str_of(arena_fmt(c->a, "%s-g1", name)),
	    .name = str_of(name),
	    .generation = 1,
	    .der = der};
	struct cert cert;

	TRY(cert_parse(der, &cert, f));
	(void)unit_ca_insert(u, &row);
	unit_log(u, AUDIT_CA_CREATED, row.label, STR(""));
	return OK;
}

static void
add_document(const struct call *c, struct unit *u, struct str kind, struct bytes octets)
{
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);
	struct document_row row = {
	    .created = c->now, .kind = kind, .version = 1, .octets = octets, .applied = c->now};

	sha256(octets, hash);
	row.hash = bytes_of(hash, SHA256_SIZE);
	(void)unit_document_insert(u, &row);
}

static enum err
add_profiles(const struct call *c, struct unit *u, const struct setup_finish *in, struct fault *f)
{
	for (size_t i = 0; i < in->profile_count; i++) {
		struct profile p;

		TRY(profile_parse(c->a, in->profiles[i], &p, f));
		add_document(c, u, str_of(arena_fmt(c->a, "profile:%.*s", (int)p.name.n, p.name.p)),
		    in->profiles[i]);
		unit_log(u, AUDIT_PROFILE_APPLIED, p.name, STR(""));
	}
	return OK;
}

/* The store's part: one unit, after the signer has accepted the same. */
static enum err
take_over(const struct call *c, const struct setup_finish *in, struct bytes roster,
    const struct person_row *people, struct fault *f)
{
	struct unit *u = act_unit(c);

	TRY(add_ca(c, u, "root", in->root, f));
	TRY(add_ca(c, u, "issuing", in->issuing, f));
	TRY(add_ca(c, u, "management", in->management, f));
	TRY(add_profiles(c, u, in, f));
	add_document(c, u, STR("roster"), roster);
	unit_log(u, AUDIT_ROSTER_APPLIED, STR("1"), STR(""));
	for (size_t i = 0; i < in->person_count; i++)
		(void)unit_person_insert(u, &people[i]);
	/* The first records, signed before anybody could want others. */
	act_job(u, c, "checkpoint", STR("asked"), c->now);
	return act_commit(c, u, f);
}

enum err
setup_finish(const struct call *c, const struct setup_finish *in, struct fault *f)
{
	const struct service_conf *conf = &c->service->conf;
	struct person_row *people;
	struct signer_setup setup = {.root = in->root,
	    .issuing = in->issuing,
	    .management = in->management,
	    .root_crl = in->root_crl,
	    .public_base = conf->http_base,
	    .policy_arc = conf->policy_arc,
	    .profiles = in->profiles,
	    .profile_count = in->profile_count};
	const struct signer_keys_wanted made = {.env = c->service->env, .origin = conf->origin};
	struct signer_keys keys;
	struct roster roster;
	struct crl crl;

	TRY(act_local(c, f));
	TRY(crl_open(in->root_crl, &crl, f));
	people = arena_array(c->a, in->person_count + 1, sizeof(*people));
	TRY(first_roster(c, in, &roster, people, f));
	setup.roster = roster_encode(c->a, &roster);
	/* The keys' public halves, once more: afterwards the signer tells them to nobody. */
	TRY(signer_setup_keys(c->service->signer, c->a, &made, &keys, f));
	TRY(signer_setup_finish(c->service->signer, &setup, f));
	TRY(take_over(c, in, setup.roster, people, f));
	TRY(service_ready(c->service, f));
	TRY(own_ocsp(c, PROFILE_CA_ISSUING, keys.spki[SIGNER_KEY_OCSP_ISSUING], f));
	TRY(own_ocsp(c, PROFILE_CA_MANAGEMENT, keys.spki[SIGNER_KEY_OCSP_MANAGEMENT], f));
	TRY(own_tls(c, f));
	TRY(upkeep_crl(c, STR("issuing-g1"), f));
	return upkeep_crl(c, STR("management-g1"), f);
}

/* The codes of one first administrator, shown instead of sent. */
static enum err
open_first(const struct call *c, struct unit *u, const struct person_row *person,
    struct setup_codes *ret, struct fault *f)
{
	const struct realm *h;
	const struct realm_profile *p;
	struct person_row named;
	struct enrolment_row e;
	struct codes codes;
	struct id id;

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, STR("operator"), 0, &p, f));
	TRY(store_person_by_id(c->service->store, c->a, person->person, &named, f));
	if (!id_parse(named.enrolment, &id))
		return FAIL(f, E_STORE, "enrolment of a person");
	TRY(codes_make(c, id, 1, &p->profile, &codes, f));
	TRY(codes_person_enrolment(c, &named, p, &codes, &e, f));
	(void)unit_enrolment_insert(u, &e);
	unit_log(u, AUDIT_BOOTSTRAP_SHOWN, named.person, STR(""));
	*ret = (struct setup_codes){.name = named.name,
	    .reference = str_of(code_shown(c->a, e.reference)),
	    .code = str_of(code_shown(c->a, str_of(codes.code)))};
	wipe(codes.code, sizeof(codes.code));
	return OK;
}

enum err
setup_bootstrap(const struct call *c, struct setup_codes **ret, size_t *count, struct fault *f)
{
	struct person_list people;
	struct setup_codes *out;
	struct unit *u = act_unit(c);
	size_t n = 0;

	TRY(act_local(c, f));
	TRY(service_ready(c->service, f));
	TRY(store_persons(c->service->store, c->a, &people, f));
	out = arena_array(c->a, people.n + 1, sizeof(*out));
	for (size_t i = 0; i < people.n; i++) {
		struct enrolment_row row;
		struct fault absent = {0};

		if (people.rows[i].roster != 1)
			continue;
		if (store_enrolment_by_public(c->service->store, c->a, people.rows[i].enrolment,
			&row, &absent) != E_NOT_FOUND)
			return FAIL_FIELD(f, E_STATE, "bootstrap", NULL, "shown once already");
		TRY(open_first(c, u, &people.rows[i], &out[n++], f));
	}
	TRY(act_commit(c, u, f));
	*ret = out;
	*count = n;
	return OK;
}
