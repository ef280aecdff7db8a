//! Requests that are refused: with a problem that says what to change, and without a trace in the database.

use super::begin;
use crate::harness::{ADMIN_TOKEN, Place, Reply, TestApp};
use serde_json::{Value as Json, json};

const NOBODY: &str = "0123456789abcdef0123456789abcdef";

/// Sends a body as it is.
async fn raw(app: &TestApp, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Reply {
    app.send(app.request("POST", path).header("content-type", content_type).body(body)).await
}

/// That a reply is a problem of this kind, named by its request.
#[track_caller]
fn is_problem(label: &str, reply: &Reply, status: u16, kind: &str) -> Json {
    assert_eq!(reply.status, status, "{label}: {reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json", "{label}");
    let problem = reply.json();
    assert_eq!(problem["type"], format!("/problems/{kind}"), "{label}");
    assert_eq!(problem["status"], status, "{label}");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 8), "{label}: {problem}");
    let id = reply.header("x-request-id");
    assert_eq!(problem["instance"], format!("urn:leadwire:request:{id}"), "{label}");
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{label}");
    problem
}

on_both! {
    bodies_that_cannot_be_used,
    malformed_json_is_shown_where,
    fields_that_are_wrong_are_pointed_at,
    sessions_that_are_not_there,
    paths_and_methods_that_are_not_there,
    keys_that_are_none,
    webhooks_are_refused_in_the_same_form,
    a_session_sees_only_itself,
    analytics_need_a_token,
}

async fn bodies_that_cannot_be_used(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let before = app.stored().await;
    let (json_type, form) = ("application/json", "application/x-www-form-urlencoded");
    let huge = json!({"session_id": id, "answer_text": "x".repeat(70_000)}).to_string();
    let answer = json!({"session_id": id, "answer_text": "yes"}).to_string();
    let rows = [
        ("another content type", form, answer.clone(), 415, "unsupported-type"),
        ("no content type", "", answer.clone(), 415, "unsupported-type"),
        ("no body", json_type, String::new(), 400, "malformed"),
        ("not JSON", json_type, "{\"session_id\": ".to_owned(), 400, "malformed"),
        ("no object", json_type, "[]".to_owned(), 400, "malformed"),
        ("a field missing", json_type, json!({"session_id": id}).to_string(), 400, "malformed"),
        (
            "a field of another type",
            json_type,
            json!({"session_id": id, "answer_text": 1}).to_string(),
            400,
            "malformed",
        ),
        ("too large", json_type, huge, 413, "too-large"),
    ];
    for (label, content_type, body, status, kind) in rows {
        is_problem(label, &raw(&app, "/api/answer", content_type, body).await, status, kind);
    }
    assert_eq!(app.stored().await, before);
    assert_eq!(raw(&app, "/api/answer", "application/json; charset=utf-8", answer).await.status, 200);
}

async fn malformed_json_is_shown_where(place: Place) {
    let app = place.app().await;
    let rows = [
        ("an array", "{\"session_id\": \"x\",\n \"answer_text\": [1]}", "/answer_text: invalid type"),
        ("what breaks off", "{\"session_id\": \"x\",\n \"answer_text\": ", "line 2"),
    ];
    for (label, body, where_) in rows {
        let problem =
            is_problem(label, &raw(&app, "/api/answer", "application/json", body).await, 400, "malformed");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(where_), "{label}: {detail}");
    }
}

async fn fields_that_are_wrong_are_pointed_at(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let before = app.stored().await;
    let long = "x".repeat(5_000);
    let many: serde_json::Map<String, Json> = (0..51).map(|n| (n.to_string(), json!(n))).collect();
    let rows = [
        ("/api/answer", json!({"session_id": id, "answer_text": long}), "/answer_text", 400),
        ("/api/answer", json!({"session_id": id, "answer_text": " \u{0} "}), "/answer_text", 422),
        (
            "/api/answer",
            json!({"session_id": id, "answer_text": "yes", "time_taken": -1}),
            "/time_taken",
            400,
        ),
        ("/api/answer", json!({"session_id": id, "answer_text": "yes", "tapped": long}), "/tapped", 400),
        (
            "/api/answer",
            json!({"session_id": id, "answer_text": "yes", "question_id": "none"}),
            "/question_id",
            422,
        ),
        ("/api/session/start", json!({"utm_source": long}), "/utm_source", 400),
        ("/api/behavior", json!({"session_id": id, "action": ""}), "/action", 400),
        (
            "/api/behavior",
            json!({"session_id": id, "action": "x", "metadata": {"a": "x".repeat(9_000)}}),
            "/metadata",
            422,
        ),
        (
            "/api/lead/profile",
            json!({"session_id": id, "profile_data": {"a_b": {"c": 1}}}),
            "/profile_data/a_b",
            422,
        ),
        (
            "/api/lead/profile",
            json!({"session_id": id, "profile_data": {"name": long}}),
            "/profile_data/name",
            422,
        ),
        ("/api/lead/profile", json!({"session_id": id, "profile_data": many}), "/profile_data", 422),
        (
            "/api/ab-test/conversion",
            json!({"session_id": id, "test_name": "greeting_message", "conversion_type": ""}),
            "/conversion_type",
            400,
        ),
    ];
    for (path, body, pointer, status) in rows {
        let kind = if status == 400 { "malformed" } else { "unprocessable" };
        let problem = is_problem(pointer, &app.post_json(path, &body).await, status, kind);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{path}");
    }
    assert_eq!(app.stored().await, before);
}

async fn sessions_that_are_not_there(place: Place) {
    let app = place.app().await;
    begin(&app).await;
    let before = app.stored().await;
    for id in [
        NOBODY,
        "",
        "0123456789ABCDEF0123456789ABCDEF",
        "sess_123",
        "' OR 1=1 --",
        "0123456789abcdef0123456789abcdé",
    ] {
        let bodies = [
            ("/api/answer", json!({"session_id": id, "answer_text": "yes"})),
            ("/api/answer", json!({"session_id": id, "question_id": 1, "answer_text": "yes"})),
            ("/api/behavior", json!({"session_id": id, "action": "cta_clicked"})),
            ("/api/lead/profile", json!({"session_id": id, "profile_data": {"name": "A"}})),
            ("/api/ab-test/variant/greeting_message", json!({"session_id": id})),
            (
                "/api/ab-test/conversion",
                json!({"session_id": id, "test_name": "greeting_message", "conversion_type": "sql"}),
            ),
        ];
        for (path, body) in bodies {
            is_problem(path, &app.post_json(path, &body).await, 404, "unknown-session");
        }
        let encoded: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        let encoded = encoded.replace('+', "%20");
        if id.is_empty() {
            continue;
        }
        for path in ["/api/session", "/api/lead/summary", "/api/lead/export", "/api/score"] {
            is_problem(path, &app.get(&format!("{path}/{encoded}")).await, 404, "unknown-session");
        }
        is_problem(
            "questions",
            &app.get(&format!("/api/questions?session_id={encoded}")).await,
            404,
            "unknown-session",
        );
    }
    assert_eq!(app.stored().await, before);
}

async fn paths_and_methods_that_are_not_there(place: Place) {
    let app = place.app().await;
    is_problem("no path", &app.get("/api/none").await, 404, "not-found");
    let reply = app.get("/api/answer").await;
    is_problem("another method", &reply, 405, "method-not-allowed");
    assert_eq!(reply.header("allow"), "POST");
    is_problem("on a webhook", &app.get("/webhooks/twilio/messages").await, 405, "method-not-allowed");
    is_problem("an unknown flow", &app.get("/api/questions?flow=none").await, 404, "not-found");
}

async fn keys_that_are_none(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let before = app.stored().await;
    for key in ["", " ", &"x".repeat(256)] {
        let body = json!({"session_id": id, "answer_text": "yes"});
        let reply =
            app.send(app.request("POST", "/api/answer").header("idempotency-key", key).json(&body)).await;
        is_problem(key, &reply, 400, "malformed");
    }
    assert_eq!(app.stored().await, before);
}

async fn webhooks_are_refused_in_the_same_form(place: Place) {
    let app = place.app().await;
    let before = app.stored().await;
    let path = "/webhooks/twilio/messages";
    let form = "application/x-www-form-urlencoded";
    is_problem(
        "unsigned",
        &raw(&app, path, form, "From=%2B15551230001&To=%2B15005550006&Body=hi&MessageSid=SM1").await,
        403,
        "bad-signature",
    );
    is_problem(
        "too large",
        &raw(&app, path, form, format!("Body={}", "x".repeat(70_000))).await,
        413,
        "too-large",
    );
    is_problem("not a form", &raw(&app, path, "application/json", "{}").await, 415, "unsupported-type");
    assert_eq!(app.stored().await, before);
}

async fn a_session_sees_only_itself(place: Place) {
    let app = place.app().await;
    let (mine, other) = (begin(&app).await, begin(&app).await);
    let profile = json!({"session_id": other, "profile_data": {"name": "Somebody Else"}});
    app.post_json("/api/lead/profile", &profile).await.ok();
    for path in ["session", "lead/summary", "lead/export", "score"] {
        let reply = app.get(&format!("/api/{path}/{mine}")).await;
        assert_eq!(reply.status, 200);
        assert!(!reply.body.contains("Somebody") && !reply.body.contains(&other), "{path}: {}", reply.body);
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
    }
}

async fn analytics_need_a_token(place: Place) {
    let app = place.app().await;
    let asked = |value: &str| app.request("GET", "/api/analytics/leads").header("authorization", value);
    let bare = app.get("/api/analytics/leads").await;
    is_problem("none", &bare, 401, "unauthorized");
    assert_eq!(bare.header("www-authenticate"), "Bearer realm=\"leadwire\"");
    for value in ["Bearer wrong", "Bearer ", "Basic YTpi", ADMIN_TOKEN] {
        is_problem(value, &app.send(asked(value)).await, 401, "unauthorized");
    }
    assert_eq!(app.send(asked(&format!("Bearer {ADMIN_TOKEN}"))).await.status, 200);
}
