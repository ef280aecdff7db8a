-- People who asked to be forgotten: what they said and were called is emptied in every table, what can be counted stays.

-- Since when nothing is left of the person in this row; it is worked and delivered no more.
ALTER TABLE leads ADD COLUMN erased_at BIGINT;
ALTER TABLE deliveries ADD COLUMN erased_at BIGINT;

-- Receipts; they name nobody. receipt: JSON: how many rows of which table, what remains elsewhere.
CREATE TABLE erasures (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    lead_id    BIGINT NOT NULL,
    person_id  BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    receipt    TEXT   NOT NULL,
    user_id    BIGINT,
    program    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX erasures_person ON erasures (tenant_id, person_id);

-- Addresses of erased people who had opted out, as keyed hashes (signing_keys: suppressions), with the channels they had opted out of.
-- Whoever comes by such an address again has opted out already.
CREATE TABLE suppressions (
    tenant_id  BIGINT NOT NULL,
    hash       TEXT   NOT NULL,
    channel    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hash, channel)
) WITHOUT ROWID;
