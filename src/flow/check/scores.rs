//! Rules about points: classes that no one or everyone reaches.

use crate::domain::answer::Kind;
use crate::domain::score::{Rule, Scoring};
use crate::flow::diagnostic::Findings;
use crate::flow::model::{Flow, Step};
use crate::flow::paths;
use crate::flow::read::Draft;
use std::collections::BTreeSet;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let flow = &draft.flow;
    let table = draft.root.get("scoring").unwrap_or(&draft.root);
    let (sql, mql) = (flow.scoring.sql, flow.scoring.mql);
    let Some((least, most)) = bounds(flow) else { return };
    if mql >= sql {
        let message = format!("MQL from {mql} points and SQL from {sql}: no one is ever MQL");
        findings
            .error("flow::threshold-order", table.value_place("mql"), message, "not below `sql`")
            .help("let `mql` be less than `sql`");
        return;
    }
    for (class, key, threshold) in [("SQL", "sql", sql), ("MQL", "mql", mql)] {
        let place = table.value_place(key);
        let place = if table.get(key).is_some() { place } else { draft.root.value_place("id") };
        if threshold > most {
            let message = format!(
                "no one can become {class}: that needs {threshold} points, the most possible is {most}"
            );
            findings
                .warning("flow::unreachable-class", place, message, format!("at most {most}"))
                .help(format!("lower {key} in [scoring], or give answers more points"));
        } else if threshold <= least {
            let message = format!(
                "everyone who gets to an end becomes {class}: that needs {threshold} points, the least possible is {least}"
            );
            findings
                .warning("flow::everyone-qualifies", place, message, format!("at least {least}"))
                .help(format!("raise {key} in [scoring]"));
        }
    }
}

/// The fewest and the most points with which an end can be reached; `None` where none can be.
///
/// Both are safe: nobody ends with fewer or more. The most counts every step of a circle once, as the ledger does.
pub(super) fn bounds(flow: &Flow) -> Option<(i64, i64)> {
    let mut both: Option<(i64, i64)> = None;
    for order in paths::orders(flow) {
        let ways = paths::ways(flow, &order);
        let links: Vec<Vec<usize>> =
            ways.iter().map(|ways| ways.iter().filter_map(|way| way.to).collect()).collect();
        let groups = paths::circles(&links);
        let mut of_group = vec![0; flow.steps.len()];
        for (at, group) in groups.iter().enumerate() {
            group.iter().for_each(|step| of_group[*step] = at);
        }
        // A group comes after those it leads to, so what follows is known already.
        let mut ahead: Vec<Option<(i64, i64)>> = vec![None; groups.len()];
        for (at, group) in groups.iter().enumerate() {
            let turns = group.len() > 1 || links[group[0]].contains(&group[0]);
            let mut best: Option<(i64, i64)> = None;
            for step in group {
                if flow.steps[*step].end.is_some() {
                    best = widen(best, (0, 0));
                }
                for to in links[*step].iter().filter(|to| of_group[**to] != at) {
                    if let Some(after) = ahead[of_group[*to]] {
                        best = widen(best, after);
                    }
                }
            }
            let points = group.iter().map(|step| of_step(&flow.steps[*step], &flow.scoring));
            let (low, high) = points.fold((0, 0), |(low, high), (least, most)| {
                // Not every step of a circle need be passed.
                if turns { (low + least.min(0), high + most.max(0)) } else { (low + least, high + most) }
            });
            ahead[at] = best.map(|(least, most)| (least + low, most + high));
        }
        if let Some(found) = ahead[of_group[order[0]]] {
            both = widen(both, found);
        }
    }
    let (low, high) = once(flow);
    both.map(|(least, most)| (least + low, most + high))
}

fn widen(known: Option<(i64, i64)>, (least, most): (i64, i64)) -> Option<(i64, i64)> {
    Some(known.map_or((least, most), |(low, high)| (low.min(least), high.max(most))))
}

/// The fewest and the most points of one step by itself.
fn of_step(step: &Step, scoring: &Scoring) -> (i64, i64) {
    let Some(kind) = step.ask else { return (0, 0) };
    let rule = if step.stage.as_deref() == Some("greeting") {
        Rule::RepliedGreeting
    } else {
        Rule::QuestionAnswered
    };
    let answered = scoring.points(rule.as_str());
    let mut extras = vec![scoring.points(Rule::QuickReply.as_str())];
    if kind == Kind::Text {
        extras.push(scoring.points(Rule::DetailedAnswer.as_str()));
    }
    let points = step.options.iter().map(|option| option.points);
    let (low, high) = match kind {
        Kind::Choice => (points.clone().min().unwrap_or(0), points.max().unwrap_or(0)),
        _ => (points.clone().map(|points| points.min(0)).sum(), points.map(|points| points.max(0)).sum()),
    };
    let least = answered + low + extras.iter().map(|points| points.min(&0)).sum::<i64>();
    let most = answered + high + extras.iter().map(|points| points.max(&0)).sum::<i64>();
    let unanswered =
        step.optional || step.tries.is_some() || step.options.iter().any(|option| option.declines);
    if unanswered { (least.min(0), most.max(0)) } else { (least, most) }
}

/// The fewest and the most points of what is earned once.
fn once(flow: &Flow) -> (i64, i64) {
    let pays = |rule: Rule| flow.scoring.points(rule.as_str());
    let opened = pays(Rule::SessionOpened);
    let mut names: BTreeSet<&str> = BTreeSet::from([Rule::AllAnswered.as_str()]);
    for step in &flow.steps {
        names.extend(step.options.iter().filter_map(|option| option.event.as_deref()));
        match step.menu.as_deref() {
            Some("products") => names.extend([Rule::ProductInterest.as_str()]),
            Some("cta") => names.extend([Rule::CtaClicked.as_str()]),
            _ => {}
        }
        if matches!(step.ask, Some(Kind::Phone | Kind::Email)) {
            names.insert(Rule::ContactShared.as_str());
        }
    }
    // Points of the flow's own may also be reported by programs.
    names.extend(flow.scoring.points.keys().map(String::as_str).filter(|name| Rule::parse(name).is_none()));
    let all = names.into_iter().map(|name| flow.scoring.points(name));
    all.fold((opened, opened), |(low, high), points| (low + points.min(0), high + points.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Source, read};

    fn bounds_of(text: &str) -> Option<(i64, i64)> {
        bounds(&read(&Source::alone("a.toml", text)).flow.unwrap())
    }

    #[test]
    fn the_merchant_flow_pays_ten_to_a_hundred_and_forty() {
        // Least: opened and "no" to the greeting. Most: opened 5; greeting, staff, features, e-mail and cta 10 each;
        // business with fit and the detailed location 15 each; all answered, contact, products, demo and cta 55.
        assert_eq!(bounds_of(include_str!("../../../flows/merchant.toml")), Some((10, 140)));
    }

    #[test]
    fn steps_of_a_circle_count_once_and_need_not_count() {
        let text = r#"
id = "a"
title = "A"
[scoring]
sql = 26
mql = 7
[[steps]]
id = "one"
ask = "yes_no"
say = "1"
[[steps]]
id = "two"
ask = "yes_no"
say = "2"
go = [{ when = "answer", to = "one" }]
[[steps]]
id = "end"
say = "Bye"
end = "completed"
"#;
        // Opened 5; two answers of 5 with 5 for speed; all answered 10.
        assert_eq!(bounds_of(text), Some((5, 35)));
        let straight = text.replace("go = [{ when = \"answer\", to = \"one\" }]\n", "");
        assert_eq!(bounds_of(&straight), Some((15, 35)));
    }
}
