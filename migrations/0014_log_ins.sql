-- How people who work here get in: sessions of pages, links that let them choose a password, and failures that are waited for.

-- Of a session's secret only the hash is kept. address: where it began; agent: with what.
CREATE TABLE sessions (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    hash       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address    TEXT   NOT NULL,
    agent      TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id, id);

-- user_id: who may choose a password by it; null: the first administrator, as long as nobody works here.
CREATE TABLE invitations (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    user_id    BIGINT,
    hash       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- key: a hash of an account's address or of a network address. open_at: until then nothing is tried.
CREATE TABLE log_in_failures (
    key      TEXT   NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    open_at  BIGINT NOT NULL
);
