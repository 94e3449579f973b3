-- Who stood at which gate from when to when: written by the gate's phone when guards change, or by the
-- office. The phone knows a name only; staff_id is who of the staff has it, confirmed once the office said.
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

-- Where people are called to be tested, and who was swabbed there into which tube; a tube may hold several.
-- test_id is the sample of somebody under control, whose result is written there; no reference, since a case
-- is let go before the session is.
CREATE TABLE test_session (
  id bigint PRIMARY KEY,
  compound_id bigint NOT NULL REFERENCES place (id),
  site text NOT NULL,
  organiser text,
  from_ms bigint NOT NULL,
  until_ms bigint,
  recorded_by bigint NOT NULL,
  recorded_ms bigint NOT NULL,
  withdrawn_ms bigint
);
CREATE INDEX test_session_compound ON test_session (compound_id, from_ms);
CREATE TABLE test_swab (
  id bigint PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES test_session (id),
  person_id bigint NOT NULL REFERENCES person (id),
  tube text NOT NULL,
  taken_ms bigint NOT NULL,
  test_id bigint,
  recorded_by bigint NOT NULL,
  recorded_ms bigint NOT NULL,
  withdrawn_ms bigint
);
CREATE UNIQUE INDEX test_swab_once ON test_swab (session_id, person_id) WHERE withdrawn_ms IS NULL;
CREATE INDEX test_swab_person ON test_swab (person_id, taken_ms);
