-- The one mechanism of work that somebody has to do: alerts of a gate, tasks given by hand. What may become
-- of an item, who may do it and when it climbs is data: kinds name a flow, a flow is a set of transitions.
CREATE TABLE work_kind (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  category TEXT NOT NULL,
  flow TEXT NOT NULL,
  climb_minutes INTEGER,
  due_minutes INTEGER,
  by_hand INTEGER NOT NULL
) STRICT;

CREATE TABLE work_transition (
  id INTEGER PRIMARY KEY,
  flow TEXT NOT NULL,
  from_state TEXT NOT NULL,
  verb TEXT NOT NULL,
  to_state TEXT NOT NULL,
  permission TEXT NOT NULL,
  needs_note INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  UNIQUE (flow, from_state, verb)
) STRICT;

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
-- Categories are the seven works of XN-28.
WITH seed (number, code, category, flow, climb_minutes, due_minutes, by_hand) AS (VALUES
  (1, 'fever_alert', 'temperature', 'alert', 10, 120, 0),
  (2, 'emergency_release', 'entry_control', 'report', 15, 1440, 0),
  (3, 'steps_refused', 'temperature', 'alert', 15, 240, 0),
  (4, 'refer_call', 'entry_control', 'alert', 15, 60, 0),
  (5, 'overdue_return', 'entry_control', 'alert', 30, 240, 0),
  (6, 'welfare_note', 'delivery', 'alert', NULL, 1440, 0),
  (7, 'attention_note', 'unrest', 'alert', NULL, 1440, 0),
  (8, 'gate_silent', 'entry_control', 'alert', 15, 60, 0),
  (9, 'copy_suspected', 'entry_control', 'alert', NULL, 1440, 0),
  (11, 'task_entry_control', 'entry_control', 'alert', NULL, 1440, 1),
  (12, 'task_temperature', 'temperature', 'alert', NULL, 1440, 1),
  (13, 'task_tracing', 'tracing', 'alert', NULL, 1440, 1),
  (14, 'task_publicity', 'publicity', 'alert', NULL, 1440, 1),
  (15, 'task_disinfection', 'disinfection', 'alert', NULL, 1440, 1),
  (16, 'task_delivery', 'delivery', 'alert', NULL, 1440, 1),
  (17, 'task_unrest', 'unrest', 'alert', NULL, 1440, 1))
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + s.number, s.code, s.category, s.flow, s.climb_minutes, s.due_minutes, s.by_hand
FROM seed s, id_block b WHERE b.name = 'id';
-- Flow report: what happened must be written down before it is closed (practice 2: details within 24 hours).
WITH seed (number, flow, from_state, verb, to_state, needs_note, ends) AS (VALUES
  (51, 'alert', 'open', 'acknowledge', 'acknowledged', 0, 0),
  (52, 'alert', 'open', 'close', 'closed', 0, 1),
  (53, 'alert', 'acknowledged', 'close', 'closed', 0, 1),
  (54, 'alert', 'closed', 'reopen', 'open', 1, 0),
  (55, 'report', 'open', 'acknowledge', 'acknowledged', 0, 0),
  (56, 'report', 'open', 'close', 'closed', 1, 1),
  (57, 'report', 'acknowledged', 'close', 'closed', 1, 1),
  (58, 'report', 'closed', 'reopen', 'open', 1, 0))
INSERT INTO work_transition (id, flow, from_state, verb, to_state, permission, needs_note, ends)
SELECT b.next - 1000 + s.number, s.flow, s.from_state, s.verb, s.to_state, 'work_write', s.needs_note, s.ends
FROM seed s, id_block b WHERE b.name = 'id';

-- compound_id is the compound the place lies in, or the place itself above compounds. origin says what made
-- the item, once: the same happening told twice makes one.
CREATE TABLE work_item (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  place_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  household_id INTEGER,
  person_id INTEGER,
  passage_id INTEGER,
  opening_id INTEGER,
  assignee_id INTEGER REFERENCES staff (id),
  tier INTEGER NOT NULL,
  handed INTEGER NOT NULL,
  taken_by INTEGER REFERENCES account (id),
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  note TEXT,
  origin TEXT NOT NULL UNIQUE,
  opened_ms INTEGER NOT NULL,
  climb_ms INTEGER,
  due_ms INTEGER,
  resolved_ms INTEGER NOT NULL,
  closed_ms INTEGER,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX work_item_compound ON work_item (compound_id, opened_ms, id);
CREATE INDEX work_item_climb ON work_item (climb_ms) WHERE closed_ms IS NULL;
CREATE INDEX work_item_open ON work_item (resolved_ms) WHERE closed_ms IS NULL;
CREATE INDEX work_item_assignee ON work_item (assignee_id) WHERE closed_ms IS NULL;
CREATE INDEX work_item_person ON work_item (person_id);

-- The whole history of an item; rows are added and never changed.
CREATE TABLE work_event (
  id INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES work_item (id),
  at_ms INTEGER NOT NULL,
  verb TEXT NOT NULL,
  state TEXT NOT NULL,
  account_id INTEGER,
  tier INTEGER NOT NULL,
  assignee_id INTEGER,
  note TEXT
) STRICT;
CREATE INDEX work_event_item ON work_event (item_id, id);
CREATE INDEX work_event_time ON work_event (at_ms, id);

-- Which of the staff an account belongs to: what is theirs to do.
CREATE TABLE account_staff (
  account_id INTEGER PRIMARY KEY REFERENCES account (id),
  staff_id INTEGER NOT NULL REFERENCES staff (id)
) STRICT;

-- The address of a group robot is as good as its key, so it is sealed like the secret.
CREATE TABLE webhook (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  url_sealed BLOB NOT NULL,
  host TEXT NOT NULL,
  secret_sealed BLOB,
  kinds TEXT NOT NULL,
  lang TEXT NOT NULL,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  removed_ms INTEGER
) STRICT;
CREATE INDEX webhook_place ON webhook (place_id);

-- What has to be sent, written with what it tells of; item_id is null in a trial message.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  webhook_id INTEGER NOT NULL REFERENCES webhook (id),
  item_id INTEGER REFERENCES work_item (id),
  verb TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_ms INTEGER,
  sent_ms INTEGER,
  failure TEXT
) STRICT;
CREATE INDEX outbox_next ON outbox (next_ms) WHERE next_ms IS NOT NULL;
CREATE INDEX outbox_webhook ON outbox (webhook_id, id);

-- What a phone says of itself, for the gates board.
ALTER TABLE enrolment ADD COLUMN list_generated_ms INTEGER;
ALTER TABLE enrolment ADD COLUMN queue_since_ms INTEGER;
ALTER TABLE enrolment ADD COLUMN waiting INTEGER;

UPDATE role SET permissions = permissions || ' work_read work_write webhook_write' WHERE name IN
  ('district_office', 'subdistrict_office', 'community_office');
UPDATE role SET permissions = permissions || ' work_read work_write' WHERE name = 'grid_worker';
UPDATE role SET permissions = permissions || ' work_read' WHERE name = 'inspector';
