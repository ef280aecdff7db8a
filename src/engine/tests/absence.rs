use crate::clock::HOUR;
use crate::domain::answer::Value;
use crate::domain::command::Command;
use crate::domain::message::Said;
use crate::engine::sample::{Chat, flow, texts};
use crate::engine::tests::SHOP;
use crate::engine::{Effect, Input, Outcome, understood};
use crate::flow::texts::TextKey;

fn left(chat: &mut Chat) -> Vec<Effect> {
    chat.input(&Input::Left { outcome: "interrupted".into() })
}

#[test]
fn what_was_not_heard_counts_as_a_try() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("yes");
    let unheard = Input::Unheard { why: Some(TextKey::CallUnheard) };
    assert_eq!(texts(&chat.input(&unheard)), ["I did not hear anything.", "Which business?"]);
    assert_eq!(chat.say("qwrtz"), ["No problem."], "the second try: the way out");

    let mut chat = Chat::new(&flow);
    chat.say("yes");
    let misheard = Input::Unheard { why: None };
    assert_eq!(texts(&chat.input(&misheard)), ["One of these, please.", "Which business?"]);
    assert_eq!(texts(&chat.input(&misheard)), ["No problem."]);
    assert_eq!(texts(&chat.input(&misheard)), ["Thank you, we have everything. Say restart to begin again."]);
}

#[test]
fn whoever_left_goes_on_where_they_stopped() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("yes");
    chat.say("shop");
    assert_eq!(left(&mut chat), [Effect::Ended { outcome: "interrupted".into() }]);
    assert_eq!(*chat.state.outcome(), Outcome::Ended("interrupted".into()));
    assert_eq!((chat.state.next_timer(), left(&mut chat)), (None, vec![]), "once");
    chat.now += HOUR;
    assert_eq!(texts(&chat.input(&Input::Returned)), ["Which city are you in?"], "the question alone");
    assert_eq!(chat.state.next_timer(), Some(chat.now + HOUR));
    assert_eq!(texts(&chat.input(&Input::Returned)), ["Which city are you in?"], "who never left");
    assert_eq!(chat.say("Pune"), ["How many people?"]);
    assert_eq!(chat.json("business"), "shop");
    chat.say("restart");
    chat.say("no");
    assert_eq!(left(&mut chat), [], "what has come to an end");
    assert_eq!(*chat.state.outcome(), Outcome::Ended("declined".into()));
}

#[test]
fn to_return_to_what_never_began_begins_it() {
    let flow = flow(SHOP);
    let mut chat = Chat::with(&flow, crate::engine::sample::nobody());
    assert_eq!(texts(&chat.input(&Input::Returned)), ["Hello! Five questions?"]);

    let mut chat = Chat::with(&flow, crate::engine::sample::nobody());
    assert_eq!(left(&mut chat), [Effect::Ended { outcome: "interrupted".into() }], "a machine answered");
    assert_eq!(texts(&chat.input(&Input::Returned)), ["Hello! Five questions?"]);
    assert!(chat.state.is_open());
}

#[test]
fn what_would_be_understood_changes_nothing() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    let hear = |chat: &Chat, text: &str| {
        let said = Said::text(text);
        understood(&flow, &chat.person, &chat.state, &said, chat.now).map(|one| (one.value, one.aloud))
    };
    assert_eq!(hear(&chat, "yes"), Some((Value::YesNo(true), "yes".into())));
    assert_eq!((hear(&chat, "perhaps"), hear(&chat, "help")), (None, None), "no answer; a request");
    chat.say("yes");
    assert_eq!(
        hear(&chat, "some coffee"),
        Some((Value::Choice("cafe".into()), "Café".into())),
        "as it is shown"
    );
    chat.say("cafe");
    chat.say("Pune");
    assert_eq!(hear(&chat, "501"), None, "beyond the limits");
    assert_eq!(hear(&chat, "7"), Some((Value::Number(7.into()), "7".into())));
    assert!(chat.say("change")[0].starts_with("Which answer would you like to change?"));
    assert_eq!(hear(&chat, "7"), None, "it may answer our own question");
    assert_eq!(chat.say("7"), ["Your e-mail, friend?"]);
}

#[test]
fn a_key_is_no_answer() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("yes");
    assert_eq!(chat.say("back"), ["How many people?"], "an option of that name");
    let back = Input::Requested { command: Command::Back };
    assert_eq!(texts(&chat.input(&back)), ["Which business?"]);
    assert_eq!(texts(&chat.input(&back)), ["Hello! Five questions?"]);
    let skip = Input::Requested { command: Command::NoPreference };
    assert_eq!(texts(&chat.input(&skip)), ["Hello! Five questions?"], "means nothing here");
    let off = crate::flow::model::Flow { off: vec![Command::Back], ..flow.clone() };
    let mut chat = Chat::new(&off);
    chat.say("yes");
    assert_eq!(texts(&chat.input(&back)), ["Which business?"]);
}
