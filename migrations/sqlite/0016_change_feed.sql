-- The feed is read by transaction, then by number (core/trail.hpp); here every tx is 0 and the number will do.
SELECT 1;
