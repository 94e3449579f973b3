-- What an office makes carries a number of the form it was written in: sent again because the answer was
-- lost, it is made once. `made` is what it made: a record's id, or how many.
CREATE TABLE client_request (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id),
  client_id TEXT NOT NULL,
  digest BLOB NOT NULL,
  made INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX client_request_client ON client_request (account_id, client_id);

-- A certificate goes with the person to another home: a row there follows the one that ends here. Under
-- another rule it is granted by nobody (granted_ms) until the office of the new home has looked at it.
ALTER TABLE exemption ADD COLUMN granted_ms INTEGER;
ALTER TABLE exemption ADD COLUMN follows_id INTEGER;
UPDATE exemption SET granted_ms = created_ms;
CREATE INDEX exemption_open ON exemption (valid_until) WHERE ended_ms IS NULL;
