//! What reading one answer costs.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::datetime;
use leadwire::domain::answer::Kind;
use leadwire::understand::{Asked, OptionWords, command, read};

/// One answer of each usual shape: what it is called, the question's kind, the answer.
const ANSWERS: &[(&str, Kind, &str)] = &[
    ("yes_no", Kind::YesNo, "yes"),
    ("yes_no, sentence", Kind::YesNo, "No, I don't need any insurance"),
    ("choice by number", Kind::Choice, "2"),
    ("choice by word", Kind::Choice, "we run a restaurant"),
    ("choice with a typo", Kind::Choice, "resturant"),
    ("choices", Kind::Choices, "1 and 3"),
    ("number, figure", Kind::Number, "12"),
    ("number, words", Kind::Number, "twenty five people"),
    ("money", Kind::Money, "$1,200"),
    ("email", Kind::Email, "maria7@example.com"),
    ("email, said", Kind::Email, "john dot merchant at example dot com"),
    ("phone", Kind::Phone, "(415) 555-2671"),
    ("date, word", Kind::Date, "tomorrow"),
    ("date, month", Kind::Date, "3rd of April"),
    ("date, recogniser", Kind::Date, "the second tuesday after next week"),
    ("time", Kind::Time, "half past five in the evening"),
    ("name", Kind::Name, "Maria Gonzalez 7"),
    ("location", Kind::Location, "Mexico City, Roma Norte"),
    ("text", Kind::Text, "We sell roasted coffee and small machines"),
];

fn answers(bench: &mut Criterion) {
    let options: Vec<OptionWords> = ["Restaurant", "Retail Store", "Service Business", "E-commerce", "Other"]
        .map(|value| OptionWords { value: value.to_owned(), words: vec![value.to_owned()] })
        .into();
    let mut group = bench.benchmark_group("understand");
    for (label, kind, text) in ANSWERS {
        let asked = Asked {
            kind: *kind,
            options: if kind.has_options() { &options } else { &[] },
            language: "en",
            region: Some("US"),
            currency: None,
            date_order: None,
            now: datetime(2026, 3, 11, 10, 0, 0, 0),
        };
        assert!(read(text, &asked).is_ok(), "{label}");
        group.bench_function(*label, |b| b.iter(|| read(black_box(text), black_box(&asked))));
    }
    group.bench_function("command", |b| {
        b.iter(|| command(black_box("can I talk to a human please"), "en"));
    });
    group.bench_function("no command", |b| {
        b.iter(|| command(black_box("Mexico City, Roma Norte"), "en"));
    });
    group.finish();
}

criterion_group!(benches, answers);
criterion_main!(benches);
