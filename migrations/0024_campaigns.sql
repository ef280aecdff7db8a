-- A campaign: settings are JSON as the API has them. looked_to: members up to this lead were looked at since they last had to be; null: all.
-- looks moves each time they have to be.
CREATE TABLE campaigns (
    tenant_id  BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    settings   TEXT   NOT NULL,
    looked_to  BIGINT,
    looks      BIGINT NOT NULL DEFAULT 0,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at   BIGINT,
    version    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX campaigns_name ON campaigns (tenant_id, name);
CREATE INDEX campaigns_running ON campaigns (tenant_id, id) WHERE state = 'running';

-- A lead of a campaign. step, tries: by which step it was tried last, and how often by that one since it was recycled. next_at: when it is
-- to be looked at next; null: once something changes. gate: what it waits for; null: nothing, it may be tried. stirred moves with every
-- change that calls for a look, so that what was found before it is not written over it.
CREATE TABLE campaign_members (
    tenant_id   BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    lead_id     BIGINT NOT NULL,
    step        BIGINT NOT NULL DEFAULT 0,
    tries       BIGINT NOT NULL DEFAULT 0,
    lane        BIGINT NOT NULL DEFAULT 2,
    next_at     BIGINT,
    gate        TEXT,
    stirred     BIGINT NOT NULL DEFAULT 0,
    added_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, campaign_id, lead_id)
) WITHOUT ROWID;
CREATE INDEX campaign_members_next ON campaign_members (tenant_id, campaign_id, lane, next_at, lead_id) WHERE next_at IS NOT NULL;
CREATE INDEX campaign_members_lead ON campaign_members (tenant_id, lead_id);

-- Leads that are about to be tried, or are being tried: one row for a person, a number and a lead, whatever campaigns want them. state:
-- ready, or claimed for an attempt. until: when clocks do not allow it any more.
CREATE TABLE hopper (
    tenant_id   BIGINT NOT NULL,
    lead_id     BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    person_id   BIGINT NOT NULL,
    address     TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    step        BIGINT NOT NULL,
    lane        BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    attempt_id  BIGINT,
    ready_at    BIGINT NOT NULL,
    until       BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX hopper_person ON hopper (tenant_id, person_id);
CREATE UNIQUE INDEX hopper_address ON hopper (tenant_id, address);
CREATE INDEX hopper_next ON hopper (tenant_id, campaign_id, state, lane, ready_at, lead_id);
CREATE INDEX hopper_lease ON hopper (leased_until);

-- Who is not to be called or written to. campaign_id 0: by no campaign. pattern: a number or a keyed hash of one, with * and ? for what may
-- be anything only where is_wild.
CREATE TABLE do_not_contact (
    tenant_id   BIGINT  NOT NULL,
    campaign_id BIGINT  NOT NULL,
    pattern     TEXT    NOT NULL,
    is_wild     BOOLEAN NOT NULL,
    created_by  BIGINT,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, pattern, campaign_id)
);
CREATE INDEX do_not_contact_list ON do_not_contact (tenant_id, campaign_id, is_wild);

-- By which step, and by which job; the message that was written, where one was.
ALTER TABLE outreach_attempts ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outreach_attempts ADD COLUMN conversation_id BIGINT;
ALTER TABLE outreach_attempts ADD COLUMN seq BIGINT;
ALTER TABLE outreach_attempts ADD COLUMN job_id BIGINT;
ALTER TABLE outreach_attempts ADD COLUMN answered_by TEXT;
-- The number as it was called; address is the form in which variants of one are equal.
ALTER TABLE outreach_attempts ADD COLUMN dialled TEXT;
CREATE INDEX outreach_attempts_person ON outreach_attempts (tenant_id, person_id, began_at);
CREATE INDEX outreach_attempts_address ON outreach_attempts (tenant_id, address, began_at);
CREATE INDEX outreach_attempts_open ON outreach_attempts (tenant_id, began_at, id) WHERE ended_at IS NULL;
CREATE INDEX outreach_attempts_message ON outreach_attempts (tenant_id, conversation_id, seq) WHERE conversation_id IS NOT NULL;

-- When they want to be called, as was agreed.
ALTER TABLE leads ADD COLUMN callback_at BIGINT;

-- What happens to a lead is looked at again by its campaigns, whoever did it.
CREATE TRIGGER campaign_members_lead_moved AFTER UPDATE OF dial_status, last_status_change, status, is_active, merged_into, claimed_at, callback_at, phone, person_id ON leads WHEN old.dial_status IS NOT new.dial_status OR old.last_status_change IS NOT new.last_status_change OR old.status <> new.status OR old.is_active <> new.is_active OR old.merged_into IS NOT new.merged_into OR old.claimed_at IS NOT new.claimed_at OR old.callback_at IS NOT new.callback_at OR old.phone IS NOT new.phone OR old.person_id <> new.person_id BEGIN UPDATE campaign_members SET next_at = 0, stirred = stirred + 1, lane = CASE new.dial_status WHEN 'callback' THEN 0 WHEN 'dropped' THEN 1 ELSE lane END WHERE tenant_id = new.tenant_id AND lead_id = new.id; END; -- sqlite
CREATE TRIGGER campaign_members_person_moved AFTER UPDATE OF opted_out ON persons WHEN old.opted_out <> new.opted_out BEGIN UPDATE campaign_members SET next_at = 0, stirred = stirred + 1 WHERE tenant_id = new.tenant_id AND lead_id IN (SELECT id FROM leads WHERE tenant_id = new.tenant_id AND person_id = new.id); END; -- sqlite
-- postgres: CREATE FUNCTION campaign_members_lead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE campaign_members SET next_at = 0, stirred = stirred + 1, lane = CASE new.dial_status WHEN 'callback' THEN 0 WHEN 'dropped' THEN 1 ELSE lane END WHERE tenant_id = new.tenant_id AND lead_id = new.id; RETURN NULL; END $$;
-- postgres: CREATE FUNCTION campaign_members_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE campaign_members SET next_at = 0, stirred = stirred + 1 WHERE tenant_id = new.tenant_id AND lead_id IN (SELECT id FROM leads WHERE tenant_id = new.tenant_id AND person_id = new.id); RETURN NULL; END $$;
-- postgres: CREATE TRIGGER campaign_members_lead_moved AFTER UPDATE OF dial_status, last_status_change, status, is_active, merged_into, claimed_at, callback_at, phone, person_id ON leads FOR EACH ROW WHEN (old.dial_status IS DISTINCT FROM new.dial_status OR old.last_status_change IS DISTINCT FROM new.last_status_change OR old.status <> new.status OR old.is_active <> new.is_active OR old.merged_into IS DISTINCT FROM new.merged_into OR old.claimed_at IS DISTINCT FROM new.claimed_at OR old.callback_at IS DISTINCT FROM new.callback_at OR old.phone IS DISTINCT FROM new.phone OR old.person_id <> new.person_id) EXECUTE FUNCTION campaign_members_lead();
-- postgres: CREATE TRIGGER campaign_members_person_moved AFTER UPDATE OF opted_out ON persons FOR EACH ROW WHEN (old.opted_out <> new.opted_out) EXECUTE FUNCTION campaign_members_person();

-- How what runs by itself went.
ALTER TABLE schedules ADD COLUMN took_ms BIGINT;
ALTER TABLE schedules ADD COLUMN result TEXT;
