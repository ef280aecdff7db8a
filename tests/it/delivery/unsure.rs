//! What may have arrived is not sent again before it is known, or where a repeat does no harm.

use super::crm::{Can, Crm, Fault};
use super::{ASHA, attempts, complete, deliveries, wait, working};
use crate::harness::{Place, texts};
use leadwire::clock::HOUR;
use serde_json::json;

on_both! {
    it_is_not_sent_again_while_nobody_can_say_whether_it_arrived,
    a_repeat_has_the_same_key_and_the_same_body,
    a_repeat_that_is_not_taken_is_still_a_repeat,
    where_nothing_helps_a_person_has_to_look,
}

async fn it_is_not_sent_again_while_nobody_can_say_whether_it_arrived(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    crm.next(&[Fault::DoneAndHangs]);
    crm.next_questions(&[Fault::Fails, Fault::Resets, Fault::TooMany(5)]);
    complete(&app, ASHA).await;
    for _ in 0..4 {
        wait(&mut app).await;
    }
    let expected =
        ["create unknown", "look_up unknown", "look_up unknown", "look_up retry", "look_up delivered"];
    assert_eq!(attempts(&app).await, expected);
    assert_eq!((crm.writes().len(), crm.leads().len()), (1, 1));
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known"]);
}

async fn a_repeat_has_the_same_key_and_the_same_body(place: Place) {
    let crm = Crm::start().await;
    crm.honours_keys(true);
    crm.answers_look_ups(false);
    let mut app = working(&place, &crm, Can::REPEAT).await;
    crm.next(&[Fault::DoneAndHangs, Fault::DoneAndResets, Fault::DoneAnd500]);
    complete(&app, ASHA).await;
    wait(&mut app).await;
    let writes = crm.writes();
    assert_eq!(writes.len(), 4);
    for write in &writes[1..] {
        assert_eq!((&write.idempotency_key, &write.body), (&writes[0].idempotency_key, &writes[0].body));
    }
    assert_eq!((crm.leads().len(), crm.doubled()), (1, 0));
    assert_eq!(deliveries(&app).await, ["crm delivered 4 known"]);
}

/// What was sent first may be there, although the repeat was turned away: what comes later must not make a second record.
async fn a_repeat_that_is_not_taken_is_still_a_repeat(place: Place) {
    let crm = Crm::start().await;
    crm.honours_keys(true);
    crm.answers_look_ups(false);
    let mut app = working(&place, &crm, Can::REPEAT).await;
    crm.next(&[Fault::DoneAndHangs, Fault::Unavailable]);
    let session = super::chat(&app).await;
    app.settled().await;
    app.pass(HOUR / 60).await;
    assert_eq!(attempts(&app).await, ["create unknown", "create retry again"]);
    super::behave(&app, &session, "clicked_demo").await;
    wait(&mut app).await;
    assert_eq!((crm.leads().len(), crm.doubled()), (1, 0), "{:?}", crm.writes());
    assert_eq!(crm.leads()[0].updates, 1, "and the correction arrived");
    assert_eq!(texts(&app.app.db, "state", "deliveries").await, ["delivered"]);
}

async fn where_nothing_helps_a_person_has_to_look(place: Place) {
    let crm = Crm::start().await;
    crm.answers_look_ups(false);
    let mut app = working(&place, &crm, Can::NEITHER).await;
    crm.next(&[Fault::DoneAndHangs]);
    let session = super::chat(&app).await;
    wait(&mut app).await;
    app.pass(12 * HOUR).await;
    assert_eq!(deliveries(&app).await, ["crm unknown 1"]);
    // Nor does a correction make a second record of it.
    super::behave(&app, &session, "clicked_demo").await;
    wait(&mut app).await;
    assert_eq!(deliveries(&app).await, ["crm unknown 1"]);
    assert_eq!(crm.writes().len(), 1);
    let failed = "state || ' ' || resolved || ' ' || error_message";
    assert_eq!(
        texts(&app.app.db, failed, "failed_leads").await,
        [
            "unknown 0 it may be there, the sink cannot be asked, and sending it again could be a second record"
        ]
    );
    assert_eq!(app.count("outbox WHERE finished_at IS NULL").await, 0, "{}", json!(crm.writes().len()));
}
