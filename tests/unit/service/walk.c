/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/ca.h"
#include "core/approval.h"
#include "core/code.h"
#include "core/document.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/verify.h"
#include "x509/csr.h"
#include "x509/name.h"

#define ORIGIN "https://localhost:8443"
#define SECRET "0123456789abcdefghijklmnopqrstuv"

void
world_ok(enum err e, const struct fault *f, int line)
{
	if (e != OK)
		fail_msg("line %d: %s field \"%s\" rule \"%s\": %s (%s:%d)", line, err_row(e)->slug,
		    f->field, f->rule, f->detail, f->file ? f->file : "", f->line);
}

static struct service *
open_service(struct world *w, struct store *store, struct signer_client *signer)
{
	struct service_conf conf = {.environment = STR("test"),
	    .origin = STR(ORIGIN),
	    .http_base = STR("http://localhost:8445"),
	    .policy_arc = STR("2.25.113029375"),
	    .brand = STR("Signet"),
	    .hotline = STR("400-880-9888"),
	    .contact_wait = 86400,
	    .data_dir = str_of(w->front_dir),
	    .node = HOUSE_NODE,
	    .administrators = 1};
	struct service *s = NULL;
	struct fault f = {0};

	MUST_OK(service_open(&conf, store, signer, &s, &f));
	return s;
}

void
world_open(struct world *w)
{
	struct store_conf conf = {.environment = STR("test"), .migrate = true, .now = house_now()};
	struct fault f = {0};

	*w = (struct world){.a = arena_new((size_t)256 << 20)};
	house_open(&w->house);
	(void)snprintf(w->store_path, sizeof(w->store_path), "%s/signet.db", w->house.folder);
	(void)snprintf(w->front_dir, sizeof(w->front_dir), "%s/front", w->house.folder);
	assert_int_equal(mkdir(w->front_dir, 0700), 0);
	conf.where = w->store_path;
	MUST_OK(store_open(&conf, &w->store[0], &f));
	conf.migrate = false;
	MUST_OK(store_open(&conf, &w->store[1], &f));
	w->front = open_service(w, w->store[0], w->house.front);
	w->jobs = open_service(w, w->store[1], w->house.jobs);
}

void
world_close(struct world *w)
{
	service_close(&w->front);
	service_close(&w->jobs);
	store_close(&w->store[0]);
	store_close(&w->store[1]);
	house_close(&w->house);
	arena_free(&w->a);
}

struct call
world_call(struct world *w, const struct principal *who)
{
	struct call c = {.service = w->front,
	    .a = w->a,
	    .now = service_now(w->front) + w->shift,
	    .request_id = STR("00000000000000000000000000000001"),
	    .peer = STR("127.0.0.1"),
	    .route = STR("test")};

	if (who)
		c.who = *who;
	return c;
}

struct call
world_jobs(struct world *w)
{
	struct call c = world_call(w, NULL);

	c.service = w->jobs;
	c.who = (struct principal){.assurance = ASSURANCE_LOCAL, .name = STR("jobs")};
	return c;
}

static struct bytes
profile_file(struct world *w, const char *name)
{
	char path[512];
	uint8_t *p = arena_alloc(w->a, PROFILE_MAX);
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s.yaml", WALK_PROFILES, name);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	n = read(fd, p, PROFILE_MAX);
	(void)close(fd);
	assert_true(n > 0);
	if (w->more && strcmp(name, "person-signature") == 0) {
		assert_true((size_t)n + strlen(w->more) <= PROFILE_MAX);
		memcpy(p + n, w->more, strlen(w->more));
		n += (ssize_t)strlen(w->more);
	}
	return bytes_of(p, (size_t)n);
}

void
world_set_up(struct world *w)
{
	const struct principal local = {.assurance = ASSURANCE_LOCAL};
	struct call c = world_call(w, &local);
	struct ca_plan plan = {.house = {.env = ENVIRONMENT_TEST,
				   .country = STR("CN"),
				   .organisation = STR("Steel Group TEST"),
				   .generation = 1},
	    .base = STR("http://localhost:8445"),
	    .policy_arc = STR("2.25.113029375"),
	    .now = c.now};
	struct setup_finish in = {.profile_count = 2, .person_count = 1};
	struct setup_keys keys;
	struct ca_made made;
	struct fault f = {0};

	MUST_OK(setup_keys(&c, &(struct setup_kinds){0}, &keys, &f));
	plan.issuing_spki = keys.keys[0].spki;
	plan.management_spki = keys.keys[1].spki;
	MUST_OK(softkey_generate(&w->house.root_key, &f));
	MUST_OK(ca_make(w->a, w->house.root_key, &plan, &made, &f));
	in.root = made.root;
	in.issuing = made.issuing;
	in.management = made.management;
	in.root_crl = made.crl;
	in.profiles[0] = profile_file(w, "person-signature");
	in.profiles[1] = profile_file(w, "operator");
	in.people[0] = (struct setup_person){.name = STR("Anna Adler"),
	    .phone = STR("+8613800138001"),
	    .mail = STR("anna@example.com"),
	    .lang = STR("en")};
	MUST_OK(setup_finish(&c, &in, &f));
}

/* Hand over the next message of either channel. False: there is none. */
static bool
take(const struct call *c, struct upkeep_message *ret)
{
	struct fault f = {0};
	enum err e = upkeep_message_next(c, STR("mail"), ret, &f);

	if (e == E_NOT_FOUND) {
		f = (struct fault){0};
		e = upkeep_message_next(c, STR("sms"), ret, &f);
	}
	if (e == E_NOT_FOUND)
		return false;
	world_ok(e, &f, __LINE__);
	MUST_OK(upkeep_message_done(c, ret->id, UPKEEP_SENT, STR(""), &f));
	return true;
}

/* Hand over all that waits; the last text on CHANNEL, or empty. */
static struct str
drain(struct world *w, const char *channel)
{
	struct call c = world_jobs(w);
	struct upkeep_message m;
	struct str found = {0};

	while (take(&c, &m))
		if (str_is(m.channel, channel))
			found = m.text;
	return found;
}

struct str
world_message(struct world *w, const char *channel)
{
	struct str found = drain(w, channel);

	assert_true(found.n > 0);
	return found;
}

/* The first run of N octets of WORD (blanks and dashes left out) in TEXT. */
static struct str
run_of(struct world *w, struct str text, const char *word, size_t n)
{
	for (size_t i = 0; i < text.n; i++) {
		char *out = arena_alloc(w->a, n + 1);
		size_t have = 0, k = i;

		while (k < text.n && have < n) {
			if (strchr(word, text.p[k]) && text.p[k])
				out[have++] = text.p[k];
			else if (have == 0 || (text.p[k] != ' ' && text.p[k] != '-'))
				break;
			k++;
		}
		if (have == n)
			return str_of(out);
	}
	fail_msg("no run of %zu in: %.*s", n, (int)text.n, text.p);
	return (struct str){0};
}

struct str
world_digits(struct world *w, struct str text, size_t n)
{
	return run_of(w, text, "0123456789", n);
}

struct str
world_code(struct world *w, struct str text)
{
	return run_of(w, text, CODE_ALPHABET, CODE_AUTH_SHORT);
}

struct bytes
world_csr(struct world *w, struct softkey *key)
{
	static const struct name nobody;
	struct bytes subject, tbs, sig, csr;
	struct fault f = {0};

	MUST_OK(name_encode(w->a, &nobody, &subject, &f));
	MUST_OK(csr_tbs(w->a, subject, softkey_spki(key), (struct bytes){0}, &tbs, &f));
	MUST_OK(softkey_sign(key, w->a, tbs, &sig, &f));
	MUST_OK(csr_finish(w->a, tbs, SIGALG_ECDSA_SHA256, sig, &csr, &f));
	return csr;
}

static struct bytes
hash(struct world *w, struct bytes b)
{
	uint8_t *h = arena_alloc(w->a, SHA256_SIZE);

	sha256(b, h);
	return bytes_of(h, SHA256_SIZE);
}

struct bytes
world_sign(struct world *w, const struct somebody *b, struct statement *s, struct bytes certificate,
    struct bytes payload)
{
	uint8_t *nonce = arena_alloc(w->a, STATEMENT_NONCE);
	struct bytes octets, sig;
	struct fault f = {0};

	random_bytes(nonce, STATEMENT_NONCE);
	s->env = ENVIRONMENT_TEST;
	s->origin = STR(ORIGIN);
	if (s->agent_nonce.n == 0)
		s->agent_nonce = bytes_of(nonce, STATEMENT_NONCE);
	s->spki_hash = hash(w, softkey_spki(b->key));
	s->certificate_hash = certificate.n ? hash(w, certificate) : (struct bytes){0};
	s->payload_hash = payload.n ? hash(w, payload) : (struct bytes){0};
	MUST_OK(statement_encode(w->a, s, &octets, &f));
	MUST_OK(softkey_sign(b->key, w->a, octets, &sig, &f));
	return sig;
}

void
world_ticket(struct world *w, struct somebody *b, struct enrol_ticket *ret, uint8_t nonce[32])
{
	struct call c = world_call(w, NULL);
	struct enrol_check in = {
	    .reference = b->reference, .code = b->code, .agent_nonce = bytes_of(nonce, 32)};
	struct fault f = {0};

	random_bytes(nonce, 32);
	MUST_OK(enrol_check(&c, &in, ret, &f));
	MUST_OK(signin_session(&c, ret->session, &b->who, &f));
}

void
world_enrol(struct world *w, struct somebody *b)
{
	uint8_t nonce[32];
	struct statement s = {.purpose = PURPOSE_INSTALLED};
	struct enrol_ticket ticket;
	struct enrol_issued issued;
	struct enrol_proof proof;
	struct enrol_done done;
	struct fault f = {0};
	struct call c;

	world_ticket(w, b, &ticket, nonce);
	c = world_call(w, &b->who);
	MUST_OK(softkey_generate(&b->key, &f));
	MUST_OK(enrol_issue(&c, ticket.enrolment, world_csr(w, b->key), &issued, &f));
	b->certificate = issued.certificate;
	s.server_nonce = issued.nonce;
	proof.signature = world_sign(w, b, &s, issued.certificate, (struct bytes){0});
	proof.agent_nonce = s.agent_nonce;
	proof.server_nonce = issued.nonce;
	MUST_OK(enrol_installed(&c, ticket.enrolment, &proof, &done, &f));
	assert_true(str_is(done.state, "active"));
	b->ca = done.ca;
	b->serial = done.serial;
}

void
world_sign_in(struct world *w, struct somebody *b)
{
	struct call c = world_call(w, NULL);
	struct statement s = {.purpose = PURPOSE_SIGN_IN};
	struct signed_challenge in = {.certificate = b->certificate};
	struct challenge challenge;
	struct session session;
	struct fault f = {0};

	MUST_OK(signin_challenge(&c, &challenge, &f));
	assert_true(base64_parse(w->a, challenge.nonce, &in.nonce));
	s.server_nonce = in.nonce;
	in.signature = world_sign(w, b, &s, b->certificate, (struct bytes){0});
	in.agent_nonce = s.agent_nonce;
	MUST_OK(signin_certificate(&c, &in, &session, &f));
	MUST_OK(signin_session(&c, session.secret, &b->who, &f));
}

void
world_sms_sign_in(struct world *w, struct somebody *b, const char *phone)
{
	struct call c = world_call(w, NULL);
	struct sms_send send = {.phone = str_of(phone), .client_secret = STR(SECRET)};
	struct sms_sign_in in = {.phone = str_of(phone), .client_secret = STR(SECRET)};
	struct session session;
	struct fault f = {0};

	MUST_OK(signin_sms_send(&c, &send, &f));
	in.code = world_digits(w, world_message(w, "sms"), 6);
	MUST_OK(signin_sms(&c, &in, &session, &f));
	MUST_OK(signin_session(&c, session.secret, &b->who, &f));
	b->phone = str_of(phone);
}

struct str
world_submit(struct world *w, const struct somebody *subscriber)
{
	struct call c = world_call(w, &subscriber->who);
	const struct apply_consent consent = {
	    .text_id = STR("person-signature-1"), .lang = STR("en"), .given = true};
	struct apply_draft draft = {.profile = STR("person-signature"),
	    .fields = {{STR("name"), STR("Zhang Wei")}, {STR("country"), STR("CN")},
		{STR("mail"), STR("zhang.wei@example.com")}, {STR("phone"), subscriber->phone}},
	    .field_count = 4};
	struct apply_view view;
	struct fault f = {0};

	MUST_OK(apply_draft(&c, &draft, &view, &f));
	assert_true(str_is(view.state, "draft"));
	MUST_OK(apply_submit(&c, view.no, &consent, &view, &f));
	assert_true(str_is(view.state, "submitted"));
	return view.no;
}

void
world_approve(struct world *w, const struct somebody *operator, struct str no)
{
	struct call c = world_call(w, &operator->who);
	struct statement s = {.purpose = PURPOSE_APPROVE};
	struct apply_to_approve look;
	struct approval in = {0};
	struct apply_view view;
	struct fault f = {0};

	(void)drain(w, "none");
	MUST_OK(apply_approval(&c, no, &look, &f));
	assert_true(base64_parse(w->a, look.nonce, &in.server_nonce));
	s.server_nonce = in.server_nonce;
	in.signature = world_sign(w, operator, & s, operator->certificate, look.payload);
	in.agent_nonce = s.agent_nonce;
	in.spki_hash = s.spki_hash;
	in.certificate_hash = s.certificate_hash;
	MUST_OK(apply_approve(&c, no, &in, &view, &f));
	assert_true(str_is(view.state, "open"));
}

void
world_codes(struct world *w, struct somebody *b)
{
	struct call c = world_jobs(w);
	struct upkeep_message m;

	b->reference = (struct str){0};
	b->code = (struct str){0};
	while (take(&c, &m)) {
		if (str_is(m.channel, "mail"))
			b->reference = world_digits(w, m.text, CODE_REF_DIGITS);
		else
			b->code = world_code(w, m.text);
	}
	assert_true(b->reference.n && b->code.n);
}

void
world_add(struct world *w, const struct somebody *admin, const struct amend_person *in,
    struct somebody *ret)
{
	struct call c = world_call(w, &admin->who);
	struct statement s = {.purpose = PURPOSE_DOCUMENT};
	struct amend_prepared p;
	struct approval sig;
	struct document d = {.kind = DOCUMENT_ROSTER};
	struct fault f = {0};

	(void)drain(w, "none");
	MUST_OK(amend_person(&c, in, &p, &f));
	d.version = (uint32_t)p.version;
	d.hash = hash(w, p.octets);
	assert_true(base64_parse(w->a, p.nonce, &sig.server_nonce));
	s.server_nonce = sig.server_nonce;
	sig.signature = world_sign(w, admin, &s, admin->certificate, document_payload(w->a, &d));
	sig.agent_nonce = s.agent_nonce;
	sig.spki_hash = s.spki_hash;
	sig.certificate_hash = s.certificate_hash;
	MUST_OK(amend_apply(&c, p.kind, p.version, &sig, 1, &f));
	world_codes(w, ret);
	world_enrol(w, ret);
	world_sign_in(w, ret);
}

void
world_people(struct world *w, struct somebody *admin, struct somebody *operator,
    struct somebody * subscriber)
{
	const struct principal local = {.assurance = ASSURANCE_LOCAL};
	const struct amend_person oleg = {.name = STR("Oleg Orlov"),
	    .role = STR("operator"),
	    .phone = STR("+79161234567"),
	    .mail = STR("oleg@example.com"),
	    .lang = STR("ru")};
	struct call c = world_call(w, &local);
	struct setup_codes *codes;
	struct fault f = {0};
	size_t n;

	MUST_OK(setup_bootstrap(&c, &codes, &n, &f));
	assert_int_equal(n, 1);
	admin->reference = codes[0].reference;
	admin->code = codes[0].code;
	world_enrol(w, admin);
	world_sign_in(w, admin);
	assert_int_equal(admin->who.role, PERSON_ADMINISTRATOR);
	world_add(w, admin, &oleg, operator);
	assert_int_equal(operator->who.role, PERSON_OPERATOR);
	world_sms_sign_in(w, subscriber, "+8613800138000");
}
