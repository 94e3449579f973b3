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
