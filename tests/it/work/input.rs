//! Whatever is sent: wrong types, missing and unknown fields, huge texts, SQL and HTML in them, ids of others.

use super::{OURS, ask, enquiry, entered, hire, id, well};
use crate::harness::Place;
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(bodies_that_cannot_be_used, texts_are_kept_as_they_are_and_do_nothing);

async fn bodies_that_cannot_be_used(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &who.token, "+14155550123").await);
    let at = |rest: &str| format!("/api/v1/leads/{lead}{rest}");
    let audited = app.count("audit_log").await;
    let mut with_unknown = enquiry("+14155550124");
    with_unknown["child"]["frist_name"] = json!("Mehr");
    // What the document of the API cannot say is refused for its meaning.
    let rows: Vec<(u16, &str, String, Json, &str)> = vec![
        (400, "POST", "/api/v1/leads/enquiry".into(), json!({}), ""),
        (400, "POST", "/api/v1/leads/enquiry".into(), json!([]), ""),
        (400, "POST", "/api/v1/leads/enquiry".into(), json!({"child": "Mehr", "parents": []}), "/child"),
        (
            400,
            "POST",
            "/api/v1/leads/enquiry".into(),
            json!({"child": {"first_name": 3}, "parents": []}),
            "/child/first_name",
        ),
        (400, "POST", "/api/v1/leads/enquiry".into(), with_unknown, "/child/frist_name"),
        (
            400,
            "POST",
            "/api/v1/leads/enquiry".into(),
            json!({"child": {"first_name": "x"}, "parents": []}),
            "/parents",
        ),
        (400, "POST", at("/convert"), json!({}), "/customer_ref"),
        (400, "POST", at("/convert"), json!({"customer_ref": ""}), "/customer_ref"),
        (400, "POST", at("/convert"), json!({"customer_ref": 1, "student_id": 2}), ""),
        (400, "POST", at("/close"), json!({"reason": ""}), "/reason"),
        (400, "POST", at("/close"), json!({"reason": "x".repeat(501)}), "/reason"),
        (422, "POST", at("/close"), json!({"reason": " \t\n "}), "/reason"),
        (400, "PATCH", at("/status"), json!({"status": 3}), "/status"),
        (400, "PATCH", at("/discovery"), json!({"parent_expectations": "all"}), "/parent_expectations"),
        (
            400,
            "PATCH",
            at("/discovery"),
            json!({"parent_expectations": vec!["x"; 21]}),
            "/parent_expectations",
        ),
        (400, "PATCH", at(""), json!({"name": "Somebody else"}), "/name"),
        (400, "POST", at("/intro-visit"), json!({}), "/scheduled_at"),
        (422, "POST", at("/intro-visit"), json!({"scheduled_at": "tomorrow"}), "/scheduled_at"),
        (
            400,
            "POST",
            at("/intro-visit"),
            json!({"scheduled_at": "2026-02-15T16:00:00", "batch_id": -1}),
            "/batch_id",
        ),
        (
            422,
            "POST",
            at("/intro-visit"),
            json!({"scheduled_at": "2026-02-15T16:00:00", "trainer_user_id": 12345}),
            "/trainer_user_id",
        ),
        (
            422,
            "POST",
            at("/follow-up"),
            json!({"scheduled_date": "2026-02-15T16:00:00", "time_zone": "Mars/Olympus"}),
            "/time_zone",
        ),
        (
            422,
            "POST",
            at("/follow-up"),
            json!({"scheduled_date": "2026-02-15T16:00:00", "assigned_to_user_id": 12345}),
            "/assigned_to_user_id",
        ),
        (422, "POST", at("/assign"), json!({"user_id": 12345}), "/assigned_to_user_id"),
    ];
    for (status, method, path, body, pointer) in rows {
        let reply = ask(&app, &who.token, method, &path, Some(&body)).await;
        assert_eq!(reply.status, status, "{method} {path} {body}: {reply:?}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        if !pointer.is_empty() {
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{method} {path} {body}: {reply:?}");
        }
    }
    let raw = async |body: &str, kind: &str| {
        let request = app.request("POST", &at("/close")).bearer_auth(&who.token);
        app.send(request.header("content-type", kind).body(body.to_owned())).await.status
    };
    assert_eq!(raw("{\"reason\":", "application/json").await, 400, "broken off");
    assert_eq!(raw("{\"reason\":\"x\"} and more", "application/json").await, 400, "more than one");
    assert_eq!(raw("reason=x", "application/x-www-form-urlencoded").await, 415);
    assert_eq!(raw(&format!("{{\"reason\":\"{}\"}}", "x".repeat(70_000)), "application/json").await, 413);
    for nobody in ["0", "-1", "1.5", "abc", "99999999999999999999", "%00", "1%20OR%201=1"] {
        let reply = ask(&app, &who.token, "GET", &format!("/api/v1/leads/{nobody}"), None).await;
        assert_eq!(reply.status, 404, "{nobody}: {reply:?}");
    }
    let reply = app
        .send(
            app.request("PATCH", &at("/discovery"))
                .bearer_auth(&who.token)
                .header("if-match", "soon")
                .json(&json!({})),
        )
        .await;
    assert_eq!(reply.status, 400);
    let reply = ask(&app, &who.token, "PUT", "/api/v1/leads", None).await;
    assert_eq!((reply.status, reply.header("allow")), (405, "GET,HEAD,POST"));
    assert_eq!(app.count("audit_log").await, audited, "nothing of it was done");
}

async fn texts_are_kept_as_they_are_and_do_nothing(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let nasty = "'); DROP TABLE leads; -- <script>alert(1)</script> {{ 7 * 7 }} \u{202e}😀";
    let mut form = enquiry("+14155550123");
    form["child"]["first_name"] = json!(nasty);
    form["parents"][0]["name"] = json!(nasty);
    form["school"] = json!(nasty);
    form["notes"] = json!(format!("{nasty}\u{0}\u{7}"));
    form["parent_expectations"] = json!([nasty]);
    let lead = well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await);
    let all =
        well(&ask(&app, &who.token, "GET", &format!("/api/v1/leads/{}/details", id(&lead)), None).await);
    assert_eq!(all["child"]["first_name"], nasty);
    assert_eq!(all["parents"][0]["name"], nasty);
    assert_eq!(
        (&all["school"], &all["discovery_notes"]),
        (&json!(nasty), &json!(nasty)),
        "without control characters"
    );
    assert_eq!(all["parent_expectations"], json!([nasty]));
    let found = well(&ask(&app, &who.token, "GET", "/api/v1/leads?search=drop+table", None).await);
    assert_eq!(id(&found[0]), id(&lead));
    let closed = json!({"reason": nasty});
    well(&ask(&app, &who.token, "POST", &format!("/api/v1/leads/{}/close", id(&lead)), Some(&closed)).await);
    assert_eq!(app.count("leads").await, 1);
}
