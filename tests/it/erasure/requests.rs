//! How somebody is erased by the API and by the command line.

use super::{erased, latest};
use crate::harness::{Place, number};
use crate::process::leadwire;
use crate::work::{OURS, ask, entered, hire, id, well};
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(nobody_is_erased_by_accident, once_is_for_good, the_command_line_asks,);

async fn nobody_is_erased_by_accident(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+14155550123").await);
    let path = format!("/api/v1/leads/{lead}/erase");
    let rows: [(Json, &[&str]); 5] = [
        (json!({}), &["/reason", "/confirm"]),
        (json!({"reason": "asked"}), &["/confirm"]),
        (json!({"reason": "asked", "confirm": lead + 1}), &["/confirm"]),
        (json!({"reason": "Anshu asked for it", "confirm": lead}), &["/reason"]),
        (json!({"reason": "asked", "confirm": lead.to_string()}), &["/confirm"]),
    ];
    for (form, pointers) in rows {
        let reply = ask(&app, &admin.token, "POST", &path, Some(&form)).await;
        let status = if form["confirm"] == json!(lead + 1) { 422 } else { 400 };
        assert_eq!(reply.status, status, "{form}: {reply:?}");
        let errors = reply.json()["errors"].clone();
        let found: Vec<&str> =
            errors.as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(found, pointers, "{form}");
    }
    let counselor = hire(&app, OURS, Role::Counselor).await;
    let form = json!({"reason": "asked", "confirm": lead});
    assert_eq!(ask(&app, &counselor.token, "POST", &path, Some(&form)).await.status, 403);
    assert_eq!(app.count("leads WHERE erased_at IS NOT NULL").await + app.count("erasures").await, 0);
}

async fn once_is_for_good(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let session =
        app.post_json("/api/session/start", &json!({})).await.ok()["session_id"].as_str().unwrap().to_owned();
    let said = json!({"session_id": session, "answer_text": "yes"});
    app.post_json("/api/answer", &said).await.ok();
    let lead = latest(&app).await;
    let receipt = erased(&app, &admin.token, lead).await;
    assert_eq!((&receipt["already"], &receipt["reason"]), (&json!(false), &json!("asked")), "{receipt}");
    assert_eq!((&receipt["program"], &receipt["user_id"]), (&json!("token test"), &json!(admin.user_id)));
    assert_eq!(receipt["rows"]["leads"], 1, "{receipt}");
    app.clock.advance(1_000);
    let mut again = erased(&app, &admin.token, lead).await;
    assert_eq!(again["already"], true);
    again["already"] = json!(false);
    assert_eq!(again, receipt, "the same receipt");
    assert_eq!(app.count("erasures").await, 1);
    let log = number(
        &app.app.db,
        format!(
            "SELECT COUNT(*) FROM audit_log WHERE event = 'erased' AND lead_id = {lead} AND reason = 'asked'"
        ),
    )
    .await;
    assert_eq!(log, 1);
    for (method, rest, body) in [
        ("PATCH", "/discovery", json!({"school": "DPS"})),
        ("PATCH", "", json!({"notes": "Ann"})),
        ("POST", "/follow-up", json!({"scheduled_date": "2026-02-15T16:00:00"})),
        ("POST", "/close", json!({"reason": "Ann"})),
    ] {
        let reply =
            ask(&app, &admin.token, method, &format!("/api/v1/leads/{lead}{rest}"), Some(&body)).await;
        assert_eq!(reply.status, 409, "{method} {rest}: {reply:?}");
        assert!(reply.body.contains("erased"), "{reply:?}");
    }
    let shown = well(&ask(&app, &admin.token, "GET", &format!("/api/v1/leads/{lead}"), None).await);
    assert!(shown["erased_at"].is_string(), "{shown}");
    let reply = app.post_json("/api/answer", &said).await;
    assert_eq!(reply.status, 404, "the session is nobody's any more: {reply:?}");
    assert_eq!(app.get(&format!("/api/session/{session}")).await.status, 404);
}

async fn the_command_line_asks(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+14155550123").await).to_string();
    let said = leadwire(&place, &["lead", "erase", &lead]);
    assert!(!said.success && said.told.contains("add --yes"), "{said:?}");
    assert_eq!(app.count("erasures").await, 0);
    let said = leadwire(&place, &["lead", "erase", "7", "--yes"]);
    assert!(!said.success && said.told.contains("there is no lead 7"), "{said:?}");
    let said = leadwire(&place, &["lead", "erase", &lead, "--yes", "--reason", "because"]);
    assert!(!said.success && said.told.contains("consent_withdrawn"), "{said:?}");
    leadwire(&place, &["lead", "export", &lead, "--json", "told.json"]).ok();
    let told = std::fs::read_to_string(place.folder().join("told.json")).unwrap();
    let told: Json = serde_json::from_str(&told).unwrap();
    assert_eq!(told["addresses"][0]["value"], "+14155550123", "{told}");
    assert_eq!(told["children"][0]["first_name"], "Mehr");
    let said = leadwire(&place, &["lead", "export", &lead, "--json", "told.json"]);
    assert!(!said.success && said.told.contains("cannot be written"), "a file that is there stays: {said:?}");
    let by_api = well(&ask(&app, &admin.token, "GET", &format!("/api/v1/leads/{lead}/export"), None).await);
    assert_eq!(by_api["parents"], told["parents"]);
}
