//! Which ways through a flow its transcripts walk.
//!
//! Each transcript is played against the engine once more, and after each input the way from the last answer to the open
//! question is found again from the flow alone. Where it leads elsewhere than the engine went, that is a failure too.

use leadwire::domain::message::Said;
use leadwire::engine::{Given, Input, Left, Outcome, Person, State, step};
use leadwire::flow::model::{Flow, Line, Step, TranscriptTest};
use leadwire::flow::template::Scope;
use minijinja::value::Serde;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

const PAUSE_MS: i64 = 10_000;
const BEGINS: i64 = 1_767_607_200_000;

/// What the transcripts of a flow walk of its ways.
pub struct Coverage {
    /// All ways.
    pub ways: usize,
    /// Those some transcript walks.
    pub walked: usize,
    /// The others, in words.
    pub missing: Vec<String>,
}

/// The ways through a flow and which of them its transcripts walk.
pub fn of(flow: &Flow) -> Coverage {
    let mut walked = BTreeSet::new();
    for test in &flow.tests {
        play(flow, test, &mut walked);
    }
    let ways = ways(flow);
    let missing: Vec<String> = ways.difference(&walked).cloned().collect();
    Coverage { walked: ways.len() - missing.len(), ways: ways.len(), missing }
}

/// Every way a transcript should walk, by a name for people.
fn ways(flow: &Flow) -> BTreeSet<String> {
    let mut ways = BTreeSet::new();
    for step in &flow.steps {
        let id = &step.id;
        ways.insert(format!("step {id}"));
        ways.extend((0..step.go.len()).map(|at| format!("step {id}, branch {}", at + 1)));
        for option in step.options.iter().filter(|_| step.ask.is_some()) {
            ways.insert(format!("step {id}, option {:?}", option.value));
            ways.extend(option.to.map(|_| format!("step {id}, where option {:?} leads", option.value)));
        }
        if step.tries.is_some() {
            ways.insert(format!("step {id}, giving up"));
        }
        if step.optional {
            ways.insert(format!("step {id}, skipping"));
        }
        ways.extend(
            flow.languages
                .iter()
                .filter(|_| step.end.as_deref() == Some("completed"))
                .map(|language| format!("step {id} in {language}")),
        );
    }
    for (name, experiment) in &flow.experiments {
        ways.extend(
            experiment.variants.iter().map(|(variant, _)| format!("experiment {name}, variant {variant}")),
        );
    }
    for language in &flow.languages {
        let reminders = 1..=flow.silence.remind.len();
        ways.extend(reminders.map(|number| format!("reminder {number} in {language}")));
    }
    ways.extend(flow.silence.end_after_ms.map(|_| "ending in silence".to_owned()));
    ways.extend(["going back", "changing an answer"].map(str::to_owned));
    ways
}

fn play(flow: &Flow, test: &TranscriptTest, walked: &mut BTreeSet<String>) {
    let zone = jiff::tz::TimeZone::UTC;
    let mut lead: BTreeMap<String, Json> = BTreeMap::new();
    let begins =
        test.now.map(|now| now.to_zoned(zone.clone()).expect("a time there is").timestamp().as_millisecond());
    let mut now = begins.unwrap_or(BEGINS);
    let mut state = State::new(flow, test.language.as_deref().unwrap_or(""), now);
    let mut variants: BTreeMap<String, String> = flow
        .experiments
        .iter()
        .map(|(name, experiment)| (name.clone(), experiment.variants[0].0.clone()))
        .collect();
    variants.extend(test.variants.clone());
    let mut waited = true;
    let mut input = |state: &mut State, lead: &BTreeMap<String, Json>, input: &Input, now: i64| {
        let person = Person {
            seed: &test.name,
            channel: test.channel,
            lead,
            variants: &variants,
            zone: &zone,
            experiments: true,
            is_over: false,
        };
        let before = state.clone();
        *state = step(flow, &person, before.clone(), input, now).0;
        mark(flow, test, &before, state, input, walked);
    };
    if !matches!(test.chat.first(), Some(Line::Says(_))) {
        input(&mut state, &lead, &Input::Open { said: None }, now);
    }
    for line in &test.chat {
        let (passes, says) = match line {
            Line::Expects(_) => continue,
            Line::Waits(ms) => (*ms, None),
            Line::Says(text) => (if waited { 0 } else { PAUSE_MS }, Some(Said::text(text.as_str()))),
        };
        waited = says.is_none();
        let until = now + passes;
        while let Some(due) = state.next_timer().filter(|due| *due <= until) {
            now = now.max(due);
            input(&mut state, &lead, &Input::Silent, now);
        }
        now = until;
        let Some(said) = says else { continue };
        if matches!(state.outcome(), Outcome::Ended(outcome) if outcome != "completed") {
            lead.extend(state.fields().clone());
            state = State::new(flow, state.language(), now);
        }
        let what = if state.is_opened() { Input::Said(said) } else { Input::Open { said: Some(said) } };
        input(&mut state, &lead, &what, now);
    }
}

/// Marks what one input walked.
fn mark(
    flow: &Flow,
    test: &TranscriptTest,
    before: &State,
    state: &State,
    input: &Input,
    walked: &mut BTreeSet<String>,
) {
    for (experiment, variant) in state.variants() {
        walked.insert(format!("experiment {experiment}, variant {variant}"));
    }
    if matches!(input, Input::Silent) {
        match state.outcome() {
            Outcome::Ended(_) => walked.insert("ending in silence".to_owned()),
            Outcome::Open => {
                let passed = state.next_timer().unwrap_or_default() - before.next_timer().unwrap_or_default();
                let number = reminder(flow, passed);
                walked.insert(format!("reminder {number} in {}", state.language()))
            }
        };
        return;
    }
    let (had, has) = (before.lefts().count(), state.lefts().count());
    if has < had {
        walked.insert("going back".to_owned());
    }
    let reopened = |state: &State| state.open_step().is_some_and(|open| state.answer(open).is_some());
    if reopened(before) && !reopened(state) {
        walked.insert("changing an answer".to_owned());
    }
    let last = state.lefts().last();
    let (mut at, path) = match last {
        None => (first(flow, state), Vec::new()),
        Some(left) => leave(flow, test, state, left),
    };
    walked.extend(path);
    while let Some(index) = at {
        let step = &flow.steps[index];
        walked.insert(format!("step {}", step.id));
        if step.end.as_deref() == Some("completed") {
            walked.insert(format!("step {} in {}", step.id, state.language()));
        }
        if step.ask.is_some() || step.end.is_some() {
            break;
        }
        let (next, path) = follow(flow, test, state, index, None);
        walked.extend(path);
        at = next;
    }
    if reopened(state) {
        return;
    }
    let came_to = at.map(|index| &flow.steps[index]);
    match (state.outcome(), came_to) {
        (Outcome::Open, Some(step)) => assert_eq!(state.open_step(), Some(step.id.as_str()), "{}", test.name),
        (Outcome::Ended(outcome), Some(Step { end: Some(end), .. })) => {
            assert_eq!(outcome, end, "{}", test.name);
        }
        (Outcome::Ended(outcome), _) => assert!(outcome == "cancelled", "{}: {outcome}", test.name),
        (Outcome::Open, None) => panic!("{}: the flow has an end here, the engine has none", test.name),
    }
}

/// The number of the reminder after which the timer was set this much later.
fn reminder(flow: &Flow, passed: i64) -> usize {
    let times: Vec<i64> = flow.silence.remind.iter().map(|reminder| reminder.after_ms).collect();
    let all: Vec<i64> = times.iter().copied().chain(flow.silence.end_after_ms).collect();
    let last = |at: usize| all.get(at + 1).map_or(passed <= 0, |next| next - all[at] == passed);
    (0..times.len()).find(|at| last(*at)).map_or(times.len(), |at| at + 1)
}

/// From an answered, skipped or given-up question on.
fn leave(flow: &Flow, test: &TranscriptTest, state: &State, left: &Left) -> (Option<usize>, Vec<String>) {
    let index = flow.steps.iter().position(|step| step.id == left.step).expect("answers are of steps");
    let step = &flow.steps[index];
    let mut path = vec![format!("step {}", step.id)];
    match left.given {
        Given::GaveUp => {
            path.push(format!("step {}, giving up", step.id));
            if step.give_up.is_some() {
                return (step.give_up, path);
            }
        }
        Given::Skipped => path.push(format!("step {}, skipping", step.id)),
        Given::Answered | Given::Withdrawn => {}
    }
    let (next, more) = follow(flow, test, state, index, Some(left));
    path.extend(more);
    (next, path)
}

/// Where a step leads: its branches, then the picked option's way, then the next step.
fn follow(
    flow: &Flow,
    test: &TranscriptTest,
    state: &State,
    index: usize,
    left: Option<&Left>,
) -> (Option<usize>, Vec<String>) {
    let step = &flow.steps[index];
    let answer = left.and_then(|left| left.value.as_ref()).map(|value| value.as_json());
    let names = |name: &str| -> Option<Json> {
        match name {
            "answer" => answer.clone(),
            "score" => Some(state.score().into()),
            "class" => Some(state.class().as_str().into()),
            "channel" => Some(test.channel.as_str().into()),
            "language" => Some(state.language().into()),
            name => {
                let given =
                    state.answer(name).and_then(|left| left.value.as_ref()).map(|value| value.as_json());
                given.or_else(|| state.fields().get(name).cloned())
            }
        }
    };
    let picked: Vec<_> = match &answer {
        Some(Json::String(value)) => step.options.iter().filter(|option| option.value == *value).collect(),
        Some(Json::Array(values)) => {
            step.options.iter().filter(|option| values.contains(&option.value.clone().into())).collect()
        }
        _ => Vec::new(),
    };
    let mut path: Vec<String> =
        picked.iter().map(|option| format!("step {}, option {:?}", step.id, option.value)).collect();
    for (at, branch) in step.go.iter().enumerate() {
        let holds = branch.when.as_ref().is_none_or(|when| {
            let known =
                when.names().iter().filter_map(|name| Some((name.clone(), Scope::from(Serde(names(name)?)))));
            when.holds(&Scope::from_pairs(known))
        });
        if holds {
            path.push(format!("step {}, branch {}", step.id, at + 1));
            return (Some(branch.to), path);
        }
    }
    if let Some(option) = picked.iter().find(|option| option.to.is_some()) {
        path.push(format!("step {}, where option {:?} leads", step.id, option.value));
        return (option.to, path);
    }
    let order = order(flow, state);
    let place = order.iter().position(|step| *step == index).expect("the order has every step");
    (order.get(place + 1).copied(), path)
}

fn first(flow: &Flow, state: &State) -> Option<usize> {
    order(flow, state).first().copied()
}

/// The steps in the order of the person's variants.
fn order(flow: &Flow, state: &State) -> Vec<usize> {
    let mut order: Vec<usize> = (0..flow.steps.len()).collect();
    for (name, experiment) in &flow.experiments {
        if let Some(places) = state.variants().get(name).and_then(|variant| experiment.order.get(variant)) {
            order = leadwire::flow::paths::reorder(&order, places);
        }
    }
    order
}
