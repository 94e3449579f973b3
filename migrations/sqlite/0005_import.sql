-- How far a commit or an undo has come, and whether somebody asked it to stop: seen by everybody who looks.
ALTER TABLE import ADD COLUMN done INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN stop INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN undone_ms INTEGER;
ALTER TABLE import ADD COLUMN undone TEXT NOT NULL DEFAULT '{}';
CREATE INDEX history_import ON history (import_id, entity, record_id) WHERE import_id IS NOT NULL;

-- How a person said a form is to be read, found again by what its header says. Nothing of its rows is here.
CREATE TABLE remembered_form (
  id INTEGER PRIMARY KEY,
  community_id INTEGER NOT NULL REFERENCES place (id),
  header_digest BLOB NOT NULL,
  said TEXT NOT NULL,
  remembered_ms INTEGER NOT NULL,
  remembered_by INTEGER NOT NULL,
  UNIQUE (community_id, header_digest)
) STRICT;
