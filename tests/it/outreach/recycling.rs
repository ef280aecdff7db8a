//! Thousands of leads of which a recycling page once showed only a few hundred: no status, no numbers, and nobody knew why.

use crate::harness::{Place, TestApp, execute, number, texts};
use crate::process::leadwire;
use crate::work::two_centers;
use leadwire::clock::DAY;
use serde_json::Value as Json;

on_both!(
    of_58_466_leads_every_one_is_seen_or_explained_with_null,
    of_58_466_leads_every_one_is_seen_or_explained_with_new,
    what_is_recycled_stays_so_and_the_ledger_too,
    what_cannot_be_recycled_is_said,
);

/// All leads, and those of them that are over.
const LEADS: i64 = 58_466;
const OVER: i64 = 369;
/// Leads that were tried and say nothing of it; leads whose numbers are missing.
const WITHOUT_STATUS: i64 = 458;
const WITHOUT_NUMBERS: i64 = 127;
/// What came of the attempts of both, and where leads stand by it.
const CAME: [(&str, &str, i64); 5] = [
    ("no_answer", "no_answer", 243),
    ("busy", "busy", 128),
    ("answered", "contacted", 97),
    ("failed", "failed", 86),
    ("dropped", "dropped", 31),
];

/// A `CASE` over the place `k` among the leads that something is wrong with.
fn case(pick: fn(&(&'static str, &'static str, i64)) -> &'static str) -> String {
    let (mut text, mut until) = ("CASE".to_owned(), 0);
    for row in &CAME {
        until += row.2;
        text += &format!(" WHEN k < {until} THEN '{}'", pick(row));
    }
    text + " ELSE 'no_answer' END"
}

/// Leads 1 to 369 are over, the next 458 say `without` of their attempts, the next 127 have no numbers, and all others are as they should.
async fn leads(app: &TestApp, without: &str) -> i64 {
    let db = &app.app.db;
    app.twilio_message("+14155550101", "Hello", "SM1").await.texts();
    let first = number(db, "SELECT MAX(id) FROM leads").await;
    let at = app.clock.now() - DAY;
    let (wrong, tracked) = (OVER + WITHOUT_STATUS, OVER + WITHOUT_STATUS + WITHOUT_NUMBERS);
    let series = format!(
        "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {LEADS}) SELECT n, n - {OVER} - 1 AS k FROM s) s"
    );
    let (came, stands) = (case(|row| row.0), case(|row| row.1));
    let columns = "tenant_id, person_id, status, channel, fields, message_count, score, class, scored_in, is_active, created_at, updated_at";
    let status = format!(
        "CASE WHEN n <= {OVER} THEN CASE n % 3 WHEN 0 THEN 'sale' WHEN 1 THEN 'do_not_call' ELSE 'not_interested' END
           WHEN n <= {wrong} THEN {without} WHEN n <= {tracked} THEN {stands} ELSE 'no_answer' END"
    );
    let is_tracked = format!("(n <= {OVER} OR n > {tracked})");
    execute(
        db,
        format!(
            "INSERT INTO leads (id, {columns}, dial_status, last_status_change, dial_result, last_dial_attempt, dial_attempts, answered_count)
             SELECT {first} + n, {columns}, {status}, CASE WHEN n > {OVER} AND n <= {wrong} THEN NULL ELSE {at} + 2000 END,
               CASE WHEN {is_tracked} THEN {came} END, CASE WHEN {is_tracked} THEN {at} END, CASE WHEN {is_tracked} THEN 1 ELSE 0 END,
               CASE WHEN {is_tracked} AND {came} = 'answered' THEN 1 ELSE 0 END
             FROM (SELECT * FROM leads WHERE id = {first}) l CROSS JOIN {series}"
        ),
    )
    .await;
    execute(
        db,
        format!(
            "INSERT INTO outreach_attempts (tenant_id, id, lead_id, person_id, campaign_id, channel, address, came, began_at, ended_at)
             SELECT tenant_id, {first} + n, {first} + n, person_id, CASE WHEN n <= {wrong} THEN 7 ELSE 8 END, 'voice', '+14155550101', {came}, {at}, {at} + 1000
             FROM (SELECT tenant_id, person_id FROM leads WHERE id = {first}) l CROSS JOIN {series}"
        ),
    )
    .await;
    // The first of all is none of them.
    execute(db, format!("DELETE FROM leads WHERE id = {first}")).await;
    first
}

fn shown(place: &Place) -> Json {
    serde_json::from_str(&leadwire(place, &["leads", "statuses", "--json"]).ok()).unwrap()
}

fn sum(all: &Json, of: &str) -> i64 {
    all["statuses"].as_array().unwrap().iter().map(|line| line[of].as_i64().unwrap()).sum()
}

async fn with(place: Place, without: &'static str, stands: Json) {
    let app = two_centers(&place).await;
    let db = app.app.db.clone();
    let first = leads(&app, without).await;
    execute(&db, format!("UPDATE leads SET dial_status = {without} WHERE tenant_id = 2")).await;
    let attempts = number(&db, "SELECT COUNT(*) FROM outreach_attempts").await;

    // Every lead is in a line, whatever it says.
    let before = shown(&place);
    assert_eq!((&before["leads"], sum(&before, "leads")), (&Json::from(LEADS), LEADS), "{before}");
    let line = before["statuses"].as_array().unwrap().iter().find(|line| line["status"] == stands).unwrap();
    assert_eq!(line["leads"], WITHOUT_STATUS, "{before}");

    // A report changes nothing.
    let run = |arguments: &[&str]| leadwire(&place, &[&["leads", "fix-status"], arguments].concat());
    for arguments in [["--report-only"], ["--dry-run"]] {
        let said = run(&arguments);
        assert!(!said.success, "something is to be done: {said:?}");
        for line in [
            "Scope: All campaigns".to_owned(),
            format!("  Leads with dial attempts but status \"new\": {WITHOUT_STATUS}"),
            format!("  Leads with calls but missing dial tracking: {WITHOUT_NUMBERS}"),
            "  Total issues found: 585".to_owned(),
        ] {
            assert!(said.out.lines().any(|said| said == line), "{line}: {said:?}");
        }
        assert_eq!(number(&db, "SELECT COUNT(*) FROM audit_log").await, 0);
        assert_eq!(shown(&place), before);
    }
    let of_campaign = run(&["--report-only", "--campaign", "8"]);
    assert!(
        of_campaign.out.contains("Scope: Campaign 8\n") && of_campaign.out.contains("found: 127"),
        "{of_campaign:?}"
    );

    // Those that it has as well, whoever tried them.
    for n in 1..=3 {
        let lead = first + OVER + n;
        execute(&db, format!("INSERT INTO campaign_members (tenant_id, campaign_id, lead_id, added_at) VALUES (1, 8, {lead}, 0)")).await;
    }
    let of_campaign = run(&["--report-only", "--campaign", "8"]);
    assert!(of_campaign.out.contains("found: 130"), "{of_campaign:?}");

    let said = run(&[]).ok();
    for line in
        ["  Leads checked: 585", "  Leads fixed: 585", "  Errors: 0", "✅ Successfully fixed 585 leads!"]
    {
        assert!(said.lines().any(|said| said == line), "{line}: {said}");
    }
    let after: Vec<&str> =
        said.lines().skip_while(|line| !line.contains("after fix")).skip(1).take(5).map(str::trim).collect();
    assert_eq!(after, CAME.map(|(_, stands, n)| format!("{stands}: {n}")), "{said}");
    assert_eq!(
        number(&db, "SELECT COUNT(*) FROM audit_log WHERE event = 'status_fixed'").await,
        585,
        "each is in the audit log"
    );

    // None is lost, and each is to be tried again or says why not.
    let all = shown(&place);
    assert_eq!((&all["leads"], &all["recyclable"]), (&Json::from(LEADS), &Json::from(LEADS - OVER)), "{all}");
    assert_eq!(LEADS - OVER, 58_097);
    let over: i64 = all["over"].as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum();
    assert_eq!(over, OVER, "{all}");
    assert_eq!(all["over"].as_object().unwrap().len(), 3, "{all}");

    let again = run(&["--report-only"]);
    assert!(again.success && again.out.contains("Total issues found: 0"), "{again:?}");
    assert_eq!(
        number(&db, "SELECT COUNT(*) FROM outreach_attempts").await,
        attempts,
        "the ledger is as it was"
    );
    let others = number(&db, "SELECT COUNT(*) FROM leads WHERE tenant_id = 2 AND version > 0").await;
    assert_eq!(others, 0, "nobody else's leads were touched");
}

async fn of_58_466_leads_every_one_is_seen_or_explained_with_null(place: Place) {
    with(place, "NULL", Json::Null).await;
}

async fn of_58_466_leads_every_one_is_seen_or_explained_with_new(place: Place) {
    with(place, "'new'", Json::from("new")).await;
}

async fn what_is_recycled_stays_so_and_the_ledger_too(place: Place) {
    let app = two_centers(&place).await;
    let db = app.app.db.clone();
    let first = leads(&app, "NULL").await;
    leadwire(&place, &["leads", "fix-status"]).ok();
    execute(&db, "UPDATE leads SET tries = dial_attempts").await;
    // One of the busy ones bought meanwhile, as its life says.
    let busy = number(&db, "SELECT MIN(id) FROM leads WHERE dial_status = 'busy'").await;
    execute(&db, format!("UPDATE leads SET status = 'CONVERTED' WHERE id = {busy}")).await;
    let said = leadwire(&place, &["leads", "recycle", "--status", "busy,dropped", "--dry-run"]).ok();
    assert_eq!(said.trim(), "158 leads would be recycled, to \"new\".");
    let said = leadwire(&place, &["leads", "recycle", "--status", "busy,dropped", "--reset-tries"]).ok();
    assert_eq!(said.trim(), "158 leads recycled, to \"new\".");
    assert_eq!(
        number(
            &db,
            "SELECT COUNT(*) FROM leads WHERE dial_status = 'new' AND tries = 0 AND dial_attempts = 1"
        )
        .await,
        158
    );
    assert_eq!(texts(&db, "dial_status", &format!("leads WHERE id = {busy}")).await, ["busy"]);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM audit_log WHERE event = 'recycled'").await, 158);
    let detail = texts(&db, "detail", "audit_log WHERE event = 'recycled' ORDER BY id LIMIT 1").await;
    let detail: Json = serde_json::from_str(&detail[0]).unwrap();
    assert_eq!(detail["dial_status"]["to"], "new", "{detail}");
    assert_eq!(detail["tries"], serde_json::json!({"from": 1, "to": 0}));
    assert_eq!(
        number(&db, format!("SELECT COUNT(*) FROM outreach_attempts WHERE id > {first}")).await,
        LEADS
    );
    // Recycled leads are new since their last attempt: nothing is wrong with them.
    let report = leadwire(&place, &["leads", "fix-status", "--report-only"]);
    assert!(report.success, "{report:?}");
    let said = leadwire(&place, &["leads", "recycle", "--status", "busy,dropped"]).ok();
    assert_eq!(said.trim(), "0 leads recycled, to \"new\".", "once is enough");
}

async fn what_cannot_be_recycled_is_said(place: Place) {
    let app = place.app().await;
    app.twilio_message("+14155550101", "Hello", "SM1").await.texts();
    for (arguments, says) in [
        (
            &["--status", "sale"][..],
            "\"sale\" cannot be recycled; write none, recyclable, or some of no_answer, busy",
        ),
        (&["--status", "bussy"], "\"bussy\" cannot be recycled"),
        (&["--status", "busy", "--to", "sale"], "nothing to recycle to; write new or callback"),
        (&[], "--status"),
    ] {
        let said = leadwire(&place, &[&["leads", "recycle"], arguments].concat());
        assert!(!said.success && said.told.contains(says), "{arguments:?}: {said:?}");
    }
    let both = leadwire(&place, &["leads", "fix-status", "--report-only", "--dry-run"]);
    assert!(!both.success && both.told.contains("cannot be used with"), "{both:?}");
    let fine = leadwire(&place, &["leads", "fix-status"]).ok();
    assert!(fine.contains("Total issues found: 0") && fine.contains("Nothing is to be fixed."), "{fine}");
    let all = leadwire(&place, &["leads", "statuses"]).ok();
    assert!(all.contains("1 lead, 1 may be tried again."), "{all}");
}
