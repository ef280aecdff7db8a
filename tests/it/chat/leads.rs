//! Questions, menus, behaviours, profiles, and the lead as programs read it.

use super::{begin, complete, say};
use crate::harness::Place;
use serde_json::{Value as Json, json};

/// A shop's keen lead: 5 for opening, 5 greeting, 25 answers, 10 all, 10 contact, 5 products, 15 demo, 30 quick replies.
const COMPLETE: i64 = 105;

on_both! {
    questions_are_listed_in_the_order_of_the_file,
    a_sessions_questions_are_in_its_language_and_wording,
    menus_are_the_options_of_their_steps,
    a_behaviour_earns_once,
    a_profile_fills_the_lead,
    a_summary_has_the_lead_and_what_it_did,
    a_score_is_the_sum_of_its_breakdown,
    an_export_always_has_the_same_keys,
}

async fn questions_are_listed_in_the_order_of_the_file(place: Place) {
    let app = place.app().await;
    let listed = app.get("/api/questions").await.ok();
    let ids: Vec<&Json> = listed.as_array().unwrap().iter().map(|question| &question["id"]).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    let expected = json!({
        "id": 2, "key": "business_type", "text": "What type of business do you run?",
        "options": ["Restaurant", "Retail Store"], "step": "profile",
    });
    assert_eq!(listed[1], expected);
    assert_eq!(listed[2]["step"], Json::Null);
    assert_eq!(
        app.get("/api/questions?language=es").await.ok()[1]["options"],
        json!(["Restaurante", "Tienda"])
    );
    assert_eq!(app.get("/api/questions?flow=survey").await.ok()[0]["text"], "How many seats?");
    let started = app.post_json("/api/session/start", &json!({"flow": "survey"})).await.ok();
    let path = format!("/api/questions?session_id={}", started["session_id"].as_str().unwrap());
    assert_eq!(app.get(&path).await.ok()[0]["key"], "seats");
}

async fn a_sessions_questions_are_in_its_language_and_wording(place: Place) {
    let app = place.app().await;
    let started = app.post_json("/api/session/start", &json!({"language": "es"})).await.ok();
    let path = format!("/api/questions?session_id={}", started["session_id"].as_str().unwrap());
    assert_eq!(app.get(&path).await.ok()[0]["text"], started["says"][0]["text"], "the variant it was shown");
}

async fn menus_are_the_options_of_their_steps(place: Place) {
    let app = place.app().await;
    let key = "features_interested";
    let products = json!([
        {"value": "Billing", "label": "Billing", "key": key},
        {"value": "Inventory", "label": "Inventory", "key": key},
        {"value": "Loyalty", "label": "Loyalty", "key": key},
    ]);
    assert_eq!(app.get("/api/product-menu").await.ok(), products);
    let calls = app.get("/api/cta-options").await.ok();
    assert_eq!(calls[0], json!({"value": "Book a demo", "label": "Book a demo", "key": "cta"}));
    assert_eq!(app.get("/api/product-menu?flow=survey").await.ok(), json!([]));
}

async fn a_behaviour_earns_once(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let report =
        |action: &str| json!({"session_id": id, "action": action, "metadata": {"page": "/pricing\u{0}"}});
    let rows = [
        ("clicked_demo", 15, 20),
        ("clicked_demo", 0, 20),
        ("demo_requested", 0, 20),
        ("session_opened", 0, 20),
        ("shared_contact", 10, 30),
        ("watched_video", 0, 30),
    ];
    for (action, points, score) in rows {
        let earned = app.post_json("/api/behavior", &report(action)).await.ok();
        assert_eq!((&earned["points"], &earned["score"]), (&json!(points), &json!(score)), "{action}");
        assert_eq!(earned["class"], if score < 30 { "Unqualified" } else { "MQL" }, "{action}");
    }
    assert_eq!(app.count("behaviours WHERE metadata LIKE '%/pricing%'").await, 6, "all are kept");
    let summary = app.get(&format!("/api/lead/summary/{id}")).await.ok();
    let behaviours = json!([
        {"action": "session_opened", "score": 5},
        {"action": "shared_contact", "score": 10},
        {"action": "demo_requested", "score": 15},
        {"action": "watched_video", "score": 0},
    ]);
    let mut told = summary["behaviors"].as_array().unwrap().clone();
    told.sort_by_key(|behaviour| behaviours.as_array().unwrap().iter().position(|known| known == behaviour));
    assert_eq!(json!(told), behaviours);
}

async fn a_profile_fills_the_lead(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let data = json!({
        "name": "John\u{0} Merchant", "phone": "9123456789", "features_interested": ["Billing"], "staff": 4,
        "email": null,
    });
    let body = json!({"session_id": id, "profile_data": data});
    let kept = app.post_json("/api/lead/profile", &body).await.ok();
    assert_eq!(kept["profile_data"]["name"], "John Merchant");
    let exported = app.get(&format!("/api/lead/export/{id}")).await.ok();
    assert_eq!(exported["contact_info"], "9123456789");
    assert_eq!(exported["email"], Json::Null);
    assert_eq!(app.count("leads WHERE name = 'John Merchant' AND phone = '9123456789'").await, 1);
}

async fn a_summary_has_the_lead_and_what_it_did(place: Place) {
    let app = place.app().await;
    let started = app.post_json("/api/session/start", &json!({"utm_source": "poster"})).await.ok();
    let id = started["session_id"].as_str().unwrap();
    complete(&app, id).await;
    let summary = app.get(&format!("/api/lead/summary/{id}")).await.ok();
    let lead = json!({
        "name": Json::Null, "email": "asha@example.com", "phone": Json::Null, "business_type": "Restaurant", "location": "Pune",
        "staff_size": Json::Null, "monthly_sales": Json::Null, "features_interested": ["Billing", "Loyalty"],
        "greeting": true, "cta": "Book a demo",
        "lead_score": COMPLETE, "classification": "SQL", "utm_source": "poster", "created_at": "2026-01-05T10:00:00Z",
    });
    assert_eq!(summary["lead_data"], lead);
    let behaviours = summary["behaviors"].as_array().unwrap();
    assert!(behaviours.contains(&json!({"action": "answered_question", "score": 25})), "{behaviours:?}");
    assert!(behaviours.contains(&json!({"action": "replied_to_greeting", "score": 5})), "{behaviours:?}");
    let sum: i64 = behaviours.iter().map(|behaviour| behaviour["score"].as_i64().unwrap()).sum();
    assert_eq!(sum, COMPLETE);
}

async fn a_score_is_the_sum_of_its_breakdown(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    complete(&app, &id).await;
    say(&app, &id, "back").await;
    let score = app.get(&format!("/api/score/{id}")).await.ok();
    let rows = score["breakdown"].as_array().unwrap();
    let sum: i64 = rows.iter().map(|row| row["points"].as_i64().unwrap()).sum();
    assert_eq!(score["score"], sum);
    assert!(rows.iter().all(|row| row["rule"] != "demo_requested"), "what was taken back is gone: {rows:?}");
    assert_eq!(rows[0]["rule"], "session_opened");
    assert_eq!(score["classification"], "SQL");
}

async fn an_export_always_has_the_same_keys(place: Place) {
    let app = place.app().await;
    let keys = [
        "name",
        "location",
        "business_type",
        "staff_size",
        "monthly_sales",
        "features_interested",
        "contact_info",
        "email",
        "phone",
        "lead_score",
        "lead_type",
        "utm_source",
        "session_start_time",
        "assigned_to",
    ];
    let id = begin(&app).await;
    let reply = app.get(&format!("/api/lead/export/{id}")).await;
    let exported = reply.ok();
    let named: std::collections::BTreeSet<&str> =
        exported.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, keys.into());
    let places: Vec<usize> = keys.iter().map(|key| reply.body.find(&format!("\"{key}\"")).unwrap()).collect();
    assert!(places.is_sorted(), "in this order");
    let unknown = exported.as_object().unwrap().values().filter(|value| value.is_null()).count();
    assert_eq!(unknown, 11, "{exported}");
    complete(&app, &id).await;
    let exported = app.get(&format!("/api/lead/export/{id}")).await.ok();
    assert_eq!(
        (&exported["contact_info"], &exported["lead_type"]),
        (&json!("asha@example.com"), &json!("SQL"))
    );
    assert_eq!(exported["session_start_time"], "2026-01-05T10:00:00Z");
}
