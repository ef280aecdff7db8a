//! Calls that break off: what was said stays, and the conversation waits or goes on by text message.

use super::{ASHA, Phone, STATUS, desk, write};
use crate::harness::{OUR_NUMBER, Place, texts};
use crate::outbox::fake::Fake;
use crate::whole::assert_whole;

on_both! {
    the_next_call_goes_on,
    it_goes_on_by_text_message,
    the_text_message_leaves_from_the_number_that_was_called,
    without_an_account_to_send_by_it_waits_for_the_next_call,
    a_call_takes_up_what_went_on_by_text_message,
    it_does_not_where_it_may_not,
    a_number_that_was_only_said_gets_no_text_message,
    an_end_before_the_last_answer,
    calls_that_are_not_answered,
    after_a_day_a_call_begins_anew,
}

/// What text messages are sent by.
const TWILIO: (&str, &str) = ("TWILIO_ACCOUNT_SID", crate::outbox::ACCOUNT);

/// The desk without text messages.
fn by_phone_only(place: &Place) {
    write(place, &super::DESK.replace("continue_by = \"sms\"\n", ""));
}

async fn the_next_call_goes_on(place: Place) {
    let app = desk(&place, &[]).await;
    by_phone_only(&place);
    assert_eq!(app.publish().await, ["desk"]);
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "outcome", "conversations").await, ["interrupted"]);
    assert_eq!(app.count("conversations WHERE ended_at IS NOT NULL AND next_timer_at IS NULL").await, 1);
    app.clock.advance(3_600_000);
    let (mut phone, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(
        heard.says().starts_with("Welcome back! We go on where we stopped. | Which day?"),
        "{}",
        heard.says()
    );
    phone.presses("03142026").await;
    assert_eq!(app.count("conversations WHERE outcome IS NULL AND ended_at IS NULL").await, 1);
    phone.says("skip").await;
    assert!(phone.says("food").await.hangs_up());
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "outcome", "conversations").await, ["completed"]);
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().starts_with("What is it about?"), "what is complete is not gone on with");
    assert_whole(&app.app.db).await;
}

async fn it_goes_on_by_text_message(place: Place) {
    let app = desk(&place, &[TWILIO]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "channel", "conversations").await, ["sms"], "one conversation");
    assert_eq!(app.count("conversations WHERE outcome IS NULL AND open_step = 'day'").await, 1);
    let said = texts(&app.app.db, "body", "messages WHERE direction = 'out' ORDER BY seq DESC LIMIT 2").await;
    assert_eq!(said, ["Which day?", "Our call broke off. You can go on here:"]);
    assert_eq!(app.count("messages WHERE segments = 1").await, 1);
    let reply = app.twilio_message(ASHA, "14 March 2026", "SM1").await;
    assert_eq!(reply.texts(), ["Which number reaches you?"]);
    assert_eq!(app.count("conversations").await, 1);
    assert_eq!(app.count("conversations c WHERE c.score = (SELECT SUM(points) FROM score_entries s WHERE s.conversation_id = c.id)").await, 1);
    phone.hangs_up().await;
    assert_eq!(app.count("messages WHERE direction = 'call'").await, 2, "told twice, once done");
}

async fn the_text_message_leaves_from_the_number_that_was_called(place: Place) {
    let fake = Fake::start().await;
    let settings = [
        TWILIO,
        ("TWILIO_FROM", "+15005550000"),
        ("TWILIO_API_BASE", fake.url.as_str()),
        ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1"),
    ];
    let mut app = desk(&place, &settings).await;
    app.work().await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    app.settled().await;
    let came = fake.came();
    assert_eq!(came.len(), 1);
    assert_eq!((came[0].field("To"), came[0].field("From")), (ASHA, OUR_NUMBER));
    assert_eq!(came[0].field("Body"), "Our call broke off. You can go on here:\n\nWhich day?");
    assert_eq!(texts(&app.app.db, "channel || ' ' || state", "outbox").await, ["sms sent"]);
    assert_whole(&app.app.db).await;
}

async fn without_an_account_to_send_by_it_waits_for_the_next_call(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "channel || ' ' || outcome", "conversations").await, ["voice interrupted"]);
    assert_eq!(app.count("outbox").await, 0);
}

/// Most calls that break off are made again at once.
async fn a_call_takes_up_what_went_on_by_text_message(place: Place) {
    let app = desk(&place, &[TWILIO]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    app.twilio_message(ASHA, "14 March 2026", "SM1").await;
    let (mut phone, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(
        heard.says().starts_with("Welcome back! We go on where we stopped. | Which number reaches you?"),
        "{}",
        heard.says()
    );
    assert_eq!(texts(&app.app.db, "channel", "conversations").await, ["voice"], "and moves back");
    let sid = phone.sid.clone();
    assert_eq!(Phone::ring(&app, ASHA, &sid, "desk").await.1.xml, heard.xml, "a repeat of its first webhook");
    phone.says("skip").await;
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "open_step", "conversations").await, ["wants"]);
    assert_eq!(app.twilio_message(ASHA, "water", "SM2").await.texts(), ["Thank you."]);
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().starts_with("What is it about?"), "it is complete");
    assert_whole(&app.app.db).await;
}

/// It may be anybody's.
async fn a_number_that_was_only_said_gets_no_text_message(place: Place) {
    let app = desk(&place, &[TWILIO]).await;
    let (mut phone, _) = Phone::call(&app, "anonymous", "desk").await;
    phone.presses("2").await;
    phone.presses("03142026").await;
    phone.presses("4155550188").await;
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "channel || ' ' || outcome", "conversations").await, ["voice interrupted"]);
    assert_eq!(app.count("outbox").await, 0);
}

async fn it_does_not_where_it_may_not(place: Place) {
    let app = desk(&place, &[TWILIO]).await;
    let (phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "outcome", "conversations").await, ["interrupted"], "nothing was answered");

    let (mut phone, _) = Phone::call(&app, "anonymous", "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    assert_eq!(app.count("conversations WHERE outcome = 'interrupted'").await, 2, "no number to write to");

    let stopped = "+14155550177";
    app.twilio_message(stopped, "STOP", "SM1").await;
    let (mut phone, _) = Phone::call(&app, stopped, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    assert_eq!(
        app.count("conversations WHERE outcome = 'interrupted'").await,
        3,
        "no text messages are wanted"
    );

    let writing = "+14155550188";
    let (mut phone, _) = Phone::call(&app, writing, "desk").await;
    phone.presses("2").await;
    app.twilio_message(writing, "desk", "SM2").await;
    phone.hangs_up().await;
    assert_eq!(
        app.count("conversations WHERE outcome = 'interrupted'").await,
        4,
        "they write about something else by now"
    );
    assert_eq!(app.count("conversations WHERE channel = 'sms'").await, 2);
}

/// Twilio may tell the end of a call before its last answer.
async fn an_end_before_the_last_answer(place: Place) {
    let app = desk(&place, &[TWILIO]).await;
    by_phone_only(&place);
    app.publish().await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    let late = phone.presses("03142026").await;
    assert!(late.hangs_up(), "nobody listens: {}", late.says());
    assert_eq!(app.count("answers WHERE step = 'day' AND value LIKE '%2026-03-14%'").await, 1);
    assert_eq!(texts(&app.app.db, "outcome", "conversations").await, ["interrupted"]);
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().contains("Which number reaches you?"), "{}", heard.says());
    assert_whole(&app.app.db).await;
}

async fn calls_that_are_not_answered(place: Place) {
    let app = desk(&place, &[TWILIO]).await;
    let stored = app.stored().await;
    for status in [
        "queued",
        "initiated",
        "ringing",
        "in-progress",
        "busy",
        "failed",
        "no-answer",
        "canceled",
        "completed",
    ] {
        let form = [
            ("CallSid", "CA1"),
            ("Direction", "outbound-api"),
            ("From", OUR_NUMBER),
            ("To", ASHA),
            ("CallStatus", status),
        ];
        assert_eq!(app.twilio(STATUS, &form).await.status, 204, "{status}");
    }
    assert_eq!(app.stored().await, stored, "no conversation was held");
    let machine = [
        ("CallSid", "CA2"),
        ("Direction", "outbound-api"),
        ("From", OUR_NUMBER),
        ("To", ASHA),
        ("AnsweredBy", "machine_end_beep"),
    ];
    let heard = super::Heard::of(&app.twilio("/webhooks/twilio/voice?flow=desk", &machine).await);
    assert!(heard.hangs_up() && heard.says().is_empty(), "the flow leaves nothing");
    write(
        &place,
        &super::DESK
            .replace("[voice]", "[voice]\nvoicemail = \"Hello from {{ title }}the desk.\"")
            .replace("{{ title }}", ""),
    );
    app.publish().await;
    let machine = [
        ("CallSid", "CA3"),
        ("Direction", "outbound-api"),
        ("From", OUR_NUMBER),
        ("To", ASHA),
        ("AnsweredBy", "machine_start"),
    ];
    let heard = super::Heard::of(&app.twilio("/webhooks/twilio/voice?flow=desk", &machine).await);
    assert_eq!((heard.says().as_str(), heard.hangs_up()), ("Hello from the desk.", true));
    assert_eq!(app.count("conversations WHERE outcome = 'machine'").await, 2);
    let human = [
        ("CallSid", "CA4"),
        ("Direction", "outbound-api"),
        ("From", OUR_NUMBER),
        ("To", ASHA),
        ("AnsweredBy", "human"),
    ];
    let heard = super::Heard::of(&app.twilio("/webhooks/twilio/voice?flow=desk", &human).await);
    assert!(heard.says().starts_with("What is it about?"), "{}", heard.says());
    assert_eq!(texts(&app.app.db, "value", "identities").await, [ASHA], "whom we called");
}

async fn after_a_day_a_call_begins_anew(place: Place) {
    let app = desk(&place, &[TWILIO]).await;
    by_phone_only(&place);
    app.publish().await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("2").await;
    phone.hangs_up().await;
    app.clock.advance(86_400_001);
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().starts_with("What is it about?"), "{}", heard.says());
    assert_eq!(app.count("conversations").await, 2);
}
