//! Mistakes made on purpose: `flow check` and `flow test` together must notice nearly all of them.
//!
//! Every shipped flow is edited in every way `operators` knows, one mistake at a time. An edit that leaves the flow as it
//! was is none. A mistake is caught where checking finds something the original does not have, or where a `[[test]]` of
//! the file fails. What escapes is listed.

mod operators;

use crate::flows::{Shipped, shipped};
use leadwire::engine::transcript;
use leadwire::flow::model::Flow;
use leadwire::flow::{Source, check_set, read};
use operators::ALL;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The share of mistakes that must be noticed.
const LEAST: f64 = 0.9;
/// More edits of one kind in one file than this are thinned out evenly.
const MOST_PER_KIND: usize = 12;

/// One mistake.
struct Mutant {
    kind: &'static str,
    what: String,
    /// The changed texts, each with its flow: one, or all that use the changed file.
    sources: Vec<(usize, Source)>,
}

/// What noticed it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The flow is the same as before.
    Equal,
    Check,
    Test,
    Escaped,
}

#[test]
fn nine_in_ten_mistakes_are_noticed() {
    let flows = shipped("flows");
    let passes = |flow: &Flow| flow.tests.iter().all(|test| transcript::run(flow, test).passed());
    assert!(flows.iter().all(|one| passes(&one.flow)), "a transcript fails without any mistake");
    let before = together(&flows, None);
    let mutants = mutants(&flows);
    let verdicts = judge_all(&flows, &before, &mutants);
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut escaped = String::new();
    for (mutant, verdict) in mutants.iter().zip(&verdicts) {
        let row = table.entry(mutant.kind).or_default();
        match verdict {
            Verdict::Equal => {}
            Verdict::Check => row[0] += 1,
            Verdict::Test => row[1] += 1,
            Verdict::Escaped => {
                row[2] += 1;
                escaped.push_str(&format!("{:32} {}\n", mutant.kind, mutant.what));
            }
        }
    }
    println!("{:34} {:>6} {:>6} {:>8}", "mistake", "check", "test", "escaped");
    for (kind, [check, test, escaped]) in &table {
        println!("{kind:34} {check:6} {test:6} {escaped:8}");
    }
    let sum = |at: usize| table.values().map(|row| row[at]).sum::<usize>();
    let (caught, lost) = (sum(0) + sum(1), sum(2));
    let share = caught as f64 / (caught + lost) as f64;
    println!("{:34} {:6} {:6} {lost:8}", "all", sum(0), sum(1));
    println!("{:.1} % of {} mistakes are noticed; escaped:\n{escaped}", share * 100.0, caught + lost);
    assert!(caught + lost >= 300, "only {} mistakes", caught + lost);
    for operator in ALL {
        let row = table.get(operator.name).copied().unwrap_or_default();
        assert!(row.iter().sum::<usize>() > 0, "no flow has a place to {}", operator.name);
    }
    assert!(share >= LEAST, "only {:.1} % noticed; escaped:\n{escaped}", share * 100.0);
}

/// Every mistake, in a fixed order.
fn mutants(flows: &[Shipped]) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (flow, shipped) in flows.iter().enumerate() {
        let (head, tests) = shipped
            .source
            .text
            .split_at(shipped.source.text.find("[[test]]").expect("every shipped flow has tests"));
        for operator in ALL {
            let edits = thinned(operator.edits(head)).map(|(what, text)| Mutant {
                kind: operator.name,
                what: format!("{}, {what}", shipped.name),
                sources: vec![(flow, Source { text: format!("{text}{tests}"), ..shipped.source.clone() })],
            });
            mutants.extend(edits);
        }
    }
    let used: BTreeMap<&String, &String> = flows.iter().flat_map(|one| &one.source.includes).collect();
    for (name, text) in used {
        for operator in ALL {
            mutants.extend(thinned(operator.edits(text)).map(|(what, text)| Mutant {
                kind: operator.name,
                what: format!("{name}.toml, {what}"),
                sources: using(flows, name, &text),
            }));
        }
    }
    mutants
}

/// Evenly fewer where there are many.
fn thinned<T>(edits: Vec<T>) -> impl Iterator<Item = T> {
    let every = edits.len().div_ceil(MOST_PER_KIND).max(1);
    edits.into_iter().step_by(every)
}

/// The flows that use a file, with another text of it.
fn using(flows: &[Shipped], name: &str, text: &str) -> Vec<(usize, Source)> {
    let users = flows.iter().enumerate().filter(|(_, one)| one.source.includes.contains_key(name));
    let changed = users.map(|(at, one)| {
        let mut source = one.source.clone();
        source.includes.insert(name.to_owned(), text.to_owned());
        (at, source)
    });
    changed.collect()
}

/// Judges on all processors.
fn judge_all(flows: &[Shipped], before: &BTreeSet<String>, mutants: &[Mutant]) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut verdicts = vec![Verdict::Equal; mutants.len()];
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(mutant) = mutants.get(at) else { return mine };
                        mine.push((at, judge(flows, before, mutant)));
                    }
                })
            })
            .collect();
        for (at, verdict) in
            workers.into_iter().flat_map(|worker| worker.join().expect("judging does not panic"))
        {
            verdicts[at] = verdict;
        }
    });
    verdicts
}

fn judge(flows: &[Shipped], before: &BTreeSet<String>, mutant: &Mutant) -> Verdict {
    let mut worst = Verdict::Equal;
    for (at, source) in &mutant.sources {
        match judge_one(flows, before, *at, source) {
            caught @ (Verdict::Check | Verdict::Test) => return caught,
            Verdict::Escaped => worst = Verdict::Escaped,
            Verdict::Equal => {}
        }
    }
    worst
}

fn judge_one(flows: &[Shipped], before: &BTreeSet<String>, at: usize, source: &Source) -> Verdict {
    let report = read(source);
    let mut found = named(report.diagnostics);
    if let Some(flow) = &report.flow {
        if shape(flow) == shape(&flows[at].flow) {
            return Verdict::Equal;
        }
        found.extend(together(flows, Some((at, source, flow))));
    }
    if !found.is_subset(before) {
        return Verdict::Check;
    }
    let Some(flow) = report.flow else { return Verdict::Check };
    let fails = |test| !transcript::run(&flow, test).passed();
    if flow.tests.iter().any(fails) { Verdict::Test } else { Verdict::Escaped }
}

/// A flow but for its tests and their lines.
fn shape(flow: &Flow) -> String {
    format!("{:?}", Flow { tests: Vec::new(), ..flow.clone() })
}

/// What is wrong between all flows, one of them in another's place.
fn together(flows: &[Shipped], other: Option<(usize, &Source, &Flow)>) -> BTreeSet<String> {
    let mut set: Vec<_> = flows.iter().map(|one| (&one.source, &one.flow)).collect();
    if let Some((at, source, flow)) = other {
        set[at] = (source, flow);
    }
    named(check_set(&set))
}

fn named(found: Vec<leadwire::flow::Diagnostic>) -> BTreeSet<String> {
    found.into_iter().map(|found| format!("{} {}", found.code, found.message)).collect()
}
