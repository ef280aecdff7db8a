//! What one turn costs without the network and the database.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use leadwire::domain::channel::Channel;
use leadwire::domain::message::Said;
use leadwire::engine::{Input, Person, State, step};
use leadwire::flow::model::Flow;
use leadwire::flow::{Source, read};
use std::collections::BTreeMap;
use std::hint::black_box;

/// When the conversations begin.
const NOW: i64 = 1_767_607_200_000;
/// Answers that a reader of any quality understands.
const ANSWERS: [&str; 7] =
    ["yes", "Restaurant", "Mumbai", "2–5", "Billing", "john@example.com", "Book a demo"];

fn said(text: &str) -> Input {
    Input::Said(Said::text(text))
}

/// The conversation after its opening and these answers.
fn after(flow: &Flow, person: &Person, answers: &[&str]) -> State {
    let opened = step(flow, person, State::new(flow, "en", NOW), &Input::Open { said: None }, NOW).0;
    let next = |state: State, text: &&str| step(flow, person, state, &said(text), NOW + 1_000).0;
    answers.iter().fold(opened, next)
}

fn benches(criterion: &mut Criterion) {
    let source = Source::resolve("merchant.toml", include_str!("../flows/merchant.toml"), &|_| None);
    let flow = read(&source).flow.expect("the shipped flow is right");
    let (lead, zone) = (BTreeMap::new(), jiff::tz::TimeZone::UTC);
    let variants = ["greeting_message", "question_flow"].map(|name| (name.to_owned(), "A".to_owned()));
    let variants = BTreeMap::from(variants);
    let person = Person {
        seed: "1",
        channel: Channel::Sms,
        lead: &lead,
        variants: &variants,
        zone: &zone,
        experiments: true,
        is_over: false,
    };
    let mut group = criterion.benchmark_group("engine");
    let mut turn = |name: &str, before: &[&str], text: &str| {
        let state = after(&flow, &person, before);
        let input = said(text);
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || state.clone(),
                |state| step(&flow, &person, state, black_box(&input), NOW + 2_000),
                BatchSize::SmallInput,
            );
        });
    };
    turn("an option", &ANSWERS[..1], ANSWERS[1]);
    turn("a text", &ANSWERS[..2], ANSWERS[2]);
    turn("the last answer", &ANSWERS[..6], ANSWERS[6]);
    turn("back over six answers", &ANSWERS[..6], "back");
    let complete = after(&flow, &person, &ANSWERS);
    assert_eq!(complete.answers().len(), ANSWERS.len(), "every answer is read");
    group.bench_function("a whole conversation", |bencher| {
        bencher.iter(|| after(&flow, &person, black_box(&ANSWERS)));
    });
    group.bench_function("a state to JSON and back", |bencher| {
        bencher.iter(|| {
            let text = serde_json::to_string(black_box(&complete)).expect("a state is plain data");
            serde_json::from_str::<State>(&text).expect("what was written can be read")
        });
    });
    group.finish();
}

criterion_group!(engine, benches);
criterion_main!(engine);
