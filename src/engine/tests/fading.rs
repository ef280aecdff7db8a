use crate::clock::{DAY, HOUR};
use crate::domain::score::Class;
use crate::engine::sample::{Chat, START, nobody};
use crate::engine::tests::shop;
use crate::engine::{Effect, Input, Outcome, Person};
use crate::flow::model::Flow;

/// The shop, where two days of silence cost ten points, each day after it as many, and five stay.
fn fading() -> Flow {
    let mut flow = shop("decay = { after = \"2d\", every = \"1d\", points = 10, floor = 5 }");
    flow.silence = Default::default();
    flow
}

/// Answered until 35 points for what was done and 5 for what was answered are there; the fifth question is open.
fn begun(flow: &Flow) -> Chat<'_> {
    let mut chat = Chat::new(flow);
    for text in ["yes", "cafe", "Pune"] {
        chat.say(text);
    }
    assert_eq!((chat.state.score(), chat.state.breakdown()["option"]), (40, 5));
    chat
}

fn costs(effects: &[Effect]) -> Vec<i64> {
    let rows = effects.iter().filter_map(|effect| match effect {
        Effect::Scored(entry) if entry.rule == "decay" => Some(entry.points),
        _ => None,
    });
    rows.collect()
}

#[test]
fn silence_costs_period_by_period_down_to_the_floor() {
    let flow = fading();
    let mut chat = begun(&flow);
    let from = chat.now;
    let mut seen = Vec::new();
    while let Some(due) = chat.state.next_timer() {
        chat.now = due;
        let effects = chat.input(&Input::Silent);
        seen.push((due - from, costs(&effects), chat.state.score()));
    }
    assert_eq!(seen, [(2 * DAY, vec![-10], 30), (3 * DAY, vec![-10], 20), (4 * DAY, vec![-10], 10)]);
    chat.now += 300 * DAY;
    assert_eq!(chat.input(&Input::Silent), [], "the floor and what was answered stay");
    assert_eq!(chat.state.breakdown()["option"], 5);
}

#[test]
fn whoever_looks_late_finds_the_same() {
    let flow = fading();
    let mut timely = begun(&flow);
    let mut late = begun(&flow);
    for _ in 0..2 {
        timely.now = timely.state.next_timer().unwrap();
        timely.input(&Input::Silent);
    }
    late.now = timely.now + HOUR;
    assert_eq!(costs(&late.input(&Input::Silent)), [-10, -10]);
    assert_eq!(
        (late.state.ledger(), late.state.next_timer()),
        (timely.state.ledger(), timely.state.next_timer())
    );
    assert_eq!(late.input(&Input::Silent), [], "and no second time");

    // The person comes before the timer does.
    let mut answered = begun(&flow);
    answered.now += 3 * DAY;
    answered.say("4");
    timely.now = answered.now - 10_000;
    timely.say("4");
    assert_eq!(answered.state.score(), timely.state.score());
    assert_eq!(
        answered.state.score(),
        40 - 20 + 5,
        "an answer after it earns as ever, if not for being quick"
    );
    assert_eq!(answered.state.next_timer(), Some(answered.now + 2 * DAY), "and silence begins anew");
}

#[test]
fn a_class_that_is_lost_is_told_and_alerts_nobody() {
    let flow = fading();
    let mut chat = begun(&flow);
    assert_eq!(chat.state.class(), Class::Mql);
    chat.now += 3 * DAY;
    let effects = chat.input(&Input::Silent);
    assert!(
        effects.contains(&Effect::ClassChanged { from: Class::Mql, to: Class::Unqualified }),
        "{effects:?}"
    );
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Reached { .. } | Effect::Say(_))));
    let gains = ["4", "ann@example.com"].map(|text| {
        let before = chat.effects.len();
        chat.say(text);
        chat.effects[before..]
            .iter()
            .filter(|effect| matches!(effect, Effect::Reached { goal } if goal == "mql"))
            .count()
    });
    assert_eq!((chat.state.class(), gains), (Class::Mql, [0; 2]), "nor is one that comes back told again");
}

#[test]
fn it_costs_nothing_where_nobody_waits_for_an_answer() {
    let flow = fading();
    let ends: [(&str, &[&str], bool); 4] = [
        ("completed", &["4", "ann@example.com", "tea", "Demo"], false),
        ("cancelled", &["cancel"], false),
        ("open", &[], true),
        ("open, changing an answer", &["change business"], true),
    ];
    for (label, texts, fades) in ends {
        let mut chat = begun(&flow);
        texts.iter().for_each(|text| drop(chat.say(text)));
        let score = chat.state.score();
        assert_eq!(chat.state.next_timer().is_some(), fades, "{label}");
        chat.now += 30 * DAY;
        chat.input(&Input::Silent);
        assert_eq!(chat.state.score() < score, fades, "{label}");
    }
    let mut chat = begun(&flow);
    chat.input(&Input::OptedOut);
    chat.now += 30 * DAY;
    assert_eq!((chat.input(&Input::Silent), chat.state.next_timer()), (vec![], None), "opted out");
}

#[test]
fn a_conversation_nobody_answered_goes_on_fading() {
    let mut flow = fading();
    flow.silence.end_after_ms = Some(3 * DAY);
    let mut chat = begun(&flow);
    let mut scores = Vec::new();
    while let Some(due) = chat.state.next_timer() {
        chat.now = due;
        chat.input(&Input::Silent);
        scores.push(chat.state.score());
    }
    assert_eq!((*chat.state.outcome() == Outcome::Ended("silent".into()), scores), (true, vec![30, 20, 10]));
    chat.say("4");
    assert_eq!((chat.state.is_open(), chat.state.score()), (true, 15), "a late answer is an answer");
    chat.say("back");
    assert_eq!(chat.state.score(), 10, "what silence took stays taken");
    chat.say("restart");
    assert_eq!(chat.state.score(), 5, "but not of answers that are forgotten");
}

#[test]
fn the_lead_s_end_is_the_end_of_it() {
    let flow = fading();
    let over = Person { is_over: true, ..nobody() };
    let mut chat = begun(&flow);
    assert!(chat.state.next_timer().is_some());
    chat.person = over;
    chat.now += 10 * DAY;
    assert_eq!((chat.input(&Input::Silent), chat.state.next_timer()), (vec![], None), "bought or lost");
    // Taken up again: this silence stays spared, the next one counts.
    chat.person = nobody();
    chat.now += 10 * DAY;
    assert_eq!((chat.input(&Input::Silent), chat.state.next_timer()), (vec![], None));
    chat.say("4");
    assert_eq!(chat.state.next_timer(), Some(chat.now + 2 * DAY));
}

#[test]
fn a_share_is_of_what_is_there_then() {
    let mut flow = fading();
    flow.scoring.decay.as_mut().unwrap().loss = crate::domain::decay::Loss::Percent(50);
    let mut chat = begun(&flow);
    let mut scores = vec![chat.state.score()];
    while let Some(due) = chat.state.next_timer() {
        chat.now = due;
        chat.input(&Input::Silent);
        scores.push(chat.state.score());
    }
    assert_eq!(scores, [40, 22, 13, 10], "35 for what was done, then 17, 8 and the floor");
    assert!(chat.now < START + 10 * DAY);
}
