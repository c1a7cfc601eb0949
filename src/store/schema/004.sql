-- 004: when another certificate took its place; from when a key is said to be bad, said by one person each.
ALTER TABLE certificate ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
CREATE TABLE backdate (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, certificate INTEGER NOT NULL REFERENCES certificate (id),
	person INTEGER NOT NULL REFERENCES person (id), invalidity INTEGER NOT NULL, UNIQUE (certificate, person)
) STRICT;
