-- 007: an approval that is one of a list under one signature: the hashes of all payloads it covers.
ALTER TABLE approval ADD COLUMN list BLOB NOT NULL DEFAULT x'';
