-- What stands in a compound, counted again after each change of it, so that the figures of a whole city are
-- the sum of a few thousand rows. Which changes are counted already is told by the setting.
CREATE TABLE compound_figures (
  compound_id bigint PRIMARY KEY REFERENCES place (id),
  buildings bigint NOT NULL,
  dwellings bigint NOT NULL,
  lived_in bigint NOT NULL,
  unregistered bigint NOT NULL,
  households bigint NOT NULL,
  headless bigint NOT NULL,
  carded bigint NOT NULL,
  persons bigint NOT NULL,
  away bigint NOT NULL,
  conflicts bigint NOT NULL,
  guarded bigint NOT NULL,
  sealed bigint NOT NULL,
  unguarded bigint NOT NULL,
  counted_ms bigint NOT NULL
);
INSERT INTO setting (name, value) VALUES ('figures_until', '0');
