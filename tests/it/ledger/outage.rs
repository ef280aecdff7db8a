//! The CRM's credentials expire: leads fail, people do not notice, it is mended, and every lead arrives once.

use super::crm::{Crm, Mood};
use super::{TOKEN, completed, leads, serving, settings, states};
use crate::harness::{Place, execute, number, texts};
use crate::process::{PATIENCE, Server, program, usual};
use leadwire::store::db::Db;
use std::process::Stdio;
use std::time::Instant;

on_both! {
    credentials_expire_and_are_renewed_in_the_crm,
    a_changed_configuration_tries_again_by_itself,
    without_a_server_the_command_sends_by_itself,
    a_retry_that_is_interrupted_can_be_run_again,
    one_lead_is_shown_and_tried_again,
}

/// Waits until deliveries stand so.
async fn until(db: &Db, expected: &[&str]) {
    let began = Instant::now();
    loop {
        let stand = states(db).await;
        if stand == expected {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{stand:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// People whose leads the CRM refuses: the first fails, the sink is paused, and the others wait.
async fn failing(place: &Place, server: &Server, people: usize) -> Db {
    let db = place.connect(1).await;
    completed(server, 0..1).await;
    until(&db, &["failed"]).await;
    completed(server, 1..people).await;
    db
}

/// Whether each lead is in the CRM once.
#[track_caller]
fn each_once(crm: &Crm, count: usize) {
    let mut keys = crm.keys();
    keys.sort();
    keys.dedup();
    assert_eq!((keys.len(), crm.keys().len()), (count, count), "{keys:?}");
}

async fn credentials_expire_and_are_renewed_in_the_crm(place: Place) {
    let crm = Crm::start("another token").await;
    let server = serving(&place, &crm, TOKEN).await;
    let db = failing(&place, &server, 3).await;
    until(&db, &["failed", "pending", "pending"]).await;
    let listed = leads(&place, &crm, TOKEN, &["failed", "list", "--all"]).await;
    assert!(!listed.success, "something is left to do");
    let ids = texts(&db, "id", "deliveries ORDER BY id").await;
    assert!(ids.iter().all(|id| listed.out.contains(id)), "{listed:?}");
    assert!(
        listed.out.contains("HTTP 401: token expired") && listed.out.contains("3 leads are not"),
        "{listed:?}"
    );
    let some = leads(&place, &crm, TOKEN, &["failed", "list", "--json"]).await;
    let some: serde_json::Value = serde_json::from_str(&some.out).unwrap();
    assert!(!some.as_array().unwrap().is_empty(), "{some}");
    assert_eq!(
        (&some[0]["lead_data"]["full_name"], &some[0]["state"]),
        (&"Asha Rao".into(), &"failed".into())
    );

    // The pause of the sink is not waited for.
    crm.accepts(TOKEN);
    let began = Instant::now();
    let tried = leads(&place, &crm, TOKEN, &["failed", "retry-all"]).await;
    assert!(tried.success && tried.out.contains("3 delivered"), "{tried:?}");
    assert!(began.elapsed() < std::time::Duration::from_secs(25), "{:?}", began.elapsed());
    each_once(&crm, 3);
    assert_eq!(states(&db).await, ["delivered"; 3]);
    assert_eq!(texts(&db, "resolved", "failed_leads").await, ["1"]);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM succeeded_leads").await, 3);
    let none = leads(&place, &crm, TOKEN, &["failed", "list"]).await;
    assert!(none.success && none.out.contains("No lead has failed."), "{none:?}");
    let again = leads(&place, &crm, TOKEN, &["failed", "retry-all"]).await;
    assert!(again.success && again.out.contains("nothing to try again"), "{again:?}");
    each_once(&crm, 3);
    drop(server);
}

async fn a_changed_configuration_tries_again_by_itself(place: Place) {
    let crm = Crm::start("the renewed token").await;
    let db = {
        let server = serving(&place, &crm, TOKEN).await;
        let db = failing(&place, &server, 3).await;
        until(&db, &["failed", "pending", "pending"]).await;
        server.terminate();
        assert_eq!(server.ended().await.0.code(), Some(0));
        db
    };
    // All of them, not only those whose jobs are there.
    execute(&db, "UPDATE outbox SET finished_at = 1, state = 'rejected' WHERE finished_at IS NULL").await;
    execute(&db, "UPDATE deliveries SET state = 'unknown', doubt = revision WHERE state = 'pending' AND id = (SELECT MAX(id) FROM deliveries)")
        .await;
    let same = serving(&place, &crm, TOKEN).await;
    let none = leads(&place, &crm, TOKEN, &["succeeded", "list"]).await;
    assert!(none.out.contains("0 leads were delivered"), "{none:?}");
    same.terminate();
    same.ended().await;
    let came = crm.came();
    assert_eq!(came, 1, "with the same configuration nothing is tried by itself");
    let server = serving(&place, &crm, "the renewed token").await;
    until(&db, &["delivered"; 3]).await;
    each_once(&crm, 3);
    drop(server);
}

async fn without_a_server_the_command_sends_by_itself(place: Place) {
    let crm = Crm::start("another token").await;
    let server = serving(&place, &crm, TOKEN).await;
    let db = failing(&place, &server, 2).await;
    until(&db, &["failed", "pending"]).await;
    server.terminate();
    server.ended().await;
    let refused = leads(&place, &crm, TOKEN, &["failed", "retry-all"]).await;
    assert!(!refused.success, "{refused:?}");
    assert!(refused.out.contains("0 delivered") && refused.out.contains("2 failed again"), "{refused:?}");
    assert!(refused.out.contains("2 x HTTP 401: token expired"), "{refused:?}");
    crm.accepts(TOKEN);
    let tried = leads(&place, &crm, TOKEN, &["failed", "retry-all", "--sink", "crm"]).await;
    assert!(tried.success && tried.out.contains("2 delivered"), "{tried:?}");
    each_once(&crm, 2);
}

async fn a_retry_that_is_interrupted_can_be_run_again(place: Place) {
    let crm = Crm::start("another token").await;
    let server = serving(&place, &crm, TOKEN).await;
    let db = failing(&place, &server, 2).await;
    until(&db, &["failed", "pending"]).await;
    crm.accepts(TOKEN);
    crm.is(Mood::Hangs);
    let mut command = program(&place);
    command
        .args(["leads", "failed", "retry-all"])
        .envs(usual(&place))
        .envs(settings(&place, &crm, TOKEN, ""));
    let before = crm.came();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    crm.until(before + 1).await;
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    let out = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{out}");
    assert!(out.contains("interrupted; a server or worker that runs tries them all the same"), "{out}");
    crm.is(Mood::Takes);
    // What hangs is in doubt after three seconds, and settled twenty later.
    let began = Instant::now();
    while number(&db, "SELECT COUNT(*) FROM outbox WHERE holder IS NOT NULL").await > 0 {
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    execute(&db, "UPDATE outbox SET run_at = 0 WHERE finished_at IS NULL AND holder IS NULL").await;
    let tried = leads(&place, &crm, TOKEN, &["failed", "retry-all"]).await;
    assert!(tried.success, "{tried:?}");
    until(&db, &["delivered"; 2]).await;
    each_once(&crm, 2);
    drop(server);
}

async fn one_lead_is_shown_and_tried_again(place: Place) {
    let crm = Crm::start(TOKEN).await;
    crm.is(Mood::Refuses);
    let server = serving(&place, &crm, TOKEN).await;
    completed(&server, 0..1).await;
    let db = place.connect(1).await;
    until(&db, &["failed"]).await;
    let id = texts(&db, "id", "deliveries").await.remove(0);
    let shown = leads(&place, &crm, TOKEN, &["failed", "show", &id]).await.ok();
    for expected in ["HTTP 400: no such field", "Asha Rao", "create", "POST"] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert!(!shown.contains(TOKEN), "{shown}");
    let refused = leads(&place, &crm, TOKEN, &["failed", "retry", &id]).await;
    assert!(!refused.success && refused.out.contains("1 x HTTP 400: no such field"), "{refused:?}");
    crm.is(Mood::Takes);
    let tried = leads(&place, &crm, TOKEN, &["failed", "retry", &id]).await;
    assert!(tried.success && tried.out.contains("1 delivered"), "{tried:?}");
    let row = "retry_count || ' ' || resolved || ' ' || error_message";
    assert_eq!(texts(&db, row, "failed_leads").await, ["2 1 HTTP 400: no such field"]);
    let again = leads(&place, &crm, TOKEN, &["failed", "retry", &id]).await;
    assert!(again.success && again.out.contains("delivered already"), "{again:?}");
    each_once(&crm, 1);
    let none = leads(&place, &crm, TOKEN, &["failed", "retry", "7"]).await;
    assert!(!none.success && none.told.contains("there is no lead 7"), "{none:?}");
    drop(server);
}
