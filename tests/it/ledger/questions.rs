//! The seed's questions to the ledger, as they are written there on SQLite, and as the documents have them on both.

use super::crm::{Crm, Mood};
use super::{SECTION, complete, working};
use crate::docs::{blocks, document};
use crate::harness::{Place, texts};
use leadwire::clock::Clock;

on_both!(the_questions_to_the_ledger_are_answered);

/// As the seed has them.
const SEED: [(&str, &str, usize); 4] = [
    (
        "Count submissions by channel and date",
        "SELECT
    DATE(submitted_at) as date,
    channel,
    COUNT(*) as count
FROM succeeded_leads
GROUP BY DATE(submitted_at), channel
ORDER BY date DESC;",
        1,
    ),
    (
        "Find succeeded leads without NPA response",
        "SELECT id, submitted_at, channel, lead_data
FROM succeeded_leads
WHERE npa_response IS NULL
ORDER BY submitted_at DESC;",
        1,
    ),
    (
        "Compare failed vs succeeded rates",
        "SELECT
    'succeeded' as status,
    channel,
    COUNT(*) as count
FROM succeeded_leads
WHERE submitted_at >= datetime('now', '-7 days')
GROUP BY channel

UNION ALL

SELECT
    'failed' as status,
    channel,
    COUNT(*) as count
FROM failed_leads
WHERE created_at >= datetime('now', '-7 days')
    AND resolved = 0
GROUP BY channel;",
        2,
    ),
    (
        "Find leads by phone number",
        "SELECT
    id,
    submitted_at,
    channel,
    json_extract(lead_data, '$.phone') as phone,
    json_extract(lead_data, '$.email') as email,
    json_extract(lead_data, '$.full_name') as name
FROM succeeded_leads
WHERE json_extract(lead_data, '$.phone') = '+15551234567'
ORDER BY submitted_at DESC;",
        1,
    ),
];

async fn the_questions_to_the_ledger_are_answered(place: Place) {
    let crm = Crm::start(super::TOKEN).await;
    // "The last seven days" are the database's.
    let mut app = working(&place, &crm, "", Clock::System).await;
    for (mood, phone) in
        [(Mood::Takes, "+15551234567"), (Mood::SaysNothing, "+15551234568"), (Mood::Refuses, "+15551234569")]
    {
        crm.is(mood);
        complete(&app, phone, "Pune").await;
        app.settled().await;
    }
    let db = &app.app.db;
    for (label, sql, expected) in SEED.iter().filter(|_| db.name() == "sqlite") {
        // With its semicolon it is a statement, which nothing stands around.
        let rows = app.count(&format!("({}) AS question", sql.trim_end_matches(';'))).await;
        assert_eq!(rows as usize, *expected, "{label}");
    }
    let operations = document("docs/OPERATIONS.md");
    let section = operations.split_once(SECTION).unwrap().1.split("\n## ").next().unwrap();
    let kind = format!("sql {}", db.name());
    let asked: Vec<(&str, String)> =
        blocks(section).into_iter().filter(|(of, _)| *of == "sql" || *of == kind).collect();
    assert_eq!(asked.len(), SEED.len());
    for ((_, sql), (label, _, expected)) in asked.iter().zip(SEED) {
        assert_eq!(app.count(&format!("({sql}) AS question")).await as usize, expected, "{label}");
    }

    let columns = "id || ' ' || channel || ' ' || session_id || ' ' || submitted_at || ' ' || npa_response";
    let rows = texts(db, columns, "succeeded_leads WHERE npa_response IS NOT NULL").await;
    let id = texts(db, "id", "deliveries ORDER BY id").await.remove(0);
    let session =
        texts(db, "id", "conversation_sessions WHERE status = 'closed' ORDER BY id").await.remove(0);
    let (at, response) =
        (texts(db, "submitted_at", "succeeded_leads ORDER BY id").await.remove(0), r#"{"id": 1}"#);
    assert_eq!(rows, [format!("{id} sms {session} {at} {response}")]);
    assert!(at.parse::<jiff::civil::DateTime>().is_ok() && at.len() == "2026-01-31 08:00:00".len(), "{at}");
    let columns = "error_message || ' ' || channel || ' ' || retry_count || ' ' || COALESCE(CAST(last_retry_at AS TEXT), 'never') || ' ' || resolved";
    assert_eq!(texts(db, columns, "failed_leads").await, ["HTTP 400: no such field sms 0 never 0"]);
    let failed =
        "failed_leads WHERE id > 0 AND session_id > 0 AND created_at IS NOT NULL AND lead_data IS NOT NULL";
    assert_eq!(app.count(failed).await, 1);
    app.stop().await;
}
