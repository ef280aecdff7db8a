use crate::clock::MINUTE;
use crate::domain::score::Class;
use crate::engine::sample::{Chat, flow};
use crate::engine::tests::SHOP;
use crate::engine::{Effect, Input};
use std::collections::BTreeMap;

/// Rules and points in the order they were earned.
type Rows = &'static [(&'static str, i64)];

/// The seed's example: five questions, one of them a contact and one a demo, three answered quickly.
#[test]
fn the_seeds_example_makes_eighty_points() {
    let flow = flow(
        r#"
        id = "eighty"
        title = "Eighty"
        languages = ["en"]
        [[steps]]
        id = "business_type"
        ask = "choice"
        say = "Which business?"
        options = ["Restaurant", "Retail"]
        [[steps]]
        id = "location"
        ask = "text"
        say = "Which city?"
        [[steps]]
        id = "staff_size"
        ask = "number"
        say = "How many people?"
        [[steps]]
        id = "email"
        ask = "email"
        say = "Your e-mail?"
        [[steps]]
        id = "next"
        ask = "choice"
        say = "What next?"
        menu = "cta"
        options = [{ value = "Book a demo", event = "demo_requested" }, { value = "Later", declines = true }]
        [[steps]]
        id = "thanks"
        say = "Thank you!"
        end = "completed"
        "#,
    );
    let mut chat = Chat::new(&flow);
    chat.say("Restaurant");
    chat.say("Mumbai");
    chat.say("5");
    chat.now += 5 * MINUTE;
    chat.say("ann@example.com");
    chat.now += 5 * MINUTE;
    assert_eq!(chat.say("Book a demo"), ["Thank you!"]);
    let breakdown = chat.state.breakdown();
    let expected = [
        ("all_answered", 10),
        ("contact_shared", 10),
        ("demo_requested", 15),
        ("question_answered", 25),
        ("quick_reply", 15),
        ("session_opened", 5),
    ];
    assert_eq!(breakdown.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!((chat.state.score(), chat.state.class()), (80, Class::Sql));
}

/// What an answer earns besides `question_answered`, by the step it is given at.
#[test]
fn each_rule_pays_once_as_the_table_says() {
    let flow = flow(SHOP);
    let path = ["yes", "shop", "Pune", "4", "ann@example.com"];
    let cases: [(&str, usize, &str, &str, Rows); 10] = [
        ("greeting", 0, "yes", "greeting", &[("replied_greeting", 5)]),
        ("greeting answered no", 0, "no", "greeting", &[("replied_greeting", 5)]),
        ("fit", 1, "cafe", "business", &[("question_answered", 5), ("option", 5)]),
        ("a short text", 2, "0123456789", "city", &[("question_answered", 5)]),
        ("a long text", 2, "0123456789a", "city", &[("question_answered", 5), ("detailed_answer", 5)]),
        ("skipped", 4, "skip", "email", &[]),
        ("contact", 4, "ann@example.com", "email", &[("question_answered", 5), ("contact_shared", 10)]),
        ("products", 5, "tea", "likes", &[("question_answered", 5), ("product_interest", 5)]),
        ("unread", 1, "circus", "business", &[]),
        ("not chosen", 1, "shop", "business", &[("question_answered", 5)]),
    ];
    for (label, place, answer, step, expected) in cases {
        let mut chat = Chat::new(&flow);
        for text in &path[..place] {
            chat.say(text);
        }
        chat.now += 5 * MINUTE;
        chat.say(answer);
        let rows = chat.state.ledger().iter().filter(|entry| entry.step.as_deref() == Some(step));
        let rows: Vec<(&str, i64)> = rows.map(|entry| (entry.rule.as_str(), entry.points)).collect();
        assert_eq!(rows, expected, "{label}");
    }
}

#[test]
fn calls_to_action_pay_by_what_they_are() {
    let flow = flow(SHOP);
    let cases: [(&str, Rows); 4] = [
        ("Demo", &[("question_answered", 5), ("demo_requested", 15)]),
        ("Tasting", &[("question_answered", 5), ("tasting", 7)]),
        ("Brochure", &[("question_answered", 5), ("cta_clicked", 15)]),
        ("Later", &[]),
    ];
    for (option, expected) in cases {
        let mut chat = Chat::new(&flow);
        for text in ["yes", "shop", "Pune", "4", "ann@example.com", "tea"] {
            chat.say(text);
        }
        chat.now += 5 * MINUTE;
        chat.say(option);
        let rows = chat.state.ledger().iter().filter(|entry| entry.step.as_deref() == Some("next"));
        let rows: Vec<(&str, i64)> = rows.map(|entry| (entry.rule.as_str(), entry.points)).collect();
        assert_eq!(rows, expected, "{option}");
        assert_eq!(chat.state.breakdown()["all_answered"], 10, "declining is an answer too");
        assert_eq!(chat.state.reached().contains("tasting"), option == "Tasting");
    }
}

#[test]
fn quick_is_up_to_the_limit_and_counts_from_the_first_asking() {
    let flow = flow(SHOP);
    let cases = [("at the limit", 120_000, true), ("after it", 120_001, false)];
    for (label, thinks, quick) in cases {
        let mut chat = Chat::new(&flow);
        chat.now += 60_000;
        chat.say("perhaps");
        chat.now += thinks - 80_000;
        chat.say("yes");
        assert_eq!(chat.state.breakdown().contains_key("quick_reply"), quick, "{label}");
    }
}

#[test]
fn nothing_is_complete_with_a_question_left_empty() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    for text in ["yes", "shop", "Pune", "4", "skip", "tea", "Demo"] {
        chat.say(text);
    }
    assert!(!chat.state.breakdown().contains_key("all_answered"));
    chat.say("change email");
    chat.say("ann@example.com");
    assert_eq!(chat.state.breakdown()["all_answered"], 10);
}

#[test]
fn programs_report_behaviour_once() {
    let flow = flow(SHOP);
    let behaved = |action: &str| Input::Behaved { action: action.into() };
    let cases = [
        ("session_opened", 0),
        ("clicked_demo", 15),
        ("shared_contact", 10),
        ("clicked_product", 5),
        ("cta_clicked", 15),
        ("replied_to_greeting", 0),
        ("answered_question", 0),
        ("answered_all_questions", 0),
        ("quick_reply", 0),
        ("detailed_answer", 0),
        ("tasting", 7),
        ("danced", 0),
    ];
    for (action, points) in cases {
        let mut chat = Chat::new(&flow);
        let before = chat.state.score();
        chat.input(&behaved(action));
        assert_eq!(chat.state.score() - before, points, "{action}");
        let once = chat.state.clone();
        assert_eq!(chat.input(&behaved(action)), [], "{action} again");
        assert_eq!(chat.state, once, "{action}: a repeat leaves no trace");
        chat.say("yes");
        chat.say("restart");
        assert_eq!(chat.state.score(), before + points, "{action} is no answer to take back");
    }
    let mut chat = Chat::new(&flow);
    for action in ["replied_to_greeting", "answered_question", "answered_all_questions"] {
        chat.input(&behaved(action));
    }
    for text in ["yes", "shop", "Pune", "4", "ann@example.com", "tea", "Demo"] {
        chat.say(text);
        chat.input(&behaved("answered_question"));
    }
    let breakdown = chat.state.breakdown();
    let paid = ["replied_greeting", "question_answered", "all_answered"].map(|rule| breakdown[rule]);
    assert_eq!(paid, [5, 30, 10], "answers pay, reports of them do not");

    let mut chat = Chat::new(&flow);
    chat.input(&behaved("clicked_demo"));
    for text in ["yes", "shop", "Pune", "4", "ann@example.com", "tea", "Demo"] {
        chat.say(text);
    }
    assert_eq!(chat.state.breakdown()["demo_requested"], 15, "the same demo pays once");
}

#[test]
fn profiles_are_fields_and_stay() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    let profile = Input::Profile { fields: BTreeMap::from([("name".into(), "Ann".into())]) };
    let field = Effect::Field { name: "name".into(), value: Some("Ann".into()) };
    assert_eq!(chat.input(&profile), [field]);
    assert_eq!(chat.input(&profile), [], "known already");
    for text in ["yes", "Back"] {
        chat.say(text);
    }
    assert_eq!(chat.say("4"), ["Your e-mail, Ann?"]);
    chat.say("restart");
    assert_eq!(chat.state.fields()["name"], "Ann");
}

#[test]
fn a_question_answered_again_pays_its_new_fit_only() {
    let mut flow = flow(SHOP);
    flow.steps[3].go = vec![crate::flow::model::Go { when: None, to: 1 }];
    let mut chat = Chat::new(&flow);
    for text in ["yes", "cafe", "Pune"] {
        chat.say(text);
    }
    assert_eq!(chat.state.breakdown()["option"], 5);
    chat.say("shop");
    let breakdown = chat.state.breakdown();
    assert_eq!((breakdown.get("option"), breakdown["question_answered"]), (None, 10));
}
