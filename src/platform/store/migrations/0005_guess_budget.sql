-- A node of the release before counts in the table `throttle`: it stays until no such node runs.
-- How far the budgets of guesses are spent: the time at which each is full again. A budget that is full has no row.
CREATE TABLE guess_budget (
    bucket  TEXT COLLATE "C" PRIMARY KEY,
    full_at BIGINT NOT NULL
);

CREATE INDEX guess_budget_by_time ON guess_budget (full_at);
