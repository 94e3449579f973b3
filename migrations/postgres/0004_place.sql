-- Openings: hours, the seal, a reasoned and dated exception, the last look at it (practice.md 3, 10).
ALTER TABLE opening ADD COLUMN open_minute bigint;
ALTER TABLE opening ADD COLUMN close_minute bigint;
ALTER TABLE opening ADD COLUMN seal_method text COLLATE "C";
ALTER TABLE opening ADD COLUMN minutes_to_open bigint;
ALTER TABLE opening ADD COLUMN fire_exit bigint;
ALTER TABLE opening ADD COLUMN checked_ms bigint;
ALTER TABLE opening ADD COLUMN exception_reason text COLLATE "C";
ALTER TABLE opening ADD COLUMN exception_until_ms bigint;

-- Dated sets of places beside the tree: grids, sealed units, scope lists. All members lie in place_id.
CREATE TABLE place_set (
  id bigint PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  place_id bigint NOT NULL REFERENCES place (id),
  name text COLLATE "C" NOT NULL,
  code text COLLATE "C",
  note text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint
);
CREATE INDEX place_set_place ON place_set (place_id, kind);

CREATE TABLE place_set_member (
  id bigint PRIMARY KEY,
  set_id bigint NOT NULL REFERENCES place_set (id),
  place_id bigint NOT NULL REFERENCES place (id),
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint
);
CREATE INDEX place_set_member_set ON place_set_member (set_id, place_id);
CREATE INDEX place_set_member_place ON place_set_member (place_id);

-- One opening may serve several sealed units, and a unit may have several openings (LZ-23).
CREATE TABLE opening_unit (
  id bigint PRIMARY KEY,
  opening_id bigint NOT NULL REFERENCES opening (id),
  set_id bigint NOT NULL REFERENCES place_set (id),
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint
);
CREATE INDEX opening_unit_opening ON opening_unit (opening_id);
CREATE INDEX opening_unit_set ON opening_unit (set_id);

-- Zone levels as dated data on any node (XN-22); below it the nearest one holds.
CREATE TABLE zone (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  level text COLLATE "C" NOT NULL,
  reason text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint,
  created_by bigint NOT NULL
);
CREATE INDEX zone_place ON zone (place_id, valid_from_ms);

-- The numbers of places and responsibilities: tiers, ranks, how many openings. A version is never changed.
CREATE TABLE place_rule (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  version bigint NOT NULL UNIQUE,
  effective_from_ms bigint NOT NULL,
  params text COLLATE "C" NOT NULL,
  note text COLLATE "C",
  created_by bigint NOT NULL,
  created_ms bigint NOT NULL
);
CREATE INDEX place_rule_place ON place_rule (place_id, effective_from_ms);
INSERT INTO setting (name, value) VALUES ('place_guard', '');

-- What a node was before it was renamed or moved: closed periods only, place itself holds the present one.
CREATE TABLE place_past (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  parent_id bigint REFERENCES place (id),
  name text COLLATE "C" NOT NULL,
  code text COLLATE "C",
  compound_kind text COLLATE "C",
  valid_from_ms bigint NOT NULL,
  valid_until_ms bigint NOT NULL
);
CREATE INDEX place_past_place ON place_past (place_id, valid_until_ms);
CREATE INDEX place_past_parent ON place_past (parent_id);

-- A move whose descendants still carry old ancestors; done_ms is set when the last of them is right.
CREATE TABLE place_move (
  id bigint PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place (id),
  old_district_id bigint,
  old_area_id bigint,
  old_subdistrict_id bigint,
  old_community_id bigint,
  new_district_id bigint,
  new_area_id bigint,
  new_subdistrict_id bigint,
  new_community_id bigint,
  moved_ms bigint NOT NULL,
  done_ms bigint
);

-- What decides how many volunteers a compound needs (XN-24), as far as no other record knows it.
CREATE TABLE compound_profile (
  id bigint PRIMARY KEY REFERENCES place (id),
  property_level text COLLATE "C" NOT NULL,
  observed_households bigint,
  volunteers_planned bigint,
  updated_ms bigint NOT NULL
);

-- Who leads an area, who helps out, and who answers for a grid.
ALTER TABLE stewardship ADD COLUMN duty text COLLATE "C" NOT NULL DEFAULT 'steward';
ALTER TABLE stewardship ADD COLUMN grid_id bigint REFERENCES place_set (id);
CREATE INDEX stewardship_grid ON stewardship (grid_id, tier);
