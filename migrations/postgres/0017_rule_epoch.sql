-- A number that changes with everything a rule book is read from (feature/gate/rule_book.hpp), so that books
-- are kept in memory until then. Always a new one, never one more: what was rolled back comes never again.
CREATE TABLE rule_epoch (epoch BIGINT NOT NULL);
INSERT INTO rule_epoch (epoch) VALUES (CAST(floor(random() * 9e15) AS bigint));
CREATE FUNCTION rules_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rule_epoch SET epoch = CAST(floor(random() * 9e15) AS bigint);
  RETURN NULL;
END $$;
CREATE FUNCTION member_changes_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM place_set WHERE id = COALESCE(NEW.set_id, OLD.set_id) AND kind = 'sealed_unit'
  ) THEN
    UPDATE rule_epoch SET epoch = CAST(floor(random() * 9e15) AS bigint);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER policy_changes_rules AFTER INSERT OR UPDATE OR DELETE ON policy
FOR EACH STATEMENT EXECUTE FUNCTION rules_change();
CREATE TRIGGER zone_changes_rules AFTER INSERT OR UPDATE OR DELETE ON zone
FOR EACH STATEMENT EXECUTE FUNCTION rules_change();
CREATE TRIGGER place_set_begun_changes_rules AFTER INSERT ON place_set
FOR EACH ROW WHEN (NEW.kind = 'sealed_unit') EXECUTE FUNCTION rules_change();
CREATE TRIGGER place_set_changes_rules AFTER UPDATE OR DELETE ON place_set
FOR EACH ROW WHEN (OLD.kind = 'sealed_unit') EXECUTE FUNCTION rules_change();
CREATE TRIGGER place_set_member_changes_rules AFTER INSERT OR UPDATE OR DELETE ON place_set_member
FOR EACH ROW EXECUTE FUNCTION member_changes_rules();
CREATE TRIGGER place_changes_rules AFTER UPDATE ON place
FOR EACH ROW WHEN (NEW.compound_id IS DISTINCT FROM OLD.compound_id
  OR NEW.compound_kind IS DISTINCT FROM OLD.compound_kind
  OR NEW.community_id IS DISTINCT FROM OLD.community_id
  OR NEW.subdistrict_id IS DISTINCT FROM OLD.subdistrict_id OR NEW.area_id IS DISTINCT FROM OLD.area_id
  OR NEW.district_id IS DISTINCT FROM OLD.district_id) EXECUTE FUNCTION rules_change();
