-- 003: places of the log that the signer has signed, and the log by event, actor and time.
CREATE TABLE checkpoint (
	id INTEGER PRIMARY KEY, created INTEGER NOT NULL, seq INTEGER NOT NULL UNIQUE, octets BLOB NOT NULL,
	signature BLOB NOT NULL
) STRICT;
CREATE TRIGGER checkpoint_keeps_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
CREATE TRIGGER checkpoint_keeps_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
CREATE INDEX log_event ON log (event, seq);
CREATE INDEX log_actor ON log (actor, seq);
CREATE INDEX log_time ON log (time_ms, seq);
