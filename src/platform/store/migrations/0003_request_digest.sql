-- What the request asked for that an idempotency key belongs to, without its password.
ALTER TABLE principal ADD COLUMN request_digest TEXT;
