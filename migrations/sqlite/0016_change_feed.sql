-- The feed is read by transaction, then by number (core/trail.hpp). Here every tx is 0: the number will do.
SELECT 1;
