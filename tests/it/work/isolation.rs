//! Every statement that is asked for a tenant, asked again for another: no row is read, none changed. And none reads a table from
//! one end to the other.

use super::import_by_api::{CSV, FAMILIES, send};
use super::{OTHER, OURS, ask, entered, hire, id, two_centers_with, well};
use crate::harness::{Place, TestApp, execute, number};
use leadwire::domain::access::Role;
use leadwire::domain::enquiry::Child;
use leadwire::domain::import::{By, Mode, Row, Wanted};
use leadwire::domain::outreach::Lane;
use leadwire::service::desk::Desk;
use leadwire::service::import::{self, Begun, Numbered};
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach;
use leadwire::store::db::Arg;
use leadwire::store::db::{Db, Exec, Recorded, Sql};
use leadwire::store::leads;
use leadwire::store::outreach::{campaigns, members};
use serde_json::json;
use std::collections::BTreeMap;

on_both!(no_statement_reads_or_changes_another_tenant_s_rows, no_statement_reads_a_whole_table);

/// Lets everything happen that the leads API can do, and returns what was asked of the database.
async fn everything(app: &TestApp) -> Vec<Recorded> {
    let recorder = app.app.db.record();
    let admin = hire(app, OURS, Role::CenterAdmin).await;
    app.twilio_message("+14155550101", "Hello", "SM1").await.texts();
    let mut all = Vec::new();
    for n in 1..=4 {
        all.push(id(&entered(app, &admin.token, &format!("+1415555010{n}")).await));
    }
    let do_it = async |method: &str, path: String, body: Option<serde_json::Value>| {
        let reply = ask(app, &admin.token, method, &path, body.as_ref()).await;
        assert!(reply.status < 300, "{method} {path}: {reply:?}");
        reply
    };
    let [first, second, third, fourth] = all[..] else { panic!("four") };
    do_it("PATCH", format!("/api/v1/leads/{first}/discovery"), Some(json!({"school": "DPS"}))).await;
    do_it("POST", format!("/api/v1/leads/{first}/assign"), Some(json!({"user_id": admin.user_id}))).await;
    let visit = json!({"scheduled_at": "2026-01-06T16:00:00", "trainer_user_id": admin.user_id});
    let visit = do_it("POST", format!("/api/v1/leads/{first}/intro-visit"), Some(visit)).await;
    let visit = id(&well(&visit));
    do_it("PATCH", format!("/api/v1/intro-visits/{visit}"), Some(json!({"outcome": "NO_SHOW"}))).await;
    let follow_up = json!({"scheduled_date": "2026-01-05T16:00:00"});
    let planned = do_it("POST", format!("/api/v1/leads/{first}/follow-up"), Some(follow_up.clone())).await;
    let planned = id(&well(&planned));
    do_it("PATCH", format!("/api/v1/follow-ups/{planned}"), Some(json!({"notes": "x"}))).await;
    do_it("POST", format!("/api/v1/leads/{second}/follow-up"), Some(follow_up)).await;
    do_it("POST", format!("/api/v1/leads/{second}/close"), Some(json!({"reason": "x"}))).await;
    do_it("POST", format!("/api/v1/leads/{third}/convert"), Some(json!({"customer_ref": 1}))).await;
    do_it("DELETE", format!("/api/v1/leads/{fourth}"), None).await;
    leadwire::service::indexing::read(&app.app).await.unwrap();
    let named = json!({"name": "hello", "filter": {"said": "hello"}});
    let segment = id(&well(&do_it("POST", "/api/v1/segments".into(), Some(named)).await));
    do_it("PATCH", format!("/api/v1/segments/{segment}"), Some(json!({"filter": {"said": "hell"}}))).await;
    let stale = ask(
        app,
        &admin.token,
        "POST",
        &format!("/api/v1/leads/{first}/close"),
        Some(&json!({"reason": "x", "version": 0})),
    )
    .await;
    assert_eq!(stale.status, 409);
    for path in [
        "/api/v1/leads?limit=1",
        "/api/v1/leads?status=CONVERTED",
        "/api/v1/leads?source=WALK_IN",
        "/api/v1/leads?class=Unqualified",
        "/api/v1/leads?channel=sms",
        "/api/v1/leads?assigned_to=me",
        "/api/v1/leads?search=goyal",
        "/api/v1/leads?said=hello",
        "/api/v1/leads?said=hello&search=415",
        "/api/v1/segments",
        &format!("/api/v1/segments/{segment}"),
        "/api/v1/leads?skip=3&active=true&converted=false",
        "/api/v1/leads/stats",
        "/api/v1/leads/follow-ups/pending",
        &format!("/api/v1/leads/follow-ups/pending?assigned_to={}", admin.user_id),
        "/api/v1/agenda",
        "/api/v1/users",
        "/api/v1/intro-visits",
        &format!("/api/v1/intro-visits?trainer_user_id={}", admin.user_id),
        &format!("/api/v1/intro-visits?lead_id={first}"),
        &format!("/api/v1/intro-visits/{visit}"),
        &format!("/api/v1/follow-ups/{planned}"),
        &format!("/api/v1/leads/{first}"),
        &format!("/api/v1/leads/{first}/details"),
        &format!("/api/v1/leads/{first}/timeline"),
        &format!("/api/v1/leads/{first}/score"),
        &format!("/api/v1/leads/{first}/follow-ups"),
        "/api/v1/reports/conversion?by=source",
        "/api/v1/reports/conversion?by=channel",
        "/api/v1/reports/conversion?by=flow",
        "/api/v1/reports/conversion?by=variant",
        "/api/v1/reports/stages",
        "/api/v1/reports/follow-ups",
        "/api/v1/reports/closures",
        "/api/v1/experiments",
        "/api/v1/experiments/greeting_message",
        "/api/v1/experiments/greeting_message?goal=converted",
        "/api/v1/experiments/greeting_message?goal=delivered",
    ] {
        do_it("GET", path.to_owned(), None).await;
    }
    let stands = format!(
        "UPDATE leads SET dial_status = CASE WHEN id = {first} THEN 'busy' END WHERE id IN ({first}, {second})"
    );
    execute(&app.app.db, stands).await;
    do_it("GET", "/api/v1/outreach/statuses".into(), None).await;
    let fixed = do_it("POST", "/api/v1/outreach/fix-status".into(), Some(json!({}))).await;
    assert_eq!(well(&fixed)["fixed"], 1);
    let form = json!({"from": ["busy", null], "reset": true});
    let recycled = do_it("POST", "/api/v1/outreach/recycle".into(), Some(form)).await;
    assert_eq!(well(&recycled)["recycled"], 1);
    campaigned(app, &admin.token, (first, segment)).await;
    let campaign = number(&app.app.db, "SELECT MAX(id) FROM campaigns").await;
    let form = json!({"campaign": campaign, "report_only": true});
    do_it("POST", "/api/v1/outreach/fix-status".into(), Some(form)).await;
    let other = id(&entered(app, &admin.token, "+14155550101").await);
    do_it("GET", format!("/api/v1/leads/{first}/duplicates"), None).await;
    let form = json!({"other_lead_id": other, "reason": "twice"});
    let merged = id(&well(&do_it("POST", format!("/api/v1/leads/{first}/merge"), Some(form)).await));
    do_it("GET", format!("/api/v1/merges/{merged}"), None).await;
    do_it("POST", format!("/api/v1/merges/{merged}/undo"), Some(json!({"reason": "x"}))).await;
    // Of two persons.
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    let said = json!({"session_id": started["session_id"], "profile_data": {"phone": "+14155550101"}});
    app.post_json("/api/lead/profile", &said).await.ok();
    let chat = number(&app.app.db, "SELECT MAX(id) FROM leads").await;
    let form = json!({"other_lead_id": chat, "reason": "twice"});
    let merged = id(&well(&do_it("POST", format!("/api/v1/leads/{first}/merge"), Some(form)).await));
    do_it("POST", format!("/api/v1/merges/{merged}/undo"), Some(json!({"reason": "x"}))).await;
    do_it("PATCH", format!("/api/v1/users/{}", admin.user_id), Some(json!({"name": "Renamed"}))).await;
    do_it(
        "PUT",
        format!("/api/v1/users/{}/password", admin.user_id),
        Some(json!({"password": "correct horse battery"})),
    )
    .await;
    imported(app).await;
    well(&send(app, &admin.token, ("?duplicates=update", CSV), FAMILIES).await);
    do_it("GET", "/api/v1/leads/export?source=WALK_IN".into(), None).await;
    do_it("GET", format!("/api/v1/leads/{first}/export"), None).await;
    let form = json!({"reason": "asked", "confirm": first});
    do_it("POST", format!("/api/v1/leads/{first}/erase"), Some(form.clone())).await;
    do_it("POST", format!("/api/v1/leads/{first}/erase"), Some(form)).await;
    entered(app, &admin.token, "+14155550101").await;
    recorder.take()
}

/// Lets everything happen that the API can do with campaigns, and what fills the hopper.
async fn campaigned(app: &TestApp, token: &str, (lead, segment): (i64, i64)) {
    let do_it = async |method: &str, path: &str, body: Option<serde_json::Value>| {
        let reply = ask(app, token, method, path, body.as_ref()).await;
        assert!(reply.status < 300, "{method} {path}: {reply:?}");
        reply
    };
    let settings = json!({"steps": [{"channel": "sms"}, {"channel": "whatsapp"}], "segments": [segment], "consent": "opt_in"});
    let form = json!({"name": "spring", "settings": settings});
    let campaign = id(&well(&do_it("POST", "/api/v1/campaigns", Some(form)).await));
    let at = |rest: &str| format!("/api/v1/campaigns/{campaign}{rest}");
    // It is day where this one is.
    let ready = id(&entered(app, token, "+919876543201").await);
    do_it("POST", &at("/leads"), Some(json!({"lead_ids": [lead, ready]}))).await;
    let listed = json!({"entries": ["+14155550101", "+1900*"]});
    do_it("POST", "/api/v1/do-not-contact", Some(listed)).await;
    do_it("POST", "/api/v1/do-not-contact", Some(json!({"entries": ["+1900*"], "campaign_id": campaign})))
        .await;
    do_it("PATCH", &at(""), Some(json!({"name": "summer", "settings": {"steps": [{"channel": "sms"}]}})))
        .await;
    for path in [at(""), at("/preview"), at("/explain"), format!("/api/v1/leads/{lead}/explain")] {
        do_it("GET", &path, None).await;
    }
    let db = &app.app.db;
    execute(db, format!("UPDATE campaigns SET state = 'running', looked_to = 0 WHERE id = {campaign}")).await;
    let row = campaigns::find(db.within(OURS), campaign).await.unwrap().unwrap();
    outreach::review(&app.app, OURS, &row).await.unwrap();
    let filled = outreach::fill(&app.app, OURS, &row, &Lane::ALL).await.unwrap();
    assert_eq!(filled.ready, 1, "the hopper is written to");
    for path in [
        "/api/v1/campaigns",
        "/api/v1/campaigns?state=running",
        "/api/v1/hopper",
        "/api/v1/schedules",
        "/api/v1/do-not-contact",
    ] {
        do_it("GET", path, None).await;
    }
    do_it("GET", &format!("/api/v1/hopper?campaign_id={campaign}"), None).await;
    members::count(db.within(OURS), campaign).await.unwrap();
    do_it("DELETE", "/api/v1/do-not-contact", Some(json!({"entry": "+1900*"}))).await;
    do_it("POST", &at("/pause"), None).await;
    do_it("DELETE", &at(&format!("/leads/{lead}")), None).await;
    do_it("POST", &at("/end"), None).await;
}

/// Takes in rows that make a lead, change one and go beside one, and looks for them by every key.
async fn imported(app: &TestApp) {
    let actor = Actor { user_id: None, program: "test".to_owned() };
    let desk = Desk { db: &app.app.db, ids: &app.app.ids, clock: &app.clock, tenant: OURS, actor: &actor };
    let child = Child {
        first_name: "Mehr".to_owned(),
        last_name: Some("Goyal".to_owned()),
        dob: None,
        age: Some(5),
        gender: None,
    };
    let row = |phone: &str, child: Option<&Child>| Row {
        name: Some("Anshu Goyal".to_owned()),
        phone: Some(phone.to_owned()),
        email: Some("anshu@example.com".to_owned()),
        child: child.cloned(),
        created_at: Some(app.clock.now() - 1),
        ..Row::default()
    };
    let rows =
        [row("+14155550101", Some(&child)), row("+14155550177", None), row("+14155550178", Some(&child))];
    let rows: Vec<Numbered> =
        rows.into_iter().zip(2..).map(|(said, row)| Numbered { row, said: Ok(said) }).collect();
    for (mode, by) in [(Mode::Update, By::NamePhone), (Mode::Create, By::Email)] {
        let wanted = Wanted { mode, by, since: None };
        let Begun::Open(mut import) = import::begin(&desk, ("hash", by_name(by)), 3, false).await.unwrap()
        else {
            panic!("it begins")
        };
        let told = import::take(&desk, &wanted, &mut import, (&rows, true), &mut |_| Ok(())).await.unwrap();
        assert_eq!((told.len(), import.refused, import.state.as_str()), (3, 0, "done"), "{told:?}");
    }
    let children = leads::children(app.app.db.within(OURS), &[1, 2]).await.unwrap();
    assert!(children.is_empty());
}

fn by_name(by: By) -> &'static str {
    if by == By::Email { "email" } else { "name" }
}

/// The statement's text on this database.
fn text(db: &Db, sql: Sql) -> &'static str {
    match db {
        Db::Sqlite { .. } => sql.sqlite,
        Db::Postgres { .. } => sql.postgres,
    }
}

/// Each statement once, with the arguments it was asked with last.
fn distinct(db: &Db, recorded: Vec<Recorded>) -> BTreeMap<&'static str, (Sql, Vec<Arg>)> {
    recorded.into_iter().map(|(sql, args)| (text(db, sql), (sql, args))).collect()
}

#[derive(sqlx::FromRow)]
struct Nothing {}

async fn no_statement_reads_or_changes_another_tenant_s_rows(place: Place) {
    let app = two_centers_with(&place, &crate::outreach::SENDS).await;
    let db = &app.app.db;
    let recorded = everything(&app).await;
    let statements = distinct(db, recorded);
    assert!(statements.len() > 40, "the store was asked: {}", statements.len());
    let tables = [
        "leads",
        "children",
        "guardians",
        "intro_visits",
        "follow_ups",
        "audit_log",
        "segments",
        "users",
        "api_tokens",
        "persons",
        "identities",
        "campaigns",
        "campaign_members",
        "do_not_contact",
    ];
    for (text, (sql, mut args)) in statements {
        args[0] = Arg::from(OTHER.0);
        if text.starts_with("INSERT") && text.contains("(tenant_id, ") {
            // What is written for a tenant is that tenant's; that nobody is overwritten follows from the key.
            continue;
        }
        let sum = async || {
            let mut sums = Vec::new();
            for table in tables {
                sums.push(number(db, format!("SELECT COUNT(*) FROM {table}")).await);
                let version = match table {
                    "leads" | "intro_visits" | "follow_ups" | "campaigns" => "version",
                    "campaign_members" => "next_at",
                    "persons" => "turn",
                    "users" => "updated_at",
                    _ => "0",
                };
                sums.push(number(db, format!("SELECT COALESCE(SUM({version}), 0) FROM {table}")).await);
            }
            sums
        };
        if text.starts_with("INSERT") || (text.starts_with("UPDATE") && !text.starts_with("UPDATE tenants")) {
            let before = sum().await;
            let changed = db.execute(sql, args).await.unwrap();
            assert_eq!(changed, 0, "changes another tenant's rows: {text}");
            assert_eq!(sum().await, before, "{text}");
        } else if text.starts_with("SELECT COUNT(*)") {
            let counted = number(db, inlined(text, &args)).await;
            assert_eq!(counted, 0, "counts another tenant's rows: {text}");
        } else if text.starts_with("SELECT") || text.starts_with("WITH") {
            let rows: Vec<Nothing> = db.fetch_all(sql, args).await.unwrap();
            assert!(rows.is_empty(), "reads another tenant's rows: {text}");
        }
    }
}

/// The statement with its arguments in it.
fn inlined(text: &str, args: &[Arg]) -> String {
    let mut whole = text.to_owned();
    for (n, arg) in args.iter().enumerate().rev() {
        let value = match arg {
            Arg::Text(Some(text)) => format!("'{}'", text.replace('\'', "''")),
            Arg::Int(Some(number)) => number.to_string(),
            Arg::Bool(Some(flag)) => flag.to_string().to_uppercase(),
            Arg::Real(Some(number)) => number.to_string(),
            _ => "NULL".to_owned(),
        };
        whole = whole.replace(&format!("${}", n + 1), &value);
    }
    whole
}

/// What SQLite calls a scan of a statement's own intermediate results is none of a table.
const RESULTS: [&str; 14] = [
    "a", "i", "counted", "facts", "sizes", "placed", "ranked", "medians", "entries", "stays", "shown",
    "tried", "has", "either",
];

async fn no_statement_reads_a_whole_table(place: Place) {
    let app = two_centers_with(&place, &crate::outreach::SENDS).await;
    let db = &app.app.db;
    let statements = distinct(db, everything(&app).await);
    let mut wrong: Vec<String> = Vec::new();
    for (text, (_, args)) in statements {
        // A center's few users and tokens are read as they are.
        if text.starts_with("INSERT") || text.contains(" FROM users ") || text.contains(" tenants ") {
            continue;
        }
        let plan = match db {
            Db::Sqlite { .. } => {
                #[derive(sqlx::FromRow)]
                struct Step {
                    detail: String,
                }
                let explained = format!("EXPLAIN QUERY PLAN {}", inlined(text, &args));
                let steps: Vec<Step> = db.fetch_all(Sql::same(explained.leak()), vec![]).await.unwrap();
                steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("\n")
            }
            Db::Postgres { .. } => {
                // With few rows a scan is cheaper than an index: what matters is whether there is an index at all.
                #[derive(sqlx::FromRow)]
                struct Line {
                    #[sqlx(rename = "QUERY PLAN")]
                    line: String,
                }
                let mut tx = db.begin().await.unwrap();
                tx.execute(Sql::same("SET LOCAL enable_seqscan = off"), vec![]).await.unwrap();
                let explained = format!("EXPLAIN {}", inlined(text, &args));
                let lines: Vec<Line> = tx.fetch_all(Sql::same(explained.leak()), vec![]).await.unwrap();
                lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n")
            }
        };
        // What is looked for by the tenant alone is looked through: one tenant may have as much as all. Few are segments, tokens, erasures,
        // campaigns, tasks, accounts that fail, and leads in the hopper;
        // experiments are a report over all who were in one, and where leads stand one over all that were tried; erasing and merging, which
        // go by sets of ids, go through rare rows.
        let few = [
            "segments",
            "api_tokens",
            "sessions",
            "lead_counts",
            "invitations",
            "erasures",
            "suppressions",
            "exposures",
            "leads INDEXED BY leads_dialled",
            "campaigns",
            "hopper",
            "channel_health",
            "schedules",
        ];
        let is_small =
            few.iter().any(|table| text.contains(&format!(" {table}"))) || text.contains("json_each");
        let scans = plan.lines().find(|line| {
            if line.starts_with("SEARCH") && line.ends_with("(tenant_id=?)") && !is_small {
                return true;
            }
            let scanned = line.strip_prefix("SCAN ").map(|rest| rest.split(' ').next().unwrap_or_default());
            let sqlite = scanned.is_some_and(|name| !name.starts_with('(') && !RESULTS.contains(&name))
                && !line.contains("VIRTUAL TABLE");
            sqlite || line.contains("Seq Scan")
        });
        if scans.is_some() {
            wrong.push(format!("{text}\n{plan}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
