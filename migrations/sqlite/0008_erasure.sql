-- One row per erasure: who decided, when and why, what went by table, and whether the bytes are gone. It says
-- of the person nothing but the id, which stands for nobody any more.
CREATE TABLE erasure (
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL UNIQUE,
  compound_id INTEGER,
  erased_ms INTEGER NOT NULL,
  cause TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  reference TEXT,
  removed TEXT NOT NULL,
  proof TEXT NOT NULL,
  proven_ms INTEGER,
  traces INTEGER NOT NULL
) STRICT;
CREATE INDEX erasure_compound ON erasure (compound_id, id);
CREATE INDEX erasure_unproven ON erasure (id) WHERE proof = 'pending';

-- Every id that stood for an erased person, those merged into it as well.
CREATE TABLE erased_person (
  person_id INTEGER PRIMARY KEY,
  erasure_id INTEGER NOT NULL REFERENCES erasure (id)
) STRICT;

-- How long after its purpose has ended a kind of data is kept. Dated; a version is never changed; without
-- days it is kept until somebody decides.
CREATE TABLE retention_rule (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  days INTEGER,
  effective_from_ms INTEGER NOT NULL,
  note TEXT,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX retention_rule_kind ON retention_rule (kind, effective_from_ms);
CREATE INDEX guest_created ON guest (created_ms);

UPDATE role SET permissions = permissions || ' erasure_write' WHERE name = 'district_office';
