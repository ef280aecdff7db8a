-- Recordings of phone calls; url is where the provider keeps one, NULL where nothing was recorded.
CREATE TABLE recordings (
    tenant_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    sid             TEXT   NOT NULL,
    call_sid        TEXT   NOT NULL,
    url             TEXT,
    seconds         BIGINT,
    status          TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, sid)
) WITHOUT ROWID;
