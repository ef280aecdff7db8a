//! Numbers over all sessions.

use super::{begin, complete, say};
use crate::harness::{ADMIN_TOKEN, Place, TestApp};
use leadwire::clock::DAY;
use leadwire::domain::access::{Right, Role, Tenant};
use leadwire::service::tokens::{self, NewToken};
use serde_json::{Value as Json, json};

async fn numbers(app: &TestApp, token: &str) -> Json {
    let request =
        app.request("GET", "/api/analytics/leads").header("authorization", format!("Bearer {token}"));
    app.send(request).await.ok()
}

on_both! {
    nothing_has_happened_yet,
    sessions_are_counted_by_class_source_and_day,
    a_made_token_serves_until_it_expires,
    another_tenants_sessions_are_not_counted,
    every_channel_is_counted,
}

async fn nothing_has_happened_yet(place: Place) {
    let app = place.app().await;
    let told = numbers(&app, ADMIN_TOKEN).await;
    assert_eq!((&told["total_sessions"], &told["sql_rate"]), (&json!(0), &json!(0.0)));
    assert_eq!(told["by_class"], json!({"SQL": 0, "MQL": 0, "Unqualified": 0}));
    assert_eq!(told["by_day"].as_array().unwrap().len(), 30);
}

async fn sessions_are_counted_by_class_source_and_day(place: Place) {
    let app = place.app_with(&[("LEADWIRE_TIME_ZONE", "Asia/Kolkata")]).await;
    let poster = json!({"utm_source": "poster"});
    for _ in 0..2 {
        let started = app.post_json("/api/session/start", &poster).await.ok();
        complete(&app, started["session_id"].as_str().unwrap()).await;
    }
    app.post_json("/api/session/start", &poster).await.ok();
    // 10:00 UTC is 15:30 in Kolkata; ten hours later it is tomorrow there.
    app.clock.advance(10 * 3_600_000);
    let id = begin(&app).await;
    say(&app, &id, "no").await;
    let told = numbers(&app, ADMIN_TOKEN).await;
    assert_eq!(told["total_sessions"], 4);
    assert_eq!(told["total_leads"], 4);
    assert_eq!(told["by_class"], json!({"SQL": 2, "MQL": 0, "Unqualified": 2}));
    assert_eq!((&told["sql_rate"], &told["completion_rate"]), (&json!(0.5), &json!(0.5)));
    // 105 twice, 5 for opening, 5 for opening and 10 for a quick reply to the greeting.
    assert_eq!(told["average_score"], 57.5);
    let sources = json!([
        {"source": "poster", "sessions": 3, "sql": 2, "sql_rate": 0.6667, "average_score": 71.7},
        {"source": Json::Null, "sessions": 1, "sql": 0, "sql_rate": 0.0, "average_score": 15.0},
    ]);
    assert_eq!(told["by_source"], sources);
    let days = told["by_day"].as_array().unwrap();
    assert_eq!(days[28], json!({"day": "2026-01-05", "sessions": 3, "completed": 2, "sql": 2}));
    assert_eq!(days[29], json!({"day": "2026-01-06", "sessions": 1, "completed": 0, "sql": 0}));
    app.clock.advance(40 * DAY);
    let told = numbers(&app, ADMIN_TOKEN).await;
    let in_days: i64 =
        told["by_day"].as_array().unwrap().iter().map(|day| day["sessions"].as_i64().unwrap()).sum();
    assert_eq!((&told["total_sessions"], in_days), (&json!(4), 0));
}

/// A token that may only read reports.
async fn reports(app: &TestApp, tenant: Tenant, expires_at: Option<i64>) -> String {
    let new = NewToken {
        name: "reports".to_owned(),
        role: Role::CenterAdmin,
        scopes: vec![Right::ReadReports],
        user_id: None,
        expires_at,
    };
    tokens::create(&app.app.db, tenant, new, app.clock.now()).await.unwrap()
}

async fn a_made_token_serves_until_it_expires(place: Place) {
    let app = place.app().await;
    let token = reports(&app, Tenant(1), Some(app.clock.now() + DAY)).await;
    begin(&app).await;
    assert_eq!(numbers(&app, &token).await["total_sessions"], 1);
    app.clock.advance(DAY);
    let request = app.request("GET", "/api/analytics/leads").bearer_auth(&token);
    assert_eq!(app.send(request).await.status, 401);
}

async fn another_tenants_sessions_are_not_counted(place: Place) {
    let app = place.app().await;
    let theirs = reports(&app, Tenant(2), None).await;
    begin(&app).await;
    let told = numbers(&app, &theirs).await;
    assert_eq!((&told["total_sessions"], &told["total_leads"]), (&json!(0), &json!(0)));
}

async fn every_channel_is_counted(place: Place) {
    let app = place.app().await;
    begin(&app).await;
    let reply = app.twilio_message("+15551230001", "hi", "SM1").await;
    assert!(reply.status == 200 && reply.body.contains("<Message"), "{reply:?}");
    assert_eq!(numbers(&app, ADMIN_TOKEN).await["total_sessions"], 2);
}
