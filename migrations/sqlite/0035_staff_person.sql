-- Who of the registry one of the staff is, as their office confirmed: what they did at doors is then known of
-- a person (XN-46).
CREATE TABLE staff_person (
  staff_id INTEGER PRIMARY KEY REFERENCES staff (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  confirmed_by INTEGER NOT NULL REFERENCES account (id),
  confirmed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_person_person ON staff_person (person_id);
CREATE INDEX account_staff_staff ON account_staff (staff_id);
CREATE INDEX service_request_carrier ON service_request (delivered_by, delivered_ms)
  WHERE delivered_by IS NOT NULL;
