-- Files of leads that were taken in. hash: of the file; options: what was wanted with it, JSON; rows_done: so many rows are taken, which
-- is written with what they became, so that none is taken twice; state: running, done.
CREATE TABLE imports (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    hash       TEXT   NOT NULL,
    options    TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    rows_total BIGINT NOT NULL,
    rows_done  BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    updated    BIGINT NOT NULL,
    skipped    BIGINT NOT NULL,
    refused    BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX imports_file ON imports (tenant_id, hash, id);
CREATE UNIQUE INDEX imports_running ON imports (tenant_id, hash, options) WHERE state = 'running';

-- Leads by their addresses, to find duplicates.
CREATE INDEX leads_email ON leads (tenant_id, LOWER(email), id) WHERE email IS NOT NULL;
