-- What housekeeping removes is found without reading what stays.
CREATE INDEX token_by_expiry ON token (expires_at);

CREATE INDEX familiar_by_time ON familiar (seen_at);

CREATE INDEX refused_by_hour ON refused_sign_in (hour);

CREATE INDEX principal_by_request ON principal (created_at) WHERE idempotency_key IS NOT NULL;
