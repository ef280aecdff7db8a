//! A person whose marker is in every text that can carry one.

use super::schema::columns;
use crate::harness::{TestApp, execute, number};
use crate::work::{ask, well};
use leadwire::service::indexing;
use leadwire::store::db::Db;
use serde_json::{Value as Json, json};

/// Texts that carry nobody's words: names that flows, sinks and accounts give, states, ids. Everything else is planted, so that a column
/// which erasing should empty and does not is found out here, whatever the table of columns says.
const NAMES: [&str; 25] = [
    "answers step given",
    "audit_log event from_status to_status program",
    "campaign_members gate",
    "children enquiry_id",
    "consents channel signal",
    "conversations channel flow_id flow_hash language class open_step outcome source",
    "deliveries sink key channel event state sink_id crm_status",
    "delivery_attempts action outcome",
    "exposures experiment variant",
    "follow_ups time_zone status outcome",
    "goals goal",
    "hopper channel state",
    "identities kind",
    "intro_visits outcome",
    "leads status channel source class enquiry_id dial_status dial_result",
    "merges program",
    "messages direction step status error_code",
    "notices list event state",
    "outbox kind lane channel state error_code",
    "outreach_attempts channel came answered_by",
    "persons variants opted_out",
    "reconciliation_findings kind reference sink_id",
    "recordings sid call_sid status",
    "score_entries rule step",
    "sink_records sink key sink_id",
];
/// Tables in which nothing of a lead is.
const OTHERS: &str = "lead_counts tenants replicas channel_accounts flow_versions flow_heads flow_moves api_tokens users sessions invitations log_in_failures send_rates sinks alerts schedules lead_words_due \
    signing_keys reconciliations reconciled crm_reports imports segments campaigns answered_calls channel_health do_not_contact erasures suppressions message_index";
/// What makes a planted text another in each row, where rows must not have the same.
const OWN: [(&str, &str); 4] = [
    ("conversations public_id", "id"),
    ("messages provider_id", "seq"),
    ("outbox dedupe_key", "id"),
    ("outbox holder", "id"),
];

/// The number the person writes by.
pub const NUMBER: &str = "+14155550199";

/// Does with a person all that can be done, with the marker in their words; their lead.
pub async fn planted(app: &TestApp, token: &str, marker: &str) -> i64 {
    let db = &app.app.db;
    app.twilio_message(NUMBER, &format!("Hello, {marker} here"), &format!("SM{marker}")).await.texts();
    app.twilio_message(NUMBER, &format!("{marker} again"), &format!("SM2{marker}")).await.texts();
    let mut enquiry = crate::work::enquiry(NUMBER);
    enquiry["child"]["first_name"] = json!(marker);
    enquiry["parents"][0]["name"] = json!(format!("Parent {marker}"));
    enquiry["parents"][0]["email"] = json!(format!("{marker}@example.com"));
    enquiry["parents"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": format!("Other {marker}"), "contact_number": "+14155550198"}));
    enquiry["school"] = json!(format!("School {marker}"));
    let lead =
        crate::work::id(&well(&ask(app, token, "POST", "/api/v1/leads/enquiry", Some(&enquiry)).await));
    let at = |rest: &str| format!("/api/v1/leads/{lead}{rest}");
    let noted = json!({"notes": format!("noted {marker}")});
    well(&ask(app, token, "PATCH", &at("/discovery"), Some(&noted)).await);
    let visit = json!({"scheduled_at": "2026-01-06T16:00:00"});
    let visit = crate::work::id(&well(&ask(app, token, "POST", &at("/intro-visit"), Some(&visit)).await));
    let came = json!({"outcome": "NO_SHOW", "outcome_notes": format!("{marker} was not there")});
    well(&ask(app, token, "PATCH", &format!("/api/v1/intro-visits/{visit}"), Some(&came)).await);
    let planned = json!({"scheduled_date": "2026-01-07T16:00:00", "notes": format!("call {marker}")});
    well(&ask(app, token, "POST", &at("/follow-up"), Some(&planned)).await);
    let person = number(db, format!("SELECT person_id FROM leads WHERE id = {lead}")).await;
    let conversation =
        number(db, format!("SELECT MAX(id) FROM conversations WHERE person_id = {person}")).await;
    beside(db, marker, lead, person, conversation).await;
    indexing::read(&app.app).await.unwrap();
    everywhere(db, marker, lead, person, conversation).await;
    lead
}

/// Rows that only other programs lead to.
async fn beside(db: &Db, marker: &str, lead: i64, person: i64, conversation: i64) {
    let rows = [
        format!("identities (tenant_id, kind, value, raw, person_id, created_at) VALUES (1, 'email', '{marker}@example.com', '{marker}@example.com', {person}, 1)"),
        format!("behaviours (tenant_id, conversation_id, seq, person_id, action, metadata, points, created_at)
            VALUES (1, {conversation}, 900, {person}, 'x', '', 5, 1)"),
        format!("consents (tenant_id, person_id, channel, seq, conversation_id, signal, wording, created_at)
            VALUES (1, {person}, 'sms', 901, {conversation}, 'stop', '', 1)"),
        format!("exposures (tenant_id, experiment, person_id, variant, conversation_id, created_at)
            VALUES (1, 'planted', {person}, 'a', {conversation}, 1)"),
        format!("goals (tenant_id, conversation_id, goal, person_id, created_at) VALUES (1, {conversation}, 'planted', {person}, 1)"),
        format!("answers (tenant_id, conversation_id, seq, person_id, n, step, given, raw, value, reader, taken_ms, created_at)
            VALUES (1, {conversation}, 902, {person}, 0, 'name', 'answered', '', '', 1, 1, 1)"),
        format!("score_entries (tenant_id, conversation_id, seq, person_id, n, rule, step, points, reverses, created_at)
            VALUES (1, {conversation}, 902, {person}, 0, 'r', 's', 5, FALSE, 1)"),
        format!("recordings (tenant_id, conversation_id, sid, call_sid, url, seconds, status, created_at)
            VALUES (1, {conversation}, 'RE1', 'CA1', '', 3, 'completed', 1)"),
        // One the sink has, and one it is still to have: 71 and 72.
        format!("deliveries (tenant_id, id, sink, key, lead_id, person_id, conversation_id, channel, event, lead_data, payload, revision,
            delivered_revision, state, sink_id, attempts, submitted_at, created_at, updated_at)
            VALUES (1, 71, 'crm', 'lw-{lead}', {lead}, {person}, {conversation}, 'sms', 'completed', '{{}}', '{{}}', 1, 1, 'delivered', '00Q1', 1, 1, 1, 1)"),
        format!("deliveries (tenant_id, id, sink, key, lead_id, person_id, conversation_id, channel, event, lead_data, payload, revision,
            state, failed_at, created_at, updated_at)
            VALUES (1, 72, 'erp', 'lw-{lead}', {lead}, {person}, {conversation}, 'sms', 'completed', '{{}}', '{{}}', 1, 'failed', 1, 1, 1)"),
        "delivery_attempts (tenant_id, delivery_id, id, action, outcome, is_repeat, status, duration_ms, request, response, error, created_at)
            VALUES (1, 72, 1, 'create', 'refused', FALSE, 422, 5, '', '', '', 1)".to_owned(),
        format!("merges (tenant_id, id, lead_id, other_id, person_id, other_person_id, moved, reason, program, created_at)
            VALUES (1, 76, {lead}, 77, {person}, {person}, '', '', 'test', 1)"),
        format!("outreach_attempts (tenant_id, id, lead_id, person_id, channel, address, came, provider_id, began_at, ended_at)
            VALUES (1, 78, {lead}, {person}, 'voice', '', 'busy', '', 1, 2)"),
        format!("campaign_members (tenant_id, campaign_id, lead_id, next_at, added_at) VALUES (1, 79, {lead}, 1, 1)"),
        format!("hopper (tenant_id, lead_id, campaign_id, person_id, address, channel, step, lane, state, ready_at, until, leased_until)
            VALUES (1, {lead}, 79, {person}, '', 'voice', 0, 2, 'ready', 1, 2, 2)"),
        format!("sink_records (tenant_id, sink, key, sink_id) VALUES (1, 'old', 'lw-{lead}', '')"),
        "reconciliation_findings (tenant_id, run_id, kind, reference, delivery_id, sink_id, detail) VALUES (1, 1, 'differs', '71', 71, 'x', '')".to_owned(),
        format!("notices (tenant_id, id, list, event, lead_id, person_id, conversation_id, content, level, state, created_at)
            VALUES (1, 73, 'sales', 'completed', {lead}, {person}, {conversation}, '', 0, 'waiting', 1)"),
        format!("outbox (tenant_id, id, kind, account_id, lane, place, recipient, payload, person_id, channel, conversation_id, seq, part, parts,
            confirms, state, attempts, run_at, wanted_at, created_at)
            VALUES (1, 74, 'twilio_message', 1, '1-{person}', 74, '', '', {person}, 'sms', {conversation}, 5, 0, 1, FALSE, 'waiting', 0,
            4102444800000, 4102444800000, 1)"),
        format!("outbox (tenant_id, id, kind, account_id, place, recipient, payload, person_id, channel, conversation_id, seq, part, parts,
            confirms, state, attempts, run_at, wanted_at, created_at, finished_at)
            VALUES (1, 75, 'delivery', 1, 75, '', '', 0, '', {conversation}, 5, 0, 1, FALSE, 'dead', 1, 1, 1, 1, 1)"),
    ];
    for row in rows {
        execute(db, format!("INSERT INTO {row}")).await;
    }
}

/// Writes the marker into every text of the person's rows that is not one of [`NAMES`].
async fn everywhere(db: &Db, marker: &str, lead: i64, person: i64, conversation: i64) {
    let child = number(db, format!("SELECT child_id FROM leads WHERE id = {lead}")).await;
    let whose = [
        ("persons", format!("id = {person}")),
        ("identities", format!("person_id = {person} AND kind = 'none'")),
        ("leads", format!("person_id = {person}")),
        ("children", format!("id = {child}")),
        ("guardians", format!("child_id = {child}")),
        ("audit_log", format!("lead_id = {lead}")),
        ("intro_visits", format!("lead_id = {lead}")),
        ("merges", format!("lead_id = {lead}")),
        ("follow_ups", format!("lead_id = {lead}")),
        ("outreach_attempts", format!("lead_id = {lead}")),
        ("deliveries", format!("lead_id = {lead}")),
        ("delivery_attempts", "delivery_id = 72".to_owned()),
        ("sink_records", format!("key = 'lw-{lead}'")),
        ("reconciliation_findings", "delivery_id = 71".to_owned()),
        ("notices", format!("lead_id = {lead}")),
        ("outbox", format!("person_id = {person} OR conversation_id = {conversation}")),
    ];
    for (table, texts) in columns(db, true).await {
        if OTHERS.split_whitespace().any(|other| other == table) {
            continue;
        }
        let names = NAMES.iter().find_map(|line| line.strip_prefix(&format!("{table} "))).unwrap_or_default();
        let condition = whose.iter().find(|(name, _)| *name == table).map(|(_, condition)| condition.clone());
        let condition = condition.unwrap_or_else(|| format!("person_id = {person}"));
        let condition =
            if table == "recordings" { format!("conversation_id = {conversation}") } else { condition };
        let set: Vec<String> = texts
            .iter()
            .filter(|column| !names.split(' ').any(|name| name == column.as_str()))
            .map(|column| {
                let own = OWN.iter().find(|(name, _)| *name == format!("{table} {column}"));
                let own = own.map_or_else(String::new, |(_, by)| format!(" || CAST({by} AS TEXT)"));
                // Both databases read some of these as JSON, which a text in quotes is.
                format!("{column} = '\"{marker} in {table} {column}'{own} || '\"'")
            })
            .collect();
        if set.is_empty() {
            continue;
        }
        let changed = execute(db, format!("UPDATE {table} SET {} WHERE {condition}", set.join(", "))).await;
        assert!(changed > 0 || table == "identities", "nothing of {table} is the person's");
    }
    // The search finds them by it.
    execute(
        db,
        format!("UPDATE leads SET keywords = 't1 {marker}', family_keywords = ' {marker}' WHERE id = {lead}"),
    )
    .await;
}

/// All numbers that are made of leads.
pub async fn numbers(app: &TestApp, token: &str) -> Vec<Json> {
    let mut all = Vec::new();
    for path in [
        "/api/v1/leads/stats",
        "/api/v1/reports/conversion?by=source",
        "/api/v1/reports/conversion?by=channel",
        "/api/v1/reports/conversion?by=flow",
        "/api/v1/reports/conversion?by=variant",
        "/api/v1/reports/stages",
        "/api/v1/reports/closures",
        "/api/v1/experiments",
        "/api/v1/experiments/greeting_message",
        "/api/analytics/leads",
    ] {
        all.push(well(&ask(app, token, "GET", path, None).await));
    }
    all
}
