-- A comparison of a sink with the ledger, and how far it came: one that was interrupted goes on at its place.
--
-- asked     what was asked for, so that the same is taken up again. since: from which deliveries on.
-- phase     listing: what is there is read. ledger: what is ours is gone through. ended.
-- cursor    where reading goes on; ledger_after: the last delivery that was gone through.
-- step      counts its commits: two processes that have the same run in hand notice.
-- note      what could not be done, for people.
CREATE TABLE reconciliations (
    tenant_id    BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    sink         TEXT   NOT NULL,
    asked        TEXT   NOT NULL,
    since        BIGINT NOT NULL,
    phase        TEXT   NOT NULL,
    cursor       TEXT,
    ledger_after BIGINT NOT NULL DEFAULT 0,
    there        BIGINT NOT NULL DEFAULT 0,
    others       BIGINT NOT NULL DEFAULT 0,
    compared     BIGINT NOT NULL DEFAULT 0,
    step         BIGINT NOT NULL DEFAULT 0,
    note         TEXT,
    started_at   BIGINT NOT NULL,
    finished_at  BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX reconciliations_sink ON reconciliations (tenant_id, sink, id);

-- A record there that is a delivery of ours. differs: the fields that differ, '' where none does. times: how often one page had it.
CREATE TABLE reconciled (
    tenant_id   BIGINT NOT NULL,
    run_id      BIGINT NOT NULL,
    delivery_id BIGINT NOT NULL,
    sink_id     TEXT   NOT NULL,
    times       BIGINT NOT NULL,
    differs     TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, run_id, delivery_id, sink_id)
) WITHOUT ROWID;

-- What a comparison found. kind: missing_there, missing_here, differs, duplicate. reference: the delivery's id, or the sink's id of
-- what is not ours. detail: names of fields, or ids; never values.
CREATE TABLE reconciliation_findings (
    tenant_id   BIGINT NOT NULL,
    run_id      BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    reference   TEXT   NOT NULL,
    delivery_id BIGINT NOT NULL,
    sink_id     TEXT,
    detail      TEXT   NOT NULL,
    repaired_at BIGINT,
    PRIMARY KEY (tenant_id, run_id, kind, reference)
) WITHOUT ROWID;

-- What a CRM reported of its records, as it came; only ever added. n: its place in the webhook. delivery_id: whose it was, where known.
CREATE TABLE crm_reports (
    tenant_id   BIGINT NOT NULL,
    sink        TEXT   NOT NULL,
    webhook_id  TEXT   NOT NULL,
    n           BIGINT NOT NULL,
    record      TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    delivery_id BIGINT,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, sink, webhook_id, n)
) WITHOUT ROWID;
