//! What a center is set to, and what comes of it: its languages and its hours.

use super::{OURS, ask, entered, hire, id, well};
use crate::harness::{ADMIN_TOKEN, Place};
use crate::process::leadwire;
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(
    a_center_speaks_its_language,
    visits_are_planned_while_the_center_is_open,
    what_cannot_be_set_is_said
);

async fn a_center_speaks_its_language(place: Place) {
    place.app().await.stop().await;
    leadwire(&place, &["tenant", "set", "default", "--languages", "ta,es,en"]).ok();
    let app = place.app().await;
    let first = |started: &Json| started["language"].clone();
    let shown = app.get("/api/questions").await.ok();
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    assert!(
        shown.to_string().contains("¿Qué tipo de negocio tiene?"),
        "as its questions are shown before: {shown}"
    );
    assert_eq!(first(&started), "es", "the center's first that the flow speaks: {started}");
    let started = app.post_json("/api/session/start", &json!({"language": "en"})).await.ok();
    assert_eq!(first(&started), "en", "whoever asks for one gets it");
    let centers = well(&ask(&app, ADMIN_TOKEN, "GET", "/api/v1/tenants", None).await);
    assert_eq!((&centers[0]["languages"], &centers[0]["hours"]), (&json!(["ta", "es", "en"]), &Json::Null));
}

async fn visits_are_planned_while_the_center_is_open(place: Place) {
    place.app().await.stop().await;
    let hours = "Mon-Fri 09:00-18:00, Sat 10:00-14:00";
    leadwire(&place, &["tenant", "set", "default", "--hours", hours]).ok();
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+14155550101").await);
    let plan = async |at: &str| {
        let plan = json!({"scheduled_at": at});
        ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{lead}/intro-visit"), Some(&plan)).await
    };
    // 2026-02-15 is a Sunday.
    let refused = plan("2026-02-15T12:00:00").await;
    assert_eq!(
        (refused.status, &refused.json()["errors"][0]["pointer"]),
        (422, &json!("/scheduled_at")),
        "{refused:?}"
    );
    assert!(refused.body.contains(hours), "it says when the center is open: {refused:?}");
    assert_eq!(app.count("intro_visits").await, 0);
    let visit = well(&plan("2026-02-21").await);
    assert_eq!(visit["scheduled_at"], "2026-02-21T10:00:00Z", "a day alone is when it opens: {visit}");
    let visit = id(&well(&plan("2026-02-16T12:00:00").await));
    let path = format!("/api/v1/intro-visits/{visit}");
    let moved =
        ask(&app, &admin.token, "PATCH", &path, Some(&json!({"scheduled_at": "2026-02-16T20:00:00"}))).await;
    assert_eq!(moved.status, 422, "{moved:?}");
    well(&ask(&app, &admin.token, "PATCH", &path, Some(&json!({"outcome_notes": "late"}))).await);
    let planned = json!({"scheduled_date": "2026-02-17T20:00:00"});
    let follow_up = id(&well(
        &ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{lead}/follow-up"), Some(&planned)).await,
    ));
    let agreed = json!({"outcome": "SCHEDULED_IV", "visit": {"scheduled_at": "2026-02-22T12:00:00"}});
    let refused =
        ask(&app, &admin.token, "PATCH", &format!("/api/v1/follow-ups/{follow_up}"), Some(&agreed)).await;
    assert_eq!(refused.json()["errors"][0]["pointer"], "/visit/scheduled_at", "{refused:?}");
    app.stop().await;
    leadwire(&place, &["tenant", "set", "default", "--hours", ""]).ok();
    let app = place.app().await;
    let plan = json!({"scheduled_at": "2026-02-15T12:00:00"});
    well(&ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{lead}/intro-visit"), Some(&plan)).await);
}

async fn what_cannot_be_set_is_said(place: Place) {
    place.app().await.stop().await;
    for (arguments, says) in [
        (["--hours", "always"], "Mon-Fri 09:00-18:00"),
        (["--hours", "Mon 18:00-09:00"], "midnight"),
        (["--languages", "hindi"], "codes such as en"),
    ] {
        let said = leadwire(&place, &["tenant", "set", "default", arguments[0], arguments[1]]);
        assert!(!said.success && said.told.contains(says), "{arguments:?}: {said:?}");
    }
    let listed = leadwire(&place, &["tenant", "list", "--json"]).ok();
    let listed: Json = serde_json::from_str(&listed).unwrap();
    assert_eq!((&listed[0]["languages"], &listed[0]["hours"]), (&json!([]), &Json::Null), "nothing was set");
}
