//! What Twilio reports of our messages.

use super::{ASHA, plain_app, say};
use crate::harness::{PUBLIC_URL, Place, Reply, TWILIO_TOKEN, TestApp, texts};
use leadwire::channels::twilio;

on_both! {
    a_callback_finds_the_message_it_is_about,
    a_status_only_moves_forward,
    callbacks_at_once_end_at_the_last,
    an_unknown_message_is_let_go,
    the_query_is_signed_too,
    two_messages_of_one_person_have_their_own_status,
}

/// The path and query of the callback address in a TwiML answer.
fn callback(reply: &Reply) -> String {
    let (_, rest) = reply.body.split_once("statusCallback=\"").unwrap();
    let url = rest.split_once('"').unwrap().0.replace("&amp;", "&");
    url.strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

async fn report(app: &TestApp, path: &str, sid: &str, status: &str) -> u16 {
    let form = [("MessageSid", sid), ("MessageStatus", status), ("From", "+15005550006"), ("To", ASHA)];
    app.twilio(path, &form).await.status
}

async fn statuses(app: &TestApp) -> Vec<String> {
    let row = "body || ' ' || COALESCE(status, '-') || ' ' || COALESCE(provider_id, '-') || ' ' || COALESCE(error_code, '-')";
    texts(&app.app.db, row, "messages WHERE direction = 'out' ORDER BY conversation_id, seq").await
}

async fn a_callback_finds_the_message_it_is_about(place: Place) {
    let app = plain_app(&place).await;
    let first = app.twilio_message(ASHA, "hi", "SM1").await;
    app.clock.advance(5_000);
    assert_eq!(report(&app, &callback(&first), "SMout1", "delivered").await, 204);
    assert_eq!(statuses(&app).await, ["Welcome! May I ask a few questions? delivered SMout1 -"]);
    let at = crate::harness::START + 5_000;
    assert_eq!(app.count(&format!("messages WHERE status_at = {at}")).await, 1);
}

async fn a_status_only_moves_forward(place: Place) {
    let app = plain_app(&place).await;
    // What comes in order, then where the message stands.
    let rows: [(&str, &[&str], &str); 6] = [
        ("in order", &["queued", "sending", "sent", "delivered", "read"], "read"),
        ("repeated", &["sent", "sent", "sent"], "sent"),
        ("out of order", &["delivered", "queued", "sent"], "delivered"),
        ("late reading", &["delivered", "read", "delivered"], "read"),
        ("a failure after sending", &["sent", "undelivered", "sent"], "undelivered"),
        ("a failure after arrival", &["delivered", "failed"], "delivered"),
    ];
    for (n, (label, reported, expected)) in rows.into_iter().enumerate() {
        let phone = format!("+1415555{n:04}");
        let path = callback(&app.twilio_message(&phone, "hi", "SM1").await);
        for status in reported {
            assert_eq!(report(&app, &path, &format!("SMout{n}"), status).await, 204, "{label}: {status}");
        }
        let row = format!("messages WHERE provider_id = 'SMout{n}' AND status = '{expected}'");
        assert_eq!(app.count(&row).await, 1, "{label}");
    }
    assert_eq!(app.count("messages WHERE status IS NOT NULL").await, 6);
}

async fn callbacks_at_once_end_at_the_last(place: Place) {
    let app = plain_app(&place).await;
    let path = callback(&app.twilio_message(ASHA, "hi", "SM1").await);
    let reported = ["read", "queued", "sent", "sending", "delivered", "accepted", "sent", "queued"];
    let codes = super::order::all(reported.map(|status| report(&app, &path, "SMout", status))).await;
    assert_eq!(codes, [204; 8]);
    assert_eq!(statuses(&app).await, ["Welcome! May I ask a few questions? read SMout -"]);
}

async fn an_unknown_message_is_let_go(place: Place) {
    let app = plain_app(&place).await;
    let path = callback(&app.twilio_message(ASHA, "hi", "SM1").await);
    let (place_of_it, _) = path.rsplit_once('-').unwrap();
    let inbound = format!("{place_of_it}-1");
    for path in [
        "/webhooks/twilio/status",
        "/webhooks/twilio/status?message=1-77-2",
        "/webhooks/twilio/status?message=x",
        &inbound,
    ] {
        assert_eq!(report(&app, path, "SMother", "sent").await, 204, "{path}");
    }
    assert_eq!(app.count("messages WHERE status IS NOT NULL OR provider_id = 'SMother'").await, 0);
    assert_eq!(report(&app, &path, "SMout", "flown").await, 400, "no status at all");
}

async fn the_query_is_signed_too(place: Place) {
    let app = plain_app(&place).await;
    let path = callback(&app.twilio_message(ASHA, "hi", "SM1").await);
    let form: Vec<(String, String)> = [("MessageSid", "SMout"), ("MessageStatus", "sent")]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .into();
    let bare = path.split_once('?').unwrap().0;
    for (signed, expected) in [(bare, 403), (path.as_str(), 204)] {
        let signature = twilio::sign(TWILIO_TOKEN.as_bytes(), &format!("{PUBLIC_URL}{signed}"), &form);
        let body = "MessageSid=SMout&MessageStatus=sent";
        let request = app
            .request("POST", &path)
            .header(twilio::SIGNATURE_HEADER, signature)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        assert_eq!(app.send(request).await.status, expected, "{signed}");
        assert_eq!(app.count("messages WHERE status = 'sent'").await, i64::from(expected == 204));
    }
}

async fn two_messages_of_one_person_have_their_own_status(place: Place) {
    let app = plain_app(&place).await;
    let first = callback(&app.twilio_message(ASHA, "hi", "SM1").await);
    let second = callback(&app.twilio_message(ASHA, "yes", "SM2").await);
    assert_eq!(report(&app, &second, "SMb", "failed").await, 204);
    assert_eq!(report(&app, &first, "SMa", "delivered").await, 204);
    assert_eq!(
        statuses(&app).await,
        [
            "Welcome! May I ask a few questions? delivered SMa -",
            "What type of business do you run? failed SMb -",
        ]
    );
    // Our ids of outgoing messages are no repeats of anything said to us.
    assert_eq!(say(&app, ASHA, "Restaurant").await, [super::CITY]);
}
