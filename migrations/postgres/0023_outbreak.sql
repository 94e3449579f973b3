-- What cases do to places: decisions on what the sealing ladder proposes (rules.md section 5), and what a
-- community said about the measures of its state (rules.md section 2). A sealing is the zone level it gave.
CREATE TABLE seal_decision (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  compound_id bigint NOT NULL REFERENCES place (id),
  action text COLLATE "C" NOT NULL,
  accepted bigint NOT NULL,
  observed bigint NOT NULL,
  cases bigint NOT NULL,
  reason text COLLATE "C" NOT NULL,
  zone_id bigint REFERENCES zone (id),
  decided_by bigint NOT NULL,
  decided_ms bigint NOT NULL
);
CREATE INDEX seal_decision_place ON seal_decision (place_id, action, id);

CREATE TABLE measure_note (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  measure text COLLATE "C" NOT NULL,
  done bigint NOT NULL,
  note text COLLATE "C",
  noted_by bigint NOT NULL,
  noted_ms bigint NOT NULL
);
CREATE INDEX measure_note_place ON measure_note (place_id, id);

INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
INSERT INTO work_kind (id, code, category, flow, climb_minutes, due_minutes, by_hand)
SELECT b.next - 1000 + 1, 'sealing_proposed', 'entry_control', 'alert', 60, 240, 0
FROM id_block b WHERE b.name = 'id';
