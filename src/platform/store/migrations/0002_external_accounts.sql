-- The lower-cased name of an account that the company does not own; NULL for all others. Neither names nor
-- owners change, so it is written once. The external accounts of a company are one range of one index.
ALTER TABLE access ADD COLUMN external_key TEXT COLLATE "C";

UPDATE access SET external_key = (
    SELECT principal.name_key FROM principal
    WHERE principal.id = access.principal_id AND principal.owner_company_id <> access.company_id
);

CREATE INDEX access_by_external ON access (company_id, external_key) WHERE external_key IS NOT NULL;
