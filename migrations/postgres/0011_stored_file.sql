-- Files people bring, scans and photos: the sealed bytes lie beside the store, their key in the row.
CREATE TABLE stored_file (
  id bigint PRIMARY KEY,
  owner text COLLATE "C" NOT NULL,
  owner_id bigint NOT NULL,
  address text COLLATE "C" NOT NULL,
  name text NOT NULL,
  media text COLLATE "C" NOT NULL,
  size_bytes bigint NOT NULL,
  key_sealed bytea NOT NULL,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);
CREATE INDEX stored_file_owner ON stored_file (owner, owner_id, id);
CREATE UNIQUE INDEX stored_file_address ON stored_file (address);
-- Corrections of a passage, found by the passage they correct.
CREATE INDEX passage_reverses ON passage (reverses_id) WHERE reverses_id IS NOT NULL;
-- What the rules of retention took in a night.
CREATE TABLE retention_run (
  day bigint PRIMARY KEY,
  started_ms bigint NOT NULL,
  ended_ms bigint,
  removed text NOT NULL
);
