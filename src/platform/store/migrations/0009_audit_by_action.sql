-- What was done, without reading the whole log of the company.
CREATE INDEX audit_by_action ON audit (company_id, action, at, id);
