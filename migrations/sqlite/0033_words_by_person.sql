-- The words of a person stand once in order of the person, written with whatever changed the person, and
-- once in order of the words. An import writes the second only at its end, sorted: one by one they would fall
-- on as many pages as there are words.
CREATE TABLE search_word (
  person_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  compound_id INTEGER NOT NULL,
  dwelling_id INTEGER NOT NULL,
  PRIMARY KEY (person_id, kind, term, compound_id, dwelling_id)
) STRICT, WITHOUT ROWID;
INSERT INTO search_word (person_id, kind, term, compound_id, dwelling_id)
SELECT person_id, kind, term, compound_id, dwelling_id FROM search_term INDEXED BY search_term_person
ORDER BY person_id;
DROP INDEX search_term_person;
-- No word stays in the one that is gone from the other.
CREATE TRIGGER search_word_gone AFTER DELETE ON search_word BEGIN
  DELETE FROM search_term WHERE compound_id = OLD.compound_id AND kind = OLD.kind AND term = OLD.term
    AND person_id = OLD.person_id AND dwelling_id = OLD.dwelling_id;
END;
