-- 002: what an operator asks to be corrected in an application, a line each field.
ALTER TABLE application ADD COLUMN remarks TEXT NOT NULL DEFAULT '';
