-- How many leads of a tenant stand where, kept beside the leads: to count a million of them takes longer than anybody waits.

-- standing: active, inactive, merged. On SQLite a row for each; on PostgreSQL every change adds a row, so that no writer waits for another,
-- and they are summed up from time to time (service::tally).
CREATE TABLE lead_counts (
    tenant_id BIGINT NOT NULL,
    status    TEXT   NOT NULL,
    standing  TEXT   NOT NULL,
    n         BIGINT NOT NULL
);
CREATE UNIQUE INDEX lead_counts_of ON lead_counts (tenant_id, status, standing); -- sqlite
-- postgres: CREATE INDEX lead_counts_of ON lead_counts (tenant_id, status, standing) INCLUDE (n);
-- Nobody writes leads between the count and the triggers: servers of the release before may still run.
-- postgres: LOCK TABLE leads IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO lead_counts (tenant_id, status, standing, n) SELECT tenant_id, status, CASE WHEN merged_into IS NOT NULL THEN 'merged' WHEN is_active THEN 'active' ELSE 'inactive' END, COUNT(*) FROM leads GROUP BY 1, 2, 3;
CREATE TRIGGER lead_counts_born AFTER INSERT ON leads BEGIN INSERT INTO lead_counts (tenant_id, status, standing, n) VALUES (new.tenant_id, new.status, CASE WHEN new.merged_into IS NOT NULL THEN 'merged' WHEN new.is_active THEN 'active' ELSE 'inactive' END, 1) ON CONFLICT (tenant_id, status, standing) DO UPDATE SET n = n + 1; END; -- sqlite
CREATE TRIGGER lead_counts_moved AFTER UPDATE OF status, is_active, merged_into ON leads WHEN old.status <> new.status OR old.is_active <> new.is_active OR old.merged_into IS NOT new.merged_into BEGIN UPDATE lead_counts SET n = n - 1 WHERE tenant_id = old.tenant_id AND status = old.status AND standing = CASE WHEN old.merged_into IS NOT NULL THEN 'merged' WHEN old.is_active THEN 'active' ELSE 'inactive' END; INSERT INTO lead_counts (tenant_id, status, standing, n) VALUES (new.tenant_id, new.status, CASE WHEN new.merged_into IS NOT NULL THEN 'merged' WHEN new.is_active THEN 'active' ELSE 'inactive' END, 1) ON CONFLICT (tenant_id, status, standing) DO UPDATE SET n = n + 1; END; -- sqlite
CREATE TRIGGER lead_counts_gone AFTER DELETE ON leads BEGIN UPDATE lead_counts SET n = n - 1 WHERE tenant_id = old.tenant_id AND status = old.status AND standing = CASE WHEN old.merged_into IS NOT NULL THEN 'merged' WHEN old.is_active THEN 'active' ELSE 'inactive' END; END; -- sqlite
-- postgres: CREATE FUNCTION lead_counts_born() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lead_counts (tenant_id, status, standing, n) SELECT tenant_id, status, CASE WHEN merged_into IS NOT NULL THEN 'merged' WHEN is_active THEN 'active' ELSE 'inactive' END, COUNT(*) FROM born GROUP BY 1, 2, 3; RETURN NULL; END $$;
-- postgres: CREATE FUNCTION lead_counts_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lead_counts (tenant_id, status, standing, n) SELECT tenant_id, status, CASE WHEN merged_into IS NOT NULL THEN 'merged' WHEN is_active THEN 'active' ELSE 'inactive' END, -COUNT(*) FROM gone GROUP BY 1, 2, 3; RETURN NULL; END $$;
-- postgres: CREATE FUNCTION lead_counts_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lead_counts (tenant_id, status, standing, n) VALUES (old.tenant_id, old.status, CASE WHEN old.merged_into IS NOT NULL THEN 'merged' WHEN old.is_active THEN 'active' ELSE 'inactive' END, -1), (new.tenant_id, new.status, CASE WHEN new.merged_into IS NOT NULL THEN 'merged' WHEN new.is_active THEN 'active' ELSE 'inactive' END, 1); RETURN NULL; END $$;
-- postgres: CREATE TRIGGER lead_counts_born AFTER INSERT ON leads REFERENCING NEW TABLE AS born FOR EACH STATEMENT EXECUTE FUNCTION lead_counts_born();
-- postgres: CREATE TRIGGER lead_counts_gone AFTER DELETE ON leads REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION lead_counts_gone();
-- postgres: CREATE TRIGGER lead_counts_moved AFTER UPDATE OF status, is_active, merged_into ON leads FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status OR old.is_active IS DISTINCT FROM new.is_active OR old.merged_into IS DISTINCT FROM new.merged_into) EXECUTE FUNCTION lead_counts_moved();
