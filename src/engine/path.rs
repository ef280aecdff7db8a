//! Which step comes next: `go`, the chosen option's `to`, then the order of the file or of a variant.

use super::view::View;
use crate::domain::answer::Value;
use crate::flow::model::{Choice, Step};

/// The options an answer picked.
pub(super) fn picked<'a>(step: &'a Step, value: Option<&Value>) -> Vec<&'a Choice> {
    let chosen = |name: &str| step.options.iter().find(|choice| choice.value == name);
    match value {
        Some(Value::Choice(name) | Value::Location { text: name, .. }) => chosen(name).into_iter().collect(),
        Some(Value::Choices(names)) => names.iter().filter_map(|name| chosen(name)).collect(),
        _ => Vec::new(),
    }
}

impl View<'_> {
    /// The place of the step with this id.
    pub fn index(&self, id: &str) -> Option<usize> {
        self.flow.steps.iter().position(|step| step.id == id)
    }

    /// The first step in the person's order.
    pub fn first(&self) -> Option<usize> {
        self.order().map_or(0, |order| order.first().copied().unwrap_or(0)).into()
    }

    /// Where a branch of step `at` leads, left with `value`; `None`: no branch is taken.
    pub fn branch(&self, at: usize, value: Option<&Value>) -> Option<usize> {
        let step = self.flow.steps.get(at)?;
        let holds = |go: &&crate::flow::model::Go| match &go.when {
            None => true,
            Some(when) => when.holds(&self.scope(when.names(), value, &[])),
        };
        if let Some(go) = step.go.iter().find(holds) {
            return Some(go.to);
        }
        picked(step, value).into_iter().find_map(|choice| choice.to)
    }

    /// The step after `at` in the person's order; `None`: it is the last.
    pub fn following(&self, at: usize) -> Option<usize> {
        match self.order() {
            None => (at + 1 < self.flow.steps.len()).then_some(at + 1),
            Some(order) => {
                let place = order.iter().position(|step| *step == at)?;
                order.get(place + 1).copied()
            }
        }
    }

    /// All steps in the order this person's variants give; `None`: as in the file.
    fn order(&self) -> Option<Vec<usize>> {
        let mut order: Option<Vec<usize>> = None;
        for (name, experiment) in &self.flow.experiments {
            let variant = self.state.variants.get(name);
            let Some(listed) = variant.and_then(|variant| experiment.order.get(variant)) else { continue };
            let all = order.get_or_insert_with(|| (0..self.flow.steps.len()).collect());
            let places: Vec<usize> = (0..all.len()).filter(|place| listed.contains(&all[*place])).collect();
            for (place, step) in places.into_iter().zip(listed) {
                all[place] = *step;
            }
        }
        order
    }
}
