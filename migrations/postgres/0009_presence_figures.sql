-- Of how many persons the whereabouts are known: "nobody is away" and "nobody knows" were the same figure.
-- What was counted before is counted again.
ALTER TABLE compound_figures ADD COLUMN presence_known bigint NOT NULL DEFAULT 0;
DELETE FROM compound_figures;
