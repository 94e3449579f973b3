-- The words an installation chooses: kinds of organisations, teams and documents, forces, skills. One that
-- is built in has no title, the pages have words for its code. required_of: kinds of organisations that must
-- have such a document on file (SY-09, FZ-05).
CREATE TABLE term (
  id bigint PRIMARY KEY,
  list text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  title text COLLATE "C",
  required_of text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  retired_ms bigint,
  UNIQUE (list, code)
);
INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
WITH seed (number, list, code, required_of) AS (VALUES
  (1, 'organisation_kind', 'government', ''),
  (2, 'organisation_kind', 'bureau', ''),
  (3, 'organisation_kind', 'community_committee', ''),
  (4, 'organisation_kind', 'property_company', ''),
  (5, 'organisation_kind', 'owners_committee', ''),
  (6, 'organisation_kind', 'enterprise', ''),
  (7, 'organisation_kind', 'institution', ''),
  (8, 'organisation_kind', 'volunteer_body', ''),
  (9, 'organisation_kind', 'other', ''),
  (11, 'force', 'seconded_cadre', ''),
  (12, 'force', 'community_cadre', ''),
  (13, 'force', 'grid_worker', ''),
  (14, 'force', 'volunteer', ''),
  (15, 'force', 'resident', ''),
  (16, 'force', 'property_guard', ''),
  (17, 'force', 'police', ''),
  (18, 'force', 'medical', ''),
  (21, 'skill', 'nursing', ''),
  (22, 'skill', 'sampling', ''),
  (23, 'skill', 'disinfection', ''),
  (24, 'skill', 'driving', ''),
  (25, 'skill', 'electrician', ''),
  (26, 'skill', 'counselling', ''),
  (27, 'skill', 'sign_language', ''),
  (28, 'skill', 'dialect', ''),
  (29, 'skill', 'computing', ''),
  (31, 'team_kind', 'joint_control', ''),
  (32, 'team_kind', 'working_group', ''),
  (33, 'team_kind', 'leading_group', ''),
  (34, 'team_kind', 'party_branch', ''),
  (35, 'team_kind', 'gate_team', ''),
  (36, 'team_kind', 'inspection_team', ''),
  (37, 'team_kind', 'other', ''),
  (41, 'document_kind', 'plan', 'property_company'),
  (42, 'document_kind', 'emergency_plan', 'property_company'),
  (43, 'document_kind', 'commitment', 'property_company'),
  (44, 'document_kind', 'contract', ''),
  (45, 'document_kind', 'other', ''))
INSERT INTO term (id, list, code, title, required_of, position)
SELECT b.next - 1000 + s.number, s.list, s.code, NULL, s.required_of, s.number
FROM seed s, id_block b WHERE b.name = 'id';

-- place_id is where a body is at home: the node whose office keeps its record.
CREATE TABLE organisation (
  id bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  place_id bigint NOT NULL REFERENCES place (id),
  name text COLLATE "C" NOT NULL,
  code text COLLATE "C",
  address text COLLATE "C",
  phone text COLLATE "C",
  head_id bigint REFERENCES staff (id),
  note text COLLATE "C",
  source text COLLATE "C" NOT NULL,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  updated_ms bigint NOT NULL
);
CREATE INDEX organisation_place_kind ON organisation (place_id, kind);
CREATE INDEX organisation_name ON organisation (name, id);

-- Two branches of one chain, territorial and industry (SY-03): of each at most one superior at a time.
CREATE TABLE organisation_superior (
  id bigint PRIMARY KEY,
  organisation_id bigint NOT NULL REFERENCES organisation (id),
  superior_id bigint NOT NULL REFERENCES organisation (id),
  branch text COLLATE "C" NOT NULL,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint
);
CREATE INDEX organisation_superior_own ON organisation_superior (organisation_id, branch);
CREATE INDEX organisation_superior_above ON organisation_superior (superior_id);

-- What a body or a leader has to do with a place, dated: manages, represents, is responsible, has contracted,
-- is hooked up (SY-10, XN-08, CZ-01, FZ-02).
CREATE TABLE organisation_bond (
  id bigint PRIMARY KEY,
  bond text COLLATE "C" NOT NULL,
  branch text COLLATE "C",
  organisation_id bigint REFERENCES organisation (id),
  staff_id bigint REFERENCES staff (id),
  place_id bigint NOT NULL REFERENCES place (id),
  document_ref text COLLATE "C",
  note text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  created_by bigint NOT NULL
);
CREATE INDEX organisation_bond_place ON organisation_bond (place_id, bond);
CREATE INDEX organisation_bond_organisation ON organisation_bond (organisation_id);
CREATE INDEX organisation_bond_staff ON organisation_bond (staff_id);

-- Teams and temporary organisations at any node (XN-03, LZ-15, CZ-06, FZ-26). A change makes a new version; a
-- version never changes.
CREATE TABLE team (
  id bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  place_id bigint NOT NULL REFERENCES place (id),
  name text COLLATE "C" NOT NULL,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint
);
CREATE INDEX team_place ON team (place_id, kind);

CREATE TABLE team_version (
  id bigint PRIMARY KEY,
  team_id bigint NOT NULL REFERENCES team (id),
  number bigint NOT NULL,
  document_ref text COLLATE "C",
  note text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  created_by bigint NOT NULL,
  UNIQUE (team_id, number)
);

CREATE TABLE team_member (
  id bigint PRIMARY KEY,
  version_id bigint NOT NULL REFERENCES team_version (id),
  staff_id bigint NOT NULL REFERENCES staff (id),
  role text COLLATE "C" NOT NULL,
  duty text COLLATE "C"
);
CREATE INDEX team_member_version ON team_member (version_id);
CREATE INDEX team_member_staff ON team_member (staff_id);

-- The bodies a joint team is formed of.
CREATE TABLE team_body (
  id bigint PRIMARY KEY,
  version_id bigint NOT NULL REFERENCES team_version (id),
  organisation_id bigint NOT NULL REFERENCES organisation (id)
);
CREATE INDEX team_body_version ON team_body (version_id);
CREATE INDEX team_body_organisation ON team_body (organisation_id);

-- Plans, emergency plans, signed commitments on file (SY-09, FZ-05).
CREATE TABLE organisation_document (
  id bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  organisation_id bigint NOT NULL REFERENCES organisation (id),
  place_id bigint REFERENCES place (id),
  title text COLLATE "C" NOT NULL,
  reference text COLLATE "C",
  signed_day bigint NOT NULL,
  valid_until_day bigint,
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  withdrawn_ms bigint
);
CREATE INDEX organisation_document_of ON organisation_document (organisation_id, kind);
CREATE INDEX organisation_document_place ON organisation_document (place_id);

ALTER TABLE staff ADD COLUMN organisation_id bigint REFERENCES organisation (id);
ALTER TABLE staff ADD COLUMN force text COLLATE "C" NOT NULL DEFAULT 'unknown';
ALTER TABLE staff ADD COLUMN skills text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX staff_organisation ON staff (organisation_id);
CREATE INDEX staff_name ON staff (name, id);

UPDATE role SET permissions = permissions || ' organisation_read' WHERE name IN
  ('district_office', 'subdistrict_office', 'community_office', 'grid_worker', 'inspector',
   'property_company');
UPDATE role SET permissions = permissions || ' organisation_write' WHERE name IN
  ('district_office', 'subdistrict_office', 'community_office');
