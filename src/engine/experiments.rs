//! Variants: drawn once, shown, and recorded as shown.

use super::turn::Turn;
use crate::domain::experiment;

impl Turn<'_> {
    /// Gives the conversation its variants: those the person has, else drawn by the weights.
    pub(super) fn draw(&mut self) {
        for (name, experiment) in &self.flow.experiments {
            if self.state.variants.contains_key(name) {
                continue;
            }
            let first = experiment.variants.first().map(|(variant, _)| variant.as_str());
            let has = self.person.variants.get(name).map(String::as_str);
            let has = has.filter(|has| experiment.variants.iter().any(|(variant, _)| variant == has));
            let variant = if self.person.experiments {
                has.or_else(|| experiment::variant(self.person.seed, name, &experiment.variants)).or(first)
            } else {
                first
            };
            if let Some(variant) = variant {
                self.state.variants.insert(name.clone(), variant.to_owned());
            }
        }
    }

    /// Records the variants a step shows: by its wording, or by standing where variants order it differently.
    pub(super) fn shown(&mut self, step: usize) {
        for (name, experiment) in &self.flow.experiments {
            let worded = self.flow.steps[step].variant.contains_key(name);
            if worded || experiment.order.values().any(|order| order.contains(&step)) {
                self.expose(name);
            }
        }
    }

    /// Records that the person was shown the variant, once; nothing where experiments are off or unknown.
    pub(super) fn expose(&mut self, experiment: &str) {
        let Some(variant) = self.state.variants.get(experiment) else { return };
        if self.person.experiments && self.state.exposed.insert(experiment.to_owned()) {
            self.exposed.push((experiment.to_owned(), variant.clone()));
        }
    }
}
