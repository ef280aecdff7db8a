use crate::clock::{DAY, HOUR};
use crate::engine::sample::{Chat, START, flow, texts};
use crate::engine::tests::SHOP;
use crate::engine::{Effect, Input, Outcome};

fn silent(chat: &mut Chat) -> Vec<Effect> {
    chat.now = chat.state.next_timer().expect("a timer");
    chat.input(&Input::Silent)
}

#[test]
fn silence_is_reminded_and_then_ends() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    assert_eq!(chat.state.next_timer(), Some(START + HOUR));
    let effects = silent(&mut chat);
    assert_eq!(texts(&effects), ["Still there? Hello! Five questions?"]);
    assert!(matches!(&effects[0], Effect::Say(say) if say.step.as_deref() == Some("greeting")));
    assert_eq!(chat.state.next_timer(), Some(START + 5 * HOUR));
    assert_eq!(texts(&silent(&mut chat)), ["Last call: Hello! Five questions?"]);
    assert_eq!(chat.state.next_timer(), Some(START + 3 * DAY));
    assert_eq!(silent(&mut chat), [Effect::Ended { outcome: "silent".into() }]);
    assert_eq!((chat.state.next_timer(), chat.state.is_open()), (None, false));
}

#[test]
fn an_answer_starts_the_clock_anew() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    silent(&mut chat);
    chat.say("well");
    assert_eq!(chat.state.next_timer(), Some(chat.now + HOUR), "an unreadable one too");
    chat.say("yes");
    assert_eq!(chat.state.next_timer(), Some(chat.now + HOUR));
}

#[test]
fn a_timer_that_does_not_fit_does_nothing() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.now += HOUR - 1;
    assert_eq!(chat.input(&Input::Silent), [], "early");
    chat.now += 5 * HOUR;
    assert_eq!(texts(&chat.input(&Input::Silent)).len(), 1, "of two reminders due only the last is said");
    assert_eq!(chat.input(&Input::Silent), [], "twice");
}

#[test]
fn nobody_who_opted_out_is_reminded() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    assert_eq!(chat.input(&Input::OptedOut), []);
    assert_eq!(chat.state.next_timer(), None);
    chat.now += DAY;
    assert_eq!(chat.input(&Input::Silent), []);
    assert!(chat.state.is_open());
    chat.say("yes");
    assert_eq!(chat.state.next_timer(), Some(chat.now + HOUR), "until they write again");
}

#[test]
fn the_end_has_no_timer() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.say("no");
    assert_eq!(*chat.state.outcome(), Outcome::Ended("declined".into()));
    assert_eq!(chat.state.next_timer(), None);
}
