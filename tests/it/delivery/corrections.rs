//! What changes after a lead was delivered: in order, once, and only where something did.

use super::crm::{Can, Crm, Fault};
use super::{attempts, behave, chat, deliveries, wait, working};
use crate::harness::{Place, TestApp};
use serde_json::json;

on_both! {
    what_changes_later_is_corrected_in_order,
    corrections_wait_for_what_they_correct,
    a_sink_that_takes_no_corrections_gets_none,
    a_lead_that_was_deleted_there_is_made_anew,
}

async fn profile(app: &TestApp, session: &str, name: &str, value: &str) {
    let body = json!({"session_id": session, "profile_data": {name: value}});
    app.post_json("/api/lead/profile", &body).await.ok();
}

async fn what_changes_later_is_corrected_in_order(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    let session = chat(&app).await;
    app.settled().await;
    let first = crm.leads()[0].clone();
    let score: i64 = first.text("score").parse().unwrap();

    behave(&app, &session, "clicked_demo").await;
    wait(&mut app).await;
    assert!(crm.leads()[0].text("score").parse::<i64>().unwrap() > score, "{:?}", crm.leads());
    // It earns nothing a second time: there is nothing to tell.
    behave(&app, &session, "clicked_demo").await;
    wait(&mut app).await;
    assert_eq!(crm.writes().len(), 2, "{:?}", crm.writes());
    for email in ["asha@example.com", "asha.rao@example.com"] {
        profile(&app, &session, "email", email).await;
        app.settled().await;
        assert_eq!(crm.leads()[0].text("email"), email);
    }
    let methods: Vec<String> =
        crm.writes().iter().map(|write| format!("{} {}", write.method, write.path)).collect();
    let patch = format!("PATCH /leads/{}", first.id);
    assert_eq!(methods, ["POST /leads", &patch, &patch, &patch]);
    let mut keys: Vec<String> = crm.writes().iter().map(|write| write.idempotency_key.clone()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 4, "each correction has a key of its own");
    assert_eq!(deliveries(&app).await, ["crm delivered 4 known"]);
    assert_eq!((crm.leads().len(), crm.leads()[0].text("name")), (1, "Asha Rao".to_owned()));
}

async fn corrections_wait_for_what_they_correct(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    crm.next(&[Fault::DoneAndHangs]);
    let session = chat(&app).await;
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        profile(&app, &session, "email", email).await;
    }
    app.settled().await;
    assert_eq!(crm.writes().len(), 1, "nobody knows yet whether it is there");
    wait(&mut app).await;
    let writes: Vec<String> = crm.writes().iter().map(|write| write.method.clone()).collect();
    assert_eq!(writes, ["POST", "PATCH"], "only the last one counts: {:?}", attempts(&app).await);
    assert_eq!((crm.leads().len(), crm.leads()[0].text("email")), (1, "c@example.com".to_owned()));
    assert_eq!(crm.doubled(), 0);
}

async fn a_sink_that_takes_no_corrections_gets_none(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can { update: false, ..Can::LOOK_UP }).await;
    let session = chat(&app).await;
    app.settled().await;
    behave(&app, &session, "clicked_demo").await;
    profile(&app, &session, "email", "asha@example.com").await;
    wait(&mut app).await;
    assert_eq!((crm.writes().len(), crm.leads().len()), (1, 1), "{:?}", crm.writes());
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known"]);
}

async fn a_lead_that_was_deleted_there_is_made_anew(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    let session = chat(&app).await;
    app.settled().await;
    crm.remove(crm.leads()[0].id);
    behave(&app, &session, "clicked_demo").await;
    wait(&mut app).await;
    assert_eq!(attempts(&app).await, ["create delivered", "update gone", "create delivered"]);
    assert_eq!(crm.leads().len(), 1);
    assert_eq!(
        crate::harness::texts(&app.app.db, "sink_id", "deliveries").await,
        [crm.leads()[0].id.to_string()]
    );
}
