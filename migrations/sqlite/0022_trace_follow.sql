-- A decision on a contact begins control: the last exposure its clock may count from, and which decisions do.
ALTER TABLE trace_mark ADD COLUMN last_exposed_ms INTEGER;
ALTER TABLE trace_policy ADD COLUMN control_kinds TEXT NOT NULL DEFAULT 'close_contact secondary_contact';

-- Control is over while a notice or a seal still hangs at the door.
INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT next - 1000 + 1, 'door_notice_down', 'tracing', 'alert', 600, 1440, 0 FROM id_block WHERE name = 'id';

-- Files of contacts from other offices: whose are believed, and what was taken in.
CREATE TABLE hand_over_key (
  id INTEGER PRIMARY KEY,
  public_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  name TEXT NOT NULL,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  revoked_by INTEGER,
  revoked_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX hand_over_key_believed ON hand_over_key (public_key) WHERE revoked_ms IS NULL;

CREATE TABLE received_case (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  public_key TEXT NOT NULL,
  from_office TEXT NOT NULL,
  to_office TEXT NOT NULL,
  case_number TEXT NOT NULL,
  digest TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  received_by INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  UNIQUE (public_key, case_number, to_office)
) STRICT;

CREATE TABLE received_contact (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES received_case (id),
  place_id INTEGER NOT NULL REFERENCES place (id),
  their_id INTEGER NOT NULL,
  name_sealed BLOB NOT NULL,
  name_masked TEXT NOT NULL,
  phone_sealed BLOB,
  phone_masked TEXT,
  sex TEXT,
  birth_day INTEGER,
  kind TEXT NOT NULL,
  exposed_ms INTEGER NOT NULL,
  last_exposed_ms INTEGER,
  grounds TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  document_ref TEXT NOT NULL,
  note TEXT,
  person_id INTEGER,
  matched_by INTEGER,
  withdrawn_ms INTEGER,
  created_ms INTEGER NOT NULL,
  UNIQUE (case_id, their_id)
) STRICT;
CREATE INDEX received_contact_person ON received_contact (person_id);
CREATE INDEX received_contact_created ON received_contact (created_ms, id);

ALTER TABLE trace_mark ADD COLUMN received_ms INTEGER;
