-- Who stood at which gate from when to when: written by the gate's phone when guards change, or by the
-- office. The phone knows a name only; staff_id is who of the staff has it, confirmed once the office said.
CREATE TABLE duty_shift (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  opening_id INTEGER NOT NULL REFERENCES opening (id),
  enrolment_id INTEGER REFERENCES enrolment (id),
  device_ms INTEGER,
  staff_id INTEGER REFERENCES staff (id),
  guard TEXT NOT NULL,
  confirmed INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER,
  recorded_by INTEGER,
  recorded_ms INTEGER NOT NULL,
  withdrawn_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX duty_shift_device ON duty_shift (enrolment_id, device_ms) WHERE device_ms IS NOT NULL;
CREATE INDEX duty_shift_compound ON duty_shift (compound_id, from_ms);
CREATE INDEX duty_shift_staff ON duty_shift (staff_id, from_ms) WHERE staff_id IS NOT NULL;

-- Where people are called to be tested, and who was swabbed there into which tube; a tube may hold several.
-- test_id is the sample of somebody under control, whose result is written there; no reference, since a case
-- is let go before the session is.
CREATE TABLE test_session (
  id INTEGER PRIMARY KEY,
  compound_id INTEGER NOT NULL REFERENCES place (id),
  site TEXT NOT NULL,
  organiser TEXT,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER,
  recorded_by INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  withdrawn_ms INTEGER
) STRICT;
CREATE INDEX test_session_compound ON test_session (compound_id, from_ms);
CREATE TABLE test_swab (
  id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES test_session (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  tube TEXT NOT NULL,
  taken_ms INTEGER NOT NULL,
  test_id INTEGER,
  recorded_by INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  withdrawn_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX test_swab_once ON test_swab (session_id, person_id) WHERE withdrawn_ms IS NULL;
CREATE INDEX test_swab_person ON test_swab (person_id, taken_ms);
