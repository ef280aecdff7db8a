-- What is delivered to sinks: one row for each record there, with every attempt.
--
-- key        our id of the record, the same on every request: the lead's where the sink takes corrections, else the lead's with the
--            conversation's, because there each finished conversation is a record of its own.
-- payload    what is to be there now, JSON; revision: which version of it that is, the job that was written with it.
--            delivered_revision: which version the sink has; 0: none.
-- doubt      which version may have been created, where nobody knows.
-- state      pending: to be delivered. delivered: the sink has the latest. failed: somebody has to mend something.
--            unknown: it may be there, and the sink cannot be asked.
-- failed_at  the first attempt that failed; submitted_at: the first that was taken.
-- crm_status what the CRM last said became of it, with its own time of that.
CREATE TABLE deliveries (
    tenant_id          BIGINT NOT NULL,
    id                 BIGINT NOT NULL,
    sink               TEXT   NOT NULL,
    key                TEXT   NOT NULL,
    lead_id            BIGINT NOT NULL,
    person_id          BIGINT NOT NULL,
    conversation_id    BIGINT NOT NULL,
    channel            TEXT   NOT NULL,
    event              TEXT   NOT NULL,
    lead_data          TEXT   NOT NULL,
    payload            TEXT   NOT NULL,
    revision           BIGINT NOT NULL,
    delivered_revision BIGINT NOT NULL DEFAULT 0,
    doubt              BIGINT,
    state              TEXT   NOT NULL,
    sink_id            TEXT,
    response           TEXT,
    attempts           BIGINT NOT NULL DEFAULT 0,
    retry_count        BIGINT NOT NULL DEFAULT 0,
    last_attempt_at    BIGINT,
    failed_at          BIGINT,
    last_error         TEXT,
    submitted_at       BIGINT,
    crm_status         TEXT,
    crm_status_at      BIGINT,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX deliveries_key ON deliveries (tenant_id, sink, key);
CREATE INDEX deliveries_lead ON deliveries (tenant_id, lead_id);
CREATE INDEX deliveries_sink_id ON deliveries (tenant_id, sink, sink_id) WHERE sink_id IS NOT NULL;
CREATE INDEX deliveries_submitted ON deliveries (tenant_id, submitted_at, id) WHERE submitted_at IS NOT NULL;
CREATE INDEX deliveries_open ON deliveries (tenant_id, sink, id) WHERE state <> 'delivered';
-- postgres: ALTER TABLE deliveries SET (fillfactor = 80);

-- One try of a request to a sink, also one that only asked. request and response are cut, and hold no credential.
CREATE TABLE delivery_attempts (
    tenant_id   BIGINT  NOT NULL,
    delivery_id BIGINT  NOT NULL,
    id          BIGINT  NOT NULL,
    action      TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    is_repeat   BOOLEAN NOT NULL,
    status      BIGINT,
    duration_ms BIGINT  NOT NULL,
    request     TEXT    NOT NULL,
    response    TEXT    NOT NULL,
    error       TEXT,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, delivery_id, id)
) WITHOUT ROWID;

-- A sink as it was configured when it was last started: where that changes, what failed is tried again.
CREATE TABLE sinks (
    tenant_id   BIGINT NOT NULL,
    name        TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
) WITHOUT ROWID;

-- What is alerted about now: raised once, and again only after it was cleared.
CREATE TABLE alerts (
    tenant_id  BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    message    TEXT   NOT NULL,
    raised_at  BIGINT NOT NULL,
    cleared_at BIGINT,
    PRIMARY KEY (tenant_id, name)
) WITHOUT ROWID;

-- What runs at a time of day: the last day it ran.
CREATE TABLE schedules (
    tenant_id BIGINT NOT NULL,
    name      TEXT   NOT NULL,
    ran_for   TEXT   NOT NULL,
    ran_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
) WITHOUT ROWID;

-- Somebody is told something about a lead, by one list of recipients.
-- state    waiting: to be told. sent: told. failed: the medium does not take it. settled: it need not be told any more.
-- level    0: at first; each further list that is told because nobody claimed the lead is one higher.
-- bulletin the job whose message told it: several that came at once share one.
CREATE TABLE notices (
    tenant_id       BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    list            TEXT   NOT NULL,
    event           TEXT   NOT NULL,
    lead_id         BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    content         TEXT   NOT NULL,
    level           BIGINT NOT NULL,
    state           TEXT   NOT NULL,
    bulletin        BIGINT,
    last_error      TEXT,
    created_at      BIGINT NOT NULL,
    sent_at         BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX notices_waiting ON notices (tenant_id, list, id) WHERE state = 'waiting';
CREATE INDEX notices_lead ON notices (tenant_id, lead_id);

-- Who took a lead that was told of, and when.
ALTER TABLE leads ADD COLUMN claimed_by TEXT;
ALTER TABLE leads ADD COLUMN claimed_at BIGINT;

-- What people read with SQL: the seeds' names, times in UTC as text, flags as 0 and 1.
CREATE VIEW succeeded_leads AS SELECT id, lead_data, channel, conversation_id AS session_id, -- sqlite
    strftime('%Y-%m-%d %H:%M:%S', submitted_at / 1000, 'unixepoch') AS submitted_at, response AS npa_response, -- sqlite
    sink_id, sink, tenant_id FROM deliveries WHERE submitted_at IS NOT NULL; -- sqlite
CREATE VIEW failed_leads AS SELECT id, lead_data, last_error AS error_message, channel, conversation_id AS session_id, retry_count, -- sqlite
    strftime('%Y-%m-%d %H:%M:%S', CASE WHEN retry_count > 0 THEN last_attempt_at END / 1000, 'unixepoch') AS last_retry_at, -- sqlite
    strftime('%Y-%m-%d %H:%M:%S', failed_at / 1000, 'unixepoch') AS created_at, -- sqlite
    CASE WHEN state = 'delivered' THEN 1 ELSE 0 END AS resolved, state, sink, tenant_id FROM deliveries WHERE failed_at IS NOT NULL; -- sqlite
CREATE VIEW conversation_sessions AS SELECT id, public_id, channel, lead_id, flow_id, CASE WHEN ended_at IS NULL THEN 'active' ELSE 'closed' END AS status, -- sqlite
    strftime('%Y-%m-%d %H:%M:%S', created_at / 1000, 'unixepoch') AS created_at, -- sqlite
    strftime('%Y-%m-%d %H:%M:%S', updated_at / 1000, 'unixepoch') AS updated_at, tenant_id FROM conversations; -- sqlite
-- postgres: CREATE VIEW succeeded_leads AS SELECT id, CAST(lead_data AS JSONB) AS lead_data, channel, conversation_id AS session_id,
-- postgres:   date_trunc('second', to_timestamp(submitted_at / 1000.0) AT TIME ZONE 'UTC') AS submitted_at,
-- postgres:   response AS npa_response, sink_id, sink, tenant_id FROM deliveries WHERE submitted_at IS NOT NULL;
-- postgres: CREATE VIEW failed_leads AS SELECT id, CAST(lead_data AS JSONB) AS lead_data, last_error AS error_message, channel, conversation_id AS session_id,
-- postgres:   retry_count, date_trunc('second', to_timestamp(CASE WHEN retry_count > 0 THEN last_attempt_at END / 1000.0) AT TIME ZONE 'UTC') AS last_retry_at,
-- postgres:   date_trunc('second', to_timestamp(failed_at / 1000.0) AT TIME ZONE 'UTC') AS created_at,
-- postgres:   CASE WHEN state = 'delivered' THEN 1 ELSE 0 END AS resolved, state, sink, tenant_id FROM deliveries WHERE failed_at IS NOT NULL;
-- postgres: CREATE VIEW conversation_sessions AS SELECT id, public_id, channel, lead_id, flow_id, CASE WHEN ended_at IS NULL THEN 'active' ELSE 'closed' END AS status,
-- postgres:   date_trunc('second', to_timestamp(created_at / 1000.0) AT TIME ZONE 'UTC') AS created_at,
-- postgres:   date_trunc('second', to_timestamp(updated_at / 1000.0) AT TIME ZONE 'UTC') AS updated_at, tenant_id FROM conversations;

-- What this installation signs its own links with, where no SECRET_KEY is set.
CREATE TABLE signing_keys (
    name       TEXT   NOT NULL PRIMARY KEY,
    value      TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
