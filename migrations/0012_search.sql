-- Words of what people said, one row for each conversation, written a moment after the turn: an index over words costs as much as the
-- turn itself. seq: the last place that was read. A row that is behind its conversation is brought up to date at the next start.
CREATE TABLE message_index (
    tenant_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE message_words USING fts5(words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"); -- sqlite
-- postgres: ALTER TABLE message_index ADD COLUMN words tsvector;
-- postgres: CREATE INDEX message_index_words ON message_index USING gin (words);

-- Saved filters of leads; filter is the parameters of the list, JSON.
CREATE TABLE segments (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    filter     TEXT   NOT NULL,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX segments_name ON segments (tenant_id, name);
