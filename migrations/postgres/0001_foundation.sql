-- Ids come from persisted blocks; instants are UTC milliseconds; days are days since 1970-01-01.
CREATE TABLE id_block (
  name text COLLATE "C" PRIMARY KEY,
  next bigint NOT NULL
);

CREATE TABLE setting (
  name text COLLATE "C" PRIMARY KEY,
  value text COLLATE "C" NOT NULL
);

-- The place tree: a column per ancestor level, so that a scope is one indexed comparison.
CREATE TABLE place (
  id bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  parent_id bigint REFERENCES place (id),
  name text COLLATE "C" NOT NULL,
  code text COLLATE "C",
  compound_kind text COLLATE "C",
  sort text COLLATE "C" NOT NULL,
  district_id bigint,
  area_id bigint,
  subdistrict_id bigint,
  community_id bigint,
  compound_id bigint,
  phase_id bigint,
  building_id bigint,
  stair_id bigint,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  version bigint NOT NULL
);
CREATE INDEX place_parent ON place (parent_id, sort);
CREATE INDEX place_district ON place (district_id, kind, sort);
CREATE INDEX place_subdistrict ON place (subdistrict_id, kind, sort);
CREATE INDEX place_community ON place (community_id, kind, sort);
CREATE INDEX place_compound ON place (compound_id, kind, sort);
CREATE INDEX place_building ON place (building_id, kind, sort);

-- What is known of a dwelling beyond its place.
CREATE TABLE dwelling (
  id bigint PRIMARY KEY REFERENCES place (id),
  phase text COLLATE "C" NOT NULL,
  building text COLLATE "C" NOT NULL,
  stair text COLLATE "C" NOT NULL,
  floor bigint,
  room text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  area_m2 double precision,
  fitted_out text COLLATE "C" NOT NULL,
  occupancy text COLLATE "C" NOT NULL,
  owner_name text COLLATE "C",
  owner_phone_sealed bytea,
  owner_phone_masked text COLLATE "C",
  source text COLLATE "C" NOT NULL,
  import_id bigint,
  updated_ms bigint NOT NULL
);
CREATE INDEX dwelling_label ON dwelling (label);

CREATE TABLE opening (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  name text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  direction text COLLATE "C" NOT NULL,
  key_holder text COLLATE "C",
  key_phone text COLLATE "C",
  opens_from_inside bigint,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint
);
CREATE INDEX opening_compound ON opening (compound_id);

-- version is the guard that serialises writes of one household.
CREATE TABLE household (
  id bigint PRIMARY KEY,
  dwelling_id bigint NOT NULL REFERENCES place (id),
  compound_id bigint NOT NULL REFERENCES place (id),
  sort text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  provisional bigint NOT NULL,
  version bigint NOT NULL,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  source text COLLATE "C" NOT NULL,
  import_id bigint
);
CREATE INDEX household_compound ON household (compound_id, sort, id);
CREATE INDEX household_dwelling ON household (dwelling_id);

CREATE TABLE person (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  sex text COLLATE "C" NOT NULL,
  birth_day bigint,
  document_kind text COLLATE "C" NOT NULL,
  document_state text COLLATE "C" NOT NULL,
  document_sealed bytea,
  document_index bytea,
  document_masked text COLLATE "C",
  registered_residence text COLLATE "C",
  origin text COLLATE "C",
  return_day bigint,
  flags text COLLATE "C" NOT NULL,
  presence text COLLATE "C" NOT NULL,
  presence_source text COLLATE "C" NOT NULL,
  presence_ms bigint NOT NULL,
  source text COLLATE "C" NOT NULL,
  import_id bigint,
  updated_ms bigint NOT NULL
);
CREATE INDEX person_document ON person (document_index);

CREATE TABLE residence (
  id bigint PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES person (id),
  household_id bigint NOT NULL REFERENCES household (id),
  dwelling_id bigint NOT NULL REFERENCES place (id),
  relation text COLLATE "C" NOT NULL,
  is_primary bigint NOT NULL,
  position bigint NOT NULL,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  source text COLLATE "C" NOT NULL,
  import_id bigint
);
CREATE INDEX residence_household ON residence (household_id, position);
CREATE INDEX residence_person ON residence (person_id);

CREATE TABLE phone (
  id bigint PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES person (id),
  position bigint NOT NULL,
  number_sealed bytea NOT NULL,
  number_index bytea NOT NULL,
  number_masked text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  import_id bigint
);
CREATE INDEX phone_person ON phone (person_id, position);
CREATE INDEX phone_number ON phone (number_index);

CREATE TABLE vehicle (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  household_id bigint REFERENCES household (id),
  dwelling_id bigint REFERENCES place (id),
  label text COLLATE "C",
  plate text COLLATE "C" NOT NULL,
  plate_doubtful bigint NOT NULL,
  owner_name text COLLATE "C",
  vehicle_kind text COLLATE "C" NOT NULL,
  new_energy bigint NOT NULL,
  colour text COLLATE "C",
  phone_sealed bytea,
  phone_masked text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  source text COLLATE "C" NOT NULL,
  import_id bigint
);
CREATE INDEX vehicle_compound ON vehicle (compound_id, plate);

CREATE TABLE staff (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  organisation text COLLATE "C",
  post text COLLATE "C",
  rank text COLLATE "C" NOT NULL,
  party text COLLATE "C" NOT NULL,
  phone_sealed bytea,
  phone_index bytea,
  phone_masked text COLLATE "C",
  source text COLLATE "C" NOT NULL,
  import_id bigint,
  updated_ms bigint NOT NULL
);

CREATE TABLE stewardship (
  id bigint PRIMARY KEY,
  staff_id bigint NOT NULL REFERENCES staff (id),
  place_id bigint NOT NULL REFERENCES place (id),
  tier bigint NOT NULL,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  source text COLLATE "C" NOT NULL,
  import_id bigint
);
CREATE INDEX stewardship_place ON stewardship (place_id, tier);
CREATE INDEX stewardship_staff ON stewardship (staff_id);

CREATE TABLE account (
  id bigint PRIMARY KEY,
  username text COLLATE "C" NOT NULL UNIQUE,
  display_name text COLLATE "C" NOT NULL,
  password_hash text COLLATE "C",
  disabled bigint NOT NULL,
  failures bigint NOT NULL,
  locked_until_ms bigint NOT NULL,
  created_ms bigint NOT NULL,
  last_login_ms bigint
);

CREATE TABLE role_grant (
  id bigint PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES account (id),
  role text COLLATE "C" NOT NULL,
  place_id bigint REFERENCES place (id),
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint
);
CREATE INDEX role_grant_account ON role_grant (account_id);

-- Secrets of sessions, links and devices are stored as digests only.
CREATE TABLE session (
  id bigint PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES account (id),
  token_digest bytea NOT NULL UNIQUE,
  created_ms bigint NOT NULL,
  expires_ms bigint NOT NULL,
  revoked_ms bigint
);
CREATE INDEX session_account ON session (account_id);

-- One-time links: purpose setup or login.
CREATE TABLE one_time_link (
  id bigint PRIMARY KEY,
  purpose text COLLATE "C" NOT NULL,
  account_id bigint REFERENCES account (id),
  token_digest bytea NOT NULL UNIQUE,
  created_ms bigint NOT NULL,
  expires_ms bigint NOT NULL,
  used_ms bigint
);

CREATE TABLE enrolment (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  opening_id bigint NOT NULL REFERENCES opening (id),
  label text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  secret_digest bytea NOT NULL UNIQUE,
  device_digest bytea UNIQUE,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  expires_ms bigint NOT NULL,
  activated_ms bigint,
  revoked_ms bigint,
  last_contact_ms bigint,
  list_version text COLLATE "C",
  queue bigint,
  clock_offset_ms bigint
);
CREATE INDEX enrolment_compound ON enrolment (compound_id);

-- Rules are dated data; a version is never changed.
CREATE TABLE policy (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  version bigint NOT NULL UNIQUE,
  effective_from_ms bigint NOT NULL,
  params text COLLATE "C" NOT NULL,
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);
CREATE INDEX policy_place ON policy (place_id, effective_from_ms);

CREATE TABLE pass (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  household_id bigint REFERENCES household (id),
  dwelling_id bigint REFERENCES place (id),
  sort text COLLATE "C" NOT NULL,
  label text COLLATE "C",
  pass_class text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  generation bigint NOT NULL,
  short_code text COLLATE "C" NOT NULL UNIQUE,
  token text COLLATE "C" NOT NULL,
  batch text COLLATE "C" NOT NULL,
  issued_ms bigint NOT NULL,
  issued_by bigint NOT NULL,
  valid_until bigint NOT NULL,
  activated_ms bigint,
  void_ms bigint,
  void_reason text COLLATE "C",
  replaced_by bigint
);
CREATE INDEX pass_compound ON pass (compound_id, sort, id);
CREATE INDEX pass_household ON pass (household_id);

-- The passage ledger: append-only; a correction is a reversing row.
CREATE TABLE passage (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL,
  opening_id bigint NOT NULL,
  happened_ms bigint NOT NULL,
  recorded_ms bigint NOT NULL,
  device_ms bigint NOT NULL,
  direction text COLLATE "C" NOT NULL,
  result text COLLATE "C" NOT NULL,
  holder_kind text COLLATE "C" NOT NULL,
  household_id bigint,
  dwelling_id bigint,
  person_id bigint,
  pass_id bigint,
  guest_id bigint,
  persons bigint NOT NULL,
  companions bigint NOT NULL,
  person_ids text COLLATE "C" NOT NULL,
  relation text COLLATE "C",
  temperature_tenths bigint,
  temperature_note text COLLATE "C" NOT NULL,
  readings text COLLATE "C" NOT NULL,
  steps text COLLATE "C" NOT NULL,
  emergency_reason text COLLATE "C",
  reason text COLLATE "C",
  outcome text COLLATE "C" NOT NULL,
  reasons text COLLATE "C" NOT NULL,
  flags text COLLATE "C" NOT NULL,
  consumes bigint NOT NULL,
  policy_version bigint NOT NULL,
  offline bigint NOT NULL,
  list_age_s bigint NOT NULL,
  enrolment_id bigint,
  account_id bigint,
  reverses_id bigint
);
CREATE INDEX passage_compound ON passage (compound_id, happened_ms, id);
CREATE INDEX passage_household ON passage (household_id, happened_ms);

-- Every record a device sent, by (enrolment, seq) and what it said: the same again gets the same answer,
-- another one under the same number is kept beside it and flagged.
CREATE TABLE ingest (
  enrolment_id bigint NOT NULL,
  seq bigint NOT NULL,
  payload_digest bytea NOT NULL,
  passage_id bigint,
  answer text COLLATE "C" NOT NULL,
  recorded_ms bigint NOT NULL,
  PRIMARY KEY (enrolment_id, seq, payload_digest)
);

-- Records that could not be read: kept as they came, so that nothing a guard wrote is lost.
CREATE TABLE rejected_record (
  id bigint PRIMARY KEY,
  enrolment_id bigint NOT NULL,
  compound_id bigint NOT NULL,
  payload_digest bytea NOT NULL,
  payload_sealed bytea NOT NULL,
  problems text COLLATE "C" NOT NULL,
  recorded_ms bigint NOT NULL,
  UNIQUE (enrolment_id, payload_digest)
);

-- People who are not in the registry, encrypted and short-lived.
CREATE TABLE guest (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL,
  dwelling_id bigint,
  name_sealed bytea NOT NULL,
  name_masked text COLLATE "C" NOT NULL,
  phone_sealed bytea,
  note text COLLATE "C",
  state text COLLATE "C" NOT NULL,
  created_ms bigint NOT NULL,
  enrolment_id bigint,
  settled_ms bigint,
  settled_by bigint
);
CREATE INDEX guest_compound ON guest (compound_id, state);

-- The file itself is kept sealed in the data directory, under the id. row_statuses is the plan a commit
-- carries
-- out, one letter per row of the file: a commit that broke off goes on with it.
CREATE TABLE import (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  filename text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  overrides text COLLATE "C" NOT NULL,
  summary text COLLATE "C" NOT NULL,
  row_statuses text COLLATE "C" NOT NULL,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  committed_ms bigint
);
CREATE INDEX import_compound ON import (compound_id, created_ms);

-- Who said what, when: one row per version of a record, written in the same transaction.
CREATE TABLE history (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  entity text COLLATE "C" NOT NULL,
  record_id bigint NOT NULL,
  valid_from_ms bigint NOT NULL,
  recorded_ms bigint NOT NULL,
  source text COLLATE "C" NOT NULL,
  import_id bigint,
  actor text COLLATE "C" NOT NULL,
  before text COLLATE "C"
);
CREATE INDEX history_record ON history (entity, record_id, recorded_ms);

-- The one change feed. Readers on PostgreSQL stop at the oldest running transaction (tx), because the
-- order of ids is not the order of commits there.
CREATE TABLE change (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  compound_id bigint NOT NULL,
  record_id bigint NOT NULL,
  tx bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)
);

-- Append-only: who did or saw what, ids only, never values.
CREATE TABLE audit (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  entity text COLLATE "C" NOT NULL,
  record_id bigint NOT NULL,
  compound_id bigint,
  detail text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL
);

-- One guard row for what the whole installation counts up.
INSERT INTO setting (name, value) VALUES ('policy_guard', '');
