use crate::clock::DAY;
use crate::domain::score::Class;
use crate::engine::sample::{Chat, flow, nobody};
use crate::engine::tests::{SHOP, shop};
use crate::engine::{Rescored, rescore};

const ALL: [&str; 7] = ["yes", "cafe", "Pune", "4", "ann@example.com", "tea", "Demo"];

#[test]
fn the_same_rules_give_the_same_score() {
    let flow = flow(SHOP);
    let mut chat = Chat::new(&flow);
    for text in
        ["yes", "cafe", "Pune", "back", "Mumbai", "4", "change business", "shop", "skip", "tea", "Demo"]
    {
        chat.say(text);
        let again = rescore(&flow, &chat.person, &chat.state, chat.now);
        let expected = Rescored { score: chat.state.score(), class: chat.state.class(), is_partial: false };
        assert_eq!(again, expected, "after {text}");
    }
}

#[test]
fn other_rules_give_other_scores() {
    let old = flow(SHOP);
    let mut chat = Chat::new(&old);
    ALL.into_iter().for_each(|text| drop(chat.say(text)));
    let score = chat.state.score();
    let rows = [
        ("points", shop("points.demo_requested = 40"), score + 25, false),
        ("a cap", shop("caps.question_answered = 5"), score - 25, false),
        ("once", shop("once = [\"question_answered\"]"), score - 25, false),
        ("taken off", shop("points.demo_requested = -5"), score - 20, false),
        ("none", shop("points.session_opened = 0"), score - 5, false),
        ("decay of what has ended", shop("decay = { after = \"1d\", points = 50 }"), score, false),
    ];
    for (label, new, expected, is_partial) in rows {
        let again = rescore(&new, &nobody(), &chat.state, chat.now + 30 * DAY);
        assert_eq!((again.score, again.is_partial), (expected, is_partial), "{label}");
    }
    let mut strict = flow(SHOP);
    (strict.scoring.sql, strict.scoring.mql) = (score + 1, score);
    assert_eq!(rescore(&strict, &nobody(), &chat.state, chat.now).class, Class::Mql);
}

#[test]
fn what_can_be_matched_counts() {
    let old = flow(SHOP);
    let mut chat = Chat::new(&old);
    ALL.into_iter().for_each(|text| drop(chat.say(text)));
    let score = chat.state.score();
    let mut without = old.clone();
    let city = without.steps.iter().position(|step| step.id == "city").unwrap();
    without.steps[city].id = "town".into();
    let again = rescore(&without, &nobody(), &chat.state, chat.now);
    let of_city: i64 =
        chat.state.ledger().iter().filter(|e| e.step.as_deref() == Some("city")).map(|e| e.points).sum();
    let all_answered = chat.state.breakdown()["all_answered"];
    let expected = score - of_city - all_answered;
    assert_eq!((again.score, again.is_partial), (expected, true), "its question is called otherwise now");

    let mut chat = Chat::new(&old);
    ["yes", "cafe"].into_iter().for_each(|text| drop(chat.say(text)));
    let again = rescore(&without, &nobody(), &chat.state, chat.now);
    assert_eq!((again.score, again.is_partial), (chat.state.score(), false), "it was not asked yet");
}

#[test]
fn silence_that_goes_on_costs_by_the_new_rules() {
    let old = flow(SHOP);
    let mut chat = Chat::new(&old);
    chat.say("yes");
    let score = chat.state.score();
    let new = shop("decay = { after = \"1d\", points = 2 }");
    for (days, cost) in [(0, 0), (1, 2), (3, 6), (100, score)] {
        assert_eq!(
            rescore(&new, &nobody(), &chat.state, chat.now + days * DAY).score,
            score - cost,
            "{days} days"
        );
    }
    let over = crate::engine::Person { is_over: true, ..nobody() };
    assert_eq!(rescore(&new, &over, &chat.state, chat.now + 9 * DAY).score, score);
}
