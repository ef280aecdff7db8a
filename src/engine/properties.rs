//! What holds for every flow and every conversation.

use super::sample::generated::{Dice, Leaving, flow, leaving};
use super::sample::{Chat, START};
use super::state::Standing;
use super::turn::Turn;
use super::*;
use proptest::prelude::*;

/// What two ways to the same point must agree on: everything but when it was.
fn derived(state: &State) -> (Standing, Vec<(Left, Millis)>) {
    let timeless = |left: &Left| {
        let taken = left.answered_at - left.asked_at;
        (Left { asked_at: 0, answered_at: 0, ..left.clone() }, taken)
    };
    (state.standing.clone(), state.lefts().map(timeless).collect())
}

/// Leaves up to `most` questions.
fn talk(chat: &mut Chat, dice: &mut Dice, most: usize) -> Vec<Leaving> {
    let mut said = Vec::new();
    while said.len() < most
        && let Some(leaving) = leaving(dice, chat)
    {
        chat.leave(&leaving);
        said.push(leaving);
    }
    said
}

fn replay<'a>(flow: &'a Flow, said: &[Leaving]) -> Chat<'a> {
    let mut chat = Chat::new(flow);
    for leaving in said {
        chat.leave(leaving);
    }
    chat
}

/// The standing and log that folding the log again gives.
fn folded(chat: &Chat) -> State {
    let fresh = State { log: Vec::new(), parked: Vec::new(), ..chat.state.clone() };
    let mut turn = Turn::begin(chat.flow, &chat.person, fresh, chat.now);
    turn.refold(chat.state.log.clone());
    State { parked: chat.state.parked.clone(), ..turn.state }
}

/// The rows written so far amount to what the state says.
fn assert_rows_agree(chat: &Chat) {
    let mut answers = BTreeMap::new();
    let mut fields = BTreeMap::new();
    for effect in &chat.effects {
        match effect {
            Effect::Answer(row) if row.given == Given::Withdrawn => drop(answers.remove(&row.step)),
            Effect::Answer(row) => drop(answers.insert(row.step.clone(), (row.given, row.value.clone()))),
            Effect::Field { name, value: Some(value) } => drop(fields.insert(name.clone(), value.clone())),
            Effect::Field { name, value: None } => drop(fields.remove(name)),
            _ => {}
        }
    }
    let current = chat.state.answers().into_values();
    let current: BTreeMap<_, _> =
        current.map(|left| (left.step.clone(), (left.given, left.value.clone()))).collect();
    assert_eq!(answers, current, "the last row of each step");
    assert_eq!(&fields, chat.state.fields(), "the last value of each field");
}

/// Nothing earns more than its cap, or what it is part of.
fn assert_caps_hold(chat: &Chat) {
    for (name, most) in &chat.flow.scoring.caps {
        let counts = |entry: &&Entry| match name.as_str() {
            "fit" => entry.rule == "option",
            "engagement" => entry.rule != "option",
            rule => entry.rule == rule,
        };
        let sum: i64 = chat.state.ledger().iter().filter(counts).map(|entry| entry.points).sum();
        assert!(sum <= *most, "{name}: {sum} of {most}");
    }
}

/// Mostly soon; now and then after so long that silence costs something.
fn later() -> impl Strategy<Value = Millis> {
    prop_oneof![5 => 0i64..400_000, 1 => 0..20 * crate::clock::HOUR]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 420)
}

fn any_said() -> impl Strategy<Value = Said> {
    let words = prop::sample::select(vec![
        "back",
        "change",
        "change s1",
        "change s0",
        "restart",
        "skip",
        "help",
        "human",
        "language",
        "repeat",
        "cancel",
        "start",
        "alpha",
        "bravo",
        "yes",
        "no",
        "7",
        "ann@example.com",
        "",
        "s2",
        "Spanish",
        "{{ score }}",
    ]);
    let text = prop_oneof![6 => words.prop_map(str::to_owned), 1 => any::<String>()];
    let named = prop::option::weighted(0.2, prop::sample::select(vec!["s0", "s1", "s2", "nowhere"]));
    let tapped = prop::option::weighted(0.1, prop::sample::select(vec!["alpha", "bravo", "nothing"]));
    let position = prop::option::weighted(0.1, (any::<f64>(), any::<f64>()));
    (text, named, tapped, position).prop_map(|(text, step, tapped, position)| Said {
        text,
        taken_ms: None,
        said_at: None,
        step: step.map(str::to_owned),
        tapped: tapped.map(str::to_owned),
        position: position.map(|(latitude, longitude)| crate::domain::message::Position {
            latitude,
            longitude,
            name: None,
        }),
        media: Vec::new(),
    })
}

fn any_input() -> impl Strategy<Value = Input> {
    let action =
        prop::sample::select(vec!["clicked_demo", "tasted", "cta_clicked", "answered_question", "?"]);
    let field = (prop::sample::select(vec!["name", "shared"]), 0..3);
    prop_oneof![
        12 => any_said().prop_map(Input::Said),
        1 => any_said().prop_map(|said| Input::Open { said: Some(said) }),
        1 => action.prop_map(|action| Input::Behaved { action: action.to_owned() }),
        1 => field.prop_map(|(name, n)| Input::Profile {
            fields: BTreeMap::from([(name.to_owned(), serde_json::json!(n))])
        }),
        1 => Just(Input::Expose { experiment: "order".into() }),
        1 => Just(Input::Converted { goal: "delivered".into() }),
        1 => Just(Input::Silent),
        1 => prop::option::of(0..10 * crate::clock::DAY)
            .prop_map(|after| Input::Withheld { until: after.map(|after| START + after) }),
        1 => Just(Input::OptedOut),
        1 => Just(Input::Unheard { why: None }),
        1 => Just(Input::Returned),
        1 => Just(Input::Left { outcome: "interrupted".into() }),
        1 => prop::sample::select(Command::ALL.to_vec()).prop_map(|command| Input::Requested { command }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn going_back_and_answering_differently_is_having_answered_so_at_once(
        shape in bytes(), first in bytes(), second in bytes(), backs in 1usize..4,
    ) {
        let flow = flow(&mut Dice::new(&shape));
        let mut chat = Chat::new(&flow);
        let said = talk(&mut chat, &mut Dice::new(&first), 12);
        let backs = backs.min(said.len());
        for _ in 0..backs {
            chat.say("back");
        }
        let mut direct = replay(&flow, &said[..said.len() - backs]);
        prop_assert_eq!(derived(&chat.state), derived(&direct.state));
        for leaving in talk(&mut chat, &mut Dice::new(&second), 12) {
            direct.leave(&leaving);
        }
        prop_assert_eq!(derived(&chat.state), derived(&direct.state));
        prop_assert_eq!(question(&flow, &chat.person, &chat.state), question(&flow, &direct.person, &direct.state));
        assert_rows_agree(&chat);
    }

    #[test]
    fn back_then_forward_is_the_same(shape in bytes(), first in bytes()) {
        let flow = flow(&mut Dice::new(&shape));
        let mut chat = Chat::new(&flow);
        let said = talk(&mut chat, &mut Dice::new(&first), 12);
        let before = derived(&chat.state);
        if let Some(last) = said.last() {
            chat.say("back");
            chat.leave(last);
        }
        prop_assert_eq!(derived(&chat.state), before);
        assert_rows_agree(&chat);
    }

    #[test]
    fn changing_an_answer_is_having_answered_so_with_the_later_answers_the_path_still_comes_to(
        shape in bytes(), first in bytes(), second in bytes(), which in any::<prop::sample::Index>(),
    ) {
        let flow = flow(&mut Dice::new(&shape));
        let mut chat = Chat::new(&flow);
        let said = talk(&mut chat, &mut Dice::new(&first), 12);
        prop_assume!(!said.is_empty());
        let steps: Vec<String> = chat.state.lefts().map(|left| left.step.clone()).collect();
        let step = &steps[which.index(steps.len())];
        let entry = steps.iter().rposition(|other| other == step).unwrap();
        chat.say(&format!("change {step}"));
        prop_assert_eq!(chat.state.open_step(), Some(step.as_str()));
        prop_assert_eq!(derived(&chat.state), derived(&replay(&flow, &said).state), "until then the old one stands");
        let Some(mut anew) = leaving(&mut Dice::new(&second), &chat) else { unreachable!() };
        prop_assume!(!anew.messages[0].starts_with("qwrtz"));
        anew.slow = false;
        chat.leave(&anew);

        let mut direct = replay(&flow, &said[..entry]);
        direct.leave(&anew);
        let mut later: Vec<_> = steps.iter().zip(&said).skip(entry + 1).collect();
        while let Some(open) = direct.state.open_step().map(str::to_owned) {
            let Some(at) = later.iter().position(|(step, _)| **step == open) else { break };
            let (_, leaving) = later.remove(at);
            direct.leave(leaving);
        }
        prop_assert_eq!(derived(&chat.state), derived(&direct.state));
        assert_rows_agree(&chat);
    }

    #[test]
    fn whatever_comes_the_state_is_the_fold_of_its_log(
        shape in bytes(), inputs in prop::collection::vec((any_input(), later()), 0..24),
    ) {
        let flow = flow(&mut Dice::new(&shape));
        let mut chat = Chat::with(&flow, sample::nobody());
        for (input, later) in inputs {
            chat.now += later;
            chat.input(&input);
            let folded = folded(&chat);
            if chat.state.opened {
                prop_assert_eq!(&folded.standing, &chat.state.standing, "after {:?}", input);
                prop_assert_eq!(&folded.log, &chat.state.log);
            }
            assert_rows_agree(&chat);
            assert_caps_hold(&chat);
            if chat.state.opened {
                let again = rescore(&flow, &chat.person, &chat.state, chat.now);
                let expected = Rescored { score: chat.state.score(), class: chat.state.class(), is_partial: false };
                prop_assert_eq!(again, expected);
            }
            let open = question(&flow, &chat.person, &chat.state);
            prop_assert_eq!(open.is_some(), chat.state.open_step().is_some());
            prop_assert!(chat.state.next_timer().is_none_or(|at| at >= START));
        }
    }
}

/// The properties mean something only if the dice make what they speak of.
#[test]
fn generated_conversations_have_everything() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut roll = 7u32;
    let mut bytes = || {
        let next = |_: usize| {
            roll = roll.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (roll >> 24) as u8
        };
        (0..420).map(next).collect::<Vec<u8>>()
    };
    for _ in 0..300 {
        let flow = flow(&mut Dice::new(&bytes()));
        let mut chat = Chat::new(&flow);
        let said = talk(&mut chat, &mut Dice::new(&bytes()), 12);
        let mut see = |what, holds: bool| *seen.entry(what).or_default() += usize::from(holds);
        see("four answers", said.len() >= 4);
        see("completed", *chat.state.outcome() == Outcome::Ended("completed".into()));
        see("skipped", chat.state.lefts().any(|left| left.given == Given::Skipped));
        see("gave up", chat.state.lefts().any(|left| left.given == Given::GaveUp));
        see("fit", chat.state.ledger().iter().any(|entry| entry.rule == "option"));
        see("event", chat.state.reached().contains("tasted"));
        see(
            "capped",
            chat.flow
                .scoring
                .caps
                .iter()
                .any(|(rule, most)| chat.state.breakdown().get(rule.as_str()) == Some(most)),
        );
        see("sql", chat.state.class() == Class::Sql);
        see("asked twice", chat.state.lefts().count() > chat.state.answers().len());
        let places = |left: &Left| flow.steps.iter().position(|step| step.id == left.step);
        see("out of order", !chat.state.lefts().map(places).is_sorted());
    }
    for (what, times) in seen {
        assert!(times >= 20, "{what}: {times} of 300");
    }
}
