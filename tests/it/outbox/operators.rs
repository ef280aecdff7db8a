//! What operators see of the outbox, and what they can do.

use super::fake::Act;
use super::{ASHA, GREETING, jobs, say, working};
use crate::harness::{ADMIN_TOKEN, Place, Reply, TestApp, texts};
use crate::process::leadwire;
use leadwire::clock::{DAY, MINUTE};
use leadwire::service::retention;
use tokio_util::sync::CancellationToken;

on_both! {
    jobs_are_listed_and_shown_without_what_was_said,
    only_whoever_holds_a_token_sees_them,
    what_cannot_be_asked_is_told,
    commands_list_show_and_retry,
    metrics_and_health_tell_how_it_is,
    what_is_done_is_forgotten_and_what_failed_is_kept,
}

async fn get(app: &TestApp, path: &str) -> Reply {
    app.send(app.request("GET", path).bearer_auth(ADMIN_TOKEN)).await
}

async fn jobs_are_listed_and_shown_without_what_was_said(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Take, Act::Refuse(400, 21211), Act::Take]);
    for n in 0..3 {
        say(&app, &format!("+1415555000{n}"), "hi").await;
        app.settled().await;
    }
    let all = get(&app, "/api/v1/jobs").await.ok();
    let states: Vec<&str> =
        all["jobs"].as_array().unwrap().iter().map(|job| job["state"].as_str().unwrap()).collect();
    assert_eq!((states, all["next"].is_null()), (vec!["sent", "rejected", "sent"], true));
    let rejected = get(&app, "/api/v1/jobs?state=rejected&kind=twilio_message").await.ok();
    let job = &rejected["jobs"][0];
    assert_eq!((job["error_code"].as_str(), job["attempts"].as_i64()), (Some("21211"), Some(1)));
    assert_eq!(rejected["jobs"].as_array().unwrap().len(), 1);

    let first = get(&app, "/api/v1/jobs?limit=2").await.ok();
    let next = first["next"].as_i64().unwrap();
    let second = get(&app, &format!("/api/v1/jobs?limit=2&before={next}")).await.ok();
    assert_eq!(second["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(second["jobs"][0]["id"], all["jobs"][2]["id"]);

    let shown = get(&app, &format!("/api/v1/jobs/{}", job["id"])).await;
    assert_eq!(shown.ok()["channel"], "sms");
    for secret in [GREETING, "4155550001", "Body"] {
        assert!(!shown.body.contains(secret), "{}", shown.body);
    }
}

async fn only_whoever_holds_a_token_sees_them(place: Place) {
    let (app, _) = working(&place, &[]).await;
    for path in ["/api/v1/jobs", "/api/v1/jobs/1"] {
        assert_eq!(app.get(path).await.status, 401, "{path}");
    }
    assert_eq!(app.send(app.request("POST", "/api/v1/jobs/1/retry")).await.status, 401);
}

async fn what_cannot_be_asked_is_told(place: Place) {
    let (mut app, _) = working(&place, &[]).await;
    say(&app, ASHA, "hi").await;
    app.settled().await;
    let rows = [
        ("/api/v1/jobs?state=lost", 400),
        ("/api/v1/jobs?kind=pigeon", 400),
        ("/api/v1/jobs?limit=0", 400),
        ("/api/v1/jobs?limit=501", 400),
        ("/api/v1/jobs?limit=many", 400),
        ("/api/v1/jobs?before=x", 400),
        ("/api/v1/jobs/1", 404),
        ("/api/v1/jobs/x", 404),
    ];
    for (path, status) in rows {
        let reply = get(&app, path).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
    }
    let id = texts(&app.app.db, "id", "outbox").await.remove(0);
    let retry = app.request("POST", &format!("/api/v1/jobs/{id}/retry")).bearer_auth(ADMIN_TOKEN);
    let refused = app.send(retry).await;
    assert_eq!((refused.status, refused.json()["type"].as_str()), (409, Some("/problems/not-failed")));
}

async fn commands_list_show_and_retry(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Refuse(400, 21211)]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    let id = texts(&app.app.db, "id", "outbox").await.remove(0);
    let listed = leadwire(&place, &["jobs", "list", "--state", "rejected"]).ok();
    assert!(
        listed.contains(&id) && listed.contains("twilio_message") && listed.contains("21211"),
        "{listed}"
    );
    let none = leadwire(&place, &["jobs", "list", "--state", "dead", "--json"]).ok();
    assert_eq!(none.trim(), "[]");
    let shown = leadwire(&place, &["jobs", "show", &id]).ok();
    assert!(shown.contains(ASHA) && shown.contains("rejected"), "{shown}");
    let json: serde_json::Value =
        serde_json::from_str(&leadwire(&place, &["jobs", "show", &id, "--json"]).ok()).unwrap();
    assert_eq!((json["state"].as_str(), json["recipient"].as_str()), (Some("rejected"), Some(ASHA)));
    assert!(leadwire(&place, &["jobs", "retry", &id]).ok().contains("is due now"));
    // The command asks the machine's clock.
    app.pass(3_650 * DAY).await;
    assert_eq!(jobs(&app).await, ["sent 1 0 0"]);
    let again = leadwire(&place, &["jobs", "retry", &id]);
    assert!(!again.success && again.out.contains("none that failed"), "{again:?}");
    assert!(leadwire(&place, &["jobs", "show", "7"]).told.contains("there is no job 7"));
}

async fn metrics_and_health_tell_how_it_is(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Wait(3_600)]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    let health = app.get("/health").await.ok();
    assert_eq!((health["status"].as_str(), health["jobs"]["open"].as_i64()), (Some("healthy"), Some(1)));
    app.clock.advance(11 * MINUTE);
    let health = app.get("/health").await.ok();
    assert_eq!(health["status"], "degraded");
    assert!(health["alerts"][0].as_str().unwrap().starts_with("a job waits for 11 minutes"), "{health}");
    let metrics = app.get("/metrics").await.body;
    assert!(
        metrics.contains("leadwire_jobs_open") && metrics.contains("leadwire_jobs_oldest_seconds"),
        "{metrics}"
    );
}

async fn what_is_done_is_forgotten_and_what_failed_is_kept(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Take, Act::Refuse(400, 21211), Act::Wait(86_000)]);
    for n in 0..3 {
        say(&app, &format!("+1415555000{n}"), "hi").await;
        app.settled().await;
    }
    crate::harness::execute(&app.app.db, "UPDATE outbox SET state = 'dead' WHERE state = 'rejected'").await;
    let going = CancellationToken::new();
    app.clock.advance(8 * DAY - 1);
    retention::forget_jobs(&app.app, 2, &going).await.unwrap();
    assert_eq!(jobs(&app).await.len(), 3);
    app.clock.advance(2);
    retention::forget_jobs(&app.app, 2, &going).await.unwrap();
    assert_eq!(jobs(&app).await, ["dead 1 0 0", "waiting 1 0 0"]);
}
