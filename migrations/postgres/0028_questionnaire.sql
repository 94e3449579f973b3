-- Questionnaires from spreadsheets: versions that never change, which round asks which, and a sheet of
-- answers for each door. client_id is made where the sheet was filled in, so that one sent twice is one; of a
-- door the newest counts, replaced_by is the sheet that took its place.
CREATE TABLE questionnaire (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  code text COLLATE "C" NOT NULL,
  title_zh text COLLATE "C" NOT NULL,
  title_en text COLLATE "C" NOT NULL,
  created_by bigint NOT NULL REFERENCES account (id),
  created_ms bigint NOT NULL,
  UNIQUE (place_id, code)
);

CREATE TABLE questionnaire_version (
  id bigint PRIMARY KEY,
  questionnaire_id bigint NOT NULL REFERENCES questionnaire (id),
  number bigint NOT NULL,
  effective_ms bigint NOT NULL,
  questions bigint NOT NULL,
  form text COLLATE "C" NOT NULL,
  uploaded_by bigint NOT NULL REFERENCES account (id),
  uploaded_ms bigint NOT NULL,
  UNIQUE (questionnaire_id, number)
);

CREATE TABLE questionnaire_round (
  id bigint PRIMARY KEY,
  round_id bigint NOT NULL REFERENCES survey_round (id),
  questionnaire_id bigint NOT NULL REFERENCES questionnaire (id),
  asked bigint NOT NULL,
  chosen_by bigint NOT NULL REFERENCES account (id),
  chosen_ms bigint NOT NULL,
  UNIQUE (round_id, questionnaire_id)
);
CREATE UNIQUE INDEX questionnaire_round_asked ON questionnaire_round (round_id) WHERE asked = 1;
CREATE INDEX questionnaire_round_of ON questionnaire_round (questionnaire_id);

CREATE TABLE questionnaire_answer (
  id bigint PRIMARY KEY,
  round_id bigint NOT NULL REFERENCES survey_round (id),
  questionnaire_id bigint NOT NULL REFERENCES questionnaire (id),
  version_id bigint NOT NULL REFERENCES questionnaire_version (id),
  dwelling_id bigint NOT NULL REFERENCES place (id),
  compound_id bigint NOT NULL REFERENCES place (id),
  account_id bigint NOT NULL REFERENCES account (id),
  client_id text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  answers text COLLATE "C" NOT NULL,
  happened_ms bigint NOT NULL,
  recorded_ms bigint NOT NULL,
  replaced_by bigint,
  UNIQUE (account_id, client_id)
);
CREATE UNIQUE INDEX questionnaire_answer_door
  ON questionnaire_answer (round_id, questionnaire_id, dwelling_id) WHERE replaced_by IS NULL;
CREATE INDEX questionnaire_answer_time ON questionnaire_answer (round_id, questionnaire_id, happened_ms, id)
  WHERE replaced_by IS NULL;
CREATE INDEX questionnaire_answer_version ON questionnaire_answer (version_id);
CREATE INDEX questionnaire_answer_dwelling ON questionnaire_answer (dwelling_id);
