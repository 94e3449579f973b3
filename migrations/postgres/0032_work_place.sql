-- Lists of a place begin with what stands there: without these each of them builds such an index for itself.
CREATE INDEX work_item_place ON work_item (place_id, closed_ms);
CREATE INDEX arrival_dwelling ON arrival (dwelling_id);
