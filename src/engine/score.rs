//! What is earned, each row with what caused it.

use super::log::{Given, Left};
use super::path::picked;
use super::state::Standing;
use crate::clock::Millis;
use crate::domain::answer::{Kind, Value};
use crate::domain::score::{DECAY, Entry, FIT, Rule, engagement};
use crate::flow::model::{Flow, Step};

impl Standing {
    /// Earns what the rule pays, once per conversation.
    pub fn earn_once(&mut self, flow: &Flow, rule: &str, step: Option<&str>) {
        if !self.ledger.iter().any(|entry| entry.rule == rule) {
            self.write(flow, rule, step, flow.scoring.points(rule));
        }
    }

    /// Earns what the rule pays, once per step; once per conversation where the flow says so.
    fn earn_at(&mut self, flow: &Flow, rule: Rule, step: &str) {
        if flow.scoring.once.contains(rule.as_str()) {
            return self.earn_once(flow, rule.as_str(), Some(step));
        }
        let is_it = |entry: &Entry| entry.rule == rule.as_str() && entry.step.as_deref() == Some(step);
        if !self.ledger.iter().any(is_it) {
            self.write(flow, rule.as_str(), Some(step), flow.scoring.points(rule.as_str()));
        }
    }

    /// Something happened that goals are named after, and that pays once: the first time, also where a cap left nothing of it.
    pub fn event(&mut self, flow: &Flow, name: &str, step: Option<&str>) {
        if self.events.insert(name.to_owned()) {
            self.earn_once(flow, name, step);
        }
    }

    /// Takes what a silence costs that began at `from`, of the time after `since` and up to `until`.
    pub fn fade(&mut self, flow: &Flow, (from, since, until): (Millis, Millis, Millis)) {
        let Some(decay) = &flow.scoring.decay else { return };
        for _ in 0..decay.times(from, since, until) {
            let cost = decay.cost(engagement(&self.ledger));
            if cost == 0 {
                return;
            }
            self.write(flow, DECAY, None, -cost);
        }
    }

    /// Earns what an answer earns. An option that declines earns nothing at all.
    pub fn earn_answer(&mut self, flow: &Flow, step: &Step, left: &Left) {
        // Asked once more in a loop, the new answer's fit replaces the old one's.
        let old = self.ledger.iter().position(|e| e.rule == FIT && e.step.as_ref() == Some(&step.id));
        if let Some(old) = old {
            self.score = self.score.saturating_sub(self.ledger.remove(old).points);
            self.class = flow.scoring.class(self.score);
        }
        let picks = picked(step, left.value.as_ref());
        let declined = !picks.is_empty() && picks.iter().all(|choice| choice.declines);
        if left.given != Given::Answered || declined {
            return;
        }
        if step.stage.as_deref() == Some("greeting") {
            self.earn_once(flow, Rule::RepliedGreeting.as_str(), Some(&step.id));
        } else {
            self.earn_at(flow, Rule::QuestionAnswered, &step.id);
        }
        let taken = left.answered_at.saturating_sub(left.asked_at);
        if (0..=flow.scoring.quick_within_ms).contains(&taken) {
            self.earn_at(flow, Rule::QuickReply, &step.id);
        }
        match &left.value {
            Some(Value::Phone(_) | Value::Email(_)) => {
                self.event(flow, Rule::ContactShared.as_str(), Some(&step.id));
            }
            Some(Value::Text(text))
                if step.ask == Some(Kind::Text) && text.chars().count() > flow.scoring.detailed_over =>
            {
                self.earn_at(flow, Rule::DetailedAnswer, &step.id);
            }
            _ => {}
        }
        let picks = picks.into_iter().filter(|choice| !choice.declines);
        let mut fit = 0i64;
        for choice in picks {
            fit = fit.saturating_add(choice.points);
            match (step.menu.as_deref(), &choice.event) {
                (_, Some(event)) => self.event(flow, event, Some(&step.id)),
                (Some("cta"), None) => self.event(flow, Rule::CtaClicked.as_str(), Some(&step.id)),
                (Some("products"), None) => self.event(flow, Rule::ProductInterest.as_str(), Some(&step.id)),
                _ => {}
            }
        }
        self.write(flow, FIT, Some(&step.id), fit);
    }

    /// Writes a row of what caps leave; what earns nothing writes none.
    fn write(&mut self, flow: &Flow, rule: &str, step: Option<&str>, points: i64) {
        let points = flow.scoring.earns(&self.ledger, rule, points);
        if points == 0 {
            return;
        }
        let step = step.map(str::to_owned);
        self.ledger.push(Entry { rule: rule.to_owned(), step, points, reverses: false });
        self.score = self.score.saturating_add(points);
        self.class = flow.scoring.class(self.score);
    }
}

/// The rows that lead from one ledger to another: what no longer holds taken back, then what is new.
pub(super) fn difference(before: &[Entry], after: &[Entry]) -> Vec<Entry> {
    if let Some(new) = after.strip_prefix(before) {
        return new.to_vec();
    }
    let mut new: Vec<&Entry> = after.iter().collect();
    let mut rows = Vec::new();
    for entry in before {
        match new.iter().position(|other| *other == entry) {
            Some(kept) => drop(new.remove(kept)),
            None => {
                rows.push(Entry { points: entry.points.saturating_neg(), reverses: true, ..entry.clone() });
            }
        }
    }
    rows.extend(new.into_iter().cloned());
    rows
}
