//! What a program may make the server keep, and what it may claim.

use super::{begin, say};
use crate::harness::{Place, Reply, TestApp};
use crate::turns::all;
use serde_json::{Map, Value as Json, json};

on_both! {
    a_lead_has_room_for_so_many_fields,
    a_lead_has_room_for_so_much_text,
    fields_that_come_at_once_find_the_room_once,
    what_is_overwritten_counts_too,
    a_field_has_a_plain_name,
    only_goals_the_flow_knows_and_does_not_decide_are_taken,
    behaviours_without_meaning_are_limited,
    what_answers_pay_is_not_paid_for_a_report,
}

/// Room for a test that asks often.
const OFTEN: &[(&str, &str)] = &[("RATE_LIMIT_PER_MINUTE", "10000")];

#[track_caller]
fn is_refused(reply: &Reply, pointer: &str) {
    assert_eq!(reply.status, 422, "{reply:?}");
    assert_eq!(reply.json()["type"], "/problems/unprocessable");
    assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{reply:?}");
}

async fn profile(app: &TestApp, session: &str, fields: &Map<String, Json>) -> Reply {
    app.post_json("/api/lead/profile", &json!({"session_id": session, "profile_data": fields})).await
}

fn fields(names: std::ops::Range<usize>, value: &str) -> Map<String, Json> {
    names.map(|n| (format!("field_{n}"), Json::from(value))).collect()
}

async fn a_lead_has_room_for_so_many_fields(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    profile(&app, &id, &fields(0..50, "x")).await.ok();
    profile(&app, &id, &fields(50..100, "x")).await.ok();
    let before = app.stored().await;
    is_refused(&profile(&app, &id, &fields(100..101, "x")).await, "/profile_data");
    assert_eq!(app.stored().await, before);
    profile(&app, &id, &fields(99..100, "y")).await.ok();
    let other = begin(&app).await;
    profile(&app, &other, &fields(0..1, "x")).await.ok();
}

async fn a_lead_has_room_for_so_much_text(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let long = "x".repeat(1_000);
    profile(&app, &id, &fields(0..10, &long)).await.ok();
    is_refused(&profile(&app, &id, &fields(10..20, &long)).await, "/profile_data");
    profile(&app, &id, &fields(10..15, &long)).await.ok();
    is_refused(&profile(&app, &id, &fields(15..17, &long)).await, "/profile_data");
    profile(&app, &id, &fields(0..10, "short")).await.ok();
    profile(&app, &id, &fields(15..20, &long)).await.ok();
}

async fn fields_that_come_at_once_find_the_room_once(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    profile(&app, &id, &fields(0..50, "x")).await.ok();
    profile(&app, &id, &fields(50..90, "x")).await.ok();
    let each = (0..10).map(|n| fields(100 + 4 * n..104 + 4 * n, "x"));
    let each: Vec<_> = each.collect();
    let replies = all(each.iter().map(|fields| profile(&app, &id, fields))).await;
    let taken = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(taken, 2, "{replies:?}");
    replies.iter().filter(|reply| reply.status != 200).for_each(|reply| is_refused(reply, "/profile_data"));
}

/// Each new value stays in the conversation's log where something happened between.
async fn what_is_overwritten_counts_too(place: Place) {
    let app = place.app_with(OFTEN).await;
    let id = begin(&app).await;
    let mut last = 200;
    for round in 0..40 {
        let value = format!("{round}{}", "x".repeat(990));
        last = profile(&app, &id, &fields(0..10, &value)).await.status;
        say(&app, &id, if round % 2 == 0 { "español" } else { "english" }).await;
    }
    assert_eq!(last, 422, "the session has told too much");
    assert_eq!(app.count("conversations WHERE LENGTH(state) > 100000").await, 0);
}

async fn a_field_has_a_plain_name(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    for name in ["Staff Size", "größe", "a/b", "UPPER", &"x".repeat(65)] {
        let data = Map::from_iter([(name.to_owned(), json!("x"))]);
        let pointer = format!("/profile_data/{}", name.replace('/', "~1"));
        is_refused(&profile(&app, &id, &data).await, &pointer);
    }
    let data = Map::from_iter([("x".repeat(64), json!("x")), ("crm_id_2".to_owned(), json!(7))]);
    profile(&app, &id, &data).await.ok();
}

async fn only_goals_the_flow_knows_and_does_not_decide_are_taken(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let report = |goal: &str| {
        let body = json!({"session_id": id, "test_name": "greeting_message", "conversion_type": goal});
        let app = &app;
        async move { app.post_json("/api/ab-test/conversion", &body).await }
    };
    let before = app.stored().await;
    for goal in ["completed", "answered_all_questions", "sql", "mql", "declined", "anything", "purchase"] {
        is_refused(&report(goal).await, "/conversion_type");
    }
    assert_eq!(app.stored().await, before);
    for (goal, kept) in [
        ("demo_request", "demo_requested"),
        ("shared_contact", "contact_shared"),
        ("clicked_product", "product_interest"),
        ("cta_clicked", "cta_clicked"),
    ] {
        let told = report(goal).await.ok();
        assert_eq!((&told["conversion_type"], &told["counted"]), (&json!(kept), &json!(true)), "{goal}");
    }
}

async fn behaviours_without_meaning_are_limited(place: Place) {
    let app = place.app_with(OFTEN).await;
    let id = begin(&app).await;
    let report = |action: String| {
        let body = json!({"session_id": id, "action": action});
        let app = &app;
        async move { app.post_json("/api/behavior", &body).await }
    };
    for n in 0..100 {
        report(format!("saw_{n}")).await.ok();
    }
    is_refused(&report("saw_100".to_owned()).await, "/action");
    report("saw_7".to_owned()).await.ok();
    assert_eq!(report("clicked_demo".to_owned()).await.ok()["points"], 15, "what is known is always taken");
    report("answered_question".to_owned()).await.ok();
}

async fn what_answers_pay_is_not_paid_for_a_report(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let mut score = 5;
    for (action, text) in [("replied_to_greeting", "yes"), ("answered_question", "Restaurant")] {
        for _ in 0..2 {
            let body = json!({"session_id": id, "action": action});
            let told = app.post_json("/api/behavior", &body).await.ok();
            assert_eq!((&told["points"], &told["score"]), (&json!(0), &json!(score)), "{action}");
        }
        score = say(&app, &id, text).await["score"].as_i64().unwrap();
    }
    assert_eq!(score, 5 + 5 + 5 + 5 + 5, "the answers themselves paid, each once, and for being quick");
    assert_eq!(app.count("behaviours WHERE action = 'answered_question' AND points = 0").await, 2);
    for action in ["answered_all_questions", "quick_reply", "detailed_answer", "question_answered"] {
        let body = json!({"session_id": id, "action": action});
        assert_eq!(app.post_json("/api/behavior", &body).await.ok()["points"], 0, "{action}");
    }
}
