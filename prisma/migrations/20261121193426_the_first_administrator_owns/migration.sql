-- By itself, since a new value of an enum can be used only once it is committed.
UPDATE "user" SET role = 'OWNER'
WHERE id = (SELECT id FROM "user" WHERE role = 'ADMINISTRATOR' ORDER BY created_at, id LIMIT 1);
