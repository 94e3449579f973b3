-- Certificates that take a person out of the household's quota; days are counted, both included.
CREATE TABLE exemption (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  person_id bigint NOT NULL REFERENCES person (id),
  exemption_kind text COLLATE "C" NOT NULL,
  certificate text COLLATE "C" NOT NULL,
  issuer text COLLATE "C",
  valid_from bigint NOT NULL,
  valid_until bigint NOT NULL,
  weekdays bigint NOT NULL,
  from_minute bigint NOT NULL,
  until_minute bigint NOT NULL,
  created_ms bigint NOT NULL,
  created_by bigint NOT NULL,
  ended_ms bigint
);
CREATE INDEX exemption_compound ON exemption (compound_id, created_ms, id);
CREATE INDEX exemption_person ON exemption (person_id);
-- Whose a card is that is no household's.
ALTER TABLE pass ADD COLUMN person_id bigint;
ALTER TABLE pass ADD COLUMN vehicle_id bigint;
ALTER TABLE pass ADD COLUMN guest_id bigint;
