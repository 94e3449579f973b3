-- Work that comes back by itself (XN-28), evidence that a kind demands before an item is closed, and records
-- of a phone that arrive once.
CREATE TABLE work_plan (
  id bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  place_id bigint NOT NULL REFERENCES place (id),
  target text COLLATE "C" NOT NULL,
  set_id bigint REFERENCES place_set (id),
  rhythm text COLLATE "C" NOT NULL,
  at_minute bigint NOT NULL,
  second_minute bigint,
  on_day bigint,
  due_minutes bigint,
  note text COLLATE "C" NOT NULL,
  created_by bigint NOT NULL REFERENCES account (id),
  created_ms bigint NOT NULL,
  ended_ms bigint,
  next_ms bigint,
  reached bigint NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX work_plan_next ON work_plan (next_ms) WHERE ended_ms IS NULL;
CREATE INDEX work_plan_place ON work_plan (place_id);

ALTER TABLE work_kind ADD COLUMN evidence text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE work_event ADD COLUMN client_id text COLLATE "C";
CREATE UNIQUE INDEX work_event_client ON work_event (account_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX work_event_account ON work_event (account_id, at_ms);
CREATE INDEX survey_attempt_account ON survey_attempt (account_id, happened_ms);
