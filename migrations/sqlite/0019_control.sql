-- People under control (XN-47 to 50, LZ-34): their category and clock, the twice-daily follow-up, tests, what
-- is put up at the door, outings and transfers. Lengths, test days and what is asked are versions of rules on
-- a place. The gate's level follows each of these in the same transaction.
CREATE TABLE control_rule (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  version INTEGER NOT NULL,
  params TEXT NOT NULL,
  reference TEXT NOT NULL,
  note TEXT,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX control_rule_place ON control_rule (place_id, id);

CREATE TABLE control_case (
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person (id),
  household_id INTEGER NOT NULL REFERENCES household (id),
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  category TEXT NOT NULL,
  began INTEGER NOT NULL,
  exposed INTEGER,
  decided_by TEXT NOT NULL,
  reference TEXT,
  site TEXT,
  team_id INTEGER REFERENCES team (id),
  origin TEXT NOT NULL UNIQUE,
  rule_id INTEGER,
  stage INTEGER NOT NULL,
  level TEXT NOT NULL,
  day_one INTEGER NOT NULL,
  last_day INTEGER,
  attention TEXT NOT NULL,
  check_ms INTEGER,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  end_reason TEXT,
  end_reference TEXT,
  version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX control_case_person ON control_case (person_id) WHERE ended_ms IS NULL;
CREATE INDEX control_case_of_person ON control_case (person_id, id);
CREATE INDEX control_case_compound ON control_case (compound_id, id);
CREATE INDEX control_case_dwelling ON control_case (dwelling_id);
CREATE INDEX control_case_check ON control_case (check_ms) WHERE check_ms IS NOT NULL;

CREATE TABLE control_test (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES control_case (id),
  day INTEGER NOT NULL,
  result TEXT NOT NULL,
  recorded_by INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX control_test_case ON control_test (case_id, day);

-- One line for a half-day; what is written again replaces it and keeps the version before.
CREATE TABLE control_follow_up (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES control_case (id),
  day INTEGER NOT NULL,
  half TEXT NOT NULL,
  channel TEXT NOT NULL,
  tenths INTEGER,
  done TEXT NOT NULL,
  not_done TEXT NOT NULL,
  symptoms TEXT NOT NULL,
  note TEXT,
  recorded_by INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  UNIQUE (case_id, day, half)
) STRICT;

CREATE TABLE control_mark (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES control_case (id),
  kind TEXT NOT NULL,
  up_ms INTEGER NOT NULL,
  up_by INTEGER NOT NULL,
  up_note TEXT,
  down_ms INTEGER,
  down_by INTEGER,
  down_note TEXT
) STRICT;
CREATE INDEX control_mark_case ON control_mark (case_id);

CREATE TABLE control_outing (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES control_case (id),
  reason TEXT NOT NULL,
  destination TEXT NOT NULL,
  vehicle TEXT,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  asked_by INTEGER NOT NULL,
  asked_ms INTEGER NOT NULL,
  decided_by INTEGER,
  decided_ms INTEGER,
  returned_ms INTEGER
) STRICT;
CREATE INDEX control_outing_case ON control_outing (case_id);

CREATE TABLE control_transfer (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES control_case (id),
  site TEXT NOT NULL,
  vehicle TEXT,
  cares TEXT NOT NULL,
  guardian TEXT,
  done_by INTEGER NOT NULL,
  done_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX control_transfer_case ON control_transfer (case_id);

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
WITH seed (number, code, category, flow, climb_minutes, due_minutes) AS (VALUES
  (1, 'follow_up_missing', 'temperature', 'alert', 120, 180),
  (2, 'control_symptoms', 'temperature', 'alert', 10, 120),
  (3, 'control_positive', 'tracing', 'alert', 10, 60),
  (4, 'control_test_due', 'tracing', 'alert', 600, 720),
  (5, 'control_release_due', 'tracing', 'alert', 600, 1440),
  (6, 'control_outing_asked', 'delivery', 'alert', 30, 120),
  (7, 'dependant_care', 'delivery', 'report', 60, 240),
  (8, 'control_begun', 'tracing', 'alert', 60, 720))
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + s.number, s.code, s.category, s.flow, s.climb_minutes, s.due_minutes, 0
FROM seed s, id_block b WHERE b.name = 'id';
INSERT INTO term (id, list, code, title, required_of, position)
SELECT b.next - 1000 + 21, 'team_kind', 'five_to_one', NULL, '', 36 FROM id_block b WHERE b.name = 'id';

UPDATE role SET permissions = permissions || ' control_read control_write follow_up_write' WHERE name IN
  ('district_office', 'subdistrict_office', 'community_office');
UPDATE role SET permissions = permissions || ' control_read follow_up_write' WHERE name = 'grid_worker';
