-- Files people bring, scans and photos: the sealed bytes lie beside the store, their key in the row.
CREATE TABLE stored_file (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  key_sealed BLOB NOT NULL,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX stored_file_owner ON stored_file (owner, owner_id, id);
CREATE UNIQUE INDEX stored_file_address ON stored_file (address);
-- Corrections of a passage, found by the passage they correct.
CREATE INDEX passage_reverses ON passage (reverses_id) WHERE reverses_id IS NOT NULL;
-- What the rules of retention took in a night.
CREATE TABLE retention_run (
  day INTEGER PRIMARY KEY,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  removed TEXT NOT NULL
) STRICT;
