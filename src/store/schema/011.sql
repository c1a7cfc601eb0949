-- 011: which agreement a certificate's holder agreed to: hash of the text and its language.
ALTER TABLE certificate ADD COLUMN consent_hash BLOB NOT NULL DEFAULT x'';
ALTER TABLE certificate ADD COLUMN consent_lang TEXT NOT NULL DEFAULT '';
