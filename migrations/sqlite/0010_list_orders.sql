-- Lists by when a household was registered and when a card was issued.
CREATE INDEX household_since ON household (compound_id, valid_from_ms, id);
CREATE INDEX pass_issued ON pass (compound_id, issued_ms, id);
-- Persons by name: the first start after this migration writes a word to stand by for each.
UPDATE setting SET value = '0' WHERE name = 'search_terms_until';
