//! What a turn comes to: the rows and words that follow from it, in their order.

use super::log::{Given, Happened, Left};
use super::score::difference;
use super::state::{Outcome, State};
use super::turn::Turn;
use super::{AnswerRow, Effect};
use crate::domain::score::Class;
use std::collections::BTreeMap;

impl Turn<'_> {
    /// Turns what happened in this turn into effects.
    pub fn finish(mut self) -> (State, Vec<Effect>) {
        self.tell_goals();
        self.state.timer = self.due();
        let (before, after) = (&self.before, &self.state.standing);
        let mut effects = Vec::new();
        if after.language != before.language {
            effects.push(Effect::Language(after.language.clone()));
        }
        if self.handoff {
            effects.push(Effect::Handoff);
        }
        effects.extend(self.answer_rows().into_iter().map(Effect::Answer));
        effects.extend(difference(&before.ledger, &after.ledger).into_iter().map(Effect::Scored));
        for (name, value) in &after.fields {
            if before.fields.get(name) != Some(value) {
                effects.push(Effect::Field { name: name.clone(), value: Some(value.clone()) });
            }
        }
        for name in before.fields.keys().filter(|name| !after.fields.contains_key(*name)) {
            let value = self.state.known.get(name).cloned();
            effects.push(Effect::Field { name: name.clone(), value });
        }
        if after.class != before.class {
            effects.push(Effect::ClassChanged { from: before.class, to: after.class });
        }
        let exposed = self.exposed.into_iter();
        effects.extend(exposed.map(|(experiment, variant)| Effect::Exposed { experiment, variant }));
        effects.extend(self.goals.into_iter().map(|goal| Effect::Reached { goal }));
        if let Outcome::Ended(outcome) = &after.outcome
            && after.outcome != before.outcome
        {
            effects.push(Effect::Ended { outcome: outcome.clone() });
        }
        effects.extend(self.says.into_iter().map(Effect::Say));
        (self.state, effects)
    }

    fn tell_goals(&mut self) {
        let class = self.state.standing.class;
        let classes = [(Class::Mql, "mql"), (Class::Sql, "sql")];
        let goals: Vec<String> = self.state.standing.events.iter().cloned().collect();
        let by_class = classes.into_iter().filter(|(least, _)| class >= *least);
        for goal in goals.into_iter().chain(by_class.map(|(_, name)| name.to_owned())) {
            self.reach(&goal);
        }
    }

    /// Rows for questions that were left, or are left otherwise than before.
    fn answer_rows(&self) -> Vec<AnswerRow> {
        let row = |left: &Left| AnswerRow {
            step: left.step.clone(),
            raw: left.raw.clone(),
            value: left.value.clone(),
            given: left.given,
            taken_ms: left.answered_at.saturating_sub(left.asked_at),
        };
        let Some(old) = &self.old_log else {
            let new = self.state.log.iter().skip(self.log_before);
            return new
                .filter_map(|h| if let Happened::Left(left) = h { Some(row(left)) } else { None })
                .collect();
        };
        let new = self.state.answers();
        let old: BTreeMap<&str, &Left> = old
            .iter()
            .filter_map(
                |h| if let Happened::Left(left) = h { Some((left.step.as_str(), left)) } else { None },
            )
            .collect();
        let withdrawn = old.keys().filter(|step| !new.contains_key(*step)).map(|step| AnswerRow {
            step: (*step).to_owned(),
            raw: String::new(),
            value: None,
            given: Given::Withdrawn,
            taken_ms: 0,
        });
        let changed = self.state.lefts().filter(|left| {
            new.get(left.step.as_str()) == Some(left) && old.get(left.step.as_str()) != Some(left)
        });
        withdrawn.chain(changed.map(row)).collect()
    }
}
