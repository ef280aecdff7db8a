//! What the provider's answers lead to.

use super::fake::Act;
use super::{ACCOUNT, ASHA, GREETING, column, jobs, say, working};
use crate::harness::{OUR_NUMBER, PUBLIC_URL, Place, START, TWILIO_TOKEN, number};
use base64::Engine;
use leadwire::clock::MINUTE;

on_both! {
    a_reply_leaves_after_the_commit_and_is_done,
    a_refusal_that_passes_is_tried_again_later,
    the_provider_says_when_to_come_again,
    a_refusal_for_good_fails_the_message,
    after_the_last_try_it_is_dead_and_can_be_tried_again,
    an_account_that_is_not_configured_keeps_its_jobs,
    a_private_address_is_not_called,
}

async fn a_reply_leaves_after_the_commit_and_is_done(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    say(&app, ASHA, "hi").await;
    app.settled().await;
    let came = fake.came();
    assert_eq!(came.len(), 1);
    assert_eq!((came[0].field("To"), came[0].field("From")), (ASHA, OUR_NUMBER));
    assert_eq!(came[0].field("Body"), GREETING);
    assert!(
        came[0]
            .field("StatusCallback")
            .starts_with(&format!("{PUBLIC_URL}/webhooks/twilio/status?message=1-"))
    );
    let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{ACCOUNT}:{TWILIO_TOKEN}"));
    assert_eq!(came[0].authorization, format!("Basic {credentials}"));
    assert_eq!(jobs(&app).await, ["sent 1 0 0"], "held from birth: nobody had to claim it");
    assert_eq!(column(&app, "provider_id").await, came[0].sid.clone().unwrap());
    let again = app.twilio_message(ASHA, "yes", "SM-same").await;
    assert_eq!(app.twilio_message(ASHA, "yes", "SM-same").await.body, again.body);
    app.settled().await;
    assert_eq!(fake.came().len(), 2, "a webhook that comes again sends nothing again");
    app.stop().await;
}

async fn a_refusal_that_passes_is_tried_again_later(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Refuse(500, 0), Act::Refuse(503, 0)]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["waiting 1 0 0"]);
    assert_eq!(column(&app, "last_error").await, "not working (HTTP 500)");
    app.settled().await;
    assert_eq!(fake.came().len(), 1, "not before its time");
    app.pass(1_000).await;
    assert_eq!(fake.came().len(), 2);
    let wait = number(&app.app.db, "SELECT run_at FROM outbox").await - START - 1_000;
    assert!((1_000..=2_000).contains(&wait), "twice as long, scattered: {wait}");
    app.pass(2_000).await;
    assert_eq!(jobs(&app).await, ["sent 3 0 0"]);
    assert_eq!(fake.texts(), [GREETING]);
}

async fn the_provider_says_when_to_come_again(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Wait(30)]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    assert_eq!(number(&app.app.db, "SELECT run_at FROM outbox").await, START + 30_000);
    app.pass(29_999).await;
    assert_eq!(fake.came().len(), 1);
    app.pass(1).await;
    assert_eq!(jobs(&app).await, ["sent 2 0 0"]);
}

async fn a_refusal_for_good_fails_the_message(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Refuse(400, 21211)]);
    say(&app, ASHA, "hi").await;
    app.pass(60 * MINUTE).await;
    assert_eq!(jobs(&app).await, ["rejected 1 0 0"]);
    assert_eq!(column(&app, "error_code").await, "21211");
    assert_eq!(
        app.count("messages WHERE status = 'failed' AND error_code = '21211' AND direction = 'out'").await,
        1
    );
    say(&app, ASHA, "yes").await;
    app.settled().await;
    assert_eq!(fake.texts().len(), 1, "what comes after it is sent");
}

async fn after_the_last_try_it_is_dead_and_can_be_tried_again(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.always(|_| Act::Refuse(500, 0));
    say(&app, ASHA, "hi").await;
    app.settled().await;
    for _ in 0..11 {
        app.pass(16 * MINUTE).await;
    }
    assert_eq!(jobs(&app).await, ["dead 12 0 0"]);
    assert_eq!(app.count("messages WHERE status = 'failed' AND direction = 'out'").await, 1);
    app.pass(16 * MINUTE).await;
    assert_eq!(fake.came().len(), 12, "not once more by itself");
    let health = app.get("/health").await.ok();
    assert_eq!((health["status"].as_str(), health["jobs"]["dead"].as_i64()), (Some("degraded"), Some(1)));
    assert_eq!(
        health["alerts"][0],
        "1 jobs were given up; see leadwire jobs list --state dead, for each --tenant"
    );

    fake.always(|_| Act::Take);
    let id = column(&app, "id").await;
    let retry =
        app.request("POST", &format!("/api/v1/jobs/{id}/retry")).bearer_auth(crate::harness::ADMIN_TOKEN);
    assert_eq!(app.send(retry).await.ok()["id"].to_string(), id);
    app.settled().await;
    assert_eq!(jobs(&app).await, ["sent 1 0 0"]);
    app.clock.advance(6_000);
    assert_eq!(app.get("/health").await.ok()["status"], "healthy");
}

async fn an_account_that_is_not_configured_keeps_its_jobs(place: Place) {
    let (app, fake) = working(&place, &[]).await;
    app.stop().await;
    // Its token is taken out of the configuration: nothing can be sent, and nothing is lost.
    let mut app = super::idle(&place, &fake, &[("TWILIO_AUTH_TOKEN", "")]).await;
    app.work().await;
    let db = place.connect(2).await;
    let row = "(1, 5, 'twilio_message', 1, '1-1', 5, '+1', 'To=%2B1&Body=x', 1, 'sms', 1, 1, 0, 1, FALSE, 'waiting', 0, 0, 0, 0)";
    let columns = "tenant_id, id, kind, account_id, lane, place, recipient, payload, person_id, channel, conversation_id, seq, \
                   part, parts, confirms, state, attempts, run_at, wanted_at, created_at";
    crate::harness::execute(&db, format!("INSERT INTO outbox ({columns}) VALUES {row}")).await;
    app.settled().await;
    assert_eq!(column(&app, "last_error").await, "set TWILIO_AUTH_TOKEN");
    assert_eq!(number(&db, "SELECT run_at FROM outbox").await, START + 5 * MINUTE);
    assert!(fake.came().is_empty());
}

async fn a_private_address_is_not_called(place: Place) {
    let (mut app, fake) = working(&place, &[("ALLOW_PRIVATE_ADDRESSES", "10.0.0.0/8")]).await;
    say(&app, ASHA, "hi").await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["rejected 1 0 0"]);
    assert_eq!(
        column(&app, "last_error").await,
        "a private address, which ALLOW_PRIVATE_ADDRESSES does not name"
    );
    assert!(fake.came().is_empty());
}
