use crate::domain::answer::Value;
use crate::domain::message::{Media, Position, Said};
use crate::engine::sample::{Chat, flow};
use crate::engine::tests::SHOP;
use crate::engine::{Effect, Given, Input};
use crate::flow::texts::{TextKey, builtin};

#[test]
fn what_cannot_be_read_is_asked_again_and_then_given_up() {
    let mut flow = flow(SHOP);
    flow.steps[1].give_up = None;
    let mut chat = Chat::new(&flow);
    assert_eq!(chat.say("perhaps"), [builtin(TextKey::RetryYesNo, "en"), "Hello! Five questions?"]);
    chat.say("yes");
    assert_eq!(chat.say("circus"), ["One of these, please.", "Which business?"]);
    chat.now += 1;
    let effects = chat.input(&Input::Said(Said::text("a circus!")));
    let Effect::Answer(row) = &effects[0] else { panic!("{effects:?}") };
    assert_eq!((row.given, row.value.as_ref(), row.raw.as_str()), (Given::GaveUp, None, "a circus!"));
    assert_eq!(chat.state.open_step(), Some("city"), "it stays empty and the flow moves on");
    chat.say("back");
    assert_eq!(chat.say("circus"), ["One of these, please.", "Which business?"], "tries begin anew");
}

#[test]
fn what_is_kept_of_a_message_has_a_limit() {
    let mut flow = flow(SHOP);
    flow.steps[0].tries = Some(1);
    let mut chat = Chat::new(&flow);
    chat.say(&"ñ".repeat(100_000));
    assert_eq!(chat.state.answer("greeting").unwrap().raw.chars().count(), 4096);
}

#[test]
fn limits_of_the_step_are_kept() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("yes");
    chat.say("Back");
    let said = chat.say("501");
    assert!(said[0].contains("at least 1") && said[0].contains("at most 500"), "{said:?}");
    assert_eq!(chat.say("500"), ["Your e-mail, friend?"]);
}

#[test]
fn a_tap_is_its_option() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("yes");
    chat.said(Said { tapped: Some("shop".into()), ..Said::text("Tienda") });
    assert_eq!(chat.json("business"), "shop");
    let old = Said { tapped: Some("cafe".into()), ..Said::default() };
    chat.said(old);
    assert_eq!(chat.json("city"), "cafe", "a tap on an older question is what it says");
}

#[test]
fn files_and_positions_are_answers_where_they_are_asked_for() {
    let mut flow = flow(SHOP);
    flow.steps[3].ask = Some(crate::domain::answer::Kind::Media);
    flow.steps[4].ask = Some(crate::domain::answer::Kind::Location);
    let mut chat = Chat::new(&flow);
    chat.say("yes");
    chat.say("cafe");
    assert_eq!(chat.say("here it is")[0], builtin(TextKey::RetryMedia, "en"));
    let file = Media { content_type: "image/png".into(), url: "https://example.com/1".into() };
    chat.said(Said { media: vec![file.clone()], ..Said::default() });
    let left = chat.state.answer("city").unwrap();
    assert_eq!(left.value, Some(Value::Media(vec![file])));
    let at = |latitude| Said {
        position: Some(Position { latitude, longitude: 73.5, name: None }),
        ..Said::default()
    };
    assert_eq!(chat.said(at(f64::NAN)).len(), 2, "what is not a number is not a place");
    chat.said(at(18.25));
    assert_eq!(chat.json("size"), "18.25, 73.5");
}

#[test]
fn questions_carry_what_channels_need() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("Spanish");
    chat.say("sí");
    let say = crate::engine::question(&flow, &chat.person, &chat.state).unwrap();
    let labels: Vec<(&str, &str)> =
        say.options.iter().map(|shown| (shown.value.as_str(), shown.label.as_str())).collect();
    assert_eq!(labels, [("cafe", "Cafetería"), ("shop", "Tienda"), ("back", "Atrás")]);
    assert_eq!((say.step.as_deref(), say.optional, say.language.as_str()), (Some("business"), false, "es"));
}
