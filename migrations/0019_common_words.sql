-- Leads are found by the beginning of words that half of them have as fast as by others: every beginning is ready, up to the eighth letter,
-- and need not be put together from all words that begin so. On PostgreSQL words stand beside the lead, which changes with every message
-- while they do not.
DROP TABLE lead_words; -- sqlite
CREATE VIRTUAL TABLE lead_words USING fts5(words, content='', contentless_delete=1, prefix='1 2 3 4 5 6 7 8', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"); -- sqlite

-- Addresses are one word as well: that of one person, where their parts are those of many.
UPDATE leads SET keywords = keywords || ' ' || REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(LOWER(email), '@', ''), '.', ''), '-', ''), '_', ''), '+', '') WHERE email LIKE '_%@%'; -- sqlite
UPDATE leads SET family_keywords = family_keywords || (SELECT ' ' || GROUP_CONCAT(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(LOWER(g.email), '@', ''), '.', ''), '-', ''), '_', ''), '+', ''), ' ') FROM guardians g WHERE g.tenant_id = leads.tenant_id AND g.child_id = leads.child_id AND g.email LIKE '_%@%') WHERE EXISTS (SELECT 1 FROM guardians g WHERE g.tenant_id = leads.tenant_id AND g.child_id = leads.child_id AND g.email LIKE '_%@%'); -- sqlite
INSERT INTO lead_words (rowid, words) SELECT id, keywords || family_keywords FROM leads; -- sqlite
-- postgres: DROP INDEX leads_words;
-- postgres: UPDATE leads SET keywords = keywords || ' ' || REGEXP_REPLACE(LOWER(email), '[^[:alnum:]]+', '', 'g') WHERE email LIKE '_%@%';
-- postgres: UPDATE leads SET family_keywords = family_keywords || f.words FROM (SELECT tenant_id, child_id, ' ' || STRING_AGG(REGEXP_REPLACE(LOWER(email), '[^[:alnum:]]+', '', 'g'), ' ') AS words FROM guardians WHERE email LIKE '_%@%' GROUP BY tenant_id, child_id) AS f WHERE f.tenant_id = leads.tenant_id AND f.child_id = leads.child_id;
-- postgres: CREATE TABLE lead_words (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, words tsvector NOT NULL, PRIMARY KEY (tenant_id, id));
-- postgres: CREATE FUNCTION word_beginnings(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT array_to_tsvector(ARRAY(SELECT w FROM unnest(string_to_array(words, ' ')) AS w WHERE w <> '' UNION SELECT left(w, n) FROM unnest(string_to_array(words, ' ')) AS w, generate_series(1, 8) AS n WHERE w <> '')) $$;
-- postgres: LOCK TABLE leads IN SHARE ROW EXCLUSIVE MODE;
-- postgres: INSERT INTO lead_words (tenant_id, id, words) SELECT tenant_id, id, word_beginnings(keywords || family_keywords) FROM leads;
-- postgres: CREATE INDEX lead_words_words ON lead_words USING gin (words);
-- postgres: CREATE FUNCTION lead_words_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lead_words (tenant_id, id, words) VALUES (new.tenant_id, new.id, word_beginnings(new.keywords || new.family_keywords)) ON CONFLICT (tenant_id, id) DO UPDATE SET words = excluded.words; RETURN NULL; END $$;
-- postgres: CREATE FUNCTION lead_words_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM lead_words WHERE tenant_id = old.tenant_id AND id = old.id; RETURN NULL; END $$;
-- postgres: CREATE TRIGGER lead_words_born AFTER INSERT ON leads FOR EACH ROW EXECUTE FUNCTION lead_words_written();
-- postgres: CREATE TRIGGER lead_words_changed AFTER UPDATE OF keywords, family_keywords ON leads FOR EACH ROW WHEN (old.keywords <> new.keywords OR old.family_keywords <> new.family_keywords) EXECUTE FUNCTION lead_words_written();
-- postgres: CREATE TRIGGER lead_words_gone AFTER DELETE ON leads FOR EACH ROW EXECUTE FUNCTION lead_words_gone();
