//! Sinks have nothing to do with each other, and one that nobody configured waits for somebody who does.

use super::crm::{Can, Crm, Fault, flow};
use super::{ASHA, at, complete, deliveries, wait, with};
use crate::harness::Place;
use leadwire::clock::{Clock, HOUR};

on_both! {
    one_sink_that_fails_does_not_keep_a_lead_from_another,
    a_sink_that_nobody_configured_gets_its_leads_once_somebody_does,
}

async fn one_sink_that_fails_does_not_keep_a_lead_from_another(place: Place) {
    let (first, second) = (Crm::start().await, Crm::start().await);
    flow(&place, &["first", "second"]);
    let tables = [first.sink("first", Can::LOOK_UP), second.sink("second", Can::LOOK_UP)];
    let mut app = with(&place, &tables, &[]).await;
    app.work().await;
    first.next(&[Fault::Invalid]);
    second.next(&[Fault::DoneAndHangs]);
    complete(&app, ASHA).await;
    wait(&mut app).await;
    assert_eq!(deliveries(&app).await, ["first failed 1", "second delivered 1 known"]);
    assert_eq!((first.leads().len(), second.leads().len()), (0, 1));
}

async fn a_sink_that_nobody_configured_gets_its_leads_once_somebody_does(place: Place) {
    let crm = Crm::start().await;
    flow(&place, &["crm", "later"]);
    let mut app = with(&place, &[crm.sink("crm", Can::LOOK_UP)], &[]).await;
    app.work().await;
    complete(&app, ASHA).await;
    app.pass(HOUR).await;
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known", "later pending 0"]);
    let now = app.clock.now();
    app.stop().await;
    let later = Crm::start().await;
    let tables = [crm.sink("crm", Can::LOOK_UP), later.sink("later", Can::LOOK_UP)];
    let mut app = at(&place, &tables, &[], Clock::fixed(now)).await;
    app.work().await;
    wait(&mut app).await;
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known", "later delivered 1 known"]);
    assert_eq!((crm.leads().len(), later.leads().len()), (1, 1));
}
