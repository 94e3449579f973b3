-- Ids come from persisted blocks; instants are UTC milliseconds; days are days since 1970-01-01.
CREATE TABLE id_block (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- The place tree: a column per ancestor level, so that a scope is one indexed comparison.
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  parent_id INTEGER REFERENCES place (id),
  name TEXT NOT NULL,
  code TEXT,
  compound_kind TEXT,
  sort TEXT NOT NULL,
  district_id INTEGER,
  area_id INTEGER,
  subdistrict_id INTEGER,
  community_id INTEGER,
  compound_id INTEGER,
  phase_id INTEGER,
  building_id INTEGER,
  stair_id INTEGER,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX place_parent ON place (parent_id, sort);
CREATE INDEX place_district ON place (district_id, kind, sort);
CREATE INDEX place_subdistrict ON place (subdistrict_id, kind, sort);
CREATE INDEX place_community ON place (community_id, kind, sort);
CREATE INDEX place_compound ON place (compound_id, kind, sort);
CREATE INDEX place_building ON place (building_id, kind, sort);

-- What is known of a dwelling beyond its place.
CREATE TABLE dwelling (
  id INTEGER PRIMARY KEY REFERENCES place (id),
  phase TEXT NOT NULL,
  building TEXT NOT NULL,
  stair TEXT NOT NULL,
  floor INTEGER,
  room TEXT NOT NULL,
  label TEXT NOT NULL,
  area_m2 REAL,
  fitted_out TEXT NOT NULL,
  occupancy TEXT NOT NULL,
  owner_name TEXT,
  owner_phone_sealed BLOB,
  owner_phone_masked TEXT,
  source TEXT NOT NULL,
  import_id INTEGER,
  updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX dwelling_label ON dwelling (label);

CREATE TABLE opening (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  direction TEXT NOT NULL,
  key_holder TEXT,
  key_phone TEXT,
  opens_from_inside INTEGER,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER
) STRICT;
CREATE INDEX opening_compound ON opening (compound_id);

-- version is the guard that serialises writes of one household.
CREATE TABLE household (
  id INTEGER PRIMARY KEY,
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  sort TEXT NOT NULL,
  label TEXT NOT NULL,
  provisional INTEGER NOT NULL,
  version INTEGER NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER,
  source TEXT NOT NULL,
  import_id INTEGER
) STRICT;
CREATE INDEX household_compound ON household (compound_id, sort, id);
CREATE INDEX household_dwelling ON household (dwelling_id);

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sex TEXT NOT NULL,
  birth_day INTEGER,
  document_kind TEXT NOT NULL,
  document_state TEXT NOT NULL,
  document_sealed BLOB,
  document_index BLOB,
  document_masked TEXT,
  registered_residence TEXT,
  origin TEXT,
  return_day INTEGER,
  flags TEXT NOT NULL,
  presence TEXT NOT NULL,
  presence_source TEXT NOT NULL,
  presence_ms INTEGER NOT NULL,
  source TEXT NOT NULL,
  import_id INTEGER,
  updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX person_document ON person (document_index);

CREATE TABLE residence (
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person (id),
  household_id INTEGER NOT NULL REFERENCES household (id),
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  relation TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  position INTEGER NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER,
  source TEXT NOT NULL,
  import_id INTEGER
) STRICT;
CREATE INDEX residence_household ON residence (household_id, position);
CREATE INDEX residence_person ON residence (person_id);

CREATE TABLE phone (
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person (id),
  position INTEGER NOT NULL,
  number_sealed BLOB NOT NULL,
  number_index BLOB NOT NULL,
  number_masked TEXT NOT NULL,
  source TEXT NOT NULL,
  import_id INTEGER
) STRICT;
CREATE INDEX phone_person ON phone (person_id, position);
CREATE INDEX phone_number ON phone (number_index);

CREATE TABLE vehicle (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  household_id INTEGER REFERENCES household (id),
  dwelling_id INTEGER REFERENCES place (id),
  label TEXT,
  plate TEXT NOT NULL,
  plate_doubtful INTEGER NOT NULL,
  owner_name TEXT,
  vehicle_kind TEXT NOT NULL,
  new_energy INTEGER NOT NULL,
  colour TEXT,
  phone_sealed BLOB,
  phone_masked TEXT,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER,
  source TEXT NOT NULL,
  import_id INTEGER
) STRICT;
CREATE INDEX vehicle_compound ON vehicle (compound_id, plate);

CREATE TABLE staff (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  organisation TEXT,
  post TEXT,
  rank TEXT NOT NULL,
  party TEXT NOT NULL,
  phone_sealed BLOB,
  phone_index BLOB,
  phone_masked TEXT,
  source TEXT NOT NULL,
  import_id INTEGER,
  updated_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE stewardship (
  id INTEGER PRIMARY KEY,
  staff_id INTEGER NOT NULL REFERENCES staff (id),
  place_id INTEGER NOT NULL REFERENCES place (id),
  tier INTEGER NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER,
  source TEXT NOT NULL,
  import_id INTEGER
) STRICT;
CREATE INDEX stewardship_place ON stewardship (place_id, tier);
CREATE INDEX stewardship_staff ON stewardship (staff_id);

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  password_hash TEXT,
  disabled INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  locked_until_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  last_login_ms INTEGER
) STRICT;

CREATE TABLE role_grant (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id),
  role TEXT NOT NULL,
  place_id INTEGER REFERENCES place (id),
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER
) STRICT;
CREATE INDEX role_grant_account ON role_grant (account_id);

-- Secrets of sessions, links and devices are stored as digests only.
CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id),
  token_digest BLOB NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT;
CREATE INDEX session_account ON session (account_id);

-- One-time links: purpose setup or login.
CREATE TABLE one_time_link (
  id INTEGER PRIMARY KEY,
  purpose TEXT NOT NULL,
  account_id INTEGER REFERENCES account (id),
  token_digest BLOB NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  used_ms INTEGER
) STRICT;

CREATE TABLE enrolment (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  opening_id INTEGER NOT NULL REFERENCES opening (id),
  label TEXT NOT NULL,
  state TEXT NOT NULL,
  secret_digest BLOB NOT NULL UNIQUE,
  device_digest BLOB UNIQUE,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  activated_ms INTEGER,
  revoked_ms INTEGER,
  last_contact_ms INTEGER,
  list_version TEXT,
  queue INTEGER,
  clock_offset_ms INTEGER
) STRICT;
CREATE INDEX enrolment_compound ON enrolment (compound_id);

-- Rules are dated data; a version is never changed.
CREATE TABLE policy (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  version INTEGER NOT NULL UNIQUE,
  effective_from_ms INTEGER NOT NULL,
  params TEXT NOT NULL,
  note TEXT,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX policy_place ON policy (place_id, effective_from_ms);

CREATE TABLE pass (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  household_id INTEGER REFERENCES household (id),
  dwelling_id INTEGER REFERENCES place (id),
  sort TEXT NOT NULL,
  label TEXT,
  pass_class TEXT NOT NULL,
  state TEXT NOT NULL,
  generation INTEGER NOT NULL,
  short_code TEXT NOT NULL UNIQUE,
  token TEXT NOT NULL,
  batch TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  issued_by INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  activated_ms INTEGER,
  void_ms INTEGER,
  void_reason TEXT,
  replaced_by INTEGER
) STRICT;
CREATE INDEX pass_compound ON pass (compound_id, sort, id);
CREATE INDEX pass_household ON pass (household_id);

-- The passage ledger: append-only; a correction is a reversing row.
CREATE TABLE passage (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL,
  opening_id INTEGER NOT NULL,
  happened_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  device_ms INTEGER NOT NULL,
  direction TEXT NOT NULL,
  result TEXT NOT NULL,
  holder_kind TEXT NOT NULL,
  household_id INTEGER,
  dwelling_id INTEGER,
  person_id INTEGER,
  pass_id INTEGER,
  guest_id INTEGER,
  persons INTEGER NOT NULL,
  companions INTEGER NOT NULL,
  person_ids TEXT NOT NULL,
  relation TEXT,
  temperature_tenths INTEGER,
  temperature_note TEXT NOT NULL,
  readings TEXT NOT NULL,
  steps TEXT NOT NULL,
  emergency_reason TEXT,
  reason TEXT,
  outcome TEXT NOT NULL,
  reasons TEXT NOT NULL,
  flags TEXT NOT NULL,
  consumes INTEGER NOT NULL,
  policy_version INTEGER NOT NULL,
  offline INTEGER NOT NULL,
  list_age_s INTEGER NOT NULL,
  enrolment_id INTEGER,
  account_id INTEGER,
  reverses_id INTEGER
) STRICT;
CREATE INDEX passage_compound ON passage (compound_id, happened_ms, id);
CREATE INDEX passage_household ON passage (household_id, happened_ms);

-- Every record a device sent, by (enrolment, seq) and what it said: the same again gets the same answer,
-- another one under the same number is kept beside it and flagged.
CREATE TABLE ingest (
  enrolment_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  payload_digest BLOB NOT NULL,
  passage_id INTEGER,
  answer TEXT NOT NULL,
  recorded_ms INTEGER NOT NULL,
  PRIMARY KEY (enrolment_id, seq, payload_digest)
) STRICT;

-- Records that could not be read: kept as they came, so that nothing a guard wrote is lost.
CREATE TABLE rejected_record (
  id INTEGER PRIMARY KEY,
  enrolment_id INTEGER NOT NULL,
  compound_id INTEGER NOT NULL,
  payload_digest BLOB NOT NULL,
  payload_sealed BLOB NOT NULL,
  problems TEXT NOT NULL,
  recorded_ms INTEGER NOT NULL,
  UNIQUE (enrolment_id, payload_digest)
) STRICT;

-- People who are not in the registry, encrypted and short-lived.
CREATE TABLE guest (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL,
  dwelling_id INTEGER,
  name_sealed BLOB NOT NULL,
  name_masked TEXT NOT NULL,
  phone_sealed BLOB,
  note TEXT,
  state TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  enrolment_id INTEGER,
  settled_ms INTEGER,
  settled_by INTEGER
) STRICT;
CREATE INDEX guest_compound ON guest (compound_id, state);

-- The file itself is kept sealed in the data directory, under the id. row_statuses is the plan a commit
-- carries
-- out, one letter per row of the file: a commit that broke off goes on with it.
CREATE TABLE import (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  filename TEXT NOT NULL,
  state TEXT NOT NULL,
  overrides TEXT NOT NULL,
  summary TEXT NOT NULL,
  row_statuses TEXT NOT NULL,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  committed_ms INTEGER
) STRICT;
CREATE INDEX import_compound ON import (compound_id, created_ms);

-- Who said what, when: one row per version of a record, written in the same transaction.
CREATE TABLE history (
  id INTEGER PRIMARY KEY,
  entity TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  source TEXT NOT NULL,
  import_id INTEGER,
  actor TEXT NOT NULL,
  before TEXT
) STRICT;
CREATE INDEX history_record ON history (entity, record_id, recorded_ms);

-- The one change feed. Readers on PostgreSQL stop at the oldest running transaction (tx), because the
-- order of ids is not the order of commits there.
CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  compound_id INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  tx INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Append-only: who did or saw what, ids only, never values.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  entity TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  compound_id INTEGER,
  detail TEXT NOT NULL,
  request_id TEXT NOT NULL
) STRICT;

-- One guard row for what the whole installation counts up.
INSERT INTO setting (name, value) VALUES ('policy_guard', '');
