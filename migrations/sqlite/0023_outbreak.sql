-- What cases do to places: decisions on what the sealing ladder proposes (rules.md section 5), and what a
-- community said about the measures of its state (rules.md section 2). A sealing is the zone level it gave.
CREATE TABLE seal_decision (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  action TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  observed INTEGER NOT NULL,
  cases INTEGER NOT NULL,
  reason TEXT NOT NULL,
  zone_id INTEGER REFERENCES zone (id),
  decided_by INTEGER NOT NULL,
  decided_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX seal_decision_place ON seal_decision (place_id, action, id);

CREATE TABLE measure_note (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  measure TEXT NOT NULL,
  done INTEGER NOT NULL,
  note TEXT,
  noted_by INTEGER NOT NULL,
  noted_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX measure_note_place ON measure_note (place_id, id);

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + 1, 'sealing_proposed', 'entry_control', 'alert', 60, 240, 0
FROM id_block b WHERE b.name = 'id';
