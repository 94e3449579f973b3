-- Openings: hours, the seal, a reasoned and dated exception, the last look at it (practice.md 3, 10).
ALTER TABLE opening ADD COLUMN open_minute INTEGER;
ALTER TABLE opening ADD COLUMN close_minute INTEGER;
ALTER TABLE opening ADD COLUMN seal_method TEXT;
ALTER TABLE opening ADD COLUMN minutes_to_open INTEGER;
ALTER TABLE opening ADD COLUMN fire_exit INTEGER;
ALTER TABLE opening ADD COLUMN checked_ms INTEGER;
ALTER TABLE opening ADD COLUMN exception_reason TEXT;
ALTER TABLE opening ADD COLUMN exception_until_ms INTEGER;

-- Dated sets of places beside the tree: grids, sealed units, scope lists. All members lie in place_id.
CREATE TABLE place_set (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  place_id INTEGER NOT NULL REFERENCES place (id),
  name TEXT NOT NULL,
  code TEXT,
  note TEXT,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER
) STRICT;
CREATE INDEX place_set_place ON place_set (place_id, kind);

CREATE TABLE place_set_member (
  id INTEGER PRIMARY KEY,
  set_id INTEGER NOT NULL REFERENCES place_set (id),
  place_id INTEGER NOT NULL REFERENCES place (id),
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER
) STRICT;
CREATE INDEX place_set_member_set ON place_set_member (set_id, place_id);
CREATE INDEX place_set_member_place ON place_set_member (place_id);

-- One opening may serve several sealed units, and a unit may have several openings (LZ-23).
CREATE TABLE opening_unit (
  id INTEGER PRIMARY KEY,
  opening_id INTEGER NOT NULL REFERENCES opening (id),
  set_id INTEGER NOT NULL REFERENCES place_set (id),
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER
) STRICT;
CREATE INDEX opening_unit_opening ON opening_unit (opening_id);
CREATE INDEX opening_unit_set ON opening_unit (set_id);

-- Zone levels as dated data on any node (XN-22); below it the nearest one holds.
CREATE TABLE zone (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  level TEXT NOT NULL,
  reason TEXT,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER,
  created_by INTEGER NOT NULL
) STRICT;
CREATE INDEX zone_place ON zone (place_id, valid_from_ms);

-- The numbers of places and responsibilities: tiers, ranks, how many openings. A version is never changed.
CREATE TABLE place_rule (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  version INTEGER NOT NULL UNIQUE,
  effective_from_ms INTEGER NOT NULL,
  params TEXT NOT NULL,
  note TEXT,
  created_by INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX place_rule_place ON place_rule (place_id, effective_from_ms);
INSERT INTO setting (name, value) VALUES ('place_guard', '');

-- What a node was before it was renamed or moved: closed periods only, place itself holds the present one.
CREATE TABLE place_past (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  parent_id INTEGER REFERENCES place (id),
  name TEXT NOT NULL,
  code TEXT,
  compound_kind TEXT,
  valid_from_ms INTEGER NOT NULL,
  valid_until_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX place_past_place ON place_past (place_id, valid_until_ms);
CREATE INDEX place_past_parent ON place_past (parent_id);

-- A move whose descendants still carry old ancestors; done_ms is set when the last of them is right.
CREATE TABLE place_move (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  old_district_id INTEGER,
  old_area_id INTEGER,
  old_subdistrict_id INTEGER,
  old_community_id INTEGER,
  new_district_id INTEGER,
  new_area_id INTEGER,
  new_subdistrict_id INTEGER,
  new_community_id INTEGER,
  moved_ms INTEGER NOT NULL,
  done_ms INTEGER
) STRICT;

-- What decides how many volunteers a compound needs (XN-24), as far as no other record knows it.
CREATE TABLE compound_profile (
  id INTEGER PRIMARY KEY REFERENCES place (id),
  property_level TEXT NOT NULL,
  observed_households INTEGER,
  volunteers_planned INTEGER,
  updated_ms INTEGER NOT NULL
) STRICT;

-- Who leads an area, who helps out, and who answers for a grid.
ALTER TABLE stewardship ADD COLUMN duty TEXT NOT NULL DEFAULT 'steward';
ALTER TABLE stewardship ADD COLUMN grid_id INTEGER REFERENCES place_set (id);
CREATE INDEX stewardship_grid ON stewardship (grid_id, tier);
