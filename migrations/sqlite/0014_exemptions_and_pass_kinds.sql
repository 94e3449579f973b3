-- Certificates that take a person out of the household's quota; days are counted, both included.
CREATE TABLE exemption (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  exemption_kind TEXT NOT NULL,
  certificate TEXT NOT NULL,
  issuer TEXT,
  valid_from INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  weekdays INTEGER NOT NULL,
  from_minute INTEGER NOT NULL,
  until_minute INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  created_by INTEGER NOT NULL,
  ended_ms INTEGER
) STRICT;
CREATE INDEX exemption_compound ON exemption (compound_id, created_ms, id);
CREATE INDEX exemption_person ON exemption (person_id);
-- Whose a card is that is no household's.
ALTER TABLE pass ADD COLUMN person_id INTEGER;
ALTER TABLE pass ADD COLUMN vehicle_id INTEGER;
ALTER TABLE pass ADD COLUMN guest_id INTEGER;
