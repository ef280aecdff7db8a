-- Tenants, people, their conversations and everything a turn writes.
-- Keys begin with the tenant. Time is milliseconds UTC. Ids are ours: time-ordered, within 53 bits.
-- "WITHOUT ROWID" is SQLite's clustered primary key; the migrator leaves it out for PostgreSQL, and gives PostgreSQL the
-- lines that begin with its name.
-- No foreign keys on the hot tables: one transaction writes all rows of a turn, and keys would cost a quarter of the throughput.

CREATE TABLE tenants (
    id         BIGINT NOT NULL PRIMARY KEY,
    slug       TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    time_zone  TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- Processes that make row ids; each holds a number from 0 to 31 while its lease lasts.
CREATE TABLE replicas (
    number      BIGINT NOT NULL PRIMARY KEY,
    holder      TEXT   NOT NULL,
    leased_until BIGINT NOT NULL
);

-- Our own addresses at the providers. address '*' takes every number of the account.
CREATE TABLE channel_accounts (
    tenant_id       BIGINT  NOT NULL,
    id              BIGINT  NOT NULL,
    provider        TEXT    NOT NULL,
    address         TEXT    NOT NULL,
    secret_name     TEXT    NOT NULL,
    confirm_opt_out BOOLEAN NOT NULL,
    created_at      BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX channel_accounts_address ON channel_accounts (provider, address);

-- turn is the lock: every writer of anything of a person moves it, and only if it is still what the writer read.
CREATE TABLE persons (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    turn       BIGINT NOT NULL,
    lead_id    BIGINT NOT NULL,
    variants   TEXT   NOT NULL,
    opted_out  TEXT   NOT NULL,
    pace       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

-- A person's addresses; value is the form in which variants of one number are equal, raw as it came.
CREATE TABLE identities (
    tenant_id  BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    raw        TEXT   NOT NULL,
    person_id  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, value)
) WITHOUT ROWID;
CREATE INDEX identities_person ON identities (tenant_id, person_id);

-- score and class are those of the lead's best conversation, scored_in.
CREATE TABLE leads (
    tenant_id       BIGINT  NOT NULL,
    id              BIGINT  NOT NULL,
    person_id       BIGINT  NOT NULL,
    status          TEXT    NOT NULL,
    channel         TEXT    NOT NULL,
    source          TEXT,
    sender_name     TEXT,
    name            TEXT,
    phone           TEXT,
    email           TEXT,
    fields          TEXT    NOT NULL,
    first_message   TEXT,
    last_message    TEXT,
    message_count   BIGINT  NOT NULL,
    score           BIGINT  NOT NULL,
    class           TEXT    NOT NULL,
    scored_in       BIGINT  NOT NULL,
    is_active       BOOLEAN NOT NULL,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    last_message_at BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

-- public_id is the chat API's session id; state is the engine's snapshot; seq the last message's place.
CREATE TABLE conversations (
    tenant_id    BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    person_id    BIGINT NOT NULL,
    lead_id      BIGINT NOT NULL,
    account_id   BIGINT NOT NULL,
    channel      TEXT   NOT NULL,
    public_id    TEXT,
    flow_id      TEXT   NOT NULL,
    flow_hash    TEXT   NOT NULL,
    language     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    score        BIGINT NOT NULL,
    class        TEXT   NOT NULL,
    open_step    TEXT,
    outcome      TEXT,
    source       TEXT,
    next_timer_at BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    ended_at     BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX conversations_person ON conversations (tenant_id, person_id, id);
CREATE UNIQUE INDEX conversations_public ON conversations (public_id) WHERE public_id IS NOT NULL;
CREATE INDEX conversations_timer ON conversations (next_timer_at) WHERE next_timer_at IS NOT NULL;

-- seq is assigned under the person's lock and is the order of the conversation.
-- What one turn says travels as one reply: segments, parts and status stand on the first of its rows alone. A long reply is
-- several messages of the provider's; parts is the status of each, JSON, and status what they come to: failed where one
-- failed, else as far as the one that is least far.
-- reply is what an inbound message was answered with, to the byte, for webhooks that come again.
CREATE TABLE messages (
    tenant_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    direction       TEXT   NOT NULL,
    provider_id     TEXT,
    body            TEXT   NOT NULL,
    detail          TEXT,
    step            TEXT,
    reply           TEXT,
    segments        BIGINT,
    parts           TEXT,
    status          TEXT,
    status_at       BIGINT,
    error_code      TEXT,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_provider ON messages (tenant_id, person_id, provider_id) WHERE provider_id IS NOT NULL;
-- Replies are kept for some days; the sweeper finds the old ones by the conversation's age, which ids carry.

-- What a question was answered with; the last row of a step counts.
CREATE TABLE answers (
    tenant_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    n               BIGINT NOT NULL,
    step            TEXT   NOT NULL,
    given           TEXT   NOT NULL,
    raw             TEXT   NOT NULL,
    value           TEXT,
    reader          BIGINT NOT NULL,
    taken_ms        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, seq, n)
) WITHOUT ROWID;

-- Append-only; the score is the sum of points.
CREATE TABLE score_entries (
    tenant_id       BIGINT  NOT NULL,
    conversation_id BIGINT  NOT NULL,
    seq             BIGINT  NOT NULL,
    person_id       BIGINT NOT NULL,
    n               BIGINT  NOT NULL,
    rule            TEXT    NOT NULL,
    step            TEXT,
    points          BIGINT  NOT NULL,
    reverses        BOOLEAN NOT NULL,
    created_at      BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, seq, n)
) WITHOUT ROWID;

-- The first time a person was shown a variant.
CREATE TABLE exposures (
    tenant_id       BIGINT NOT NULL,
    experiment      TEXT   NOT NULL,
    person_id       BIGINT NOT NULL,
    variant         TEXT   NOT NULL,
    conversation_id BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, experiment, person_id)
) WITHOUT ROWID;

-- The first time a conversation reached a goal.
CREATE TABLE goals (
    tenant_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    goal            TEXT   NOT NULL,
    person_id       BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, goal)
) WITHOUT ROWID;

-- What programs reported beside messages (the chat API's behaviours), with what they sent along.
CREATE TABLE behaviours (
    tenant_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    action          TEXT   NOT NULL,
    metadata        TEXT,
    points          BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, seq)
) WITHOUT ROWID;

-- Every opt-out and opt-in, as evidence; persons.opted_out is what holds now.
CREATE TABLE consents (
    tenant_id       BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    channel         TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    signal          TEXT   NOT NULL,
    wording         TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, conversation_id, seq)
) WITHOUT ROWID;

-- Every flow version that was ever published, by the hash of its resolved text.
CREATE TABLE flow_versions (
    tenant_id  BIGINT NOT NULL,
    hash       TEXT   NOT NULL,
    flow_id    TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);

-- Which version new conversations get. overrides is the file's hash a rollback set aside: a restart does not bring it back.
CREATE TABLE flow_heads (
    tenant_id BIGINT NOT NULL,
    flow_id   TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    overrides TEXT,
    PRIMARY KEY (tenant_id, flow_id)
);

-- How the head moved.
CREATE TABLE flow_moves (
    tenant_id BIGINT NOT NULL,
    flow_id   TEXT   NOT NULL,
    moved_at  BIGINT NOT NULL,
    hash      TEXT   NOT NULL,
    how       TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, flow_id, moved_at)
);

-- Rows that every turn changes leave room on their page, so that the change touches no index; a conversation's state is not
-- compressed at each change.
-- postgres: ALTER TABLE persons SET (fillfactor = 80);
-- postgres: ALTER TABLE leads SET (fillfactor = 60);
-- postgres: ALTER TABLE conversations SET (fillfactor = 60, toast_tuple_target = 8160);

-- Tokens of programs; only the hash is kept.
CREATE TABLE api_tokens (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    hash       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
