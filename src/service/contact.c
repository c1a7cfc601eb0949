/* SPDX-License-Identifier: Apache-2.0 */
#include "service/contact.h"

#include "base/zone.h"
#include "core/mail.h"
#include "service/form.h"

/* Empty: there is none. */
static enum err
mail_of(const struct call *c, const struct application_row *row, const struct account_row *account,
    const struct profile *p, struct str *ret, struct fault *f)
{
	struct apply_field fields[APPLY_FIELDS_MAX];
	struct str mail;
	size_t n;

	TRY(form_read(c, row->fields, fields, &n, f));
	mail = form_value(fields, n, arena_cstr(c->a, profile_mail_field(p)));
	/* Values of the form live on the row; the row may be gone when the unit is committed. */
	*ret = arena_str(c->a, mail.n ? mail : account->mail);
	return OK;
}

enum err
contact_of(const struct call *c, const struct application_row *row,
    const struct account_row *account, const struct profile *p, struct codes_to *ret,
    struct fault *f)
{
	struct codes_to to = {.phone = account->phone, .lang = row->lang, .object = row->number};
	struct contact before;

	TRY(mail_of(c, row, account, p, &to.mail, f));
	if (to.mail.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, "mail", NULL, "no second channel");
	TRY(store_contact(c->service->store, c->a, row->id, &before, f));
	if (before.changed)
		to.after = before.changed + c->service->conf.contact_wait;
	*ret = to;
	return OK;
}

static enum err
warn(const struct call *c, struct unit *u, const struct application_row *row, struct str old,
    struct str fresh, struct fault *f)
{
	char date[ZONE_TEXT_SIZE];
	const struct catalogue_value values[] = {{"brand", c->service->conf.brand},
	    {"no", row->number}, {"mail", str_of(mail_mask(c->a, fresh))}, {"date", str_of(date)},
	    {"hotline", c->service->conf.hotline}};
	const struct act_message m = {.channel = "mail",
	    .template = "mail.contact",
	    .to = old,
	    .lang = row->lang,
	    .object = row->number,
	    .values = values,
	    .count = sizeof(values) / sizeof(values[0])};

	zone_text(c->now + c->service->conf.contact_wait, date);
	return act_message(c, u, &m, f);
}

enum err
contact_submitted(const struct call *c, struct unit *u, const struct application_row *row,
    const struct profile *p, struct fault *f)
{
	struct account_row account;
	struct contact before;
	struct str mail;
	int64_t changed;

	TRY(store_account(c->service->store, c->a, row->account, &account, f));
	TRY(mail_of(c, row, &account, p, &mail, f));
	TRY(store_contact(c->service->store, c->a, row->id, &before, f));
	changed = before.changed;
	if (before.mail.n && !str_eq(before.mail, mail)) {
		changed = c->now;
		TRY(warn(c, u, row, before.mail, mail, f));
		unit_log(u, AUDIT_CONTACT_CHANGED, row->number, STR(""));
	}
	unit_contact(u, row->id, mail, changed);
	return OK;
}
