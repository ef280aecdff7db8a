-- Under which id a sink has a lead's record whose delivery was forgotten: whoever comes back is corrected there, not doubled.
CREATE TABLE sink_records (
    tenant_id BIGINT NOT NULL,
    sink      TEXT   NOT NULL,
    key       TEXT   NOT NULL,
    sink_id   TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, sink, key)
) WITHOUT ROWID;

-- Reports of records we did not know yet: they count once we do.
CREATE INDEX crm_reports_unknown ON crm_reports (tenant_id, sink, record) WHERE delivery_id IS NULL;

-- Messages that were given up: whoever tries one again looks for what it was to tell.
CREATE INDEX notices_failed ON notices (tenant_id, bulletin) WHERE state = 'failed';
