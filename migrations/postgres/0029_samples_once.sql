-- A sample that is sent again because the answer was lost is one sample: where two negatives are demanded
-- before a release, one must not count as both.
ALTER TABLE control_test ADD COLUMN client_id TEXT;
CREATE UNIQUE INDEX control_test_client ON control_test (case_id, client_id) WHERE client_id IS NOT NULL;
