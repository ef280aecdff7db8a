-- The ledger of attempts to reach somebody unasked, by whatever channel. came: what came of it; null: it is not over. Rows are never
-- deleted; erasing a person empties their address.
CREATE TABLE outreach_attempts (
    tenant_id   BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    lead_id     BIGINT NOT NULL,
    person_id   BIGINT NOT NULL,
    campaign_id BIGINT,
    channel     TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    came        TEXT,
    provider_id TEXT,
    began_at    BIGINT NOT NULL,
    ended_at    BIGINT,
    duration_ms BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX outreach_attempts_lead ON outreach_attempts (tenant_id, lead_id, began_at, id);
CREATE INDEX outreach_attempts_campaign ON outreach_attempts (tenant_id, campaign_id, lead_id) WHERE campaign_id IS NOT NULL;

-- What a lead says of its attempts, as the ledger has it: written in the same transaction. dial_status may be missing, where an import or a
-- hand left it so; the lifecycle's status never is. tries: attempts since it was recycled, which campaigns count; dial_attempts never falls.
ALTER TABLE leads ADD COLUMN dial_status TEXT DEFAULT 'new';
ALTER TABLE leads ADD COLUMN last_status_change BIGINT;
ALTER TABLE leads ADD COLUMN dial_result TEXT;
ALTER TABLE leads ADD COLUMN last_dial_attempt BIGINT;
ALTER TABLE leads ADD COLUMN dial_attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN answered_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
UPDATE leads SET dial_status = 'erased' WHERE erased_at IS NOT NULL;
-- Those that nobody tried are most, and are not in it: they are all others.
CREATE INDEX leads_dialled ON leads (tenant_id, dial_status, status, is_active, merged_into) WHERE dial_status IS NULL OR dial_status <> 'new';
