//! Rules about what earns points: rules nothing earns, events nothing comes of.

use super::experiments;
use crate::domain::answer::Kind;
use crate::domain::score::Rule;
use crate::flow::diagnostic::Findings;
use crate::flow::model::Flow;
use crate::flow::read::Draft;
use crate::flow::suggest::nearest;
use crate::flow::tree::{Entry, Node};

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let points = draft.root.get("scoring").and_then(|scoring| scoring.get("points"));
    for entry in points.map(Node::entries).unwrap_or_default() {
        conditions(entry, findings);
        earned(&draft.flow, entry, findings);
    }
    for node in &draft.steps {
        for item in node.get("options").map(Node::items).unwrap_or_default() {
            if let Some((event, name)) = item.get("event").and_then(|event| Some((event, event.text()?))) {
                heard(&draft.flow, event, name, findings);
            }
        }
    }
}

fn conditions(entry: &Entry, findings: &mut Findings) {
    for (key, owner) in [("within", Rule::QuickReply), ("over", Rule::DetailedAnswer)] {
        if let Some(condition) = entry.node.entry(key).filter(|_| Rule::parse(&entry.name) != Some(owner)) {
            let message = format!("`{key}` belongs to {} alone", owner.as_str());
            findings
                .error("flow::misplaced-condition", condition.place, message, "no effect")
                .help("take it away");
        }
    }
}

/// What the file itself pays for must be possible in it.
fn earned(flow: &Flow, entry: &Entry, findings: &mut Findings) {
    let Some(rule) = Rule::parse(&entry.name) else {
        let mut options = flow.steps.iter().flat_map(|step| &step.options);
        if options.any(|option| option.event.as_deref() == Some(entry.name.as_str())) {
            return;
        }
        let message = format!("no rule and no option of this flow is called \"{}\"", entry.name);
        let help = nearest(&entry.name, Rule::ALL.into_iter().map(Rule::as_str)).map_or_else(
            || {
                let name = &entry.name;
                format!(
                    "it earns points only where a program reports it; else give an option event = \"{name}\""
                )
            },
            |best| format!("did you mean `{best}`?"),
        );
        findings.warning("flow::unused-points", entry.place, message, "nothing earns this").help(help);
        return;
    };
    if flow.scoring.points(&entry.name) == 0 {
        return;
    }
    let menu = |name: &str| flow.steps.iter().any(|step| step.menu.as_deref() == Some(name));
    let (possible, cure) = match rule {
        Rule::RepliedGreeting => {
            let greets =
                flow.steps.iter().any(|step| step.ask.is_some() && step.stage.as_deref() == Some("greeting"));
            (greets, "give the question that greets stage = \"greeting\"")
        }
        Rule::ProductInterest => (menu("products"), "give the question about products menu = \"products\""),
        Rule::CtaClicked => (menu("cta"), "give the question about what comes next menu = \"cta\""),
        Rule::DemoRequested => {
            (experiments::happens(flow, rule.as_str()), "give an option event = \"demo_requested\"")
        }
        Rule::ContactShared => {
            (experiments::happens(flow, rule.as_str()), "ask for a phone number or an e-mail address")
        }
        Rule::DetailedAnswer => (
            flow.steps.iter().any(|step| step.ask == Some(Kind::Text)),
            "only ask = \"text\" has detailed answers",
        ),
        Rule::SessionOpened | Rule::QuestionAnswered | Rule::AllAnswered | Rule::QuickReply => return,
    };
    if !possible {
        let message = format!("nothing in this flow earns {}", entry.name);
        findings
            .warning("flow::unused-points", entry.place, message, "never earned here")
            .help(format!("{cure}, or take this line away"));
    }
}

/// An event must be good for something: points, a goal, a notification or a delivery.
fn heard(flow: &Flow, event: &Node, name: &str, findings: &mut Findings) {
    let known = Rule::parse(name).is_some() || flow.scoring.points.contains_key(name);
    let goal = flow.experiments.values().any(|experiment| experiment.goal == name);
    let told = flow.notify.iter().any(|notify| notify.on.iter().any(|on| on == name));
    let delivered = flow.deliver.iter().any(|deliver| deliver.on == name);
    let entered = flow.enquiry.as_deref() == Some(name);
    if known || goal || told || delivered || entered {
        return;
    }
    let message = format!("nothing comes of the event \"{name}\"");
    let help = nearest(name, ["demo_requested", "contact_shared"]).map_or_else(
        || format!("give it points ([scoring] points.{name} = 5), or name it in [[notify]] on"),
        |best| format!("did you mean `{best}`?"),
    );
    findings
        .warning("flow::unheard-event", event.place, message, "no points, no goal, no one told")
        .help(help);
}
