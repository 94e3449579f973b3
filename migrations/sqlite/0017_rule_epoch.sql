-- A number that changes with everything a rule book is read from (feature/gate/rule_book.hpp), so that books
-- are kept in memory until then. Always a new one, never one more: what was rolled back comes never again.
CREATE TABLE rule_epoch (epoch INTEGER NOT NULL) STRICT;
INSERT INTO rule_epoch (epoch) VALUES (random());
CREATE TRIGGER policy_insert_changes_rules AFTER INSERT ON policy
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER policy_update_changes_rules AFTER UPDATE ON policy
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER policy_delete_changes_rules AFTER DELETE ON policy
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER zone_insert_changes_rules AFTER INSERT ON zone
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER zone_update_changes_rules AFTER UPDATE ON zone
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER zone_delete_changes_rules AFTER DELETE ON zone
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER place_set_insert_changes_rules AFTER INSERT ON place_set WHEN NEW.kind = 'sealed_unit'
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER place_set_update_changes_rules AFTER UPDATE ON place_set WHEN OLD.kind = 'sealed_unit'
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER place_set_delete_changes_rules AFTER DELETE ON place_set WHEN OLD.kind = 'sealed_unit'
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER place_set_member_insert_changes_rules AFTER INSERT ON place_set_member
WHEN (SELECT kind FROM place_set WHERE id = NEW.set_id) = 'sealed_unit'
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER place_set_member_update_changes_rules AFTER UPDATE ON place_set_member
WHEN (SELECT kind FROM place_set WHERE id = NEW.set_id) = 'sealed_unit'
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER place_set_member_delete_changes_rules AFTER DELETE ON place_set_member
WHEN (SELECT kind FROM place_set WHERE id = OLD.set_id) = 'sealed_unit'
BEGIN UPDATE rule_epoch SET epoch = random(); END;
CREATE TRIGGER place_update_changes_rules AFTER UPDATE ON place
WHEN NEW.compound_id IS NOT OLD.compound_id OR NEW.compound_kind IS NOT OLD.compound_kind
  OR NEW.community_id IS NOT OLD.community_id OR NEW.subdistrict_id IS NOT OLD.subdistrict_id
  OR NEW.area_id IS NOT OLD.area_id OR NEW.district_id IS NOT OLD.district_id
BEGIN UPDATE rule_epoch SET epoch = random(); END;
