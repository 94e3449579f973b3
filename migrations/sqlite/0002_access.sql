-- A role is a set of named permissions, and data. "*" is every permission, those to come included. A feature
-- that brings a permission gives it to the built-in roles in its own migration.
CREATE TABLE role (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT,
  permissions TEXT NOT NULL,
  builtin INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
INSERT INTO id_block (name, next) VALUES ('id', 1001)
  ON CONFLICT (name) DO UPDATE SET next = id_block.next + 1000;
WITH seed (number, name, permissions) AS (VALUES
  (0, 'administrator', '*'),
  (1, 'district_office',
    'place_read household_read pass_read policy_read policy_write passage_read passage_export ' ||
    'audit_read figure_read break_glass'),
  (2, 'subdistrict_office',
    'place_read household_read pass_read policy_read policy_write passage_read passage_export ' ||
    'audit_read figure_read break_glass'),
  (3, 'community_office',
    'place_read place_write household_read household_write import_write pass_read pass_write ' ||
    'policy_read policy_write passage_read passage_write passage_export enrolment_write ' ||
    'audit_read figure_read sensitive_read break_glass'),
  (4, 'grid_worker', 'place_read household_read household_write pass_read figure_read break_glass'),
  (5, 'gate_guard', 'place_read gate_decide'),
  (6, 'surveyor', 'place_read household_read household_write'),
  (7, 'storekeeper', 'place_read'),
  (8, 'inspector', 'place_read policy_read figure_read'),
  (9, 'property_company', 'place_read'),
  (10, 'site_contact', 'place_read'),
  (11, 'auditor', 'place_read audit_read'),
  (12, 'wall', 'place_read figure_read'))
INSERT INTO role (id, name, title, permissions, builtin, version)
SELECT b.next - 1000 + s.number, s.name, NULL, s.permissions, 1, 1
FROM seed s, id_block b WHERE b.name = 'id';
UPDATE role_grant SET role = 'community_office' WHERE role = 'office';
UPDATE role_grant SET role = 'gate_guard' WHERE role = 'guard';
CREATE INDEX role_grant_role ON role_grant (role);

-- Wrong log-ins are counted by keyed digests of the name that was typed, whether it exists or not, and of the
-- address it came from.
ALTER TABLE account DROP COLUMN failures;
ALTER TABLE account DROP COLUMN locked_until_ms;
CREATE TABLE login_throttle (
  digest BLOB NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  locked_until_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE session ADD COLUMN peer TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN by_link INTEGER NOT NULL DEFAULT 0;

-- The second factor (RFC 6238). last_step: a code is taken once.
CREATE TABLE totp (
  account_id INTEGER PRIMARY KEY REFERENCES account (id),
  secret_sealed BLOB NOT NULL,
  confirmed_ms INTEGER,
  last_step INTEGER NOT NULL
) STRICT;
CREATE TABLE recovery_code (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id),
  code_digest BLOB NOT NULL,
  used_ms INTEGER
) STRICT;
CREATE INDEX recovery_code_account ON recovery_code (account_id);

-- Break-glass: one account sees what is masked in one compound, for a reason, until it ends by itself.
CREATE TABLE emergency_access (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id),
  compound_id INTEGER NOT NULL REFERENCES place (id),
  reason TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX emergency_access_account ON emergency_access (account_id, compound_id, until_ms);

-- The audit is sealed: row_mac is made by the program when it writes a row, position and chain_mac by the
-- sealer once the row is committed. Nothing else about a row ever changes.
ALTER TABLE audit ADD COLUMN reason TEXT;
ALTER TABLE audit ADD COLUMN row_mac BLOB;
ALTER TABLE audit ADD COLUMN position INTEGER;
ALTER TABLE audit ADD COLUMN chain_mac BLOB;
CREATE UNIQUE INDEX audit_position ON audit (position);
CREATE INDEX audit_unsealed ON audit (id) WHERE position IS NULL;
CREATE INDEX audit_compound ON audit (compound_id, id);
CREATE INDEX audit_actor ON audit (actor, id);

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'append-only');
END;
CREATE TRIGGER audit_is_written_once BEFORE UPDATE ON audit
WHEN OLD.position IS NOT NULL OR NEW.position IS NULL OR NEW.id <> OLD.id OR NEW.at_ms <> OLD.at_ms
  OR NEW.actor <> OLD.actor OR NEW.action <> OLD.action OR NEW.entity <> OLD.entity
  OR NEW.record_id <> OLD.record_id OR NEW.compound_id IS NOT OLD.compound_id OR NEW.detail <> OLD.detail
  OR NEW.request_id <> OLD.request_id OR NEW.reason IS NOT OLD.reason OR NEW.row_mac IS NOT OLD.row_mac
BEGIN
  SELECT RAISE(ABORT, 'append-only');
END;

-- Guard rows: changes of grants, and the sealer's batches, are serial.
INSERT INTO setting (name, value) VALUES ('access_guard', ''), ('audit_guard', '');
