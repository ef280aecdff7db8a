-- Leads that turned out to be one.

-- lead_id: the one that stays; person_id: whose it is. moved: what went to it from the other, JSON, by which it goes back; emptied when it did.
CREATE TABLE merges (
    tenant_id       BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    lead_id         BIGINT NOT NULL,
    other_id        BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    other_person_id BIGINT NOT NULL,
    moved           TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    user_id         BIGINT,
    program         TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    undone_at       BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX merges_person ON merges (tenant_id, person_id, id);

-- The lead that this one was merged into; such a lead is not active, and nobody works on it.
ALTER TABLE leads ADD COLUMN merged_into BIGINT;
-- Leads by their numbers, to find duplicates.
CREATE INDEX leads_phone ON leads (tenant_id, phone, id) WHERE phone IS NOT NULL;
