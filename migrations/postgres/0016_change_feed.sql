-- The feed is read by transaction, then by number (core/trail.hpp).
CREATE INDEX change_feed ON change (tx, id);
