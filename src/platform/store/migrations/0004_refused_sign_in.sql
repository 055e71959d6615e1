-- Refused sign-ins: one row for each principal, hour and reason, so that guessing adds no row at every try. A negative
-- number stands for a group of names that do not exist: refusing them costs the same. A row outlives its principal.
CREATE TABLE refused_sign_in (
    principal_id     BIGINT NOT NULL,
    hour             BIGINT NOT NULL,
    reason           TEXT COLLATE "C" NOT NULL,
    kind             TEXT NOT NULL,
    name             TEXT NOT NULL,
    owner_company_id BIGINT,
    times            BIGINT NOT NULL,
    first_at         BIGINT NOT NULL,
    last_at          BIGINT NOT NULL,
    request_id       TEXT NOT NULL,
    PRIMARY KEY (principal_id, hour, reason)
);
