//! What happened to a lead, in order, page by page; and why its score is what it is.

use super::{OURS, ask, entered, hire, id, well};
use crate::harness::Place;
use leadwire::clock::MINUTE;
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(
    a_long_timeline_goes_on,
    a_timeline_of_many_conversations,
    a_timeline_with_one_long_conversation,
    a_timeline_tells_everything_once_and_in_order,
    a_score_is_explained
);

async fn a_timeline_tells_everything_once_and_in_order(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &who.token, "+14155550123").await);
    for n in 0..6 {
        app.clock.advance(MINUTE);
        app.twilio_message("+14155550123", &format!("message {n}"), &format!("SM{n}")).await.texts();
        if n % 2 == 0 {
            let body = json!({"notes": format!("note {n}")});
            well(&ask(&app, &who.token, "PATCH", &format!("/api/v1/leads/{lead}"), Some(&body)).await);
        }
    }
    let body = json!({"reason": "Enough"});
    well(&ask(&app, &who.token, "POST", &format!("/api/v1/leads/{lead}/close"), Some(&body)).await);
    let page = async |limit: i64, before: Option<i64>| {
        let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
        let path = format!("/api/v1/leads/{lead}/timeline?limit={limit}{before}");
        well(&ask(&app, &who.token, "GET", &path, None).await)
    };
    let whole = page(500, None).await;
    assert_eq!(whole["next"], Json::Null);
    let whole = whole["items"].as_array().unwrap().clone();
    let times: Vec<&str> = whole.iter().map(|item| item["at"].as_str().unwrap()).collect();
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "the newest first: {times:?}");
    let of = |kind: &str| whole.iter().filter(|item| item["kind"] == kind).count();
    assert_eq!(of("event"), 5, "enquiry, three notes, close");
    assert_eq!(of("message") as i64, app.count("messages WHERE direction IN ('in', 'out')").await);
    assert_eq!(of("score") as i64, app.count("score_entries").await);
    let closed = whole.iter().find(|item| item["what"]["event"] == "close").unwrap();
    let what = &closed["what"];
    assert_eq!((&what["from"], &what["to"]), (&json!("ENQUIRY_RECEIVED"), &json!("CLOSED_LOST")));
    assert_eq!((&what["reason"], &what["user_id"]), (&json!("Enough"), &json!(who.user_id)));
    assert_eq!(what["program"], "token test");
    for limit in [1, 2, 3, 7] {
        let (mut seen, mut before): (Vec<Json>, Option<i64>) = (Vec::new(), None);
        loop {
            let part = page(limit, before).await;
            seen.extend(part["items"].as_array().unwrap().iter().cloned());
            before = part["next"].as_i64();
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), whole.len(), "everything once, {limit} at a time");
        assert!(whole.iter().all(|item| seen.contains(item)), "{limit} at a time");
    }
}

async fn a_score_is_explained(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    for (n, text) in ["Hello", "yes", "Ann"].into_iter().enumerate() {
        app.twilio_message("+14155550123", text, &format!("SM{n}")).await.texts();
    }
    let lead = well(&ask(&app, &who.token, "GET", "/api/v1/leads", None).await)[0].clone();
    let score =
        well(&ask(&app, &who.token, "GET", &format!("/api/v1/leads/{}/score", id(&lead)), None).await);
    let sum: i64 =
        score["ledger"].as_array().unwrap().iter().map(|row| row["points"].as_i64().unwrap()).sum();
    assert!(sum > 0, "{score}");
    assert_eq!(score["score"], sum);
    assert_eq!(score["fit"].as_i64().unwrap() + score["engagement"].as_i64().unwrap(), sum);
    assert_eq!(lead["score"], sum);
}

async fn a_long_timeline_goes_on(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &who.token, "+14155550123").await);
    app.twilio_message("+14155550123", "Hello", "SM1").await.texts();
    // A thousand more, two to an instant.
    crate::harness::execute(
        &app.app.db,
        "INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, body, created_at)
         SELECT c.tenant_id, c.id, 1000 + n.n, c.person_id, 'in', 'x', c.created_at + 1000 + n.n / 2
         FROM conversations c CROSS JOIN (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000) SELECT n FROM n) n",
    )
    .await;
    for limit in [100, 200, 201, 500] {
        let (mut seen, mut before) = (0, None::<i64>);
        loop {
            let before_query = before.map(|before| format!("&before={before}")).unwrap_or_default();
            let path = format!("/api/v1/leads/{lead}/timeline?limit={limit}{before_query}");
            let part = well(&ask(&app, &who.token, "GET", &path, None).await);
            seen +=
                part["items"].as_array().unwrap().iter().filter(|item| item["what"]["text"] == "x").count();
            before = part["next"].as_i64();
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, 1_000, "{limit} at a time");
    }
}

/// Sixty conversations of thirty messages each, one after another, but for one that went on all the time.
async fn a_timeline_of_many_conversations(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    app.twilio_message("+14155550123", "Hello", "SM1").await.texts();
    let db = &app.app.db;
    let lead = crate::harness::number(db, "SELECT MAX(id) FROM leads").await;
    crate::harness::execute(
        db,
        "UPDATE conversations SET created_at = created_at - 1000000, updated_at = updated_at - 1000000",
    )
    .await;
    crate::harness::execute(db, "DELETE FROM messages").await;
    crate::harness::execute(db, "DELETE FROM score_entries").await;
    // A second's step from message to message: conversation c has those from 30 c on, the fourth has one more after each conversation.
    crate::harness::execute(
        db,
        "INSERT INTO conversations (tenant_id, id, person_id, lead_id, account_id, channel, flow_id, flow_hash, language, state, seq,
           score, class, created_at, updated_at)
         SELECT c.tenant_id, c.id + n.n, c.person_id, c.lead_id, c.account_id, c.channel, c.flow_id, c.flow_hash, c.language, c.state, 90,
           c.score, c.class, c.created_at + n.n * 30000, c.created_at + CASE n.n WHEN 4 THEN 1830500 ELSE n.n * 30000 + 29000 END
         FROM conversations c CROSS JOIN (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 60) SELECT n FROM n) n",
    )
    .await;
    let said = "INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, body, created_at)
         SELECT c.tenant_id, c.id, m.n, c.person_id, 'in', CAST(c.created_at + (m.n - 1) * 1000 AS TEXT), c.created_at + (m.n - 1) * 1000
         FROM conversations c CROSS JOIN (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 30) SELECT n FROM n) m WHERE c.seq = 90";
    assert_eq!(crate::harness::execute(db, said).await, 1_800);
    let on_and_on = "INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, body, created_at)
         SELECT c.tenant_id, c.id, 100 + o.seq, c.person_id, 'in', CAST(o.created_at + 500 AS TEXT), o.created_at + 500
         FROM conversations c JOIN messages o ON o.seq = 30 AND o.created_at > c.created_at + 29000 WHERE c.updated_at = (SELECT MAX(updated_at) FROM conversations)";
    let on_and_on = on_and_on.replace("100 + o.seq", "100 + (o.created_at - c.created_at) / 30000");
    assert_eq!(crate::harness::execute(db, on_and_on).await, 56);
    let expected = crate::harness::texts(db, "body", "messages ORDER BY created_at DESC").await;
    for limit in [1, 100, 500] {
        let (mut seen, mut before): (Vec<String>, _) = (Vec::new(), None::<i64>);
        loop {
            let before_query = before.map(|before| format!("&before={before}")).unwrap_or_default();
            let path = format!("/api/v1/leads/{lead}/timeline?limit={limit}{before_query}");
            let part = well(&ask(&app, &who.token, "GET", &path, None).await);
            let texts =
                part["items"].as_array().unwrap().iter().filter_map(|item| item["what"]["text"].as_str());
            seen.extend(texts.map(str::to_owned));
            before = part["next"].as_i64();
            if before.is_none() || (limit == 1 && seen.len() > 40) {
                break;
            }
        }
        let expected = if limit == 1 { &expected[..seen.len()] } else { &expected[..] };
        assert_eq!(seen, expected, "{limit} at a time");
    }
}

/// Forty conversations of one message each, newer than the four hundred of one that has the last word of all.
async fn a_timeline_with_one_long_conversation(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    app.twilio_message("+14155550123", "Hello", "SM1").await.texts();
    let db = &app.app.db;
    let lead = crate::harness::number(db, "SELECT MAX(id) FROM leads").await;
    for table in ["messages", "score_entries"] {
        crate::harness::execute(db, format!("DELETE FROM {table}")).await;
    }
    let series =
        "(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 401) SELECT n FROM n) n";
    crate::harness::execute(
        db,
        format!(
            "INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, body, created_at)
             SELECT c.tenant_id, c.id, 100 + n.n, c.person_id, 'in', 'old', c.created_at + CASE n.n WHEN 401 THEN 90000 ELSE n.n END
             FROM conversations c CROSS JOIN {series}"
        ),
    )
    .await;
    crate::harness::execute(db, "UPDATE conversations SET updated_at = created_at + 90000").await;
    crate::harness::execute(
        db,
        format!(
            "INSERT INTO conversations (tenant_id, id, person_id, lead_id, account_id, channel, flow_id, flow_hash, language, state, seq,
               score, class, created_at, updated_at)
             SELECT c.tenant_id, c.id + n.n, c.person_id, c.lead_id, c.account_id, c.channel, c.flow_id, c.flow_hash, c.language, c.state, 77,
               c.score, c.class, c.created_at + n.n * 1000, c.created_at + n.n * 1000
             FROM conversations c CROSS JOIN {series} WHERE n.n <= 40"
        ),
    )
    .await;
    crate::harness::execute(
        db,
        "INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, body, created_at)
         SELECT c.tenant_id, c.id, 1, c.person_id, 'in', 'new', c.created_at FROM conversations c WHERE c.seq = 77",
    )
    .await;
    let path = format!("/api/v1/leads/{lead}/timeline?limit=60");
    let page = well(&ask(&app, &who.token, "GET", &path, None).await);
    let texts: Vec<&str> =
        page["items"].as_array().unwrap().iter().filter_map(|item| item["what"]["text"].as_str()).collect();
    let expected: Vec<&str> = [vec!["old"], vec!["new"; 40], vec!["old"; 19]].concat();
    assert_eq!(texts, expected);
}
