-- What the water and electricity meters of dwellings showed, kWh and cubic metres, and what follows from it:
-- how likely somebody lives there (XN-55). Readings come by import; a day nobody read is no row.
CREATE TABLE meter_reading (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  meter TEXT NOT NULL,
  number TEXT NOT NULL,
  day INTEGER NOT NULL,
  value REAL NOT NULL,
  estimated INTEGER NOT NULL,
  import_id INTEGER,
  UNIQUE (dwelling_id, meter, number, day)
) STRICT;
CREATE INDEX meter_reading_compound ON meter_reading (compound_id, day);

CREATE TABLE meter_estimate (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  dwelling_id INTEGER NOT NULL REFERENCES place (id),
  lived_in_percent INTEGER NOT NULL,
  reasons TEXT NOT NULL,
  electricity_per_day REAL,
  water_per_day REAL,
  newest_day INTEGER NOT NULL,
  estimated_ms INTEGER NOT NULL,
  UNIQUE (dwelling_id)
) STRICT;
CREATE INDEX meter_estimate_compound ON meter_estimate (compound_id);
