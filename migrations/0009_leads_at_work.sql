-- Leads that people work on: who may, the child a lead is about, visits, follow-ups, and what was done when and by whom.

-- enquiries counts enquiry numbers; whoever raises it holds the row until its transaction ends, so that none comes twice.
-- region: the country of numbers that are written without one. assigns: by_hand, or round_robin: new enquiries are given to counselors
-- in turn.
ALTER TABLE tenants ADD COLUMN enquiry_prefix TEXT NOT NULL DEFAULT 'ENQ';
ALTER TABLE tenants ADD COLUMN enquiries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN region TEXT;
ALTER TABLE tenants ADD COLUMN assigns TEXT NOT NULL DEFAULT 'by_hand';

-- People who work here. e-mail is what they log in by, lower case. capacity: the most open leads that are given to them unasked;
-- away_until: until then none is. assigned_at: when they got one last.
CREATE TABLE users (
    tenant_id     BIGINT  NOT NULL,
    id            BIGINT  NOT NULL,
    email         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT,
    is_active     BOOLEAN NOT NULL,
    capacity      BIGINT,
    away_until    BIGINT,
    assigned_at   BIGINT  NOT NULL DEFAULT 0,
    created_at    BIGINT  NOT NULL,
    updated_at    BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- A token speaks as a role, for what its scopes name (none: all the role may). Those that were made before might read reports and
-- look after jobs.
ALTER TABLE api_tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'CENTER_ADMIN';
ALTER TABLE api_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT 'reports:read jobs:read jobs:retry';
ALTER TABLE api_tokens ADD COLUMN user_id BIGINT;
ALTER TABLE api_tokens ADD COLUMN used_at BIGINT;
ALTER TABLE api_tokens ADD COLUMN revoked_at BIGINT;

-- What people do with a lead. Turns neither read nor write these columns (but for keywords), so a change of them moves version,
-- which turns do not: nobody is told that a lead changed because its person writes.
-- status_at: since when it stands at its status; null: since it came. proposal: what somebody should do now, close or convert.
-- keywords: what turns know that it is found by; family_keywords: the same of the child and its parents, each with a blank before it.
ALTER TABLE leads ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN status_at BIGINT;
ALTER TABLE leads ADD COLUMN proposal TEXT;
ALTER TABLE leads ADD COLUMN child_id BIGINT;
ALTER TABLE leads ADD COLUMN child_name TEXT;
ALTER TABLE leads ADD COLUMN enquiry_id TEXT;
ALTER TABLE leads ADD COLUMN school TEXT;
ALTER TABLE leads ADD COLUMN preferred_schedule TEXT;
ALTER TABLE leads ADD COLUMN parent_expectations TEXT;
ALTER TABLE leads ADD COLUMN discovery_notes TEXT;
ALTER TABLE leads ADD COLUMN discovery_completed_at BIGINT;
ALTER TABLE leads ADD COLUMN closed_reason TEXT;
ALTER TABLE leads ADD COLUMN closed_at BIGINT;
ALTER TABLE leads ADD COLUMN customer_ref TEXT;
ALTER TABLE leads ADD COLUMN converted_at BIGINT;
ALTER TABLE leads ADD COLUMN assigned_to BIGINT;
ALTER TABLE leads ADD COLUMN created_by BIGINT;
ALTER TABLE leads ADD COLUMN updated_by BIGINT;
ALTER TABLE leads ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN family_keywords TEXT NOT NULL DEFAULT '';
CREATE INDEX leads_status ON leads (tenant_id, status, id);
CREATE INDEX leads_class ON leads (tenant_id, class, id);
CREATE INDEX leads_source ON leads (tenant_id, source, id);
CREATE INDEX leads_channel ON leads (tenant_id, channel, id);
CREATE INDEX leads_assignee ON leads (tenant_id, assigned_to, id) WHERE assigned_to IS NOT NULL;
CREATE INDEX leads_person ON leads (tenant_id, person_id, id);
CREATE INDEX leads_open_of ON leads (tenant_id, assigned_to) WHERE assigned_to IS NOT NULL AND is_active AND status NOT IN ('CONVERTED', 'CLOSED_LOST');
CREATE INDEX leads_inactive ON leads (tenant_id, id) WHERE NOT is_active;

-- Words of leads. Every lead's begin with its tenant (t7), so that nobody looks through what others have.
CREATE VIRTUAL TABLE lead_words USING fts5(words, content='', contentless_delete=1, prefix='3', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"); -- sqlite
CREATE TRIGGER lead_words_born AFTER INSERT ON leads BEGIN INSERT INTO lead_words (rowid, words) VALUES (new.id, new.keywords || new.family_keywords); END; -- sqlite
CREATE TRIGGER lead_words_changed AFTER UPDATE OF keywords, family_keywords ON leads WHEN old.keywords <> new.keywords OR old.family_keywords <> new.family_keywords BEGIN UPDATE lead_words SET words = new.keywords || new.family_keywords WHERE rowid = new.id; END; -- sqlite
CREATE TRIGGER lead_words_gone AFTER DELETE ON leads BEGIN DELETE FROM lead_words WHERE rowid = old.id; END; -- sqlite
INSERT INTO lead_words (rowid, words) SELECT id, '' FROM leads; -- sqlite
UPDATE leads SET keywords = 't' || tenant_id || ' ' || LOWER(REPLACE(COALESCE(name, sender_name, ''), '  ', ' ')) || ' ' || LOWER(COALESCE(email, '')) || ' ' || REPLACE(COALESCE(phone, ''), '+', ''); -- sqlite
-- postgres: UPDATE leads SET keywords = 't' || tenant_id || LOWER(REGEXP_REPLACE(' ' || COALESCE(name, sender_name, '') || ' ' || COALESCE(email, '') || ' ' || COALESCE(phone, ''), '[^[:alnum:]]+', ' ', 'g'));
-- postgres: UPDATE leads SET keywords = TRIM(keywords);
-- postgres: CREATE INDEX leads_words ON leads USING gin (array_to_tsvector(string_to_array(keywords || family_keywords, ' ')));

-- conversation_id: which conversation made it; null: somebody entered it.
CREATE TABLE children (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    enquiry_id TEXT   NOT NULL,
    first_name TEXT   NOT NULL,
    last_name  TEXT,
    dob        TEXT,
    age        BIGINT,
    gender     TEXT,
    conversation_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX children_captured ON children (tenant_id, conversation_id) WHERE conversation_id IS NOT NULL;
CREATE UNIQUE INDEX children_enquiry ON children (tenant_id, enquiry_id);

-- The parents of a child: persons, as they were named in the enquiry.
CREATE TABLE guardians (
    tenant_id    BIGINT  NOT NULL,
    child_id     BIGINT  NOT NULL,
    person_id    BIGINT  NOT NULL,
    name         TEXT    NOT NULL,
    phone        TEXT    NOT NULL,
    email        TEXT,
    relationship TEXT,
    is_primary   BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, child_id, person_id)
) WITHOUT ROWID;
CREATE INDEX guardians_person ON guardians (tenant_id, person_id);

CREATE TABLE intro_visits (
    tenant_id     BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    lead_id       BIGINT NOT NULL,
    scheduled_at  BIGINT NOT NULL,
    attended_at   BIGINT,
    batch_id      BIGINT,
    trainer_id    BIGINT,
    outcome       TEXT,
    outcome_notes TEXT,
    version       BIGINT NOT NULL,
    created_by    BIGINT,
    updated_by    BIGINT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX intro_visits_lead ON intro_visits (tenant_id, lead_id, id);
CREATE INDEX intro_visits_day ON intro_visits (tenant_id, scheduled_at, id);
CREATE INDEX intro_visits_trainer ON intro_visits (tenant_id, trainer_id, scheduled_at, id) WHERE trainer_id IS NOT NULL;

-- time_zone: whose clock the date is by. dates: how many it has had: reminders are of one.
CREATE TABLE follow_ups (
    tenant_id    BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    lead_id      BIGINT NOT NULL,
    scheduled_at BIGINT NOT NULL,
    time_zone    TEXT   NOT NULL,
    completed_at BIGINT,
    status       TEXT   NOT NULL,
    outcome      TEXT,
    notes        TEXT,
    assigned_to  BIGINT,
    dates        BIGINT NOT NULL DEFAULT 1,
    version      BIGINT NOT NULL,
    created_by   BIGINT,
    updated_by   BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX follow_ups_lead ON follow_ups (tenant_id, lead_id, scheduled_at, id);
CREATE INDEX follow_ups_pending ON follow_ups (tenant_id, scheduled_at, id) WHERE status = 'PENDING';
CREATE INDEX follow_ups_mine ON follow_ups (tenant_id, assigned_to, scheduled_at, id) WHERE status = 'PENDING' AND assigned_to IS NOT NULL;

-- Who did what when, and why. Rows are only ever added; erasing a person empties their words and leaves the row.
-- version: the lead's after it. program: what it was done with. detail: further facts, JSON.
CREATE TABLE audit_log (
    tenant_id   BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    lead_id     BIGINT,
    version     BIGINT,
    event       TEXT   NOT NULL,
    from_status TEXT,
    to_status   TEXT,
    reason      TEXT,
    detail      TEXT   NOT NULL,
    user_id     BIGINT,
    program     TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX audit_log_lead ON audit_log (tenant_id, lead_id, id) WHERE lead_id IS NOT NULL;
