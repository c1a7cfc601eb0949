-- 010: at how many days before its end the holder of a certificate was told last.
CREATE TABLE told (
	certificate INTEGER PRIMARY KEY REFERENCES certificate (id), days INTEGER NOT NULL
) STRICT;
