-- 006: who asked for a code by SMS (keyed hash, '' on this machine), and where the codes of an application go (S13, S18).
ALTER TABLE sms_code ADD COLUMN peer TEXT NOT NULL DEFAULT '';
CREATE INDEX sms_code_peer ON sms_code (peer, created);
CREATE TABLE contact (
	application INTEGER PRIMARY KEY REFERENCES application (id), mail TEXT NOT NULL, changed INTEGER NOT NULL
) STRICT;
