use crate::clock::{DAY, HOUR};
use crate::domain::channel::Channel;
use crate::engine::sample::{Chat, START, flow, nobody, texts};
use crate::engine::tests::SHOP;
use crate::engine::{Effect, Input, Outcome, Person, due_reminder};

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

#[test]
fn a_reminder_that_may_not_be_said_waits_and_is_then_said() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.now += HOUR;
    let morning = START + 20 * HOUR;
    assert_eq!(chat.input(&Input::Withheld { until: Some(morning) }), []);
    assert_eq!(chat.state.next_timer(), Some(morning));
    chat.now = morning - 1;
    assert_eq!(chat.input(&Input::Silent), [], "no sooner");
    assert!(due_reminder(&flow, &chat.person, &chat.state, chat.now).is_none());
    chat.now = morning;
    assert!(due_reminder(&flow, &chat.person, &chat.state, chat.now).is_some());
    let effects = chat.input(&Input::Silent);
    assert_eq!(texts(&effects), ["Last call: Hello! Five questions?"], "the last that is due by then");
    assert_eq!(chat.state.next_timer(), Some(START + 3 * DAY), "the ending");
}

#[test]
fn a_reminder_that_may_never_be_said_is_passed_over() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.now += HOUR;
    assert_eq!(chat.input(&Input::Withheld { until: None }), []);
    assert_eq!(chat.state.next_timer(), Some(START + 5 * HOUR), "the next one");
}

#[test]
fn an_ending_waits_for_no_hour() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.now += HOUR;
    chat.input(&Input::Withheld { until: Some(START + 4 * DAY) });
    assert_eq!(chat.state.next_timer(), Some(START + 3 * DAY), "not held up by the reminder");
    chat.now = START + 3 * DAY;
    assert!(due_reminder(&flow, &chat.person, &chat.state, chat.now).is_none());
    let ended = chat.input(&Input::Withheld { until: Some(START + 4 * DAY) });
    assert_eq!(ended, [Effect::Ended { outcome: "silent".into() }]);
}

#[test]
fn an_answer_at_night_does_not_bring_the_reminder_back_before_morning() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    chat.now += HOUR;
    let morning = chat.now + 6 * HOUR;
    chat.input(&Input::Withheld { until: Some(morning) });
    chat.now += 2 * HOUR;
    chat.say("yes");
    assert_eq!(chat.state.next_timer(), Some(morning), "an hour after the answer it is still night");
}

#[test]
fn nobody_is_called_to_be_reminded() {
    let flow = flow(SHOP);
    let person = Person { channel: Channel::Voice, ..nobody() };
    let mut chat = Chat::with(&flow, person);
    chat.input(&Input::Open { said: None });
    assert_eq!(chat.state.next_timer(), Some(START + 3 * DAY), "only the ending is due");
}
