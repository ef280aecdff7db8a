use crate::domain::answer::Value;
use crate::domain::message::Said;
use crate::domain::score::Class;
use crate::engine::sample::{Chat, flow, texts};
use crate::engine::tests::SHOP;
use crate::engine::{AnswerRow, Effect, Given, Input, Outcome, question};

#[test]
fn a_conversation_runs_from_top_to_bottom() {
    let flow = flow(SHOP);
    let mut chat = Chat::with(&flow, crate::engine::sample::nobody());
    let opened = chat.input(&Input::Open { said: Some(Said::text("yes")) });
    assert_eq!(texts(&opened), ["Hello! Five questions?"], "the first message answers nothing");
    assert_eq!(chat.say("yes"), ["Which business?"]);
    assert_eq!(chat.say("coffee"), ["Good, cafe it is.", "Which city are you in?"], "a step may only speak");
    assert_eq!(chat.say("Pune"), ["How many people?"]);
    assert_eq!(chat.say("3"), ["Your e-mail, friend?"]);
    assert_eq!(chat.say("Ann@Example.com"), ["What do you like?"]);
    assert_eq!(chat.say("tea, cake"), ["What next?"]);
    let last = texts(&chat.input(&Input::Said(Said::text("Demo"))));
    assert_eq!(
        last,
        [format!("Thank you! {} points.", chat.state.score())],
        "the ending knows the last points"
    );
    assert_eq!(*chat.state.outcome(), Outcome::Ended("completed".into()));
    assert_eq!(chat.state.fields()["email"], "ann@example.com");
    assert_eq!(chat.state.answers().len(), 7);
    assert_eq!(question(&flow, &chat.person, &chat.state), None);
}

#[test]
fn effects_come_in_their_order() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("yes");
    chat.now += 3000;
    let effects = chat.input(&Input::Said(Said::text("coffee")));
    let kinds: Vec<&str> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Answer(row) => {
                let expected = AnswerRow {
                    step: "business".into(),
                    raw: "coffee".into(),
                    value: Some(Value::Choice("cafe".into())),
                    given: Given::Answered,
                    taken_ms: 3000,
                };
                assert_eq!(*row, expected);
                "answer"
            }
            Effect::Scored(_) => "scored",
            Effect::Field { .. } => "field",
            Effect::ClassChanged { from: Class::Unqualified, to: Class::Mql } => "class",
            Effect::Reached { goal } if goal == "mql" => "mql",
            Effect::Say(say) => {
                if say.step.is_some() {
                    "question"
                } else {
                    "sentence"
                }
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = ["answer", "scored", "scored", "scored", "field", "class", "mql", "sentence", "question"];
    assert_eq!(kinds, expected);
}

#[test]
fn branches_go_before_options_before_order() {
    let flow = flow(SHOP);
    let cases: [(&str, &[&str], &[&str]); 3] = [
        ("a false answer is an answer", &["no"], &["No problem."]),
        ("an option leads on", &["yes", "Back"], &["How many people?"]),
        ("too many tries", &["yes", "?", "??"], &["No problem."]),
    ];
    for (label, said, expected) in cases {
        let mut chat = Chat::new(&flow);
        let last = said.iter().map(|text| chat.say(text)).last().unwrap();
        assert_eq!(last, expected, "{label}");
    }
}

#[test]
fn a_circle_of_speaking_steps_ends() {
    let mut circle = flow(SHOP);
    let to = |to| crate::flow::model::Go { when: None, to };
    circle.steps[2].go = vec![to(8)];
    circle.steps[8].go = vec![to(2)];
    circle.steps[8].end = None;
    let mut chat = Chat::new(&circle);
    chat.say("yes");
    let said = chat.say("cafe");
    assert_eq!(said.len(), 2);
    assert_eq!(*chat.state.outcome(), Outcome::Ended("stuck".into()));
}

#[test]
fn past_the_last_step_is_the_end() {
    let mut short = flow(SHOP);
    short.steps.truncate(2);
    let mut chat = Chat::new(&short);
    chat.say("yes");
    chat.say("shop");
    assert_eq!(*chat.state.outcome(), Outcome::Ended("completed".into()));
}

#[test]
fn what_was_known_before_can_be_said_and_comes_back() {
    let flow = flow(SHOP);
    let lead = std::collections::BTreeMap::from([
        ("name".to_owned(), serde_json::json!("Ann")),
        ("email".to_owned(), serde_json::json!("old@example.com")),
    ]);
    let person = crate::engine::Person { lead: &lead, ..crate::engine::sample::nobody() };
    let mut chat = Chat::with(&flow, person);
    chat.input(&Input::Open { said: None });
    for text in ["yes", "Back"] {
        chat.say(text);
    }
    assert_eq!(chat.say("5"), ["Your e-mail, Ann?"]);
    chat.say("new@example.com");
    chat.now += 1;
    let effects = chat.input(&Input::Said(Said::text("back")));
    let field = Effect::Field { name: "email".into(), value: Some("old@example.com".into()) };
    assert!(effects.contains(&field), "{effects:?}");
}
