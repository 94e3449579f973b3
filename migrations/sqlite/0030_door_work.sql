-- Papers that are to come down are work at the door where they hang: it neither moves with the person nor
-- ends with the case, so its origin is no longer one of the case.
UPDATE work_item SET origin = 'control_door:' || person_id || ':' || id
WHERE kind = 'door_notice_down' AND origin LIKE 'control:%:down%';
