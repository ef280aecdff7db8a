-- Which leads' words are to be written into their index: turns leave that to a moment later, since it costs more than the turn.
-- n moves with every change, so that whoever takes a row knows of all of them or waits.
CREATE TABLE lead_words_due (
    tenant_id BIGINT NOT NULL,
    id        BIGINT NOT NULL,
    n         BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
DROP TRIGGER lead_words_born; -- sqlite
DROP TRIGGER lead_words_changed; -- sqlite
CREATE TRIGGER lead_words_born AFTER INSERT ON leads BEGIN INSERT INTO lead_words_due (tenant_id, id) VALUES (new.tenant_id, new.id) ON CONFLICT DO NOTHING; END; -- sqlite
CREATE TRIGGER lead_words_changed AFTER UPDATE OF keywords, family_keywords ON leads WHEN old.keywords <> new.keywords OR old.family_keywords <> new.family_keywords BEGIN INSERT INTO lead_words_due (tenant_id, id) VALUES (new.tenant_id, new.id) ON CONFLICT DO NOTHING; END; -- sqlite
-- postgres: CREATE OR REPLACE FUNCTION lead_words_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lead_words_due AS d (tenant_id, id) VALUES (new.tenant_id, new.id) ON CONFLICT (tenant_id, id) DO UPDATE SET n = d.n + 1; RETURN NULL; END $$;
-- Words are written in the background now: each search would have to go through what was put off.
-- postgres: ALTER INDEX lead_words_words SET (fastupdate = off);
-- postgres: ALTER INDEX message_index_words SET (fastupdate = off);
-- postgres: SELECT gin_clean_pending_list('lead_words_words'), gin_clean_pending_list('message_index_words');
