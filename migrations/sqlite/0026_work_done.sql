-- Work that comes back by itself (XN-28), evidence that a kind demands before an item is closed, and records
-- of a phone that arrive once.
CREATE TABLE work_plan (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  place_id INTEGER NOT NULL REFERENCES place (id),
  target TEXT NOT NULL,
  set_id INTEGER REFERENCES place_set (id),
  rhythm TEXT NOT NULL,
  at_minute INTEGER NOT NULL,
  second_minute INTEGER,
  on_day INTEGER,
  due_minutes INTEGER,
  note TEXT NOT NULL,
  created_by INTEGER NOT NULL REFERENCES account (id),
  created_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  next_ms INTEGER,
  reached INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX work_plan_next ON work_plan (next_ms) WHERE ended_ms IS NULL;
CREATE INDEX work_plan_place ON work_plan (place_id);

ALTER TABLE work_kind ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE work_event ADD COLUMN client_id TEXT;
CREATE UNIQUE INDEX work_event_client ON work_event (account_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX work_event_account ON work_event (account_id, at_ms);
CREATE INDEX survey_attempt_account ON survey_attempt (account_id, happened_ms);
