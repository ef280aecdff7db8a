//! Rate limits, CORS, request ids.

use super::begin;
use crate::harness::{Place, Reply, TestApp};
use serde_json::json;

async fn asked_by(app: &TestApp, forwarded: &str) -> Reply {
    app.send(app.request("GET", "/api/questions").header("x-forwarded-for", forwarded)).await
}

#[track_caller]
fn is_refused(reply: &Reply) {
    assert_eq!(reply.status, 429, "{reply:?}");
    assert_eq!(reply.json()["type"], "/problems/too-many");
    let wait: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

on_both! {
    a_session_may_ask_so_often,
    an_address_may_ask_ten_times_as_often,
    behind_a_proxy_the_last_forwarded_address_counts,
    other_sites_call_only_where_they_are_named,
    a_refusal_can_be_read_by_other_sites_too,
    requests_have_ids,
}

async fn a_session_may_ask_so_often(place: Place) {
    let app = place.app_with(&[("RATE_LIMIT_PER_MINUTE", "3")]).await;
    let (id, other) = (begin(&app).await, begin(&app).await);
    let path = format!("/api/score/{id}");
    assert_eq!(app.get(&path).await.status, 200);
    for text in ["yes", "Restaurant"] {
        app.post_json("/api/answer", &json!({"session_id": id, "answer_text": text})).await.ok();
    }
    let before = app.stored().await;
    is_refused(&app.get(&path).await);
    is_refused(&app.post_json("/api/answer", &json!({"session_id": id, "answer_text": "Pune"})).await);
    is_refused(&app.get(&format!("/api/questions?session_id={id}")).await);
    assert_eq!(app.stored().await, before);
    assert_eq!(app.get(&format!("/api/score/{other}")).await.status, 200, "others are not meant");
}

async fn an_address_may_ask_ten_times_as_often(place: Place) {
    let app = place.app_with(&[("RATE_LIMIT_PER_MINUTE", "1")]).await;
    for place in 0..10 {
        assert_eq!(
            asked_by(&app, &format!("192.0.2.{place}")).await.status,
            200,
            "what a visitor claims is not believed"
        );
    }
    is_refused(&asked_by(&app, "192.0.2.99").await);
    let before = app.stored().await;
    is_refused(&app.post_json("/api/session/start", &json!({})).await);
    assert_eq!(app.stored().await, before);
}

async fn behind_a_proxy_the_last_forwarded_address_counts(place: Place) {
    let app = place.app_with(&[("RATE_LIMIT_PER_MINUTE", "1"), ("LEADWIRE_TRUST_PROXY", "true")]).await;
    for claimed in 0..10 {
        assert_eq!(asked_by(&app, &format!("203.0.113.{claimed}, 192.0.2.1")).await.status, 200);
    }
    is_refused(&asked_by(&app, "203.0.113.99, 192.0.2.1").await);
    assert_eq!(asked_by(&app, "192.0.2.1, 192.0.2.2").await.status, 200, "another visitor");
}

async fn other_sites_call_only_where_they_are_named(place: Place) {
    let preflight = |app: &TestApp, origin: &str| {
        app.request("OPTIONS", "/api/answer")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,idempotency-key")
    };
    let named = place.app_with(&[("CORS_ORIGINS", "https://shop.example, https://www.shop.example")]).await;
    let allowed = named.send(preflight(&named, "https://shop.example")).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://shop.example");
    assert!(allowed.header("access-control-allow-headers").contains("idempotency-key"));
    let answered =
        named.send(named.request("GET", "/api/questions").header("origin", "https://www.shop.example")).await;
    assert_eq!(answered.header("access-control-allow-origin"), "https://www.shop.example");
    assert!(answered.header("access-control-expose-headers").contains("retry-after"));
    let refused =
        named.send(named.request("GET", "/api/none").header("origin", "https://shop.example")).await;
    assert_eq!(refused.status, 404);
    let stranger = named.send(preflight(&named, "https://evil.example")).await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");
    named.stop().await;
    let nobody = place.app().await;
    let answered =
        nobody.send(nobody.request("GET", "/api/questions").header("origin", "https://shop.example")).await;
    assert_eq!(answered.header("access-control-allow-origin"), "");
}

async fn a_refusal_can_be_read_by_other_sites_too(place: Place) {
    let app = place.app_with(&[("CORS_ORIGINS", "*"), ("RATE_LIMIT_PER_MINUTE", "1")]).await;
    let id = begin(&app).await;
    app.get(&format!("/api/score/{id}")).await;
    let refused = app
        .send(app.request("GET", &format!("/api/score/{id}")).header("origin", "https://any.example"))
        .await;
    is_refused(&refused);
    assert_eq!(refused.header("access-control-allow-origin"), "*");
}

async fn requests_have_ids(place: Place) {
    let app = place.app().await;
    let given = |app: &TestApp, id: &str| app.request("GET", "/api/questions").header("x-request-id", id);
    let (one, other) = (app.get("/api/questions").await, app.send(given(&app, "mine")).await);
    assert_eq!(one.header("x-request-id").len(), 32);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    assert_ne!(other.header("x-request-id"), "mine", "a visitor does not name requests");
    app.stop().await;
    let app = place.app_with(&[("LEADWIRE_TRUST_PROXY", "true")]).await;
    assert_eq!(app.send(given(&app, "proxy-1.2_3")).await.header("x-request-id"), "proxy-1.2_3");
    assert_eq!(
        app.send(given(&app, "a b")).await.header("x-request-id").len(),
        32,
        "what is no id is replaced"
    );
}
