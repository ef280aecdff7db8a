-- A visit that does not take place after all; what came of it is not asked then.
ALTER TABLE intro_visits ADD COLUMN cancelled_at BIGINT;
