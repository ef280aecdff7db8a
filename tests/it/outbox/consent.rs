//! Opting out: nothing is sent to whom wants nothing, but the one confirmation.

use super::fake::Act;
use super::{ASHA, GREETING, jobs, say, working};
use crate::harness::{Place, texts};
use leadwire::clock::MINUTE;

on_both! {
    after_stop_only_the_confirmation_is_sent,
    what_waits_when_somebody_opts_out_is_not_sent,
    the_provider_may_know_it_first,
}

async fn after_stop_only_the_confirmation_is_sent(place: Place) {
    let (mut app, fake) = working(&place, &[("TWILIO_CONFIRM_OPT_OUT", "true")]).await;
    for text in ["hi", "STOP", "hello?", "STOP", "yes please"] {
        say(&app, ASHA, text).await;
        app.settled().await;
    }
    let sent = fake.texts();
    // YES opts in again, and what follows is sent.
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert_eq!(sent[0], GREETING);
    assert_eq!(app.count("outbox WHERE confirms").await, 1);
    say(&app, ASHA, "START").await;
    app.settled().await;
    assert_eq!(fake.texts().len(), 3);
}

async fn what_waits_when_somebody_opts_out_is_not_sent(place: Place) {
    let (mut app, fake) = working(&place, &[("TWILIO_CONFIRM_OPT_OUT", "true")]).await;
    fake.next(&[Act::Refuse(500, 0)]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    say(&app, ASHA, "yes").await;
    say(&app, ASHA, "STOP").await;
    app.pass(MINUTE).await;
    assert_eq!(jobs(&app).await, ["opted_out 2 0 0", "opted_out 1 0 0", "sent 1 0 0"]);
    let sent = fake.texts();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].contains("START"), "the confirmation: {sent:?}");
    assert_eq!(app.count("messages WHERE status = 'failed' AND error_code = 'opted_out'").await, 2);
}

async fn the_provider_may_know_it_first(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Refuse(400, 21610)]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["opted_out 1 0 0"]);
    assert_eq!(texts(&app.app.db, "opted_out", "persons").await, ["sms"]);
    let consents = texts(&app.app.db, "channel || ' ' || signal || ' ' || wording", "consents").await;
    assert_eq!(consents, ["sms stop refused by the provider: 21610"]);
    assert_eq!(app.count("messages WHERE status = 'failed' AND error_code = '21610'").await, 1);
    say(&app, ASHA, "hello?").await;
    app.settled().await;
    assert_eq!(fake.came().len(), 1, "nothing more is tried");
    crate::whole::assert_whole(&app.app.db).await;
}
