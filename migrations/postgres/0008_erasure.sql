-- One row per erasure: who decided, when and why, what went by table, and whether the bytes are gone. It says
-- of the person nothing but the id, which stands for nobody any more.
CREATE TABLE erasure (
  id bigint PRIMARY KEY,
  person_id bigint NOT NULL UNIQUE,
  compound_id bigint,
  erased_ms bigint NOT NULL,
  cause text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  reference text COLLATE "C",
  removed text COLLATE "C" NOT NULL,
  proof text COLLATE "C" NOT NULL,
  proven_ms bigint,
  traces bigint NOT NULL
);
CREATE INDEX erasure_compound ON erasure (compound_id, id);
CREATE INDEX erasure_unproven ON erasure (id) WHERE proof = 'pending';

-- Every id that stood for an erased person, those merged into it as well.
CREATE TABLE erased_person (
  person_id bigint PRIMARY KEY,
  erasure_id bigint NOT NULL REFERENCES erasure (id)
);

-- How long after its purpose has ended a kind of data is kept. Dated; a version is never changed; without
-- days it is kept until somebody decides.
CREATE TABLE retention_rule (
  id bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  days bigint,
  effective_from_ms bigint NOT NULL,
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);
CREATE INDEX retention_rule_kind ON retention_rule (kind, effective_from_ms);
CREATE INDEX guest_created ON guest (created_ms);

UPDATE role SET permissions = permissions || ' erasure_write' WHERE name = 'district_office';
