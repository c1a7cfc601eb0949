-- 012: papers that applicants upload. Their octets are sealed with a key of their own, which is sealed by the signer.
CREATE TABLE paper (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, application INTEGER NOT NULL REFERENCES application (id),
	name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, pieces INTEGER NOT NULL,
	sealed_key BLOB NOT NULL, days INTEGER NOT NULL, erased INTEGER NOT NULL, UNIQUE (application, name)
) STRICT;
CREATE INDEX paper_kept ON paper (application) WHERE erased = 0;
CREATE TABLE paper_piece (
	paper INTEGER NOT NULL REFERENCES paper (id), n INTEGER NOT NULL,
	octets BLOB NOT NULL CHECK (length(octets) <= 1048576), PRIMARY KEY (paper, n)
) STRICT;
