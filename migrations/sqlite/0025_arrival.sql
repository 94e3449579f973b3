-- Arrivals (XN-50, CZ-14): a party of one household that comes from elsewhere, confirmed by the home's owner,
-- filed by the community and admitted at the gate after it. Key areas are dated rows of a place.
CREATE TABLE key_area (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  name TEXT NOT NULL,
  also TEXT NOT NULL,
  demand TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  until_day INTEGER,
  reference TEXT NOT NULL,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX key_area_place ON key_area (place_id, id);

CREATE TABLE arrival (
  id INTEGER PRIMARY KEY,
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  household_id INTEGER REFERENCES household (id),
  client_key TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  arrived INTEGER NOT NULL,
  origin TEXT NOT NULL,
  origin_area_id INTEGER REFERENCES key_area (id),
  been_to TEXT,
  been_area_id INTEGER REFERENCES key_area (id),
  demand TEXT NOT NULL,
  transport TEXT NOT NULL,
  transport_number TEXT,
  seat TEXT,
  proof TEXT,
  host_name TEXT,
  confirmed_by INTEGER,
  confirmed_ms INTEGER,
  filed_by INTEGER,
  filed_ms INTEGER,
  filing_number TEXT UNIQUE,
  withdrawn_ms INTEGER,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX arrival_compound ON arrival (compound_id, arrived, id);
CREATE INDEX arrival_household ON arrival (household_id, arrived);
CREATE INDEX arrival_transport ON arrival (transport_number, arrived) WHERE transport_number IS NOT NULL;

-- Who comes: a person on record, or by name until the filing puts them on record.
CREATE TABLE arrival_person (
  id INTEGER PRIMARY KEY,
  arrival_id INTEGER NOT NULL REFERENCES arrival (id),
  position INTEGER NOT NULL,
  person_id INTEGER REFERENCES person (id),
  name_sealed BLOB,
  phone_sealed BLOB,
  name_masked TEXT NOT NULL,
  relation TEXT NOT NULL
) STRICT;
CREATE INDEX arrival_person_arrival ON arrival_person (arrival_id, position);
CREATE INDEX arrival_person_person ON arrival_person (person_id) WHERE person_id IS NOT NULL;

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
WITH seed (number, code, category, flow, climb_minutes, due_minutes) AS (VALUES
  (1, 'arrival_to_file', 'tracing', 'alert', CAST(NULL AS bigint), 720))
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + s.number, s.code, s.category, s.flow, s.climb_minutes, s.due_minutes, 0
FROM seed s, id_block b WHERE b.name = 'id';
