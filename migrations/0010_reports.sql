-- What reports and experiments look up by person. Both tables are only ever added to, a few rows for a whole conversation; leads, whose
-- rows every turn changes, get no index for them: periods are ranges of ids, which are made of time.
CREATE INDEX goals_reached ON goals (tenant_id, goal, person_id, created_at);
CREATE INDEX exposures_person ON exposures (tenant_id, person_id);
