-- The words of a person stand once in order of the person, written with whatever changed the person, and
-- once in order of the words. An import writes the second only at its end, sorted: one by one they would fall
-- on as many pages as there are words.
CREATE TABLE search_word (
  person_id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  term text COLLATE "C" NOT NULL,
  compound_id bigint NOT NULL,
  dwelling_id bigint NOT NULL,
  PRIMARY KEY (person_id, kind, term, compound_id, dwelling_id)
);
INSERT INTO search_word (person_id, kind, term, compound_id, dwelling_id)
SELECT person_id, kind, term, compound_id, dwelling_id FROM search_term ORDER BY person_id;
DROP INDEX search_term_person;
-- No word stays in the one that is gone from the other.
ALTER TABLE search_term ADD CONSTRAINT search_term_of_word
  FOREIGN KEY (person_id, kind, term, compound_id, dwelling_id)
  REFERENCES search_word (person_id, kind, term, compound_id, dwelling_id) ON DELETE CASCADE;
