-- People under control (XN-47 to 50, LZ-34): their category and clock, the twice-daily follow-up, tests, what
-- is put up at the door, outings and transfers. Lengths, test days and what is asked are versions of rules on
-- a place. The gate's level follows each of these in the same transaction.
CREATE TABLE control_rule (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  version bigint NOT NULL,
  params text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);
CREATE INDEX control_rule_place ON control_rule (place_id, id);

CREATE TABLE control_case (
  id bigint PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES person (id),
  household_id bigint NOT NULL REFERENCES household (id),
  dwelling_id bigint NOT NULL REFERENCES place (id),
  compound_id bigint NOT NULL REFERENCES place (id),
  category text COLLATE "C" NOT NULL,
  began bigint NOT NULL,
  exposed bigint,
  decided_by text COLLATE "C" NOT NULL,
  reference text COLLATE "C",
  site text COLLATE "C",
  team_id bigint REFERENCES team (id),
  origin text COLLATE "C" NOT NULL UNIQUE,
  rule_id bigint,
  stage bigint NOT NULL,
  level text COLLATE "C" NOT NULL,
  day_one bigint NOT NULL,
  last_day bigint,
  attention text COLLATE "C" NOT NULL,
  check_ms bigint,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  ended_ms bigint,
  end_reason text COLLATE "C",
  end_reference text COLLATE "C",
  version bigint NOT NULL
);
CREATE UNIQUE INDEX control_case_person ON control_case (person_id) WHERE ended_ms IS NULL;
CREATE INDEX control_case_of_person ON control_case (person_id, id);
CREATE INDEX control_case_compound ON control_case (compound_id, id);
CREATE INDEX control_case_dwelling ON control_case (dwelling_id);
CREATE INDEX control_case_check ON control_case (check_ms) WHERE check_ms IS NOT NULL;

CREATE TABLE control_test (
  id bigint PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES control_case (id),
  day bigint NOT NULL,
  result text COLLATE "C" NOT NULL,
  recorded_by bigint NOT NULL,
  recorded_ms bigint NOT NULL
);
CREATE INDEX control_test_case ON control_test (case_id, day);

-- One line for a half-day; what is written again replaces it and keeps the version before.
CREATE TABLE control_follow_up (
  id bigint PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES control_case (id),
  day bigint NOT NULL,
  half text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  tenths bigint,
  done text COLLATE "C" NOT NULL,
  not_done text COLLATE "C" NOT NULL,
  symptoms text COLLATE "C" NOT NULL,
  note text COLLATE "C",
  recorded_by bigint NOT NULL,
  recorded_ms bigint NOT NULL,
  UNIQUE (case_id, day, half)
);

CREATE TABLE control_mark (
  id bigint PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES control_case (id),
  kind text COLLATE "C" NOT NULL,
  up_ms bigint NOT NULL,
  up_by bigint NOT NULL,
  up_note text COLLATE "C",
  down_ms bigint,
  down_by bigint,
  down_note text COLLATE "C"
);
CREATE INDEX control_mark_case ON control_mark (case_id);

CREATE TABLE control_outing (
  id bigint PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES control_case (id),
  reason text COLLATE "C" NOT NULL,
  destination text COLLATE "C" NOT NULL,
  vehicle text COLLATE "C",
  from_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  state text COLLATE "C" NOT NULL,
  asked_by bigint NOT NULL,
  asked_ms bigint NOT NULL,
  decided_by bigint,
  decided_ms bigint,
  returned_ms bigint
);
CREATE INDEX control_outing_case ON control_outing (case_id);

CREATE TABLE control_transfer (
  id bigint PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES control_case (id),
  site text COLLATE "C" NOT NULL,
  vehicle text COLLATE "C",
  cares text COLLATE "C" NOT NULL,
  guardian text COLLATE "C",
  done_by bigint NOT NULL,
  done_ms bigint NOT NULL
);
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
