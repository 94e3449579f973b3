-- How far a commit or an undo has come, and whether somebody asked it to stop: seen by everybody who looks.
ALTER TABLE import ADD COLUMN done bigint NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN total bigint NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN stop bigint NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN undone_ms bigint;
ALTER TABLE import ADD COLUMN undone text COLLATE "C" NOT NULL DEFAULT '{}';
CREATE INDEX history_import ON history (import_id, entity, record_id) WHERE import_id IS NOT NULL;

-- How a person said a form is to be read, found again by what its header says. Nothing of its rows is here.
CREATE TABLE remembered_form (
  id bigint PRIMARY KEY,
  community_id bigint NOT NULL REFERENCES place (id),
  header_digest bytea NOT NULL,
  said text COLLATE "C" NOT NULL,
  remembered_ms bigint NOT NULL,
  remembered_by bigint NOT NULL,
  UNIQUE (community_id, header_digest)
);
