use crate::domain::message::Said;
use crate::domain::score::{Class, Entry};
use crate::engine::sample::{Chat, flow};
use crate::engine::tests::SHOP;
use crate::engine::{AnswerRow, Effect, Given, Input, Outcome, State};
use crate::flow::texts::{TextKey, builtin};

fn upto<'a>(flow: &'a crate::flow::model::Flow, said: &[&str]) -> Chat<'a> {
    let mut chat = Chat::new(flow);
    for text in said {
        chat.say(text);
    }
    chat
}

fn ours(key: TextKey) -> String {
    builtin(key, "en").to_owned()
}

#[test]
fn requests_are_answered_everywhere() {
    let flow = flow(SHOP);
    let cases: [(&str, &[&str], &str, Vec<String>); 12] = [
        (
            "nothing to go back to",
            &[],
            "back",
            vec![ours(TextKey::BackNothing), "Hello! Five questions?".into()],
        ),
        ("back", &["yes", "cafe", "Pune"], "back", vec!["Which city are you in?".into()]),
        ("back over a speaking step", &["yes", "cafe"], "undo", vec!["Which business?".into()]),
        ("skip where allowed", &["yes", "Back", "4"], "skip", vec!["What do you like?".into()]),
        (
            "skip elsewhere",
            &["yes", "cafe"],
            "skip",
            vec![ours(TextKey::SkipNotAllowed), "Which city are you in?".into()],
        ),
        ("help", &["yes"], "help", vec![ours(TextKey::Help), "Which business?".into()]),
        ("human", &["yes"], "human", vec![ours(TextKey::Human), "Which business?".into()]),
        ("repeat", &["yes"], "repeat", vec!["Which business?".into()]),
        (
            "restart",
            &["yes", "cafe"],
            "restart",
            vec![ours(TextKey::Restarted), "Hello! Five questions?".into()],
        ),
        ("cancel", &["yes"], "cancel", vec![ours(TextKey::Cancelled)]),
        ("change by name", &["yes", "cafe", "Pune"], "change business", vec!["Which business?".into()]),
        (
            "change by the question",
            &["yes", "cafe", "Pune", "4"],
            "change people",
            vec!["How many people?".into()],
        ),
    ];
    let mut flow = flow;
    flow.words.insert(crate::domain::command::Command::Back, vec!["undo".into()]);
    for (label, before, request, expected) in cases {
        assert_eq!(upto(&flow, before).say(request), expected, "{label}");
    }
}

#[test]
fn an_option_goes_before_a_request() {
    let flow = flow(SHOP);
    assert_eq!(upto(&flow, &["yes"]).say("back"), ["How many people?"], "the option called Back");
}

#[test]
fn a_request_switched_off_is_an_answer() {
    let mut flow = flow(SHOP);
    flow.off = vec![crate::domain::command::Command::Help];
    let mut chat = upto(&flow, &["yes", "cafe"]);
    assert_eq!(chat.say("help"), ["How many people?"]);
    assert_eq!(chat.json("city"), "help");
}

#[test]
fn going_back_takes_back_what_was_earned() {
    let flow = flow(SHOP);
    let mut chat = upto(&flow, &["yes", "cafe"]);
    let effects = chat.input(&Input::Said(Said::text("back")));
    let withdrawn = Effect::Answer(AnswerRow {
        step: "business".into(),
        raw: String::new(),
        value: None,
        given: Given::Withdrawn,
        taken_ms: 0,
    });
    let reversed = |rule: &str| {
        let step = Some("business".to_owned());
        Effect::Scored(Entry { rule: rule.into(), step, points: -5, reverses: true })
    };
    let rows: Vec<&Effect> = effects.iter().filter(|e| !matches!(e, Effect::Say(_))).collect();
    let expected = [
        withdrawn,
        reversed("question_answered"),
        reversed("quick_reply"),
        reversed("option"),
        Effect::Field { name: "business".into(), value: None },
        Effect::ClassChanged { from: Class::Mql, to: Class::Unqualified },
    ];
    assert_eq!(rows, expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_changed_answer_keeps_the_later_ones() {
    let flow = flow(SHOP);
    let mut chat = upto(&flow, &["yes", "cafe", "Pune", "4"]);
    chat.say("change business");
    assert_eq!(chat.json("business"), "cafe", "it stands until there is another");
    chat.now += 1000;
    let effects = chat.input(&Input::Said(Said::text("shop")));
    let rows: Vec<&Effect> =
        effects.iter().filter(|e| matches!(e, Effect::Answer(_) | Effect::Scored(_))).collect();
    let fit = Entry { rule: "option".into(), step: Some("business".into()), points: -5, reverses: true };
    assert!(matches!(rows[0], Effect::Answer(row) if row.step == "business"));
    assert_eq!(rows[1..], [&Effect::Scored(fit)], "nothing is written for what stays");
    assert_eq!(crate::engine::sample::texts(&effects), ["Your e-mail, friend?"], "on where we were");
    assert_eq!((chat.json("city"), chat.json("size")), ("Pune".into(), 4.into()));
}

#[test]
fn an_answer_off_the_path_waits_for_its_question() {
    let flow = flow(SHOP);
    let mut chat = upto(&flow, &["yes", "cafe", "Pune", "4"]);
    chat.say("change business");
    chat.say("Back");
    assert_eq!(chat.json("city"), serde_json::Value::Null, "the new path leaves the city out");
    assert_eq!(chat.json("size"), 4, "and comes to the size");
    chat.say("change business");
    chat.say("shop");
    assert_eq!(chat.json("city"), "Pune", "answered before, it is not asked twice");
    assert_eq!(chat.state.open_step(), Some("email"));
}

#[test]
fn change_asks_which_where_it_is_not_clear() {
    let flow = flow(SHOP);
    let mut chat = upto(&flow, &["yes", "cafe", "Pune"]);
    let said = chat.say("change");
    assert!(said[0].contains("business: Café") && said[0].contains("city: Pune"), "{said:?}");
    assert_eq!(chat.say("the city"), ["Which city are you in?"]);
    assert_eq!(chat.say("Goa"), ["How many people?"]);
    assert_eq!(chat.json("city"), "Goa");
    chat.say("change");
    assert_eq!(chat.say("4"), ["Your e-mail, friend?"], "what names no answer answers the open question");
    chat.say("change");
    assert_eq!(chat.say("goa"), ["Which city are you in?"], "by what was answered");
    assert_eq!(chat.say("back"), ["Your e-mail, friend?"], "back lets it stand");
    assert_eq!(chat.json("city"), "Goa");
}

#[test]
fn an_answer_is_meant_by_its_full_name_before_parts_of_names() {
    let mut flow = flow(SHOP);
    flow.steps[4].id = "city_size".into();
    let mut chat = upto(&flow, &["yes", "cafe", "Pune", "4"]);
    assert_eq!(chat.say("change city"), ["Which city are you in?"]);
    chat.say("back");
    assert_eq!(chat.say("change my city size"), ["How many people?"]);
}

#[test]
fn the_language_is_changed_in_the_middle() {
    let flow = flow(SHOP);
    let mut chat = upto(&flow, &["yes", "cafe"]);
    chat.now += 1;
    let effects = chat.input(&Input::Said(Said::text("Spanish")));
    assert_eq!(effects[0], Effect::Language("es".into()));
    let changed = builtin(TextKey::LanguageChanged, "es");
    assert_eq!(crate::engine::sample::texts(&effects), [changed, "¿En qué ciudad?"]);
    assert_eq!(chat.say("language"), [builtin(TextKey::LanguageChanged, "en"), "Which city are you in?"]);
    let asked = chat.say("French please");
    assert!(asked[0].contains("English, Español"), "{asked:?}");
    assert_eq!(chat.say("the Spanish one")[1], "¿En qué ciudad?");
    assert_eq!(chat.say("back"), ["¿Qué negocio?"], "the language stays");
    assert_eq!(State::new(&flow, "es", 0).language(), "es");
    assert_eq!(State::new(&flow, "fr", 0).language(), "en", "one the flow does not speak");
}

#[test]
fn the_name_of_a_language_that_would_change_nothing_is_an_answer() {
    let flow = flow(SHOP);
    for name in ["English", "French"] {
        let mut chat = upto(&flow, &["yes", "cafe"]);
        assert_eq!(chat.say(name), ["How many people?"], "{name}");
        assert_eq!(chat.json("city"), name);
    }
}

#[test]
fn after_the_end() {
    let flow = flow(SHOP);
    let path = ["yes", "Back", "4", "skip", "tea", "Later"];
    let mut chat = upto(&flow, &path);
    assert_eq!(*chat.state.outcome(), Outcome::Ended("completed".into()));
    let score = chat.state.score();
    assert_eq!(chat.say("thanks a lot"), [ours(TextKey::AfterEnd)]);
    assert_eq!(chat.say("change size"), ["How many people?"]);
    assert_eq!(chat.say("9")[0], format!("Thank you! {score} points."));
    assert_eq!(chat.json("size"), 9);
    chat.say("change size");
    assert_eq!(chat.say("back"), [ours(TextKey::AfterEnd)], "the change is forgotten, the answer stands");
    assert_eq!(chat.say("back"), ["What next?"], "the last answer can be taken back");
    assert!(chat.state.is_open());
    chat.say("Demo");
    assert_eq!(chat.say("join"), [ours(TextKey::Restarted), "Hello! Five questions?".into()]);
    assert!(chat.state.answers().is_empty());
    let completed = |e: &&Effect| matches!(e, Effect::Reached { goal } if goal == "completed");
    assert_eq!(chat.effects.iter().filter(completed).count(), 1, "a goal is told once");
}

#[test]
fn a_named_question_is_answered_in_its_place() {
    let flow = flow(SHOP);
    let named = |step: &str, text: &str| Said { step: Some(step.into()), ..Said::text(text) };
    let mut chat = upto(&flow, &["yes", "cafe", "Pune"]);
    assert_eq!(chat.said(named("city", "Goa")), ["How many people?"]);
    assert_eq!((chat.json("city"), chat.state.open_step()), ("Goa".into(), Some("size")));
    assert_eq!(chat.said(named("business", "??")), ["One of these, please.", "How many people?"]);
    assert_eq!(chat.said(named("nowhere", "5")), ["Your e-mail, friend?"], "an unknown name is no name");
    let before = chat.state.score();
    chat.now += 3_600_000;
    chat.said(named("city", "Delhi"));
    assert_eq!(chat.state.score(), before, "a correction is as quick as the answer it corrects");
}

#[test]
fn who_comes_back_after_another_ending_goes_on() {
    let flow = flow(SHOP);
    let mut chat = upto(&flow, &["no"]);
    assert_eq!(chat.say("hello again"), ["Hello! Five questions?"], "declined is past");
    assert!(chat.state.is_open() && chat.state.answers().is_empty());
    let mut chat = upto(&flow, &["yes", "cafe", "cancel"]);
    assert_eq!(chat.say("hello again"), ["Which city are you in?"], "left: where we were");
    assert_eq!(chat.state.answers().len(), 2);
    let mut chat = upto(&flow, &["yes", "cafe"]);
    chat.now += 10 * crate::clock::DAY;
    chat.input(&Input::Silent);
    assert!(!chat.state.is_open());
    assert_eq!(chat.say("Pune"), ["How many people?"], "a late answer is an answer");
    assert_eq!(chat.json("city"), "Pune");
    let quick = chat.state.ledger().iter().filter(|entry| entry.rule == "quick_reply").count();
    assert_eq!(quick, 2, "but no quick one");
}

#[test]
fn later_answers_are_used_in_whatever_order_the_new_path_has() {
    let mut flow = flow(SHOP);
    let go = |to| {
        let when = crate::flow::template::Expression::new("business == 'back'").unwrap();
        vec![crate::flow::model::Go { when: Some(when), to }]
    };
    flow.steps[4].go = go(3);
    flow.steps[3].go = go(5);
    let mut chat = upto(&flow, &["yes", "cafe", "Pune", "4"]);
    chat.say("change business");
    assert_eq!(chat.say("Back"), ["Your e-mail, friend?"], "size, then city, both answered before");
    let path: Vec<&str> = chat.state.lefts().map(|left| left.step.as_str()).collect();
    assert_eq!(path, ["greeting", "business", "size", "city"]);
    assert_eq!(chat.json("city"), "Pune");
}

#[test]
fn what_is_taken_back_is_asked_even_if_another_answer_waits() {
    let flow = flow(SHOP);
    let mut chat = upto(&flow, &["yes", "cafe", "Pune"]);
    let waiting = chat.state.answer("city").unwrap().clone();
    chat.state.parked.push(waiting);
    assert_eq!(chat.say("back"), ["Which city are you in?"]);
}
