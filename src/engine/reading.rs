//! From what was said to an answer of the open question: tapped, sent, written, or not to be read.

use super::log::{Given, Happened, Left};
use super::state::Changing;
use super::turn::Turn;
use super::view::Unread;
use crate::clock::Millis;
use crate::domain::answer::{Kind, Value};
use crate::domain::command::Command;
use crate::domain::message::Said;
use crate::domain::text::fold;
use crate::flow::model::Step;
use crate::flow::texts::TextKey;
use crate::understand::{Asked, READER, Reading, command_with, read};
use rust_decimal::Decimal;

/// Characters of a message that are kept beside its reading: the longest text any channel carries.
const LONGEST_RAW: usize = 4096;

impl Turn<'_> {
    /// An answer that names an option of the step exactly: tapped, or written as it is shown. It goes before commands, so
    /// that an option called "Help" can be picked.
    pub(super) fn picked(&self, step: usize, said: &Said) -> Option<Reading> {
        let step = &self.flow.steps[step];
        let value = if let Some(tapped) = &said.tapped {
            step.options.iter().find(|choice| choice.value == *tapped)?.value.clone()
        } else {
            let text = fold(&said.text);
            let same = |word: &String| !text.is_empty() && fold(word) == text;
            let by_words = step.words.iter().find(|option| option.words.iter().any(same));
            let by_label = step.options.iter().find(|choice| {
                same(&choice.value) || choice.label.values().any(same) || choice.short.values().any(same)
            });
            match (by_label, by_words) {
                (Some(choice), _) => choice.value.clone(),
                (None, words) => words?.value.clone(),
            }
        };
        let value = match step.ask? {
            Kind::Choice => Value::Choice(value),
            Kind::Choices => Value::Choices(vec![value]),
            Kind::Location => Value::Location { text: value, position: None },
            _ => return None,
        };
        Some(Reading { value, span: 0..said.text.len() })
    }

    /// What was said, read as an answer of the step.
    pub(super) fn read(&self, at: usize, said: &Said) -> Result<Reading, Unread> {
        let step = &self.flow.steps[at];
        let kind = step.ask.ok_or(Unread::Refused)?;
        let sent = match kind {
            Kind::Media if !said.media.is_empty() => Some(Value::Media(said.media.clone())),
            Kind::Location => said.position.as_ref().and_then(|position| {
                let (north, east) = (position.latitude, position.longitude);
                // What is not a number could not be stored.
                let real = north.is_finite() && east.is_finite();
                let text = position.name.clone().unwrap_or_else(|| format!("{north}, {east}"));
                real.then_some(Value::Location { text, position: Some((north, east)) })
            }),
            _ => None,
        };
        if let Some(value) = sent {
            return Ok(Reading { value, span: 0..said.text.len() });
        }
        let asked = Asked {
            kind,
            options: &step.words,
            language: self.state.language(),
            region: self.flow.region.as_deref(),
            currency: self.flow.currency.as_deref(),
            date_order: self.flow.date_order,
            now: self.wall_clock(),
        };
        let reading = read(words_of(said), &asked).map_err(|_| Unread::Refused)?;
        if within(step, &reading.value) { Ok(reading) } else { Err(Unread::Beyond) }
    }

    /// What the open question would take from what was said; `None`: it is a request, or no answer to it.
    pub(super) fn understood(&self, said: &Said) -> Option<super::Understood> {
        if !self.state.opened || self.state.awaiting.is_some() {
            return None;
        }
        let at = self.view().index(self.state.open_step()?)?;
        let reading = self.picked(at, said).or_else(|| {
            let command = command_with(&said.text, self.state.language(), &self.flow.words);
            let requests = command.is_some_and(|(command, _)| !self.flow.off.contains(&command));
            (!requests).then(|| self.read(at, said).ok())?
        })?;
        let aloud = self.view().read_aloud(&self.flow.steps[at], &reading.value);
        Some(super::Understood { value: reading.value, aloud })
    }

    /// The open question was asked and no answer came.
    pub(super) fn unheard(&mut self, why: Option<TextKey>) {
        self.state.awaiting = None;
        let Some(step) = self.state.open_step().and_then(|id| self.view().index(id)) else {
            return self.stay();
        };
        let why = match why {
            Some(key) => self.view().builtin(key, &[]),
            None => self.view().retry(&self.flow.steps[step], Unread::Refused),
        };
        self.refused(step, &Said::default(), why);
    }

    /// The person's wall clock.
    fn wall_clock(&self) -> jiff::civil::DateTime {
        let at = jiff::Timestamp::from_millisecond(self.now).unwrap_or_default();
        at.to_zoned(self.person.zone.clone()).datetime()
    }

    /// The open question is answered.
    pub(super) fn answered(&mut self, step: usize, said: &Said, reading: Reading) {
        self.left(step, Given::Answered, said, Some(reading));
    }

    /// The open question is left, answered or not.
    pub(super) fn left(&mut self, step: usize, given: Given, said: &Said, reading: Option<Reading>) {
        let asked_at = self.state.changing.map_or(self.state.asking.asked_at, |changing| changing.asked_at);
        let left = self.entry(step, given, said, reading, asked_at, self.now);
        match self.state.changing.take() {
            Some(changing) => self.replace(changing.entry, left),
            None => {
                self.leave(left);
                self.ask_new();
            }
        }
    }

    fn entry(
        &self,
        step: usize,
        given: Given,
        said: &Said,
        reading: Option<Reading>,
        asked_at: Millis,
        answered_at: Millis,
    ) -> Left {
        let span = reading.as_ref().map_or((0, 0), |reading| (reading.span.start, reading.span.end));
        Left {
            step: self.flow.steps[step].id.clone(),
            given,
            raw: words_of(said).chars().take(LONGEST_RAW).collect(),
            value: reading.map(|reading| reading.value),
            span,
            reader: READER,
            asked_at,
            answered_at,
        }
    }

    /// Puts another answer in the place of an earlier one and folds again. Later answers stay where the path still comes
    /// to their questions.
    fn replace(&mut self, entry: usize, left: Left) {
        let (open, ended) = (self.state.standing.at.clone(), self.state.standing.outcome.clone());
        let mut log = self.state.log.clone();
        if let Some(place) = log.get_mut(entry) {
            *place = Happened::Left(left);
        }
        self.refold(log);
        let same = open == self.state.standing.at && ended == self.state.standing.outcome;
        if same && open.is_some() {
            self.ask_again();
        } else {
            self.ask_new();
        }
    }

    /// An answer to a question that was answered before, where the channel names the question: it takes the other's place,
    /// as though given then.
    pub(super) fn corrected(&mut self, said: &Said) -> bool {
        let Some(named) = said.step.as_deref() else { return false };
        let (entry, was) = match self.state.place_of(named) {
            Some(found) if self.state.open_step() != Some(named) => found,
            _ => return false,
        };
        let (asked_at, answered_at) = (was.asked_at, was.answered_at);
        let Some(step) = self.view().index(named) else { return false };
        let command = command_with(&said.text, self.state.language(), &self.flow.words);
        let skip = matches!(command, Some((Command::Skip, _))) && self.flow.steps[step].optional;
        let reading = match self.picked(step, said) {
            Some(picked) => Ok(picked),
            None if skip => Err(None),
            None => self.read(step, said).map_err(Some),
        };
        let (given, reading) = match reading {
            Ok(reading) => (Given::Answered, Some(reading)),
            Err(None) => (Given::Skipped, None),
            Err(Some(unread)) => {
                let retry = self.view().retry(&self.flow.steps[step], unread);
                self.says.push(retry);
                self.ask_again();
                return true;
            }
        };
        let left = self.entry(step, given, said, reading, asked_at, answered_at);
        self.state.changing = None;
        self.replace(entry, left);
        true
    }

    /// An answer that cannot be read: asked again, or after too many the way out.
    pub(super) fn unreadable(&mut self, step: usize, said: &Said, unread: Unread) {
        let retry = self.view().retry(&self.flow.steps[step], unread);
        self.refused(step, said, retry);
    }

    /// As `unreadable`, with `why` said before the question.
    pub(super) fn refused(&mut self, step: usize, said: &Said, why: crate::domain::message::Say) {
        let tries = match &mut self.state.changing {
            Some(Changing { tries, .. }) => tries,
            None => &mut self.state.asking.tries,
        };
        *tries = tries.saturating_add(1);
        if self.flow.steps[step].tries.is_none_or(|most| *tries < most) {
            self.says.push(why);
            return self.ask_again();
        }
        if self.state.changing.take().is_some() {
            // The earlier answer stands; there is nothing to give up.
            return self.stay();
        }
        self.left(step, Given::GaveUp, said, None);
    }
}

/// What the person wrote, or the name of what they tapped.
fn words_of(said: &Said) -> &str {
    match &said.tapped {
        Some(tapped) if said.text.trim().is_empty() => tapped,
        _ => &said.text,
    }
}

/// Whether a value keeps the limits the flow names: of a number, of an amount, or of a text's length in characters.
fn within(step: &Step, value: &Value) -> bool {
    let keeps =
        |size: &Decimal| step.min.is_none_or(|min| *size >= min) && step.max.is_none_or(|max| *size <= max);
    match value {
        Value::Number(size) | Value::Money { amount: size, .. } => keeps(size),
        Value::MoneyRange { min, max, .. } | Value::Range { min, max } => min.iter().chain(max).all(keeps),
        Value::Text(text) => keeps(&Decimal::from(text.chars().count())),
        _ => true,
    }
}
