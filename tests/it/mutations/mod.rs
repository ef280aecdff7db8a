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
    flow: usize,
    kind: &'static str,
    what: String,
    source: Source,
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
    let before: BTreeSet<String> = findings(&flows, None).1;
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
                escaped.push_str(&format!("{:32} {}, {}\n", mutant.kind, flows[mutant.flow].name, mutant.what));
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
        let (head, tests) = shipped.source.text.split_at(shipped.source.text.find("[[test]]").unwrap());
        for operator in ALL {
            let own = operator.edits(head).into_iter().map(|(what, text)| {
                (what, Source { text: format!("{text}{tests}"), ..shipped.source.clone() })
            });
            let mut all: Vec<(String, Source)> = own.collect();
            // Used files once, with the first flow that uses them.
            for (name, text) in &shipped.source.includes {
                if flows[..flow].iter().any(|earlier| earlier.source.includes.contains_key(name)) {
                    continue;
                }
                all.extend(operator.edits(text).into_iter().map(|(what, text)| {
                    let mut source = shipped.source.clone();
                    source.includes.insert(name.clone(), text);
                    (format!("{name}, {what}"), source)
                }));
            }
            let every = all.len().div_ceil(MOST_PER_KIND).max(1);
            mutants.extend(all.into_iter().step_by(every).map(|(what, source)| Mutant {
                flow,
                kind: operator.name,
                what,
                source,
            }));
        }
    }
    mutants
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
        for (at, verdict) in workers.into_iter().flat_map(|worker| worker.join().unwrap()) {
            verdicts[at] = verdict;
        }
    });
    verdicts
}

fn judge(flows: &[Shipped], before: &BTreeSet<String>, mutant: &Mutant) -> Verdict {
    let (flow, found) = findings(flows, Some(mutant));
    if flow.as_ref().is_some_and(|flow| shape(flow) == shape(&flows[mutant.flow].flow)) {
        return Verdict::Equal;
    }
    if !found.is_subset(before) {
        return Verdict::Check;
    }
    let Some(flow) = flow else { return Verdict::Check };
    let fails = |test| !transcript::run(&flow, test).passed();
    if flow.tests.iter().any(fails) { Verdict::Test } else { Verdict::Escaped }
}

/// A flow but for its tests and their lines.
fn shape(flow: &Flow) -> String {
    format!("{:?}", Flow { tests: Vec::new(), ..flow.clone() })
}

/// The changed flow, and what checking finds of it and of all flows together.
fn findings(flows: &[Shipped], mutant: Option<&Mutant>) -> (Option<Flow>, BTreeSet<String>) {
    let Some(mutant) = mutant else {
        let set: Vec<_> = flows.iter().map(|one| (&one.source, &one.flow)).collect();
        return (None, named(check_set(&set)));
    };
    let report = read(&mutant.source);
    let mut found = named(report.diagnostics);
    if let Some(flow) = &report.flow {
        let set: Vec<_> = flows
            .iter()
            .enumerate()
            .map(|(at, one)| if at == mutant.flow { (&mutant.source, flow) } else { (&one.source, &one.flow) })
            .collect();
        found.extend(named(check_set(&set)));
    }
    (report.flow, found)
}

fn named(found: Vec<leadwire::flow::Diagnostic>) -> BTreeSet<String> {
    found.into_iter().map(|found| format!("{} {}", found.code, found.message)).collect()
}
