-- Cases, the contacts decided from their traces, and the dated numbers a trace is made by. Presences are not
-- stored: they follow from residences and passages.
CREATE TABLE trace_case (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL,
  reason TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  basis TEXT NOT NULL,
  basis_ms INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER,
  policy_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  opened_by INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  approved_by INTEGER,
  approved_ms INTEGER,
  lifted_by INTEGER,
  lifted_ms INTEGER,
  lift_reason TEXT
) STRICT;
CREATE INDEX trace_case_opened ON trace_case (opened_ms, id);
CREATE INDEX trace_case_person ON trace_case (person_id);

CREATE TABLE trace_mark (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES trace_case (id),
  person_id INTEGER NOT NULL,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  kind TEXT NOT NULL,
  ring INTEGER NOT NULL,
  exposed_ms INTEGER NOT NULL,
  grounds TEXT NOT NULL,
  strength_percent INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  document_ref TEXT NOT NULL,
  hand_over_to TEXT,
  note TEXT,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  lifted_by INTEGER,
  lifted_ms INTEGER,
  lift_reason TEXT
) STRICT;
CREATE INDEX trace_mark_case ON trace_mark (case_id, person_id);
CREATE INDEX trace_mark_person ON trace_mark (person_id);

CREATE TABLE trace_policy (
  id INTEGER PRIMARY KEY,
  look_back_days INTEGER NOT NULL,
  latent_hours INTEGER NOT NULL,
  second_person INTEGER NOT NULL,
  kinds TEXT NOT NULL,
  effective_from_ms INTEGER NOT NULL,
  note TEXT,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

-- What follows from a decision for whoever answers for the place; its words say nothing of a case.
INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT next - 1000 + 1, 'contact_follow_up', 'tracing', 'alert', 60, 1440, 0 FROM id_block WHERE name = 'id';

-- Visits received by a dwelling.
CREATE INDEX passage_guest ON passage (dwelling_id, happened_ms) WHERE guest_id IS NOT NULL;

UPDATE role SET permissions = permissions || ' trace_read trace_write trace_export' WHERE name IN
  ('district_office', 'subdistrict_office');
