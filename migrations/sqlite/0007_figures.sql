-- What stands in a compound, counted again after each change of it, so that the figures of a whole city are
-- the sum of a few thousand rows. Which changes are counted already is told by the setting.
CREATE TABLE compound_figures (
  compound_id INTEGER PRIMARY KEY REFERENCES place (id),
  buildings INTEGER NOT NULL,
  dwellings INTEGER NOT NULL,
  lived_in INTEGER NOT NULL,
  unregistered INTEGER NOT NULL,
  households INTEGER NOT NULL,
  headless INTEGER NOT NULL,
  carded INTEGER NOT NULL,
  persons INTEGER NOT NULL,
  away INTEGER NOT NULL,
  conflicts INTEGER NOT NULL,
  guarded INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  unguarded INTEGER NOT NULL,
  counted_ms INTEGER NOT NULL
) STRICT;
INSERT INTO setting (name, value) VALUES ('figures_until', '0');
