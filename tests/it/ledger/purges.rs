//! What was delivered long ago is forgotten; what was not, and what is young, stays.

use super::crm::{Crm, Mood};
use super::{TOKEN, complete, leads, states, working};
use crate::harness::{Place, START, number};
use leadwire::clock::{Clock, DAY};
use leadwire::service::retention;
use tokio_util::sync::CancellationToken;

on_both! {
    a_purge_counts_and_forgets,
    deliveries_are_kept_for_as_long_as_is_said,
}

async fn a_purge_counts_and_forgets(place: Place) {
    let crm = Crm::start(TOKEN).await;
    // The tests' clock begins in the past of the command's.
    let mut app = working(&place, &crm, "", Clock::fixed(START)).await;
    for person in 0..2 {
        complete(&app, &format!("+1555123000{person}"), "Pune").await;
    }
    app.settled().await;
    crm.is(Mood::Refuses);
    complete(&app, "+15551230003", "Pune").await;
    app.settled().await;
    app.stop().await;
    crm.is(Mood::Takes);
    let mut app = working(&place, &crm, "", Clock::System).await;
    complete(&app, "+15551230004", "Pune").await;
    app.settled().await;
    app.stop().await;
    let db = place.connect(1).await;
    let all = ["delivered", "delivered", "failed", "delivered"];
    let short = leads(&place, &crm, TOKEN, &["purge", "--older-than", "89d"]).await;
    assert!(!short.success && short.told.contains("90 days at least"), "{short:?}");
    let dry = leads(&place, &crm, TOKEN, &["purge", "--dry-run"]).await.ok();
    assert!(dry.contains("2 leads with 2 attempts would be forgotten"), "{dry}");
    assert_eq!(states(&db).await, all);
    let done = leads(&place, &crm, TOKEN, &["purge"]).await.ok();
    assert!(done.contains("2 leads with 2 attempts are forgotten"), "{done}");
    assert_eq!(states(&db).await, ["failed", "delivered"]);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM delivery_attempts").await, 2);
    let again = leads(&place, &crm, TOKEN, &["purge"]).await.ok();
    assert!(again.contains("0 leads"), "{again}");
}

async fn deliveries_are_kept_for_as_long_as_is_said(place: Place) {
    let crm = Crm::start(TOKEN).await;
    let mut app = working(&place, &crm, "[ledger]\nkeep_days = 90", Clock::fixed(START)).await;
    complete(&app, "+15551230000", "Pune").await;
    app.settled().await;
    let going = CancellationToken::new();
    for (days, expected) in [(90, 1), (1, 0)] {
        app.clock.advance(days * DAY);
        retention::forget_deliveries(&app.app, 1, &going).await.unwrap();
        assert_eq!(app.count("deliveries").await, expected, "after {days} more days");
    }
    app.stop().await;
}
