//! Rules about the way through a flow: everything is reached, nothing is a trap, every way ends.

use crate::flow::diagnostic::Findings;
use crate::flow::model::Flow;
use crate::flow::paths::{self, Way, Why};
use crate::flow::read::Draft;
use crate::flow::tree::Node;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let flow = &draft.flow;
    let orders = paths::orders(flow);
    let mut seen = vec![false; flow.steps.len()];
    let mut falls = vec![false; flow.steps.len()];
    let mut trapped: Option<usize> = None;
    let mut circle: Option<Vec<usize>> = None;
    for order in &orders {
        let ways = paths::ways(flow, order);
        let reached = paths::reached(&ways, order[0]);
        let ends = paths::can_end(flow, &ways);
        for index in 0..flow.steps.len() {
            seen[index] |= reached[index];
            falls[index] |= reached[index] && ways[index].iter().any(|way| way.to.is_none());
        }
        trapped = trapped.or_else(|| order.iter().copied().find(|index| reached[*index] && !ends[*index]));
        circle = circle.or_else(|| silent_circle(flow, &ways, &reached));
    }
    for index in (0..flow.steps.len()).filter(|index| !seen[*index]) {
        let message = format!("no way leads to the step \"{}\"", flow.steps[index].id);
        findings
            .warning("flow::unreachable-step", draft.steps[index].value_place("id"), message, "never reached")
            .help("the steps before it end or go elsewhere: lead there with `go` or `to`, or take it away");
    }
    for index in (0..flow.steps.len()).filter(|index| falls[*index]) {
        let message = format!("after \"{}\" the conversation has no end", flow.steps[index].id);
        findings
            .error("flow::no-end", draft.steps[index].value_place("id"), message, "no step follows")
            .help("add a last step with end = \"completed\", or lead to one with `go`");
    }
    if let Some(index) = trapped {
        let message = format!("from \"{}\" no way leads to an end", flow.steps[index].id);
        findings
            .error("flow::dead-end", draft.steps[index].value_place("id"), message, "goes round for ever")
            .help("let one of the steps from here on lead to a step with `end`");
    }
    if let Some(circle) = circle {
        let names: Vec<&str> = circle.iter().map(|index| flow.steps[*index].id.as_str()).collect();
        let message =
            format!("these steps lead back to each other without asking anything: {}", names.join(", "));
        findings
            .error(
                "flow::silent-loop",
                draft.steps[circle[0]].value_place("id"),
                message,
                "would speak for ever",
            )
            .help("ask something on the way, or let one of them lead elsewhere");
    }
    branches(draft, &orders, findings);
}

/// Steps that speak and lead back to each other.
fn silent_circle(flow: &Flow, ways: &[Vec<Way>], reached: &[bool]) -> Option<Vec<usize>> {
    let silent = |index: usize| flow.steps[index].ask.is_none() && reached[index];
    let links: Vec<Vec<usize>> = ways
        .iter()
        .enumerate()
        .map(|(from, ways)| {
            ways.iter().filter_map(|way| way.to).filter(|to| silent(from) && silent(*to)).collect()
        })
        .collect();
    let closed = |group: &Vec<usize>| group.len() > 1 || links[group[0]].contains(&group[0]);
    paths::circles(&links).into_iter().find(closed)
}

/// Branches that are never taken, or that change nothing.
fn branches(draft: &Draft, orders: &[Vec<usize>], findings: &mut Findings) {
    let flow = &draft.flow;
    for (index, (step, node)) in flow.steps.iter().zip(&draft.steps).enumerate() {
        let items = node.get("go").map(Node::items).unwrap_or_default();
        if items.len() != step.go.len() {
            continue;
        }
        for (at, branch) in step.go.iter().enumerate() {
            let same = |other: &crate::flow::model::Go| match (&other.when, &branch.when) {
                (None, _) => true,
                (Some(one), Some(two)) => one.source() == two.source(),
                _ => false,
            };
            if step.go[..at].iter().any(same) {
                findings
                    .warning(
                        "flow::unreachable-branch",
                        items[at].place,
                        "an earlier branch always comes first",
                        "never taken",
                    )
                    .help("put it before that branch, change its `when`, or take it away");
            }
        }
        let lone = step.options.iter().all(|option| option.to.is_none());
        let Some(last) = step.go.last().filter(|last| lone && last.when.is_some()) else { continue };
        let follows = |order: &Vec<usize>| {
            let next = |way: &Way| way.why == Why::Next && way.to == Some(last.to);
            paths::ways(flow, order)[index].iter().any(next)
        };
        if orders.iter().all(follows) {
            let message = format!("\"{}\" comes next anyway", flow.steps[last.to].id);
            findings
                .warning("flow::pointless-branch", items[step.go.len() - 1].place, message, "changes nothing")
                .help("did you mean another step? Else take the branch away");
        }
    }
}
