-- 008: offices: whose case an application is, and in which of them an operator works (all of them when empty).
ALTER TABLE application ADD COLUMN office TEXT NOT NULL DEFAULT '';
CREATE INDEX application_office ON application (office, state, changed, id);
ALTER TABLE person ADD COLUMN offices TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN supervisor INTEGER NOT NULL DEFAULT 0;
