-- Where somebody is registered and where they live are two things (practice.md 8). `visible` marks the
-- residences that say who may see a person: the ones of today, else the last.
ALTER TABLE residence ADD COLUMN registered TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE residence ADD COLUMN living TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE residence ADD COLUMN visible INTEGER NOT NULL DEFAULT 1;
ALTER TABLE residence ADD COLUMN end_reason TEXT;
ALTER TABLE person ADD COLUMN away_place TEXT;
ALTER TABLE person ADD COLUMN away_since INTEGER;
CREATE INDEX person_name ON person (name, birth_day);
CREATE INDEX residence_dwelling ON residence (dwelling_id);
CREATE INDEX dwelling_room ON dwelling (room, building);

-- What a person is found by. One row per word and visible residence, in order of the compound for those who
-- look after a few, in order of the word for those who look after many.
CREATE TABLE search_term (
  compound_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  dwelling_id INTEGER NOT NULL,
  PRIMARY KEY (compound_id, kind, term, person_id, dwelling_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_term_word ON search_term (kind, term, person_id);
CREATE INDEX search_term_person ON search_term (person_id);
-- Persons up to this id have their words; the first start after this migration makes the others'.
INSERT INTO setting (name, value) VALUES ('search_terms_until', '0');

-- Two persons that may be one. `a` is the smaller id.
CREATE TABLE duplicate_pair (
  id INTEGER PRIMARY KEY,
  a_id INTEGER NOT NULL REFERENCES person (id),
  b_id INTEGER NOT NULL REFERENCES person (id),
  reasons TEXT NOT NULL,
  score INTEGER NOT NULL,
  state TEXT NOT NULL,
  found_ms INTEGER NOT NULL,
  settled_ms INTEGER,
  settled_by INTEGER,
  UNIQUE (a_id, b_id)
) STRICT;
CREATE INDEX duplicate_pair_state ON duplicate_pair (state, score, id);
CREATE INDEX duplicate_pair_b ON duplicate_pair (b_id);

-- A merged person is an alias, resolved on read; ledgers keep the id they were written with. `undo` says what
-- the merge changed: residences it ended, fields it filled.
CREATE TABLE person_alias (
  alias_id INTEGER PRIMARY KEY REFERENCES person (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  undo TEXT NOT NULL,
  merged_ms INTEGER NOT NULL,
  merged_by INTEGER NOT NULL
) STRICT;
CREATE INDEX person_alias_person ON person_alias (person_id);

-- Two sources disagree: what the later one said waits here, nothing is overwritten (XN-45, XN-58).
CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person (id),
  residence_id INTEGER REFERENCES residence (id),
  field TEXT NOT NULL,
  known_sealed BLOB NOT NULL,
  known_source TEXT NOT NULL,
  known_ms INTEGER NOT NULL,
  said_sealed BLOB NOT NULL,
  said_index BLOB NOT NULL,
  said_source TEXT NOT NULL,
  said_ms INTEGER NOT NULL,
  import_id INTEGER,
  actor TEXT NOT NULL,
  state TEXT NOT NULL,
  settled_ms INTEGER,
  settled_by INTEGER,
  UNIQUE (person_id, field, said_index)
) STRICT;
CREATE INDEX conflict_state ON conflict (state, id);
