/* SPDX-License-Identifier: Apache-2.0 */
#include "service/notice.h"

#include <inttypes.h>

#include "base/text.h"
#include "base/zone.h"
#include "service/contact.h"
#include "service/life.h"
#include "service/upkeep.h"

#define DAY  86400
#define MOST 50 /* notices of one run; the rest has the next */

static const struct {
	const char *mail, *sms;
} templates[NOTICE__COUNT] = {
#define N(symbol, mail, sms) {mail, sms},
#include "service/notice.def"
#undef N
};

/* Whom, and what it is about. */
struct to {
	struct str mail, phone, lang, no, name, serial, object;
};

static enum err
of_applicant(const struct call *c, const struct enrolment_row *row, struct to *ret, struct fault *f)
{
	struct application_row application;
	struct account_row account;
	const struct realm_profile *p;
	const struct realm *h;
	struct codes_to to;

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, row->profile_version, &p, f));
	TRY(store_application(c->service->store, c->a, row->application, &application, f));
	TRY(store_account(c->service->store, c->a, row->account, &account, f));
	TRY(contact_of(c, &application, &account, &p->profile, &to, f));
	ret->mail = to.mail;
	ret->phone = to.phone;
	ret->lang = to.lang;
	ret->no = application.number;
	return OK;
}

/* Nobody (no mail): it has no holder. */
static enum err
whom(const struct call *c, const struct enrolment_row *row, struct to *ret, struct fault *f)
{
	struct person_row person;

	if (row->application && row->account)
		return of_applicant(c, row, ret, f);
	if (row->person == 0)
		return OK;
	TRY(store_person(c->service->store, c->a, row->person, &person, f));
	ret->mail = person.mail;
	ret->phone = person.phone;
	ret->lang = person.lang;
	ret->no = person.person;
	ret->name = person.name;
	return OK;
}

static enum err
tell(const struct call *c, struct unit *u, const struct to *to, const struct notice_of *n,
    struct fault *f)
{
	enum lang lang = LANG_EN;
	char date[ZONE_TEXT_SIZE];
	bool known = lang_parse(to->lang, &lang);
	const char *word =
	    n->reason ? catalogue_text(lang, arena_fmt(c->a, "reason.%s", n->reason)) : NULL;
	const struct catalogue_value values[] = {{"brand", c->service->conf.brand}, {"no", to->no},
	    {"name", to->name}, {"serial", to->serial}, {"date", str_of(date)},
	    {"days", str_of(arena_fmt(c->a, "%" PRId64, (n->at - c->now + DAY - 1) / DAY))},
	    {"reason", str_of(word ? word : "")}, {"url", c->service->conf.origin},
	    {"hotline", c->service->conf.hotline}};
	struct act_message m = {.channel = "mail",
	    .template = templates[n->kind].mail,
	    .to = to->mail,
	    .lang = known ? to->lang : STR("en"),
	    .object = to->object.n ? to->object : to->no,
	    .values = values,
	    .count = sizeof(values) / sizeof(values[0])};

	zone_text(n->at, date);
	if (to->mail.n)
		TRY(act_message(c, u, &m, f));
	if (to->phone.n == 0 || templates[n->kind].sms[0] == '\0')
		return OK;
	m.channel = "sms";
	m.template = templates[n->kind].sms;
	m.to = to->phone;
	return act_message(c, u, &m, f);
}

enum err
notice_enrolment(const struct call *c, struct unit *u, const struct enrolment_row *row,
    const struct notice_of *n, struct fault *f)
{
	struct to to = {0};

	TRY(whom(c, row, &to, f));
	return tell(c, u, &to, n, f);
}

enum err
notice_certificate(const struct call *c, struct unit *u, const struct certificate_row *row,
    const struct notice_of *n, struct fault *f)
{
	struct enrolment_row enrolment;
	struct to to = {.serial = str_of(hex_text(c->a, row->serial))};
	const struct realm *h;

	if (row->enrolment == 0)
		return OK;
	TRY(realm_now(c, &h, f));
	to.object = life_object(c, row);
	TRY(store_enrolment(c->service->store, c->a, row->enrolment, &enrolment, f));
	TRY(whom(c, &enrolment, &to, f));
	return tell(c, u, &to, n, f);
}

/* Told at 60, 30, 7 days and one day before the end, as far as that is in the last third of its life. */
enum err
upkeep_expiring(const struct call *c, int64_t *ret, struct fault *f)
{
	static const int64_t days[] = {1, 7, 30, 60};
	int64_t n = 0;

	TRY(act_local(c, f));
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		const struct expiring_want want = {
		    .now = c->now, .days = days[i], .life = 3 * days[i] * DAY, .most = MOST};
		struct certificate_list list;

		TRY(store_certificates_expiring(c->service->store, c->a, &want, &list, f));
		for (size_t k = 0; k < list.n; k++, n++) {
			const struct certificate_row *row = &list.rows[k];
			const struct notice_of what = {NOTICE_EXPIRING, row->not_after, NULL};
			struct unit *u = act_unit(c);

			TRY(notice_certificate(c, u, row, &what, f));
			unit_told(u, row->id, days[i]);
			TRY(act_commit(c, u, f));
		}
	}
	*ret = n;
	return OK;
}
