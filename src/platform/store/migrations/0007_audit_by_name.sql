-- What was done to an account, and what an actor did, without reading the whole log of the company.
CREATE INDEX audit_by_account ON audit (company_id, LOWER(account_name), at, id);

CREATE INDEX audit_by_actor ON audit (company_id, LOWER(actor_name), at, id);
