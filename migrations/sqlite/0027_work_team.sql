-- Work whose person is whoever heads a team, however often the roster changes.
ALTER TABLE work_item ADD COLUMN team_id INTEGER REFERENCES team (id);
CREATE INDEX work_item_team ON work_item (team_id) WHERE team_id IS NOT NULL;

-- Where something was done, to about ten metres, and only for kinds of work that demand it.
ALTER TABLE work_event ADD COLUMN latitude_e4 INTEGER;
ALTER TABLE work_event ADD COLUMN longitude_e4 INTEGER;
ALTER TABLE work_event ADD COLUMN accuracy_m INTEGER;

-- Whoever is under control or looked after has moved: those who answer for the new home are told.
INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + 1, 'person_moved', 'tracing', 'alert', 60, 720, 0 FROM id_block b WHERE b.name = 'id';

-- A household with many exits or visitors is a matter of the gate: unrest is said of places alone (XN-28).
UPDATE work_kind SET category = 'entry_control' WHERE code = 'attention_note';
