-- The outbox: one row for each thing that is to leave, written in the transaction that decided it.
--
-- state     waiting: to be sent. deferred: a rule keeps it until the person writes. held: being sent. unsure: it may have been sent; to be found out before it is sent again.
--           sent, rejected, opted_out, dead: finished. dead: tries used up, or unsure and not to be repeated.
-- run_at    when somebody may take it; while somebody holds it, when the hold runs out.
-- wanted_at when it was meant to leave: now, or as soon as the recipient may get another.
-- lane      what goes to one recipient from one account leaves in the order of place; none: in any order.
-- part      which of the provider's messages it is, where one of ours takes several.
-- slotted   run_at is its place in the account's schedule: nothing more to reserve.
-- unsure    somebody once did not know whether it was sent: from then on the provider's reports are compared with it.
-- repeats   how often it was sent again though it may have been sent; doubles: how often it turned out that it had been,
--           doubled_as: the provider's further ids of it, JSON.
-- unasked_until  nobody asked for it: it leaves until then, and only where the person has not written since.
-- confirms  it confirms an opt-out: the one thing that is still sent.
CREATE TABLE outbox (
    tenant_id       BIGINT  NOT NULL,
    id              BIGINT  NOT NULL,
    kind            TEXT    NOT NULL,
    account_id      BIGINT  NOT NULL,
    lane            TEXT,
    place           BIGINT  NOT NULL,
    recipient       TEXT    NOT NULL,
    payload         TEXT    NOT NULL,
    person_id       BIGINT  NOT NULL,
    channel         TEXT    NOT NULL,
    conversation_id BIGINT  NOT NULL,
    seq             BIGINT  NOT NULL,
    part            BIGINT  NOT NULL,
    parts           BIGINT  NOT NULL,
    dedupe_key      TEXT,
    unasked_until   BIGINT,
    confirms        BOOLEAN NOT NULL,
    state           TEXT    NOT NULL,
    attempts        BIGINT  NOT NULL,
    holder          TEXT,
    run_at          BIGINT  NOT NULL,
    wanted_at       BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    slotted         BOOLEAN NOT NULL DEFAULT FALSE,
    unsure          BOOLEAN NOT NULL DEFAULT FALSE,
    repeats         BIGINT  NOT NULL DEFAULT 0,
    provider_id     TEXT,
    doubles         BIGINT  NOT NULL DEFAULT 0,
    doubled_as      TEXT,
    last_error      TEXT,
    error_code      TEXT,
    finished_at     BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (run_at) WHERE finished_at IS NULL;
CREATE INDEX outbox_lane ON outbox (tenant_id, lane, place) WHERE finished_at IS NULL;
CREATE INDEX outbox_unsure ON outbox (tenant_id, conversation_id, seq) WHERE unsure;
CREATE INDEX outbox_dead ON outbox (tenant_id, id) WHERE state = 'dead';
CREATE UNIQUE INDEX outbox_dedupe ON outbox (tenant_id, dedupe_key) WHERE dedupe_key IS NOT NULL;

-- How far an account's schedule is filled, in microseconds since 1970: when, at its rate, all it has sent would be through.
CREATE TABLE send_rates (
    tenant_id  BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    free_at_us BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, kind)
) WITHOUT ROWID;

-- How far the recipient's own schedule is filled (WhatsApp's pair limit), in milliseconds since 1970.
ALTER TABLE conversations ADD COLUMN paced_until BIGINT NOT NULL DEFAULT 0;
