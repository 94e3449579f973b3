-- Survey rounds. The worklist of a round is the dwelling table minus what is resolved (XN-51), so a door has
-- a row only once something happened there.
CREATE TABLE survey_round (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  direction TEXT NOT NULL,
  ladder TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  started_by INTEGER NOT NULL REFERENCES account (id),
  closed_ms INTEGER,
  UNIQUE (place_id, number)
) STRICT;

-- What the round goes over: places of any level, all in the round's place.
CREATE TABLE survey_round_place (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  place_id INTEGER NOT NULL REFERENCES place (id),
  UNIQUE (round_id, place_id)
) STRICT;
CREATE INDEX survey_round_place_place ON survey_round_place (place_id);

-- How a door of a round stands; it follows from its attempts.
CREATE TABLE survey_visit (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  state TEXT NOT NULL,
  outcome TEXT NOT NULL,
  next_contact TEXT,
  not_before_ms INTEGER,
  unanswered_knocks INTEGER NOT NULL,
  fitted_out TEXT NOT NULL,
  occupied TEXT NOT NULL,
  persons INTEGER,
  last_ms INTEGER,
  settled_ms INTEGER,
  settled_by TEXT,
  handover_id INTEGER,
  version INTEGER NOT NULL,
  UNIQUE (round_id, dwelling_id)
) STRICT;
CREATE INDEX survey_visit_compound ON survey_visit (round_id, compound_id, state);
CREATE INDEX survey_visit_dwelling ON survey_visit (dwelling_id, settled_ms);
CREATE INDEX survey_visit_settled ON survey_visit (settled_ms, id);

-- Everything that was tried; rows are added. client_id is made where it was written down, so that a record
-- sent twice is one; retracted_by is the record that took it back.
CREATE TABLE survey_attempt (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  account_id INTEGER NOT NULL REFERENCES account (id),
  client_id TEXT NOT NULL,
  digest BLOB NOT NULL,
  contact TEXT NOT NULL,
  answered INTEGER NOT NULL,
  fitted_out TEXT NOT NULL,
  occupied TEXT NOT NULL,
  persons INTEGER,
  added INTEGER NOT NULL,
  note TEXT,
  happened_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  retracted_by INTEGER,
  UNIQUE (account_id, client_id)
) STRICT;
CREATE INDEX survey_attempt_door ON survey_attempt (round_id, dwelling_id, happened_ms);
CREATE INDEX survey_attempt_dwelling ON survey_attempt (dwelling_id);

-- The register of those who never answered, handed to a community, and its receipt (XN-56).
CREATE TABLE survey_handover (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  place_id INTEGER NOT NULL REFERENCES place (id),
  doors INTEGER NOT NULL,
  note TEXT,
  handed_ms INTEGER NOT NULL,
  handed_by INTEGER NOT NULL REFERENCES account (id),
  received_ms INTEGER,
  received_by INTEGER REFERENCES account (id),
  receipt_note TEXT
) STRICT;
CREATE INDEX survey_handover_round ON survey_handover (round_id, handed_ms);

-- The figures a round was closed with, per compound and grid; they never change (XN-57).
CREATE TABLE survey_figure (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  building_id INTEGER,
  grid_id INTEGER,
  dwellings INTEGER NOT NULL,
  not_fitted_out INTEGER NOT NULL,
  vacant INTEGER NOT NULL,
  occupied INTEGER NOT NULL,
  persons INTEGER NOT NULL,
  tried INTEGER NOT NULL,
  registered INTEGER NOT NULL,
  handed_over INTEGER NOT NULL
) STRICT;
CREATE INDEX survey_figure_round ON survey_figure (round_id, compound_id);

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
WITH seed (number, code, category, flow, climb_minutes, due_minutes, by_hand) AS (VALUES
  (1, 'survey_register', 'tracing', 'alert', NULL, 1440, 0))
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + s.number, s.code, s.category, s.flow, s.climb_minutes, s.due_minutes, s.by_hand
FROM seed s, id_block b WHERE b.name = 'id';

UPDATE role SET permissions = permissions || ' work_read work_write' WHERE name = 'surveyor';
