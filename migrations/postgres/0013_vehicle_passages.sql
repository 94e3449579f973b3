-- The ledger of vehicles: append-only; a correction is a reversing row. Who rode in one is a passage of a
-- person that points to it.
CREATE TABLE vehicle_passage (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL,
  opening_id bigint NOT NULL,
  happened_ms bigint NOT NULL,
  recorded_ms bigint NOT NULL,
  device_ms bigint NOT NULL,
  direction text COLLATE "C" NOT NULL,
  result text COLLATE "C" NOT NULL,
  vehicle_class text COLLATE "C" NOT NULL,
  vehicle_kind text COLLATE "C" NOT NULL,
  plate text COLLATE "C" NOT NULL,
  plate_doubtful bigint NOT NULL,
  vehicle_id bigint,
  persons bigint NOT NULL,
  steps text COLLATE "C" NOT NULL,
  reason text COLLATE "C",
  outcome text COLLATE "C" NOT NULL,
  reasons text COLLATE "C" NOT NULL,
  flags text COLLATE "C" NOT NULL,
  policy_version bigint NOT NULL,
  offline bigint NOT NULL,
  list_age_s bigint NOT NULL,
  enrolment_id bigint,
  account_id bigint,
  reverses_id bigint
);
CREATE INDEX vehicle_passage_compound ON vehicle_passage (compound_id, happened_ms, id);
CREATE INDEX vehicle_passage_plate ON vehicle_passage (plate, happened_ms);
CREATE INDEX vehicle_passage_vehicle ON vehicle_passage (vehicle_id);
ALTER TABLE passage ADD COLUMN vehicle_passage_id bigint;
CREATE INDEX passage_vehicle ON passage (vehicle_passage_id) WHERE vehicle_passage_id IS NOT NULL;
