//! The ways through a flow: which step can follow which.

use crate::domain::answer::Kind;
use crate::flow::model::Flow;

/// More orders than this are not looked at one by one.
const MOST_ORDERS: usize = 64;

/// Why one step follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing led elsewhere.
    Next,
    /// A branch: its index in `go`.
    Go(usize),
    /// An option was picked: its index.
    Picked(usize),
    /// Too many unreadable answers.
    GaveUp,
}

/// A way from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The step it leads to; `None`: past the last step.
    pub to: Option<usize>,
    /// Why.
    pub why: Why,
}

/// The orders the steps can have: as written, then under every combination of reordering variants.
pub fn orders(flow: &Flow) -> Vec<Vec<usize>> {
    let mut orders: Vec<Vec<usize>> = vec![(0..flow.steps.len()).collect()];
    for experiment in flow.experiments.values() {
        let known = orders.clone();
        for places in experiment.order.values() {
            for order in &known {
                let reordered = reorder(order, places);
                if orders.len() < MOST_ORDERS && !orders.contains(&reordered) {
                    orders.push(reordered);
                }
            }
        }
    }
    orders
}

/// `order` with the steps of `places` in each other's places, in the order of `places`.
pub fn reorder(order: &[usize], places: &[usize]) -> Vec<usize> {
    let mut turn = places.iter().copied();
    order
        .iter()
        .map(|step| if places.contains(step) { turn.next().unwrap_or(*step) } else { *step })
        .collect()
}

/// The ways from each step, by its index, where the steps have this order.
pub fn ways(flow: &Flow, order: &[usize]) -> Vec<Vec<Way>> {
    let mut next = vec![None; flow.steps.len()];
    for pair in order.windows(2) {
        next[pair[0]] = Some(pair[1]);
    }
    (0..flow.steps.len()).map(|index| from(flow, index, next[index])).collect()
}

fn from(flow: &Flow, index: usize, next: Option<usize>) -> Vec<Way> {
    let step = &flow.steps[index];
    if step.end.is_some() {
        return Vec::new();
    }
    let mut ways = Vec::new();
    if let (Some(_), Some(_), Some(to)) = (step.ask, step.tries, step.give_up) {
        ways.push(Way { to: Some(to), why: Why::GaveUp });
    }
    for (at, branch) in step.go.iter().enumerate() {
        ways.push(Way { to: Some(branch.to), why: Why::Go(at) });
        if branch.when.is_none() {
            return ways;
        }
    }
    let picks = step.ask.is_some_and(Kind::has_options) || step.ask == Some(Kind::Location);
    for (at, option) in step.options.iter().enumerate().filter(|_| picks) {
        if let Some(to) = option.to {
            ways.push(Way { to: Some(to), why: Why::Picked(at) });
        }
    }
    let always_picked = step.ask == Some(Kind::Choice)
        && !step.optional
        && (step.tries.is_none() || step.give_up.is_some())
        && !step.options.is_empty()
        && step.options.iter().all(|option| option.to.is_some());
    if !always_picked {
        ways.push(Way { to: next, why: Why::Next });
    }
    ways
}

/// Which steps can be reached from `start`, itself included.
pub fn reached(ways: &[Vec<Way>], start: usize) -> Vec<bool> {
    let mut seen = vec![false; ways.len()];
    let mut open = vec![start];
    while let Some(index) = open.pop() {
        if !std::mem::replace(&mut seen[index], true) {
            open.extend(ways[index].iter().filter_map(|way| way.to));
        }
    }
    seen
}

/// For each step whether an end can be reached from it; past the last step counts as one.
pub fn can_end(flow: &Flow, ways: &[Vec<Way>]) -> Vec<bool> {
    let mut ends: Vec<bool> = (0..ways.len())
        .map(|index| flow.steps[index].end.is_some() || ways[index].iter().any(|way| way.to.is_none()))
        .collect();
    loop {
        let more: Vec<usize> = (0..ways.len())
            .filter(|index| !ends[*index] && ways[*index].iter().any(|way| way.to.is_some_and(|to| ends[to])))
            .collect();
        if more.is_empty() {
            return ends;
        }
        more.into_iter().for_each(|index| ends[index] = true);
    }
}

/// Groups of steps that lead back to each other, each step in one group; a group comes after those it leads to.
pub fn circles(ways: &[Vec<usize>]) -> Vec<Vec<usize>> {
    // Kosaraju: finish order on the ways, then collect against them.
    let mut finished = Vec::new();
    let mut seen = vec![false; ways.len()];
    for start in 0..ways.len() {
        visit(start, ways, &mut seen, &mut finished);
    }
    let mut back = vec![Vec::new(); ways.len()];
    for (from, to) in ways.iter().enumerate().flat_map(|(from, tos)| tos.iter().map(move |to| (from, *to))) {
        back[to].push(from);
    }
    let mut seen = vec![false; ways.len()];
    let mut groups = Vec::new();
    for start in finished.into_iter().rev() {
        let mut group = Vec::new();
        visit(start, &back, &mut seen, &mut group);
        if !group.is_empty() {
            group.sort_unstable();
            groups.push(group);
        }
    }
    groups.reverse();
    groups
}

/// Depth first without recursion: a flow may be long.
fn visit(start: usize, ways: &[Vec<usize>], seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut open = vec![(start, 0)];
    while let Some((index, at)) = open.pop() {
        match ways[index].get(at) {
            Some(to) => {
                open.push((index, at + 1));
                if !std::mem::replace(&mut seen[*to], true) {
                    open.push((*to, 0));
                }
            }
            None => finished.push(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reordered_steps_keep_the_others_places() {
        assert_eq!(reorder(&[0, 1, 2, 3, 4], &[3, 1, 2]), [0, 3, 1, 2, 4]);
        assert_eq!(reorder(&[0, 1, 2], &[]), [0, 1, 2]);
    }

    #[test]
    fn circles_are_found_and_come_after_what_they_lead_to() {
        let ways = vec![vec![1], vec![2, 3], vec![1], vec![]];
        assert_eq!(circles(&ways), [vec![3], vec![1, 2], vec![0]]);
    }
}
