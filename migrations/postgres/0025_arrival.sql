-- Arrivals (XN-50, CZ-14): a party of one household that comes from elsewhere, confirmed by the home's owner,
-- filed by the community and admitted at the gate after it. Key areas are dated rows of a place.
CREATE TABLE key_area (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  name text COLLATE "C" NOT NULL,
  also text COLLATE "C" NOT NULL,
  demand text COLLATE "C" NOT NULL,
  from_day bigint NOT NULL,
  until_day bigint,
  reference text COLLATE "C" NOT NULL,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);
CREATE INDEX key_area_place ON key_area (place_id, id);

CREATE TABLE arrival (
  id bigint PRIMARY KEY,
  dwelling_id bigint NOT NULL REFERENCES place (id),
  compound_id bigint NOT NULL REFERENCES place (id),
  household_id bigint REFERENCES household (id),
  client_key text COLLATE "C" NOT NULL UNIQUE,
  source text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  arrived bigint NOT NULL,
  origin text COLLATE "C" NOT NULL,
  origin_area_id bigint REFERENCES key_area (id),
  been_to text COLLATE "C",
  been_area_id bigint REFERENCES key_area (id),
  demand text COLLATE "C" NOT NULL,
  transport text COLLATE "C" NOT NULL,
  transport_number text COLLATE "C",
  seat text COLLATE "C",
  proof text COLLATE "C",
  host_name text COLLATE "C",
  confirmed_by bigint,
  confirmed_ms bigint,
  filed_by bigint,
  filed_ms bigint,
  filing_number text COLLATE "C" UNIQUE,
  withdrawn_ms bigint,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX arrival_compound ON arrival (compound_id, arrived, id);
CREATE INDEX arrival_household ON arrival (household_id, arrived);
CREATE INDEX arrival_transport ON arrival (transport_number, arrived) WHERE transport_number IS NOT NULL;

-- Who comes: a person on record, or by name until the filing puts them on record.
CREATE TABLE arrival_person (
  id bigint PRIMARY KEY,
  arrival_id bigint NOT NULL REFERENCES arrival (id),
  position bigint NOT NULL,
  person_id bigint REFERENCES person (id),
  name_sealed bytea,
  phone_sealed bytea,
  name_masked text COLLATE "C" NOT NULL,
  relation text COLLATE "C" NOT NULL
);
CREATE INDEX arrival_person_arrival ON arrival_person (arrival_id, position);
CREATE INDEX arrival_person_person ON arrival_person (person_id) WHERE person_id IS NOT NULL;

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
WITH seed (number, code, category, flow, climb_minutes, due_minutes) AS (VALUES
  (1, 'arrival_to_file', 'tracing', 'alert', CAST(NULL AS bigint), 720))
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + s.number, s.code, s.category, s.flow, s.climb_minutes, s.due_minutes, 0
FROM seed s, id_block b WHERE b.name = 'id';
