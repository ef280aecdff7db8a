//! Experiments through the API.

use super::{begin, complete};
use crate::harness::Place;
use serde_json::json;

on_both! {
    a_session_keeps_its_variant,
    a_conversion_counts_once,
}

async fn a_session_keeps_its_variant(place: Place) {
    let app = place.app().await;
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    let body = json!({"session_id": started["session_id"]});
    let path = "/api/ab-test/variant/greeting_message";
    let told = app.post_json(path, &body).await.ok();
    let variant = if started["says"][0]["text"] == "Hello there! A few questions?" { "B" } else { "A" };
    assert_eq!(told, json!({"test_name": "greeting_message", "variant": variant}), "the one it was shown");
    assert_eq!(app.post_json(path, &body).await.ok(), told);
    assert_eq!(app.count("exposures").await, 1);
    assert_eq!(app.post_json("/api/ab-test/variant/none", &body).await.status, 404);
}

async fn a_conversion_counts_once(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let body =
        |kind: &str| json!({"session_id": id, "test_name": "greeting_message", "conversion_type": kind});
    let path = "/api/ab-test/conversion";
    let first = app.post_json(path, &body("demo_request")).await.ok();
    assert_eq!((&first["conversion_type"], &first["counted"]), (&json!("demo_requested"), &json!(true)));
    assert!(["A", "B"].contains(&first["variant"].as_str().unwrap()));
    assert_eq!(app.post_json(path, &body("demo_requested")).await.ok()["counted"], false);
    complete(&app, &id).await;
    assert_eq!(app.count("goals WHERE goal = 'demo_requested'").await, 1, "nor again by the conversation");
    assert_eq!(app.count("goals WHERE goal IN ('completed', 'sql', 'contact_shared')").await, 3);
    let before = app.stored().await;
    let unknown = json!({"session_id": id, "test_name": "none", "conversion_type": "sql"});
    assert_eq!(app.post_json(path, &unknown).await.status, 404);
    assert_eq!(app.stored().await, before);
}
