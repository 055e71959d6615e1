-- Who created an account and who last set its password, as the audit log names them; NULL where that is not known.
-- The id of the creator is in created_by. A node of the release before sets a password without these columns: its author
-- counts only where password_by_at is password_changed_at.
ALTER TABLE principal ADD COLUMN created_by_kind TEXT;
ALTER TABLE principal ADD COLUMN created_by_name TEXT;
ALTER TABLE principal ADD COLUMN password_by_kind TEXT;
ALTER TABLE principal ADD COLUMN password_by_id BIGINT;
ALTER TABLE principal ADD COLUMN password_by_name TEXT;
ALTER TABLE principal ADD COLUMN password_by_at BIGINT;

UPDATE principal SET
    created_by_kind = (SELECT creator.kind FROM principal AS creator WHERE creator.id = principal.created_by),
    created_by_name = (SELECT creator.name FROM principal AS creator WHERE creator.id = principal.created_by)
WHERE created_by IS NOT NULL;
