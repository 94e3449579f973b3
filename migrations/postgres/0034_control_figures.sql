-- The newest day of which a case has a follow-up, of either half: followed up today is that it is today.
ALTER TABLE control_case ADD COLUMN morning bigint;
ALTER TABLE control_case ADD COLUMN evening bigint;
UPDATE control_case SET
  morning = (SELECT MAX(f.day) FROM control_follow_up f
    WHERE f.case_id = control_case.id AND f.half = 'morning'),
  evening = (SELECT MAX(f.day) FROM control_follow_up f
    WHERE f.case_id = control_case.id AND f.half = 'evening');
-- Everything that is counted of a compound stands in this index.
CREATE INDEX control_case_counted ON control_case
  (compound_id, household_id, category, attention, morning, evening) WHERE ended_ms IS NULL;
-- Those under control in a compound, counted once after each change. Which changes are counted already is
-- told by the setting: from now on, since a compound without a row is counted first.
CREATE TABLE control_figures (
  compound_id bigint PRIMARY KEY REFERENCES place (id),
  day bigint NOT NULL,
  figures text COLLATE "C" NOT NULL,
  counted_ms bigint NOT NULL
);
INSERT INTO setting (name, value) VALUES ('control_figures_until', COALESCE(
  (SELECT CAST(tx AS text) || ' ' || CAST(id AS text) FROM change ORDER BY tx DESC, id DESC LIMIT 1), '0 0'));
CREATE INDEX place_of_compounds ON place (id) WHERE kind = 'compound';
-- A person's level at the gate is asked for whenever their case is looked at.
CREATE INDEX observation_person ON observation (person_id) WHERE person_id IS NOT NULL;
