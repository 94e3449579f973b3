-- Who stood at which gate from when to when: written by the gate's phone when guards change, or by the office.
-- The phone knows a name only; staff_id is who of the staff has it, confirmed once the office said so.
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
