-- Questionnaires from spreadsheets: versions that never change, which round asks which, and a sheet of
-- answers for each door. client_id is made where the sheet was filled in, so that one sent twice is one; of a
-- door the newest counts, replaced_by is the sheet that took its place.
CREATE TABLE questionnaire (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  code TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  created_by INTEGER NOT NULL REFERENCES account (id),
  created_ms INTEGER NOT NULL,
  UNIQUE (place_id, code)
) STRICT;

CREATE TABLE questionnaire_version (
  id INTEGER PRIMARY KEY,
  questionnaire_id INTEGER NOT NULL REFERENCES questionnaire (id),
  number INTEGER NOT NULL,
  effective_ms INTEGER NOT NULL,
  questions INTEGER NOT NULL,
  form TEXT NOT NULL,
  uploaded_by INTEGER NOT NULL REFERENCES account (id),
  uploaded_ms INTEGER NOT NULL,
  UNIQUE (questionnaire_id, number)
) STRICT;

CREATE TABLE questionnaire_round (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  questionnaire_id INTEGER NOT NULL REFERENCES questionnaire (id),
  asked INTEGER NOT NULL,
  chosen_by INTEGER NOT NULL REFERENCES account (id),
  chosen_ms INTEGER NOT NULL,
  UNIQUE (round_id, questionnaire_id)
) STRICT;
CREATE UNIQUE INDEX questionnaire_round_asked ON questionnaire_round (round_id) WHERE asked = 1;
CREATE INDEX questionnaire_round_of ON questionnaire_round (questionnaire_id);

CREATE TABLE questionnaire_answer (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  questionnaire_id INTEGER NOT NULL REFERENCES questionnaire (id),
  version_id INTEGER NOT NULL REFERENCES questionnaire_version (id),
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  account_id INTEGER NOT NULL REFERENCES account (id),
  client_id TEXT NOT NULL,
  digest BLOB NOT NULL,
  answers TEXT NOT NULL,
  happened_ms INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  replaced_by INTEGER,
  UNIQUE (account_id, client_id)
) STRICT;
CREATE UNIQUE INDEX questionnaire_answer_door
  ON questionnaire_answer (round_id, questionnaire_id, dwelling_id) WHERE replaced_by IS NULL;
CREATE INDEX questionnaire_answer_time ON questionnaire_answer (round_id, questionnaire_id, happened_ms, id)
  WHERE replaced_by IS NULL;
CREATE INDEX questionnaire_answer_version ON questionnaire_answer (version_id);
CREATE INDEX questionnaire_answer_dwelling ON questionnaire_answer (dwelling_id);
