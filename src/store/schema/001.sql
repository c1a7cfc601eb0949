-- 001: everything the walking path needs. Forward only: what is here is never changed, only added to.
-- STRICT keeps types; octets and text that are not set are empty; keys of other rows may be NULL.
CREATE TABLE meta (
	id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, oldest INTEGER NOT NULL,
	environment TEXT NOT NULL CHECK (environment IN ('production', 'test')), created INTEGER NOT NULL
) STRICT;
CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE node (
	node INTEGER PRIMARY KEY CHECK (node BETWEEN 1 AND 126), owner TEXT NOT NULL, until INTEGER NOT NULL
) STRICT;
CREATE TABLE settle (node INTEGER PRIMARY KEY, position INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;

CREATE TABLE head (
	id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, time_ms INTEGER NOT NULL, hash BLOB NOT NULL
) STRICT;
INSERT INTO head (id, seq, time_ms, hash) VALUES (1, 0, 0, zeroblob(32));
CREATE TABLE log (
	seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, request TEXT NOT NULL, actor TEXT NOT NULL,
	event TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX log_object ON log (object, seq);
CREATE TRIGGER log_keeps_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END;
CREATE TRIGGER log_keeps_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END;

CREATE TABLE account (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, phone TEXT NOT NULL UNIQUE, mail TEXT NOT NULL,
	lang TEXT NOT NULL, changed INTEGER NOT NULL, ver INTEGER NOT NULL
) STRICT;
CREATE TABLE person (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, person TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('administrator', 'operator', 'auditor')), phone TEXT NOT NULL,
	mail TEXT NOT NULL, lang TEXT NOT NULL, enrolment TEXT NOT NULL, key_hash BLOB NOT NULL,
	roster INTEGER NOT NULL, removed INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_key ON person (key_hash) WHERE length(key_hash) > 0 AND removed = 0;

CREATE TABLE ca (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, label TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
	generation INTEGER NOT NULL, der BLOB NOT NULL, crl_number INTEGER NOT NULL,
	this_update INTEGER NOT NULL, next_update INTEGER NOT NULL, UNIQUE (name, generation)
) STRICT;
CREATE TABLE crl (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, ca INTEGER NOT NULL REFERENCES ca (id),
	number INTEGER NOT NULL, this_update INTEGER NOT NULL, next_update INTEGER NOT NULL,
	size INTEGER NOT NULL, pieces INTEGER NOT NULL, hash BLOB NOT NULL,
	complete INTEGER NOT NULL CHECK (complete IN (0, 1)), UNIQUE (ca, number)
) STRICT;
CREATE TABLE crl_piece (
	crl INTEGER NOT NULL REFERENCES crl (id), n INTEGER NOT NULL,
	octets BLOB NOT NULL CHECK (length(octets) <= 1048576), PRIMARY KEY (crl, n)
) STRICT;

CREATE TABLE application (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, account INTEGER NOT NULL REFERENCES account (id),
	profile TEXT NOT NULL, profile_version INTEGER NOT NULL, revision INTEGER NOT NULL, state TEXT NOT NULL,
	ver INTEGER NOT NULL, fields TEXT NOT NULL, subject BLOB NOT NULL, san BLOB NOT NULL,
	enrolment TEXT NOT NULL, lang TEXT NOT NULL, consent TEXT NOT NULL, consent_version INTEGER NOT NULL,
	consent_hash BLOB NOT NULL, consent_lang TEXT NOT NULL, submitted INTEGER NOT NULL,
	decided INTEGER NOT NULL, reason TEXT NOT NULL, changed INTEGER NOT NULL, number TEXT NOT NULL UNIQUE
) STRICT;
CREATE UNIQUE INDEX application_enrolment ON application (enrolment) WHERE enrolment <> '';
CREATE INDEX application_account ON application (account, created, id);
CREATE INDEX application_state ON application (state, changed, id);
CREATE INDEX application_created ON application (created, id);
CREATE TABLE approval (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, application INTEGER NOT NULL REFERENCES application (id),
	revision INTEGER NOT NULL, person INTEGER NOT NULL REFERENCES person (id), key_hash BLOB NOT NULL,
	certificate_hash BLOB NOT NULL, server_nonce BLOB NOT NULL, agent_nonce BLOB NOT NULL,
	signature BLOB NOT NULL, payload_hash BLOB NOT NULL, UNIQUE (application, revision, person)
) STRICT;

CREATE TABLE enrolment (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, public_id TEXT NOT NULL UNIQUE,
	application INTEGER REFERENCES application (id), person INTEGER REFERENCES person (id),
	account INTEGER REFERENCES account (id), profile TEXT NOT NULL, profile_version INTEGER NOT NULL,
	subject BLOB NOT NULL, san BLOB NOT NULL, state TEXT NOT NULL, ver INTEGER NOT NULL,
	generation INTEGER NOT NULL, reference TEXT NOT NULL, salt BLOB NOT NULL, mac BLOB NOT NULL,
	sealed BLOB NOT NULL, expires INTEGER NOT NULL, key_hash BLOB NOT NULL, claimed INTEGER NOT NULL,
	entrance TEXT NOT NULL, key_place TEXT NOT NULL, installed_nonce BLOB NOT NULL, changed INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX enrolment_reference ON enrolment (reference) WHERE reference <> '';
CREATE UNIQUE INDEX enrolment_key ON enrolment (key_hash) WHERE length(key_hash) > 0;
CREATE INDEX enrolment_application ON enrolment (application);
CREATE INDEX enrolment_due ON enrolment (state, expires, id);

CREATE TABLE certificate (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, ca INTEGER NOT NULL REFERENCES ca (id),
	serial BLOB NOT NULL, profile TEXT NOT NULL, profile_version INTEGER NOT NULL, template_hash BLOB NOT NULL,
	subject TEXT NOT NULL, subject_fold TEXT NOT NULL, not_before INTEGER NOT NULL, not_after INTEGER NOT NULL,
	state TEXT NOT NULL, ver INTEGER NOT NULL, reason INTEGER NOT NULL, revoked_at INTEGER NOT NULL,
	invalidity INTEGER NOT NULL, enrolment INTEGER REFERENCES enrolment (id), key_hash BLOB NOT NULL,
	account INTEGER REFERENCES account (id), person INTEGER REFERENCES person (id), entrance TEXT NOT NULL,
	key_place TEXT NOT NULL, confirmed INTEGER NOT NULL, UNIQUE (ca, serial)
) STRICT;
CREATE INDEX certificate_revoked ON certificate (ca, serial) WHERE revoked_at > 0;
CREATE INDEX certificate_enrolment ON certificate (enrolment) WHERE enrolment IS NOT NULL;
CREATE INDEX certificate_account ON certificate (account, created, id) WHERE account IS NOT NULL;
CREATE INDEX certificate_person ON certificate (person, created, id) WHERE person IS NOT NULL;
CREATE INDEX certificate_profile ON certificate (ca, profile, id);
CREATE INDEX certificate_key ON certificate (key_hash);
CREATE INDEX certificate_subject ON certificate (subject_fold, id);
CREATE INDEX certificate_created ON certificate (created, id);
CREATE INDEX certificate_end ON certificate (state, not_after, id);
CREATE TABLE certificate_der (
	certificate INTEGER PRIMARY KEY REFERENCES certificate (id), der BLOB NOT NULL
) STRICT;
CREATE TABLE hold (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, certificate INTEGER NOT NULL REFERENCES certificate (id),
	since INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX hold_open ON hold (certificate) WHERE until = 0;
CREATE INDEX hold_certificate ON hold (certificate, since);

CREATE TABLE session (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE,
	kind TEXT NOT NULL CHECK (kind IN ('sms', 'certificate', 'enrolment')),
	account INTEGER REFERENCES account (id), person INTEGER REFERENCES person (id),
	enrolment INTEGER REFERENCES enrolment (id), certificate INTEGER REFERENCES certificate (id),
	client BLOB NOT NULL, seen INTEGER NOT NULL, expires INTEGER NOT NULL, absolute INTEGER NOT NULL,
	ended INTEGER NOT NULL
) STRICT;
CREATE INDEX session_enrolment ON session (enrolment) WHERE enrolment IS NOT NULL;
CREATE INDEX session_person ON session (person) WHERE person IS NOT NULL;
CREATE INDEX session_certificate ON session (certificate) WHERE certificate IS NOT NULL;
CREATE INDEX session_absolute ON session (absolute);
CREATE TABLE sms_code (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, phone TEXT NOT NULL, purpose TEXT NOT NULL,
	hash BLOB NOT NULL, client BLOB NOT NULL, tries INTEGER NOT NULL, expires INTEGER NOT NULL,
	used INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_code_phone ON sms_code (phone, created);
CREATE INDEX sms_code_created ON sms_code (created);
CREATE TABLE nonce (hash BLOB PRIMARY KEY, purpose TEXT NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX nonce_expires ON nonce (expires);
CREATE TABLE code_try (
	reference BLOB PRIMARY KEY, tries INTEGER NOT NULL, since INTEGER NOT NULL, locked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX code_try_since ON code_try (since);

CREATE TABLE job (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL,
	due INTEGER NOT NULL, until INTEGER NOT NULL, worker TEXT NOT NULL, tries INTEGER NOT NULL,
	ver INTEGER NOT NULL, last_fault TEXT NOT NULL, UNIQUE (kind, object)
) STRICT;
CREATE INDEX job_due ON job (due, id);
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
	template TEXT NOT NULL, lang TEXT NOT NULL, recipient BLOB NOT NULL, params BLOB NOT NULL,
	object TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
	due INTEGER NOT NULL, until INTEGER NOT NULL, worker TEXT NOT NULL, tries INTEGER NOT NULL,
	sent INTEGER NOT NULL, last_fault TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due, id) WHERE state = 'pending';
CREATE INDEX outbox_object ON outbox (object);

CREATE TABLE idempotency (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, principal TEXT NOT NULL, route TEXT NOT NULL,
	client_key TEXT NOT NULL, body_hash BLOB NOT NULL, object INTEGER, expires INTEGER NOT NULL,
	UNIQUE (principal, route, client_key)
) STRICT;
CREATE INDEX idempotency_expires ON idempotency (expires);
CREATE TABLE document (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
	octets BLOB NOT NULL, hash BLOB NOT NULL, signatures BLOB NOT NULL, applied INTEGER NOT NULL,
	UNIQUE (kind, version)
) STRICT;
