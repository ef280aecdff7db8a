//! Whole calls: by keys, by speech, by neither.

use super::{ASHA, Phone, desk};
use crate::harness::{Place, texts};
use crate::whole::assert_whole;

on_both! {
    a_vehicle_is_sold_by_phone,
    keys_pages_dates_and_several,
    whoever_is_not_understood_is_let_go,
    whoever_is_silent_is_let_go,
    a_call_lasts_no_longer_than_it_may,
    requests_by_voice_and_by_key,
    callers_without_a_number_are_different_people,
    what_was_said_is_a_lead,
}

async fn a_vehicle_is_sold_by_phone(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, heard) = Phone::call(&app, ASHA, "vehicle").await;
    assert_eq!(
        heard.says(),
        "Hello, and thanks for calling! We buy vehicles. Two minutes of questions, and we send you a quote. Are you ready? Press 1 for yes, 2 for no."
    );
    let gather = heard.step("Gather").unwrap();
    for (name, value) in [
        ("language", "en-US"),
        ("input", "dtmf speech"),
        ("bargeIn", "true"),
        ("numDigits", "1"),
        ("actionOnEmptyResult", "true"),
    ] {
        assert_eq!(gather.attributes[name], value, "{name}");
    }
    assert_eq!(heard.step("Say").unwrap().attributes["voice"], "Polly.Joanna");
    assert!(phone.presses("1").await.says().contains("For Honda, press 3."));
    assert_eq!(phone.says("it's a Honda").await.says(), "And the model? For example, Civic.");
    assert!(phone.says("Civic").await.says().starts_with("From which year is it? You can also key it in"));
    let zip = phone.presses("2015").await;
    assert!(zip.says().starts_with("What is the ZIP code where it is parked?"), "{}", zip.says());
    assert!(phone.presses("94107").await.says().starts_with("How soon would you like to sell?"));
    assert_eq!(
        phone.says("this week").await.says(),
        "Almost done. Now about you. | Please tell me your first and last name."
    );
    assert_eq!(
        phone.says("John Smith").await.says(),
        "I understood: John Smith. Is that right? Press 1 for yes, 2 for no."
    );
    assert!(phone.presses("2").await.says().starts_with("Sorry. Please spell it this time"));
    assert!(phone.says("John Smyth S M Y T H").await.says().contains("John Smyth"));
    assert!(phone.says("yes").await.says().starts_with("Thank you. Please say your phone number"));
    assert!(phone.presses("4155552671").await.says().starts_with("Now your e-mail address"));
    let read = phone.says("john at example dot com").await;
    assert!(read.says().contains("j o h n at e x a m p l e dot c o m"), "{}", read.says());
    let right = phone.presses("1").await;
    assert_eq!(right.says(), "Honda Civic, 2015: is that right? Press 1 for yes, 2 for no.");
    assert!(phone.says("yes").await.says().starts_with("May we call or text you about your quote?"));
    let end = phone.presses("1").await;
    assert_eq!(
        end.says(),
        "Thank you, John Smyth! A buyer will send your quote within one working day. | Goodbye."
    );
    assert!(end.hangs_up() && end.step("Gather").is_none());
    phone.hangs_up().await;
    assert_eq!(texts(&app.app.db, "outcome", "conversations").await, ["completed"]);
    assert_eq!(
        app.count(
            "leads WHERE phone = '+14155552671' AND email = 'john@example.com' AND name = 'John Smyth'"
        )
        .await,
        1
    );
    assert_eq!(app.count("messages WHERE direction = 'call'").await, 2, "its beginning and its end");
    assert_whole(&app.app.db).await;
}

async fn keys_pages_dates_and_several(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().ends_with("For Hotel, press 8. For more, press 9."), "{}", heard.says());
    assert_eq!(
        phone.presses("9").await.says(),
        "Here is more. For India, press 1. For Juliet, press 2. For more, press 9."
    );
    let day = phone.presses("2").await;
    assert_eq!(day.says(), "Which day? You can also key in month, day and year as eight digits.");
    assert_eq!(day.step("Gather").unwrap().attributes["numDigits"], "8");
    let bad = phone.presses("13452026").await;
    assert!(bad.says().starts_with("Please say a date"), "{}", bad.says());
    assert!(phone.presses("03142026").await.says().starts_with("Which number reaches you?"));
    let wants = phone.says("skip").await;
    assert!(
        wants.says().ends_with("Press the keys of all that apply, then the hash key."),
        "{}",
        wants.says()
    );
    assert!(!wants.step("Gather").unwrap().attributes.contains_key("numDigits"));
    assert!(phone.presses("31").await.hangs_up());
    let answers = texts(&app.app.db, "value", "answers WHERE value IS NOT NULL ORDER BY seq").await;
    assert!(answers[0].contains("Juliet") && answers[1].contains("2026-03-14"), "{answers:?}");
    assert!(answers[2].contains(r#"["Food","Shelter"]"#), "{answers:?}");
}

async fn whoever_is_not_understood_is_let_go(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    let again = phone.says("hrmph").await;
    assert!(
        again.says().starts_with("Please pick one of these, or press its key. | What is it about?"),
        "{}",
        again.says()
    );
    let end = phone.presses("7#").await;
    assert!(end.says().starts_with("Which day?"), "a key of the first page: {}", end.says());
    let (mut phone, _) = Phone::call(&app, "+14155550199", "desk").await;
    phone.says("hrmph").await;
    let end = phone.says("hrmph hrmph").await;
    assert_eq!(end.says(), "Thank you. | Goodbye.");
    assert!(end.hangs_up());
    assert_eq!(texts(&app.app.db, "given", "answers WHERE given = 'gave_up'").await, ["gave_up"]);
}

async fn whoever_is_silent_is_let_go(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    assert!(phone.is_silent().await.says().starts_with("I did not hear anything. | What is it about?"));
    assert_eq!(phone.is_silent().await.says(), "Thank you. | Goodbye.", "after `tries`, its way out");
    let (mut phone, _) = Phone::call(&app, "+14155550199", "desk").await;
    phone.presses("1").await;
    for _ in 0..4 {
        assert!(
            phone.is_silent().await.says().starts_with("I did not hear anything. | Which day?"),
            "no `tries`"
        );
    }
    let dead = phone.is_silent().await;
    assert!(dead.hangs_up() && dead.says().starts_with("I still cannot hear you"), "{}", dead.says());
    assert_eq!(
        texts(&app.app.db, "open_step", "conversations WHERE outcome IS NULL").await,
        ["day"],
        "it can be gone on with"
    );
}

async fn a_call_lasts_no_longer_than_it_may(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    app.clock.advance(299_999);
    assert!(!phone.presses("1").await.hangs_up());
    app.clock.advance(1);
    let over = phone.presses("03142026").await;
    assert!(over.hangs_up() && over.says().starts_with("This call has to end now."), "{}", over.says());
    assert_eq!(texts(&app.app.db, "open_step", "conversations").await, ["phone"], "the last answer counts");
}

async fn requests_by_voice_and_by_key(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    assert!(phone.says("help").await.says().contains("On the keypad, star goes back."));
    assert!(phone.presses("0").await.says().contains("On the keypad, star goes back."));
    phone.says("Golf").await;
    assert!(phone.presses("*").await.says().starts_with("What is it about?"));
    phone.says("Delta").await;
    assert!(phone.says("say that again").await.says().starts_with("Which day?"));
    assert!(phone.says("go back").await.says().starts_with("What is it about?"));
    assert!(phone.says("restart").await.says().starts_with("All right, let's begin again."));
    let human = phone.says("talk to a human").await;
    assert!(
        human.says().starts_with("I will ask a person to get back to you. | What is it about?"),
        "nobody is named"
    );
    assert_eq!(app.count("goals WHERE goal = 'handoff'").await, 1);
    let stop = phone.says("Stop.").await;
    assert!(
        stop.hangs_up() && stop.says().starts_with("You will get no more calls from us."),
        "{}",
        stop.says()
    );
    assert_eq!(texts(&app.app.db, "channel", "consents").await, ["voice"]);
    assert_eq!(texts(&app.app.db, "opted_out", "persons").await, ["voice"]);
    phone.hangs_up().await;
    assert_eq!(app.count("conversations WHERE channel = 'sms'").await, 0, "nor is anything written");
    let (mut phone, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.step("Gather").is_some(), "whoever calls is answered");
    assert!(phone.says("start").await.says().starts_with("Welcome back! You will hear from us again."));
    assert_eq!(texts(&app.app.db, "opted_out", "persons").await, [""]);
    assert_whole(&app.app.db).await;
}

async fn callers_without_a_number_are_different_people(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut one, _) = Phone::call(&app, "anonymous", "desk").await;
    let (mut other, _) = Phone::call(&app, "+266696687", "desk").await;
    let (_, third) = Phone::call(&app, "", "desk").await;
    assert!(third.says().starts_with("What is it about?"));
    one.presses("1").await;
    other.presses("2").await;
    assert_eq!(app.count("persons").await, 3);
    assert_eq!(app.count("identities WHERE kind = 'phone'").await, 0);
    one.presses("03142026").await;
    one.presses("4155552671").await;
    assert_eq!(app.count("identities WHERE kind = 'phone'").await, 0, "what is only said may be anybody's");
    assert_eq!(texts(&app.app.db, "phone", "leads WHERE phone IS NOT NULL").await, ["+14155552671"]);
    let (mut again, heard) = Phone::call(&app, "+14155552671", "desk").await;
    assert!(!heard.says().starts_with("Welcome back"), "whoever calls from there is somebody else");
    again.presses("3").await;
    assert_eq!(app.count("persons").await, 4);
    assert_whole(&app.app.db).await;
}

async fn what_was_said_is_a_lead(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.is_silent().await;
    phone.says("Bravo").await;
    phone.presses("03142026").await;
    assert_eq!(
        app.count("leads WHERE message_count = 2 AND channel = 'voice'").await,
        1,
        "silence is no message"
    );
    assert_eq!(texts(&app.app.db, "phone", "leads").await, [ASHA]);
    assert_eq!(texts(&app.app.db, "last_message", "leads").await, ["03142026"]);
    let heard = texts(&app.app.db, "detail", "messages WHERE direction = 'in' ORDER BY seq").await;
    assert!(
        heard[0].contains(r#""confidence":0.93"#) && heard[1].contains(r#""keys":"03142026""#),
        "{heard:?}"
    );
}
