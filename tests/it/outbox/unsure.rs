//! Sends of which nobody heard whether they were taken: found out before they are sent again.

use super::fake::{Act, Fake};
use super::{ASHA, GREETING, column, jobs, say, working};
use crate::harness::{OUR_NUMBER, Place, TestApp, execute, number};
use leadwire::store::outbox::{LEASE, SETTLE};

on_both! {
    a_report_that_carries_our_id_settles_it,
    a_report_that_comes_before_the_doubt_settles_it_too,
    what_is_found_at_the_provider_is_not_sent_again,
    what_nobody_knows_of_is_sent_again_and_marked,
    a_report_after_the_repeat_counts_it_as_doubled,
    a_hold_that_ran_out_is_a_doubt,
    no_answer_in_time_is_a_doubt,
    a_gateway_that_gave_up_is_a_doubt,
    a_provider_that_cannot_be_asked_is_asked_again,
    an_answer_after_the_hold_was_lost_is_compared,
}

/// Posts a report of something the provider took.
async fn report(app: &TestApp, fake: &Fake, which: usize, status: &str) {
    let came = fake.came().remove(which);
    let sid = came.sid.clone().unwrap();
    let form = [("MessageSid", sid.as_str()), ("MessageStatus", status), ("From", OUR_NUMBER), ("To", ASHA)];
    assert_eq!(app.twilio(&came.callback(), &form).await.status, 204);
}

async fn a_report_that_carries_our_id_settles_it(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.lists(false);
    fake.next(&[Act::TakeAndHangUp]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["unsure 1 0 0"]);
    report(&app, &fake, 0, "sent").await;
    assert_eq!(jobs(&app).await, ["sent 1 0 0"]);
    assert_eq!(column(&app, "provider_id").await, fake.came()[0].sid.clone().unwrap());
    app.pass(SETTLE).await;
    report(&app, &fake, 0, "delivered").await;
    assert_eq!((fake.came().len(), fake.asked()), (1, 0));
    assert_eq!(column(&app, "doubles").await, "0", "the same id is no second one");
}

async fn a_report_that_comes_before_the_doubt_settles_it_too(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.lists(false);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    report(&app, &fake, 0, "sent").await;
    // As it stands where the process died between the answer and its commit.
    execute(
        &app.app.db,
        "UPDATE outbox SET state = 'held', holder = 'gone', finished_at = NULL, provider_id = NULL, unsure = FALSE, run_at = 0",
    )
    .await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["unsure 1 0 0"]);
    app.pass(SETTLE).await;
    assert_eq!(jobs(&app).await, ["sent 2 0 0"]);
    assert_eq!(column(&app, "provider_id").await, fake.came()[0].sid.clone().unwrap());
    assert_eq!(fake.came().len(), 1);
}

async fn what_is_found_at_the_provider_is_not_sent_again(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::TakeAndHangUp]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    app.pass(SETTLE - 1).await;
    assert_eq!(fake.asked(), 0, "reports get their time first");
    app.pass(1).await;
    assert_eq!(jobs(&app).await, ["sent 2 0 0"]);
    assert_eq!((fake.asked(), fake.came().len()), (1, 1));
    assert_eq!(column(&app, "provider_id").await, fake.came()[0].sid.clone().unwrap());
}

async fn what_nobody_knows_of_is_sent_again_and_marked(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::HangUp]);
    say(&app, ASHA, "hi").await;
    app.pass(SETTLE).await;
    assert_eq!(jobs(&app).await, ["sent 2 1 0"]);
    assert_eq!(fake.texts(), [GREETING]);
    assert_eq!(fake.doubled(), 0);
}

async fn a_report_after_the_repeat_counts_it_as_doubled(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.lists(false);
    fake.next(&[Act::TakeAndHangUp, Act::TakeAndHangUp]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    app.pass(SETTLE).await;
    app.pass(SETTLE).await;
    assert_eq!(jobs(&app).await, ["sent 3 2 0"], "taken three times, and we know of one");
    for (which, status, doubles) in
        [(2, "sent", 0), (0, "sent", 1), (0, "delivered", 1), (1, "sent", 2), (2, "delivered", 2)]
    {
        report(&app, &fake, which, status).await;
        assert_eq!(jobs(&app).await, [format!("sent 3 2 {doubles}")], "report {which} {status}");
    }
    let counted = number(&app.app.db, "SELECT SUM(doubles) FROM outbox").await;
    assert_eq!(counted as usize, fake.doubled());
}

async fn a_hold_that_ran_out_is_a_doubt(place: Place) {
    let (app, fake) = working(&place, &[]).await;
    app.stop().await;
    let mut app = super::idle(&place, &fake, &[]).await;
    // Handed over to a worker that dies before it sends.
    let dies = app.app.handover.attach();
    say(&app, ASHA, "hi").await;
    drop(dies);
    app.app.handover.finished(1);
    assert_eq!(jobs(&app).await, ["held 1 0 0"]);
    app.clock.advance(LEASE);
    app.work().await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["unsure 1 0 0"]);
    app.pass(SETTLE).await;
    assert_eq!(jobs(&app).await, ["sent 2 1 0"]);
    assert_eq!(fake.texts(), [GREETING]);
}

async fn no_answer_in_time_is_a_doubt(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::TakeAndHang]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["unsure 1 0 0"]);
    assert_eq!(column(&app, "last_error").await, "no answer in time");
}

async fn a_gateway_that_gave_up_is_a_doubt(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::TakeAndTimeOut]);
    say(&app, ASHA, "hi").await;
    app.pass(SETTLE).await;
    assert_eq!(jobs(&app).await, ["sent 2 0 0"]);
    assert_eq!(fake.came().len(), 1);
}

async fn a_provider_that_cannot_be_asked_is_asked_again(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::TakeAndHangUp]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    app.stop().await;
    // The provider is away when it is asked.
    let mut away = super::idle(&place, &fake, &[("TWILIO_API_BASE", "http://127.0.0.1:9")]).await;
    away.work().await;
    away.pass(SETTLE).await;
    assert_eq!(jobs(&away).await, ["unsure 2 0 0"]);
    away.stop().await;
    let mut back = super::idle(&place, &fake, &[]).await;
    back.work().await;
    back.pass(3 * SETTLE).await;
    assert_eq!(jobs(&back).await, ["sent 3 0 0"]);
    assert_eq!(fake.came().len(), 1);
}

async fn an_answer_after_the_hold_was_lost_is_compared(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    let db = place.connect(1).await;
    // While the request is under way, somebody else takes the row for lost, sends it again, and finishes it.
    fake.next(&[Act::TakeAndHang]);
    say(&app, ASHA, "hi").await;
    fake.until(1).await;
    execute(&db, "UPDATE outbox SET state = 'sent', holder = NULL, finished_at = 1, provider_id = 'SMother', attempts = 2").await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["sent 2 0 0"], "an unknown end changes nothing");
    report(&app, &fake, 0, "sent").await;
    assert_eq!(jobs(&app).await, ["sent 2 0 0"], "and a row nobody was unsure of is not looked for");

    say(&app, "+14155550199", "hi").await;
    app.settled().await;
    let row = "UPDATE outbox SET provider_id = 'SMother' WHERE recipient = '+14155550199'";
    assert_eq!(execute(&db, row).await, 1);
    let id = number(&db, "SELECT id FROM outbox WHERE recipient = '+14155550199'").await;
    let late = fake.came()[1].sid.clone().unwrap();
    leadwire::service::outbox::answered_late(&app.app, 1, id, &late).await.unwrap();
    leadwire::service::outbox::answered_late(&app.app, 1, id, &late).await.unwrap();
    assert_eq!(number(&db, "SELECT doubles FROM outbox WHERE recipient = '+14155550199'").await, 1);
}
