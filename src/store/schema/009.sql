-- 009: the name an application is found by: case-folded, its beginning is searched for.
ALTER TABLE application ADD COLUMN fold TEXT NOT NULL DEFAULT '';
CREATE INDEX application_fold ON application (fold, id);
