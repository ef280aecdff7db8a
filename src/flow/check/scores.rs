//! Rules about points: classes that no one or everyone reaches.

use crate::domain::answer::Kind;
use crate::domain::score::{ENGAGEMENT_TOTAL, FIT_TOTAL, Rule, Scoring};
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
/// Both are safe: nobody ends with fewer or more. The most counts every step of a circle once, as the ledger does. Where
/// points are capped each rule is taken by itself, as though every rule could be earned on the way that is best for it.
pub(super) fn bounds(flow: &Flow) -> Option<(i64, i64)> {
    let scoring = &flow.scoring;
    let (least, most) = along(flow, |step| of_step(step, |part| part_of(step, scoring, part)))?;
    let (low, high) = sum(events(flow).map(|(_, points)| (points.min(0), points.max(0))));
    let whole = (least + low + opened(flow), most + high + opened(flow));
    if scoring.caps.is_empty() && scoring.once.is_empty() && scoring.decay.is_none() {
        return Some(whole);
    }
    let (engaged, fit) = (engagement(flow)?, fit(flow)?);
    Some(((engaged.0 + fit.0).min(whole.0), (engaged.1 + fit.1).min(whole.1)))
}

/// The most points for what people do; `None` where no end can be reached.
pub(super) fn most_engagement(flow: &Flow) -> Option<i64> {
    Some(engagement(flow)?.1)
}

/// The fewest and the most points for what people do.
fn engagement(flow: &Flow) -> Option<(i64, i64)> {
    let scoring = &flow.scoring;
    let mut parts: Vec<(i64, i64)> = Vec::new();
    for part in [Rule::RepliedGreeting, Rule::QuestionAnswered, Rule::QuickReply, Rule::DetailedAnswer] {
        let (least, most) = along(flow, |step| {
            of_step(
                step,
                |asked| if asked == Part::Rule(part) { part_of(step, scoring, asked) } else { (0, 0) },
            )
        })?;
        let first = scoring.points(part.as_str());
        let bounds = match scoring.once.contains(part.as_str()) {
            true => (least.clamp(first.min(0), first.max(0)), most.clamp(first.min(0), first.max(0))),
            false => (least, most),
        };
        parts.push(capped(scoring, part.as_str(), bounds));
    }
    parts.extend(events(flow).map(|(name, points)| capped(scoring, name, (points.min(0), points.max(0)))));
    parts.push(capped(scoring, Rule::SessionOpened.as_str(), (opened(flow), opened(flow))));
    let lost: i64 = parts.iter().map(|(least, _)| least.min(&0)).sum();
    let (least, most) =
        capped(scoring, ENGAGEMENT_TOTAL, sum(parts.iter().map(|part| (part.0 - part.0.min(0), part.1))));
    let kept = scoring.decay.map_or(least, |decay| least.min(decay.floor));
    Some((kept + lost, most))
}

/// The fewest and the most points for what people answer.
fn fit(flow: &Flow) -> Option<(i64, i64)> {
    let scoring = &flow.scoring;
    let of = |bound: fn((i64, i64)) -> (i64, i64)| {
        along(flow, |step| {
            of_step(step, |part| if part == Part::Fit { bound(part_of(step, scoring, part)) } else { (0, 0) })
        })
    };
    let (least, most) = of(|points| points)?;
    let (lost, _) = of(|(least, _)| (least.min(0), 0))?;
    let cap = scoring.caps.get(FIT_TOTAL).copied().unwrap_or(i64::MAX);
    Some((least.min(cap.saturating_add(lost)), most.min(cap)))
}

fn capped(scoring: &Scoring, name: &str, (least, most): (i64, i64)) -> (i64, i64) {
    let cap = scoring.caps.get(name).copied().unwrap_or(i64::MAX);
    (least.min(cap), most.min(cap))
}

/// The fewest and the most over all ways to an end, where a step alone is worth so much.
fn along(flow: &Flow, worth: impl Fn(&Step) -> (i64, i64)) -> Option<(i64, i64)> {
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
            let points = group.iter().map(|step| worth(&flow.steps[*step]));
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
    both
}

fn widen(known: Option<(i64, i64)>, (least, most): (i64, i64)) -> Option<(i64, i64)> {
    Some(known.map_or((least, most), |(low, high)| (low.min(least), high.max(most))))
}

fn sum(parts: impl Iterator<Item = (i64, i64)>) -> (i64, i64) {
    parts.fold((0, 0), |(low, high), (least, most)| (low + least, high + most))
}

/// A part of what a step is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// What a rule pays at it.
    Rule(Rule),
    /// What its options pay.
    Fit,
}

/// The fewest and the most points of one step by itself, of its parts.
fn of_step(step: &Step, worth: impl Fn(Part) -> (i64, i64)) -> (i64, i64) {
    if step.ask.is_none() {
        return (0, 0);
    }
    let rules = [Rule::RepliedGreeting, Rule::QuestionAnswered, Rule::QuickReply, Rule::DetailedAnswer];
    let (least, most) = sum(rules.into_iter().map(Part::Rule).chain([Part::Fit]).map(worth));
    let unanswered =
        step.optional || step.tries.is_some() || step.options.iter().any(|option| option.declines);
    if unanswered { (least.min(0), most.max(0)) } else { (least, most) }
}

fn part_of(step: &Step, scoring: &Scoring, part: Part) -> (i64, i64) {
    let greets = step.stage.as_deref() == Some("greeting");
    let pays = |rule: Rule| scoring.points(rule.as_str());
    match part {
        Part::Rule(rule @ (Rule::RepliedGreeting | Rule::QuestionAnswered)) => {
            if greets == (rule == Rule::RepliedGreeting) { (pays(rule), pays(rule)) } else { (0, 0) }
        }
        Part::Rule(Rule::DetailedAnswer) if step.ask != Some(Kind::Text) => (0, 0),
        Part::Rule(rule) => (pays(rule).min(0), pays(rule).max(0)),
        Part::Fit => {
            let points = step.options.iter().map(|option| option.points);
            match step.ask {
                Some(Kind::Choice) => (points.clone().min().unwrap_or(0), points.max().unwrap_or(0)),
                _ => (
                    points.clone().map(|points| points.min(0)).sum(),
                    points.map(|points| points.max(0)).sum(),
                ),
            }
        }
    }
}

/// What opening pays.
fn opened(flow: &Flow) -> i64 {
    flow.scoring.points(Rule::SessionOpened.as_str())
}

/// What is earned once, by its name.
fn events(flow: &Flow) -> impl Iterator<Item = (&str, i64)> {
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
    names.into_iter().map(|name| (name, flow.scoring.points(name)))
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
