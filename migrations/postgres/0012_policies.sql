-- Rules for a part of a place: a zone level, a kind of compound, a sealed unit. A tightening waits for a
-- second person, a loosening is reviewed afterwards, a change of regime ends the cards issued before it
-- (practice.md 4).
ALTER TABLE policy ADD COLUMN zone_level text COLLATE "C";
ALTER TABLE policy ADD COLUMN compound_kind text COLLATE "C";
ALTER TABLE policy ADD COLUMN unit_id bigint REFERENCES place_set (id);
ALTER TABLE policy ADD COLUMN state text COLLATE "C" NOT NULL DEFAULT 'in_force';
ALTER TABLE policy ADD COLUMN tightening bigint NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN decided_by bigint;
ALTER TABLE policy ADD COLUMN decided_ms bigint;
ALTER TABLE policy ADD COLUMN reviewed_by bigint;
ALTER TABLE policy ADD COLUMN reviewed_ms bigint;
ALTER TABLE policy ADD COLUMN voids_cards bigint NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN replacements_from bigint;
ALTER TABLE policy ADD COLUMN cards_voided_ms bigint;

-- The control level of a person, or of everybody of a household (rules.md section 6): dated, ended and not
-- changed. A gate is told a word, never the level (practice.md 24).
CREATE TABLE observation (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  household_id bigint NOT NULL REFERENCES household (id),
  person_id bigint REFERENCES person (id),
  level text COLLATE "C" NOT NULL,
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);
CREATE INDEX observation_household ON observation (household_id);
CREATE INDEX observation_compound ON observation (compound_id);
