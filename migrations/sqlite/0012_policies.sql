-- Rules for a part of a place: a zone level, a kind of compound, a sealed unit. A tightening waits for a
-- second person, a loosening is reviewed afterwards, a change of regime ends the cards issued before it
-- (practice.md 4).
ALTER TABLE policy ADD COLUMN zone_level TEXT;
ALTER TABLE policy ADD COLUMN compound_kind TEXT;
ALTER TABLE policy ADD COLUMN unit_id INTEGER REFERENCES place_set (id);
ALTER TABLE policy ADD COLUMN state TEXT NOT NULL DEFAULT 'in_force';
ALTER TABLE policy ADD COLUMN tightening INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN decided_by INTEGER;
ALTER TABLE policy ADD COLUMN decided_ms INTEGER;
ALTER TABLE policy ADD COLUMN reviewed_by INTEGER;
ALTER TABLE policy ADD COLUMN reviewed_ms INTEGER;
ALTER TABLE policy ADD COLUMN voids_cards INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN replacements_from INTEGER;
ALTER TABLE policy ADD COLUMN cards_voided_ms INTEGER;

-- The control level of a person, or of everybody of a household (rules.md section 6): dated, ended and not
-- changed. A gate is told a word, never the level (practice.md 24).
CREATE TABLE observation (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  household_id INTEGER NOT NULL REFERENCES household (id),
  person_id INTEGER REFERENCES person (id),
  level TEXT NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX observation_household ON observation (household_id);
CREATE INDEX observation_compound ON observation (compound_id);
