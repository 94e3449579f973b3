-- The ledger of vehicles: append-only; a correction is a reversing row. Who rode in one is a passage of a
-- person that points to it.
CREATE TABLE vehicle_passage (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL,
  opening_id INTEGER NOT NULL,
  happened_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  device_ms INTEGER NOT NULL,
  direction TEXT NOT NULL,
  result TEXT NOT NULL,
  vehicle_class TEXT NOT NULL,
  vehicle_kind TEXT NOT NULL,
  plate TEXT NOT NULL,
  plate_doubtful INTEGER NOT NULL,
  vehicle_id INTEGER,
  persons INTEGER NOT NULL,
  steps TEXT NOT NULL,
  reason TEXT,
  outcome TEXT NOT NULL,
  reasons TEXT NOT NULL,
  flags TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  offline INTEGER NOT NULL,
  list_age_s INTEGER NOT NULL,
  enrolment_id INTEGER,
  account_id INTEGER,
  reverses_id INTEGER
) STRICT;
CREATE INDEX vehicle_passage_compound ON vehicle_passage (compound_id, happened_ms, id);
CREATE INDEX vehicle_passage_plate ON vehicle_passage (plate, happened_ms);
CREATE INDEX vehicle_passage_vehicle ON vehicle_passage (vehicle_id);
ALTER TABLE passage ADD COLUMN vehicle_passage_id INTEGER;
CREATE INDEX passage_vehicle ON passage (vehicle_passage_id) WHERE vehicle_passage_id IS NOT NULL;
