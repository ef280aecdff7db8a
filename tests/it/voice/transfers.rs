//! Callers who ask for a person are put through, where one is named.

use super::{ASHA, Phone, desk, write};
use crate::harness::{Place, texts};

on_both! {
    whoever_asks_for_a_person_is_put_through,
    nobody_takes_it_and_the_flow_goes_on,
}

async fn whoever_asks_for_a_person_is_put_through(place: Place) {
    let app = desk(&place, &[("VOICE_TRANSFER_TO", "+14155550111")]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    let heard = phone.says("I want to talk to a human").await;
    assert_eq!(heard.says(), "One moment, please. I am putting you through.");
    let dial = heard.step("Dial").unwrap();
    assert_eq!(
        (dial.attributes["answerOnBridge"].as_str(), dial.attributes["timeLimit"].as_str()),
        ("true", "300")
    );
    assert_eq!(heard.step("Number").unwrap().text, "+14155550111");
    let end = phone.post(&[("DialCallStatus", "completed"), ("DialCallDuration", "30")]).await;
    assert_eq!((end.says().as_str(), end.hangs_up()), ("Goodbye.", true));
    phone.hangs_up().await;
    assert_eq!(
        texts(&app.app.db, "outcome", "conversations").await,
        ["transferred"],
        "no text message follows"
    );
    assert_eq!(texts(&app.app.db, "channel", "conversations").await, ["voice"]);
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().starts_with("What is it about?"), "{}", heard.says());
}

async fn nobody_takes_it_and_the_flow_goes_on(place: Place) {
    let app = desk(&place, &[("VOICE_TRANSFER_TO", "+14155550111")]).await;
    write(&place, &super::DESK.replace("[voice]", "[voice]\ntransfer_to = \"+14155550122\""));
    app.publish().await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    phone.presses("1").await;
    let heard = phone.says("human").await;
    assert_eq!(
        heard.step("Number").unwrap().text,
        "+14155550122",
        "the flow's own before the configuration's"
    );
    for status in ["no-answer", "busy", "failed"] {
        let again = phone.post(&[("DialCallStatus", status)]).await;
        assert!(
            again.says().starts_with("I am sorry, nobody can take your call right now. | Which day?"),
            "{}",
            again.says()
        );
        phone.says("human").await;
    }
}
