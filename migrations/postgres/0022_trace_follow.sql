-- A decision on a contact begins control: the last exposure its clock may count from, and which decisions do.
ALTER TABLE trace_mark ADD COLUMN last_exposed_ms BIGINT;
ALTER TABLE trace_policy ADD COLUMN control_kinds TEXT NOT NULL DEFAULT 'close_contact secondary_contact';

-- Control is over while a notice or a seal still hangs at the door.
INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT next - 1000 + 1, 'door_notice_down', 'tracing', 'alert', 600, 1440, 0 FROM id_block WHERE name = 'id';

-- Files of contacts from other offices: whose are believed, and what was taken in.
CREATE TABLE hand_over_key (
  id BIGINT PRIMARY KEY,
  public_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  name TEXT NOT NULL,
  created_by BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  revoked_by BIGINT,
  revoked_ms BIGINT
);
CREATE UNIQUE INDEX hand_over_key_believed ON hand_over_key (public_key) WHERE revoked_ms IS NULL;

CREATE TABLE received_case (
  id BIGINT PRIMARY KEY,
  place_id BIGINT NOT NULL REFERENCES place (id),
  public_key TEXT NOT NULL,
  from_office TEXT NOT NULL,
  to_office TEXT NOT NULL,
  case_number TEXT NOT NULL,
  digest TEXT NOT NULL,
  made_ms BIGINT NOT NULL,
  received_by BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  UNIQUE (public_key, case_number, to_office)
);

CREATE TABLE received_contact (
  id BIGINT PRIMARY KEY,
  case_id BIGINT NOT NULL REFERENCES received_case (id),
  place_id BIGINT NOT NULL REFERENCES place (id),
  their_id BIGINT NOT NULL,
  name_sealed BYTEA NOT NULL,
  name_masked TEXT NOT NULL,
  phone_sealed BYTEA,
  phone_masked TEXT,
  sex TEXT,
  birth_day BIGINT,
  kind TEXT NOT NULL,
  exposed_ms BIGINT NOT NULL,
  last_exposed_ms BIGINT,
  grounds TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  document_ref TEXT NOT NULL,
  note TEXT,
  person_id BIGINT,
  matched_by BIGINT,
  withdrawn_ms BIGINT,
  created_ms BIGINT NOT NULL,
  UNIQUE (case_id, their_id)
);
CREATE INDEX received_contact_person ON received_contact (person_id);
CREATE INDEX received_contact_created ON received_contact (created_ms, id);

ALTER TABLE trace_mark ADD COLUMN received_ms BIGINT;
