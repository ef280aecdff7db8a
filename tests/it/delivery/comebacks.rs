//! What comes back: a sink that was away, a lead that was forgotten, an insisting person.

use super::crm::{Can, Crm, Fault, flow};
use super::{ASHA, attempts, complete, deliveries, wait, with, working};
use crate::harness::{Place, TestApp, texts};
use leadwire::clock::{DAY, HOUR};
use leadwire::service::deliveries::{Maker, Why};
use leadwire::service::retention;
use leadwire::store::deliveries as store;
use tokio_util::sync::CancellationToken;

on_both! {
    a_sink_that_was_away_gets_what_came_meanwhile,
    an_earlier_job_does_not_stand_for_what_came_meanwhile,
    conversations_before_the_sink_was_configured_are_one_record,
    who_insists_is_obeyed_once,
    a_lead_that_was_forgotten_is_corrected_when_it_comes_back,
    an_answer_no_database_takes_harms_no_other,
}

/// A server whose flow delivers to a sink that nobody configured.
async fn away(place: &Place) -> TestApp {
    flow(place, &["crm"]);
    let mut app = with(place, &[], &[]).await;
    app.work().await;
    app
}

async fn a_sink_that_was_away_gets_what_came_meanwhile(place: Place) {
    let crm = Crm::start().await;
    working(&place, &crm, Can::LOOK_UP).await.stop().await;
    let app = away(&place).await;
    complete(&app, ASHA).await;
    app.stop().await;
    // As it was configured before.
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    app.settled().await;
    assert_eq!((crm.leads().len(), deliveries(&app).await), (1, vec!["crm delivered 1 known".to_owned()]));
}

async fn an_earlier_job_does_not_stand_for_what_came_meanwhile(place: Place) {
    let crm = Crm::start().await;
    let can = Can { update: false, ..Can::LOOK_UP };
    let mut app = working(&place, &crm, can).await;
    crm.next(&[Fault::Unavailable]);
    let session = super::chat(&app).await;
    app.settled().await;
    assert_eq!(deliveries(&app).await, ["crm pending 1"]);
    app.stop().await;
    let app = away(&place).await;
    super::behave(&app, &session, "clicked_demo").await;
    app.stop().await;
    let mut app = working(&place, &crm, can).await;
    wait(&mut app).await;
    assert_eq!(crm.leads().len(), 1, "{:?}", attempts(&app).await);
    let score = texts(&app.app.db, "CAST(score AS TEXT)", "leads").await;
    assert_eq!(crm.leads()[0].text("score"), score[0], "the latest of it");
}

async fn conversations_before_the_sink_was_configured_are_one_record(place: Place) {
    let crm = Crm::start().await;
    let app = away(&place).await;
    complete(&app, ASHA).await;
    app.clock.advance(2 * DAY);
    complete(&app, ASHA).await;
    assert_eq!(app.count("deliveries").await, 2);
    app.stop().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    app.settled().await;
    app.clock.advance(4 * DAY);
    complete(&app, ASHA).await;
    wait(&mut app).await;
    assert_eq!((crm.leads().len(), crm.doubled()), (1, 0), "{:?}", crm.writes());
    let lead = texts(&app.app.db, "'lw-' || lead_id", "deliveries").await;
    assert_eq!(texts(&app.app.db, "key", "deliveries").await, lead);
}

async fn who_insists_is_obeyed_once(place: Place) {
    let crm = Crm::start().await;
    crm.answers_look_ups(false);
    let mut app = working(&place, &crm, Can::NEITHER).await;
    crm.always(|_| Fault::DoneAndHangs);
    complete(&app, ASHA).await;
    wait(&mut app).await;
    assert_eq!(deliveries(&app).await, ["crm unknown 1"]);
    let id: i64 = texts(&app.app.db, "CAST(id AS TEXT)", "deliveries").await[0].parse().unwrap();
    let row = store::find(&app.app.db, 1, id).await.unwrap().unwrap();
    let maker = Maker { db: &app.app.db, ids: &app.app.ids, sinks: &app.app.sinks, tenant_id: 1 };
    maker.make_due(&[row], Why::Insists, app.clock.now()).await.unwrap();
    app.app.handover.wake();
    wait(&mut app).await;
    app.pass(12 * HOUR).await;
    assert_eq!(crm.writes().len(), 2, "as often as somebody said, and not once more");
    assert_eq!(deliveries(&app).await, ["crm unknown 2"]);
}

async fn a_lead_that_was_forgotten_is_corrected_when_it_comes_back(place: Place) {
    let crm = Crm::start().await;
    let keep = "[ledger]\nkeep_days = 90".to_owned();
    flow(&place, &["crm"]);
    // It can be asked nothing: only what we remember helps.
    crm.answers_look_ups(false);
    let mut app = with(&place, &[crm.sink("crm", Can::NEITHER), keep], &[]).await;
    app.work().await;
    complete(&app, ASHA).await;
    app.pass(91 * DAY).await;
    retention::forget_deliveries(&app.app, 10, &CancellationToken::new()).await.unwrap();
    assert_eq!(app.count("deliveries").await, 0);
    complete(&app, ASHA).await;
    wait(&mut app).await;
    assert_eq!((crm.leads().len(), crm.leads()[0].updates), (1, 1), "{:?}", crm.writes());
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known"]);
}

async fn an_answer_no_database_takes_harms_no_other(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    crm.next(&[Fault::SaysNul]);
    complete(&app, ASHA).await;
    complete(&app, "+14155550124").await;
    app.settled().await;
    let mut stand = deliveries(&app).await;
    stand.sort();
    assert_eq!(stand, ["crm delivered 1 known", "crm failed 1"]);
    let error = texts(&app.app.db, "last_error", "deliveries WHERE state = 'failed'").await;
    assert!(error[0].starts_with("HTTP 400: ") && !error[0].contains('\0'), "{error:?}");
}
