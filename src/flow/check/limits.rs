//! Rules about what bounds points: caps, rules that earn once, what silence costs.

use crate::domain::decay::SHORTEST;
use crate::domain::score::{ENGAGEMENT_TOTAL, FIT, FIT_TOTAL, RESERVED, Rule};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::duration;
use crate::flow::model::Flow;
use crate::flow::read::Draft;
use crate::flow::suggest::nearest;
use crate::flow::tree::{Entry, Node};
use std::collections::BTreeSet;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    reserved(draft, findings);
    let Some(scoring) = draft.root.get("scoring") else { return };
    let rules = rules(&draft.flow);
    for (name, place) in scoring.get("once").map(Node::strings).unwrap_or_default() {
        if !rules.contains(name) {
            unknown(name, place, rules.iter().copied(), findings);
        }
    }
    for cap in scoring.get("caps").map(Node::entries).unwrap_or_default() {
        let known = rules.iter().copied().chain([ENGAGEMENT_TOTAL, FIT_TOTAL]);
        if known.clone().any(|name| name == cap.name) {
            large_enough(&draft.flow, cap, findings);
        } else {
            unknown(&cap.name, cap.place, known, findings);
        }
    }
    if let Some(table) = scoring.get("decay") {
        decay(table, findings);
    }
}

/// What can earn points by its name: the built-in rules, and what this flow gives points or calls an option's event.
fn rules(flow: &Flow) -> BTreeSet<&str> {
    let options = flow.steps.iter().flat_map(|step| &step.options);
    let events = options.filter_map(|option| option.event.as_deref());
    let own = flow.scoring.points.keys().map(String::as_str);
    own.chain(events).chain(Rule::ALL.map(Rule::as_str)).collect()
}

/// Names that stand for something else in the ledger and among caps.
fn reserved(draft: &Draft, findings: &mut Findings) {
    let points = draft.root.get("scoring").and_then(|scoring| scoring.get("points"));
    let points = points.map(Node::entries).unwrap_or_default();
    let points = points.iter().map(|entry| (entry.name.as_str(), entry.place));
    let options =
        draft.steps.iter().flat_map(|node| node.get("options").map(Node::items).unwrap_or_default());
    let events =
        options.filter_map(|item| item.get("event").and_then(|event| Some((event.text()?, event.place))));
    for (name, place) in points.chain(events).filter(|(name, _)| RESERVED.contains(name)) {
        let message = format!("\"{name}\" has a meaning of its own in scores");
        findings.error("flow::reserved-rule", place, message, "reserved").help("choose another name");
    }
}

fn unknown<'a>(
    name: &str,
    place: Place,
    known: impl Iterator<Item = &'a str> + Clone,
    findings: &mut Findings,
) {
    let message = format!("no rule and no event of this flow is called \"{name}\"");
    let help = match name {
        FIT => format!("the points of options are called `{FIT_TOTAL}` here"),
        ENGAGEMENT_TOTAL | FIT_TOTAL => "that is no rule but a sum; only `caps` knows it".to_owned(),
        _ => match nearest(name, known.clone()) {
            Some(best) => format!("did you mean `{best}`?"),
            None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
        },
    };
    findings.error("flow::unknown-rule", place, message, "unknown").help(help);
}

/// A cap below what is earned at once never lets that be earned in full.
fn large_enough(flow: &Flow, cap: &Entry, findings: &mut Findings) {
    let Some(most) = cap.node.whole() else { return };
    let pays = |name: &str| flow.scoring.points(name);
    let (once, what) = match cap.name.as_str() {
        FIT_TOTAL => {
            let options = flow.steps.iter().flat_map(|step| &step.options);
            (options.map(|option| option.points).max().unwrap_or(0), "an option")
        }
        ENGAGEMENT_TOTAL => {
            let largest = rules(flow).into_iter().max_by_key(|name| pays(name)).unwrap_or_default();
            (pays(largest), largest)
        }
        rule => (pays(rule), rule),
    };
    if once > most {
        let message = format!("{what} earns {once} points at once, and {} is capped at {most}", cap.name);
        findings
            .warning("flow::small-cap", cap.node.place, message, "never earned in full")
            .help(format!("write at least {once}, or give {what} fewer points"));
    }
}

fn decay(table: &Node, findings: &mut Findings) {
    for key in ["after", "every"] {
        let length = table.get(key).and_then(|node| duration::parse(node.text()?));
        if length.is_some_and(|length| length < SHORTEST) {
            let message = "points would be gone before anybody could answer";
            findings
                .error("flow::fast-decay", table.value_place(key), message, "less than an hour")
                .help("write at least \"1h\"; days are usual: \"14d\"");
        }
    }
    match (table.get("points"), table.get("percent")) {
        (None, None) => {
            findings
                .error("flow::decay-amount", table.place, "this does not say what silence costs", "how much?")
                .help("add points = 5, or percent = 25");
        }
        (Some(_), Some(percent)) => {
            findings
                .error("flow::decay-amount", percent.place, "points or percent, not both", "one too many")
                .help("keep one of the two");
        }
        (None, Some(percent)) if percent.whole().is_some_and(|percent| percent > 100) => {
            findings
                .error("flow::decay-amount", percent.place, "no more than all can be taken", "more than 100")
                .help("write 1 to 100");
        }
        _ => {}
    }
}

/// A floor that nothing rises above makes silence free. Needs a flow whose ways can be followed.
pub(super) fn floor(draft: &Draft, findings: &mut Findings) {
    let table = draft.root.get("scoring").and_then(|scoring| scoring.get("decay"));
    let Some((table, most)) = table.zip(super::scores::most_engagement(&draft.flow)) else { return };
    if table.get("floor").and_then(Node::whole).is_some_and(|floor| floor >= most) {
        let message = format!("nothing is ever taken: at most {most} points are earned by what people do");
        findings
            .warning("flow::high-floor", table.value_place("floor"), message, "never below this anyway")
            .help("lower `floor`, or take [scoring.decay] away");
    }
}
