//! STOP, START and HELP, before any flow.

use super::{ASHA, BUSINESS, CITY, GREETING, plain_app, say};
use crate::harness::{MESSAGES, Place, TestApp, text_message, texts};
use leadwire::channels::twilio::EMPTY;
use leadwire::clock::DAY;

const CONFIRMED: &str = "You will hear no more from us. Write START if you change your mind.";

on_both! {
    stop_by_sms_is_silent_and_lasts,
    start_restores_and_shows_the_open_question,
    yes_answers_an_open_question,
    what_the_provider_took_for_an_opt_out_is_one,
    stop_by_whatsapp_is_confirmed_exactly_once,
    stop_by_sms_is_confirmed_where_that_is_configured,
    an_opt_out_survives_restart_and_new_conversations,
    an_opt_out_of_one_channel_leaves_the_other,
    help_is_told_where_the_provider_does_not,
    stop_of_a_stranger_is_kept,
}

async fn consents(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "channel || ' ' || signal || ' ' || wording", "consents ORDER BY created_at, seq")
        .await
}

async fn stop_by_sms_is_silent_and_lasts(place: Place) {
    let app = plain_app(&place).await;
    say(&app, ASHA, "hi").await;
    let stopped = app.twilio_message(ASHA, "Stop", "SM-stop").await;
    assert_eq!((stopped.status, stopped.body.as_str()), (200, EMPTY), "Twilio confirms by itself");
    assert_eq!(consents(&app).await, ["sms stop Stop"]);
    for text in ["yes please", "hello?", "STOP", "help", "demo", "restart", "back"] {
        assert_eq!(say(&app, ASHA, text).await, [""; 0], "{text}");
    }
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 9, "all are recorded");
    assert_eq!(app.count("leads WHERE message_count = 9 AND last_message = 'back'").await, 1);
    assert_eq!(app.count("messages WHERE direction = 'out'").await, 1, "the greeting was the last we said");
    assert_eq!(app.count("consents").await, 1, "a second STOP is no new one");
}

async fn start_restores_and_shows_the_open_question(place: Place) {
    let app = plain_app(&place).await;
    say(&app, ASHA, "hi").await;
    say(&app, ASHA, "yes").await;
    say(&app, ASHA, "STOP").await;
    assert_eq!(say(&app, ASHA, "Restaurant").await, [""; 0]);
    assert_eq!(say(&app, ASHA, "START").await, [BUSINESS], "Twilio welcomes; we show where we were");
    assert_eq!(consents(&app).await, ["sms stop STOP", "sms start START"]);
    assert_eq!(say(&app, ASHA, "Restaurant").await, [CITY], "and it goes on");
}

async fn yes_answers_an_open_question(place: Place) {
    let app = plain_app(&place).await;
    say(&app, ASHA, "hi").await;
    assert_eq!(say(&app, ASHA, "YES").await, [BUSINESS], "no opt-in of somebody who did not opt out");
    assert_eq!(app.count("consents").await, 0);
    let starting = "+14155550124";
    assert_eq!(say(&app, starting, "START").await, [GREETING], "START of a stranger begins the flow");
    assert_eq!(app.count("consents").await, 0);
}

async fn what_the_provider_took_for_an_opt_out_is_one(place: Place) {
    let app = plain_app(&place).await;
    say(&app, ASHA, "hi").await;
    let send = async |text, kind, sid| {
        let mut form = text_message(ASHA, text, sid);
        form.push(("OptOutType", kind));
        app.twilio(MESSAGES, &form).await
    };
    // A word of the account's own, which no list of ours has.
    assert_eq!(send("adios", "STOP", "SM-1").await.body, EMPTY);
    assert_eq!(say(&app, ASHA, "yes please").await, [""; 0]);
    assert_eq!(send("hola", "START", "SM-2").await.texts(), [GREETING], "the open question");
    assert_eq!(consents(&app).await, ["sms stop adios", "sms start hola"]);
    assert_eq!(send("que", "HELP", "SM-3").await.texts(), [GREETING], "help is Twilio's to give");
}

async fn stop_by_whatsapp_is_confirmed_exactly_once(place: Place) {
    let app = plain_app(&place).await;
    let whatsapp = format!("whatsapp:{ASHA}");
    say(&app, &whatsapp, "hi").await;
    assert_eq!(say(&app, &whatsapp, "STOP").await, [CONFIRMED]);
    for text in ["STOP", "really?", "stop it"] {
        assert_eq!(say(&app, &whatsapp, text).await, [""; 0], "{text}");
    }
    assert_eq!(
        say(&app, &whatsapp, "START").await,
        [format!("Welcome back! You will hear from us again.\n\n{GREETING}")]
    );
    assert_eq!(say(&app, &whatsapp, "yes").await, [BUSINESS]);
}

async fn stop_by_sms_is_confirmed_where_that_is_configured(place: Place) {
    let app = place.app_with(&[("TWILIO_CONFIRM_OPT_OUT", "true")]).await;
    say(&app, ASHA, "hi").await;
    assert_eq!(say(&app, ASHA, "STOP").await, [CONFIRMED]);
    assert_eq!(say(&app, ASHA, "STOP").await, [""; 0]);
}

async fn an_opt_out_survives_restart_and_new_conversations(place: Place) {
    let app = plain_app(&place).await;
    super::complete(&app, ASHA).await;
    say(&app, ASHA, "STOP").await;
    app.stop().await;
    let app = plain_app(&place).await;
    assert_eq!(say(&app, ASHA, "hello").await, [""; 0]);
    app.clock.advance(30 * DAY);
    for text in ["hello", "demo", "restart"] {
        assert_eq!(say(&app, ASHA, text).await, [""; 0], "{text}: not even a new conversation speaks");
    }
    assert_eq!(say(&app, ASHA, "unstop").await, [""; 0], "Twilio welcomes, and no question is open");
    assert_eq!(say(&app, ASHA, "demo").await, [GREETING], "but now a keyword is heard");
}

async fn an_opt_out_of_one_channel_leaves_the_other(place: Place) {
    let app = plain_app(&place).await;
    let whatsapp = format!("whatsapp:{ASHA}");
    say(&app, ASHA, "hi").await;
    say(&app, &whatsapp, "hi").await;
    say(&app, ASHA, "STOP").await;
    assert_eq!(say(&app, &whatsapp, "yes").await, [BUSINESS]);
    assert_eq!(say(&app, &whatsapp, "STOP").await, [CONFIRMED], "the first on this channel");
    assert_eq!(say(&app, ASHA, "START").await, [GREETING]);
    assert_eq!(say(&app, &whatsapp, "Restaurant").await, [""; 0], "START restores its own channel");
}

async fn help_is_told_where_the_provider_does_not(place: Place) {
    let app = plain_app(&place).await;
    let whatsapp = format!("whatsapp:{ASHA}");
    say(&app, &whatsapp, "hi").await;
    let told = say(&app, &whatsapp, "HELP").await;
    assert!(told[0].contains("STOP") && told[0].ends_with(GREETING), "{told:?}");
    say(&app, ASHA, "hi").await;
    assert_eq!(say(&app, ASHA, "HELP").await, [GREETING], "by SMS Twilio gives the help");
    assert_eq!(app.count("consents").await, 0);
}

async fn stop_of_a_stranger_is_kept(place: Place) {
    let app = plain_app(&place).await;
    assert_eq!(say(&app, ASHA, "STOP").await, [""; 0]);
    assert_eq!(say(&app, ASHA, "hi").await, [""; 0]);
    assert_eq!(consents(&app).await, ["sms stop STOP"]);
    assert_eq!(app.count("leads WHERE first_message = 'STOP' AND message_count = 2").await, 1);
}
