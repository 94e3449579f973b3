-- Who stood at which gate from when to when: written by the gate's phone when guards change, or by the office.
-- The phone knows a name only; staff_id is who of the staff has it, confirmed once the office said so.
CREATE TABLE duty_shift (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  opening_id bigint NOT NULL REFERENCES opening (id),
  enrolment_id bigint REFERENCES enrolment (id),
  device_ms bigint,
  staff_id bigint REFERENCES staff (id),
  guard text NOT NULL,
  confirmed bigint NOT NULL,
  from_ms bigint NOT NULL,
  until_ms bigint,
  recorded_by bigint,
  recorded_ms bigint NOT NULL,
  withdrawn_ms bigint
);
CREATE UNIQUE INDEX duty_shift_device ON duty_shift (enrolment_id, device_ms) WHERE device_ms IS NOT NULL;
CREATE INDEX duty_shift_compound ON duty_shift (compound_id, from_ms);
CREATE INDEX duty_shift_staff ON duty_shift (staff_id, from_ms) WHERE staff_id IS NOT NULL;
