-- Cases, the contacts decided from their traces, and the dated numbers a trace is made by. Presences are not
-- stored: they follow from residences and passages.
CREATE TABLE trace_case (
  id bigint PRIMARY KEY,
  number text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  person_id bigint NOT NULL,
  compound_id bigint NOT NULL REFERENCES place (id),
  basis text COLLATE "C" NOT NULL,
  basis_ms bigint NOT NULL,
  from_ms bigint NOT NULL,
  until_ms bigint,
  policy_id bigint NOT NULL,
  state text COLLATE "C" NOT NULL,
  opened_by bigint NOT NULL,
  opened_ms bigint NOT NULL,
  approved_by bigint,
  approved_ms bigint,
  lifted_by bigint,
  lifted_ms bigint,
  lift_reason text COLLATE "C"
);
CREATE INDEX trace_case_opened ON trace_case (opened_ms, id);
CREATE INDEX trace_case_person ON trace_case (person_id);

CREATE TABLE trace_mark (
  id bigint PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES trace_case (id),
  person_id bigint NOT NULL,
  compound_id bigint NOT NULL REFERENCES place (id),
  kind text COLLATE "C" NOT NULL,
  ring bigint NOT NULL,
  exposed_ms bigint NOT NULL,
  grounds text COLLATE "C" NOT NULL,
  strength_percent bigint NOT NULL,
  decided_by text COLLATE "C" NOT NULL,
  document_ref text COLLATE "C" NOT NULL,
  hand_over_to text COLLATE "C",
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  lifted_by bigint,
  lifted_ms bigint,
  lift_reason text COLLATE "C"
);
CREATE INDEX trace_mark_case ON trace_mark (case_id, person_id);
CREATE INDEX trace_mark_person ON trace_mark (person_id);

CREATE TABLE trace_policy (
  id bigint PRIMARY KEY,
  look_back_days bigint NOT NULL,
  latent_hours bigint NOT NULL,
  second_person bigint NOT NULL,
  kinds text COLLATE "C" NOT NULL,
  effective_from_ms bigint NOT NULL,
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);

-- What follows from a decision for whoever answers for the place; its words say nothing of a case.
INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT next - 1000 + 1, 'contact_follow_up', 'tracing', 'alert', 60, 1440, 0 FROM id_block WHERE name = 'id';

-- Visits received by a dwelling.
CREATE INDEX passage_guest ON passage (dwelling_id, happened_ms) WHERE guest_id IS NOT NULL;

UPDATE role SET permissions = permissions || ' trace_read trace_write trace_export' WHERE name IN
  ('district_office', 'subdistrict_office');
