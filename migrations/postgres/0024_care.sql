-- People who are looked after (XN-64, practice 22): exactly one helper at a time, one contact a day, needs.
-- What households ask for (XN-66, 67) from the asking to the rating, runs that carry it to the doors, where
-- things are to be had (LZ-29), and where couriers leave theirs (practice 19).
CREATE TABLE care_recipient (
  id bigint PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES person (id),
  household_id bigint NOT NULL REFERENCES household (id),
  dwelling_id bigint NOT NULL REFERENCES place (id),
  compound_id bigint NOT NULL REFERENCES place (id),
  kinds text COLLATE "C" NOT NULL,
  began bigint NOT NULL,
  contact_minute bigint NOT NULL,
  door_mark bigint NOT NULL,
  note text COLLATE "C",
  check_ms bigint,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  ended_ms bigint,
  end_reason text COLLATE "C",
  end_note text COLLATE "C",
  version bigint NOT NULL
);
CREATE UNIQUE INDEX care_recipient_person ON care_recipient (person_id) WHERE ended_ms IS NULL;
CREATE INDEX care_recipient_of_person ON care_recipient (person_id, id);
CREATE INDEX care_recipient_compound ON care_recipient (compound_id, id);
CREATE INDEX care_recipient_dwelling ON care_recipient (dwelling_id);
CREATE INDEX care_recipient_check ON care_recipient (check_ms) WHERE check_ms IS NOT NULL;

CREATE TABLE care_helper (
  id bigint PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES care_recipient (id),
  staff_id bigint NOT NULL REFERENCES staff (id),
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  assigned_by bigint NOT NULL
);
CREATE UNIQUE INDEX care_helper_one ON care_helper (recipient_id) WHERE valid_until_ms IS NULL;
CREATE INDEX care_helper_recipient ON care_helper (recipient_id, id);
CREATE INDEX care_helper_staff ON care_helper (staff_id) WHERE valid_until_ms IS NULL;

-- Each try; the day is done with the first that reached somebody.
CREATE TABLE care_contact (
  id bigint PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES care_recipient (id),
  day bigint NOT NULL,
  channel text COLLATE "C" NOT NULL,
  reached bigint NOT NULL,
  note text COLLATE "C",
  recorded_by bigint NOT NULL,
  recorded_ms bigint NOT NULL
);
CREATE INDEX care_contact_recipient ON care_contact (recipient_id, day);

-- The calendar of needs: work is opened at notify_ms, once; what comes again has a row for each time.
CREATE TABLE care_need (
  id bigint PRIMARY KEY,
  recipient_id bigint NOT NULL REFERENCES care_recipient (id),
  kind text COLLATE "C" NOT NULL,
  what text COLLATE "C" NOT NULL,
  due bigint NOT NULL,
  lead_days bigint NOT NULL,
  every_days bigint,
  notify_ms bigint,
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  done_ms bigint,
  done_by bigint
);
CREATE INDEX care_need_recipient ON care_need (recipient_id, due);
CREATE INDEX care_need_notify ON care_need (notify_ms) WHERE notify_ms IS NOT NULL;

CREATE TABLE service_kind (
  id bigint PRIMARY KEY,
  code text COLLATE "C" NOT NULL UNIQUE,
  title text COLLATE "C",
  measure text COLLATE "C" NOT NULL,
  carried bigint NOT NULL,
  position bigint NOT NULL,
  retired_ms bigint
);

CREATE TABLE directory_entry (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  phone text COLLATE "C",
  address text COLLATE "C",
  hours text COLLATE "C",
  responsible text COLLATE "C",
  note text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  created_by bigint NOT NULL
);
CREATE INDEX directory_entry_place ON directory_entry (place_id) WHERE valid_until_ms IS NULL;

CREATE TABLE drop_point (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  opening_id bigint REFERENCES opening (id),
  name text COLLATE "C" NOT NULL,
  line text COLLATE "C" NOT NULL,
  note text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  created_by bigint NOT NULL
);
CREATE INDEX drop_point_compound ON drop_point (compound_id) WHERE valid_until_ms IS NULL;

CREATE TABLE delivery_run (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  shop_id bigint REFERENCES directory_entry (id),
  drop_point_id bigint REFERENCES drop_point (id),
  staff_id bigint REFERENCES staff (id),
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL,
  ended_ms bigint,
  version bigint NOT NULL
);
CREATE INDEX delivery_run_compound ON delivery_run (compound_id, id);

-- Amounts are thousandths of the kind's unit, money is in fen; unknown is null and never zero.
CREATE TABLE service_request (
  id bigint PRIMARY KEY,
  kind_id bigint NOT NULL REFERENCES service_kind (id),
  compound_id bigint NOT NULL REFERENCES place (id),
  dwelling_id bigint NOT NULL REFERENCES place (id),
  household_id bigint NOT NULL REFERENCES household (id),
  person_id bigint REFERENCES person (id),
  detail text COLLATE "C" NOT NULL,
  amount_milli bigint,
  price_fen bigint,
  currency text COLLATE "C" NOT NULL,
  shop_id bigint REFERENCES directory_entry (id),
  drop_point_id bigint REFERENCES drop_point (id),
  channel text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  run_id bigint REFERENCES delivery_run (id),
  reason text COLLATE "C",
  rating bigint,
  rating_note text COLLATE "C",
  origin text COLLATE "C" NOT NULL UNIQUE,
  created_by bigint,
  created_ms bigint NOT NULL,
  delivered_ms bigint,
  delivered_day bigint,
  delivered_by bigint,
  ended_ms bigint,
  version bigint NOT NULL
);
CREATE INDEX service_request_compound ON service_request (compound_id, id);
CREATE INDEX service_request_household ON service_request (household_id, id);
CREATE INDEX service_request_dwelling ON service_request (dwelling_id);
CREATE INDEX service_request_open ON service_request (compound_id, state) WHERE ended_ms IS NULL;
CREATE INDEX service_request_run ON service_request (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX service_request_day ON service_request (delivered_day, kind_id) WHERE delivered_day IS NOT NULL;

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
WITH seed (number, code, measure, carried) AS (VALUES
  (1, 'daily_goods', 'piece', 1),
  (2, 'grain_and_oil', 'kg', 1),
  (3, 'produce', 'portion', 1),
  (4, 'medicine', 'box', 1),
  (5, 'medical_escort', 'time', 0),
  (6, 'meal', 'portion', 1),
  (7, 'parcel', 'piece', 1),
  (8, 'gas', 'cubic_metre', 0),
  (9, 'water', 'tonne', 0),
  (10, 'repair', 'time', 0))
INSERT INTO service_kind (id, code, measure, carried, position)
SELECT b.next - 1000 + s.number, s.code, s.measure, s.carried, s.number
FROM seed s, id_block b WHERE b.name = 'id';

-- LZ-29 names the first seven kinds of the directory.
WITH seed (number, list, code) AS (VALUES
  (21, 'care_kind', 'elder_alone'),
  (22, 'care_kind', 'disabled'),
  (23, 'care_kind', 'pregnant'),
  (24, 'care_kind', 'dialysis'),
  (25, 'care_kind', 'chronic_medicine'),
  (26, 'care_kind', 'child_alone'),
  (27, 'care_kind', 'hardship'),
  (31, 'directory_kind', 'family_doctor'),
  (32, 'directory_kind', 'police'),
  (33, 'directory_kind', 'supplies'),
  (34, 'directory_kind', 'power'),
  (35, 'directory_kind', 'pipes'),
  (36, 'directory_kind', 'repairs'),
  (37, 'directory_kind', 'emergency'),
  (38, 'directory_kind', 'shop'),
  (39, 'directory_kind', 'pharmacy'),
  (40, 'directory_kind', 'hotline'))
INSERT INTO term (id, list, code, title, required_of, position)
SELECT b.next - 1000 + s.number, s.list, s.code, NULL, '', 100 + s.number
FROM seed s, id_block b WHERE b.name = 'id';

-- practice 22: not reached by the hour, then a neighbour or relative, a visit, police or 120, in two hours.
WITH seed (number, code, flow, climb_minutes, due_minutes) AS (VALUES
  (51, 'care_missed', 'care', 30, 120),
  (52, 'care_need_due', 'alert', NULL, 1440),
  (53, 'delivery_run', 'alert', 240, 480),
  (54, 'service_task', 'alert', 240, 1440))
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + s.number, s.code, 'delivery', s.flow, s.climb_minutes, s.due_minutes, 0
FROM seed s, id_block b WHERE b.name = 'id';
WITH seed (number, from_state, verb, to_state, needs_note, ends) AS (VALUES
  (61, 'open', 'acknowledge', 'acknowledged', 0, 0),
  (62, 'open', 'ask_neighbour', 'neighbour_asked', 0, 0),
  (63, 'acknowledged', 'ask_neighbour', 'neighbour_asked', 0, 0),
  (64, 'acknowledged', 'visit_home', 'home_visited', 0, 0),
  (65, 'neighbour_asked', 'visit_home', 'home_visited', 0, 0),
  (66, 'neighbour_asked', 'call_help', 'help_called', 0, 0),
  (67, 'home_visited', 'call_help', 'help_called', 0, 0),
  (68, 'open', 'close', 'closed', 1, 1),
  (69, 'acknowledged', 'close', 'closed', 1, 1),
  (70, 'neighbour_asked', 'close', 'closed', 1, 1),
  (71, 'home_visited', 'close', 'closed', 1, 1),
  (72, 'help_called', 'close', 'closed', 1, 1),
  (73, 'closed', 'reopen', 'open', 1, 0))
INSERT INTO work_transition (id, flow, from_state, verb, to_state, permission, needs_note, ends)
SELECT b.next - 1000 + s.number, 'care', s.from_state, s.verb, s.to_state, 'work_write', s.needs_note, s.ends
FROM seed s, id_block b WHERE b.name = 'id';
