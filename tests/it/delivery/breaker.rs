//! A CRM that keeps failing is left alone for a while, and said to be failing once.

use super::crm::{Can, Crm, Fault, SECRET, flow};
use super::{alerts, at, complete, deliveries, wait, with, working};
use crate::harness::{Place, texts};
use leadwire::clock::{Clock, SECOND};

on_both! {
    five_failures_pause_a_sink_and_a_trial_resumes_it,
    an_expired_token_pauses_at_once_and_a_new_one_delivers_what_failed,
}

fn phone(n: usize) -> String {
    format!("+1415555{n:04}")
}

async fn five_failures_pause_a_sink_and_a_trial_resumes_it(place: Place) {
    let (ill, well) = (Crm::start().await, Crm::start().await);
    flow(&place, &["ill", "well"]);
    let mut app = with(&place, &[ill.sink("ill", Can::LOOK_UP), well.sink("well", Can::LOOK_UP)], &[]).await;
    app.work().await;
    ill.always(|_| Fault::Unavailable);
    for n in 0..8 {
        complete(&app, &phone(n)).await;
        app.settled().await;
    }
    assert_eq!(ill.count(), 5, "after five failures it is left alone");
    assert_eq!(alerts(&app).await, ["sink-paused:ill"]);
    assert_eq!(well.leads().len(), 8, "the other one has all");
    // Each pause ends with one trial; it is alerted about once.
    app.pass(40 * SECOND).await;
    assert_eq!(ill.count(), 6, "one trial");
    assert_eq!(app.count("alerts").await, 1);
    ill.always(|_| Fault::None);
    for _ in 0..4 {
        wait(&mut app).await;
    }
    assert_eq!((ill.leads().len(), ill.doubled()), (8, 0));
    assert_eq!(alerts(&app).await, [""; 0], "it is over");
    assert_eq!(app.count("deliveries WHERE state <> 'delivered'").await, 0);
}

async fn an_expired_token_pauses_at_once_and_a_new_one_delivers_what_failed(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    crm.accepts("another-token");
    for n in 0..3 {
        complete(&app, &phone(n)).await;
        app.settled().await;
    }
    assert_eq!(crm.count(), 1, "nobody tries again with a token that is not valid");
    assert_eq!(deliveries(&app).await, ["crm failed 1", "crm pending 0", "crm pending 0"]);
    assert_eq!(alerts(&app).await, ["sink-paused:crm"]);
    let error = texts(&app.app.db, "error_message", "failed_leads").await;
    assert_eq!(error, ["HTTP 401: the token is not valid"]);
    for table in ["delivery_attempts WHERE request LIKE", "alerts WHERE message LIKE"] {
        assert_eq!(app.count(&format!("{table} '%{SECRET}%'")).await, 0, "no secret is written down");
    }
    let clock = Clock::fixed(app.clock.now() + 60 * SECOND);
    app.stop().await;
    let mut app =
        at(&place, &[crm.sink("crm", Can::LOOK_UP)], &[("CRM_TOKEN", "another-token")], clock).await;
    app.work().await;
    wait(&mut app).await;
    assert_eq!((crm.leads().len(), crm.doubled()), (3, 0));
    assert_eq!(texts(&app.app.db, "resolved", "failed_leads").await, ["1"]);
    assert_eq!(alerts(&app).await, [""; 0], "over, although another process was alerted");
    assert_eq!(app.count("deliveries WHERE state <> 'delivered'").await, 0);
}
