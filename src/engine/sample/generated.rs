//! Flows and people made from dice, for property tests.

use super::Chat;
use crate::clock::{HOUR, MINUTE};
use crate::domain::answer::Kind;
use crate::domain::decay::{Decay, Loss};
use crate::domain::message::Said;
use crate::domain::score::Scoring;
use crate::flow::model::{Choice, Experiment, Flow, Go, Reminder, Step, Text};
use crate::flow::template::{Expression, Template};
use crate::understand::OptionWords;
use std::collections::BTreeMap;

/// What decides; where it runs out, zero.
pub struct Dice<'a> {
    faces: std::slice::Iter<'a, u8>,
}

impl<'a> Dice<'a> {
    pub fn new(faces: &'a [u8]) -> Self {
        Dice { faces: faces.iter() }
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        usize::from(*self.faces.next().unwrap_or(&0)) % sides.max(1)
    }

    /// One time in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.roll(times) == times - 1
    }
}

/// What options are called; no reader takes one for another.
const OPTIONS: [&str; 4] = ["alpha", "bravo", "cobalt", "delta"];

/// A flow of up to eleven steps with branches, points, events, tries, ways out, and steps an experiment reorders.
pub fn flow(dice: &mut Dice) -> Flow {
    let count = 3 + dice.roll(8);
    let mut flow = Flow { id: "made".into(), languages: vec!["en".into()], ..Flow::default() };
    flow.scoring.mql = 15;
    flow.scoring.sql = 40;
    flow.scoring.points.insert("tasted".into(), 7);
    for at in 0..count {
        let step = step(dice, at, count);
        flow.steps.push(step);
    }
    let say = Text::new("en", Template::new("Still there? {{ question }}").unwrap());
    flow.silence.remind = vec![Reminder { after_ms: 2 * MINUTE, say, template: None }];
    flow.silence.end_after_ms = Some(6 * MINUTE);
    let listed: Vec<usize> = (0..count).filter(|_| dice.one_in(2)).collect();
    let mut turned = listed.clone();
    turned.rotate_left(listed.len().min(1));
    flow.experiments.insert(
        "order".into(),
        Experiment {
            variants: vec![("A".into(), 1), ("B".into(), 3)],
            goal: "sql".into(),
            order: BTreeMap::from([("B".into(), turned)]),
        },
    );
    bounds(dice, &mut flow.scoring);
    flow
}

/// Caps, rules that earn once, points that are taken off, and what silence costs.
fn bounds(dice: &mut Dice, scoring: &mut Scoring) {
    for rule in ["question_answered", "quick_reply", "demo_requested", "tasted", "engagement", "fit"] {
        if dice.one_in(4) {
            scoring.caps.insert(rule.into(), 1 + dice.roll(40) as i64);
        }
    }
    if dice.one_in(4) {
        scoring.once.insert("question_answered".into());
    }
    if dice.one_in(4) {
        scoring.points.insert("tasted".into(), -7);
    }
    scoring.decay = dice.one_in(3).then(|| Decay {
        after_ms: HOUR,
        every_ms: [HOUR, 5 * HOUR][dice.roll(2)],
        loss: [Loss::Points(3), Loss::Percent(40)][dice.roll(2)],
        floor: [0, 6][dice.roll(2)],
    });
}

fn step(dice: &mut Dice, at: usize, count: usize) -> Step {
    let id = format!("s{at}");
    let kinds =
        [Kind::Choice, Kind::Choice, Kind::YesNo, Kind::Number, Kind::Text, Kind::Email, Kind::Choices];
    let ask = (!dice.one_in(6)).then(|| kinds[dice.roll(kinds.len())]);
    let ends = at + 1 == count || (ask.is_none() && dice.one_in(4));
    let mut step = Step {
        say: Text::new("en", Template::new(&format!("{id}: {{{{ score }}}} {{{{ s0 }}}}")).unwrap()),
        save: if dice.one_in(4) { "shared".into() } else { id.clone() },
        id,
        ask,
        stage: (at == 0).then(|| "greeting".into()),
        optional: dice.one_in(3),
        tries: dice.one_in(2).then(|| 1 + dice.roll(2) as u32),
        give_up: dice.one_in(3).then(|| dice.roll(count)),
        end: ends.then(|| if dice.one_in(2) { "declined".into() } else { "completed".into() }),
        menu: [None, Some("cta"), Some("products")][dice.roll(3)].map(str::to_owned),
        ..Step::default()
    };
    if ask.is_some_and(Kind::has_options) {
        step.options = (0..2 + dice.roll(3)).map(|option| choice(dice, option, count)).collect();
        let words = |choice: &Choice| OptionWords { value: choice.value.clone(), words: Vec::new() };
        step.words = step.options.iter().map(words).collect();
    }
    let conditions = [
        "answer == 'alpha'",
        "answer == 'bravo'",
        "not answer",
        "score >= 20",
        "class == 'MQL'",
        "s0 == 'alpha'",
        "lead.shared",
        "s1 == 7 or s2",
    ];
    for _ in 0..dice.roll(3) {
        let when = conditions[dice.roll(conditions.len())];
        // Mostly onward, so that conversations come to an end.
        let to = if dice.one_in(5) { dice.roll(count) } else { at + dice.roll(count - at) };
        step.go.push(Go { when: Some(Expression::new(when).unwrap()), to });
    }
    step
}

fn choice(dice: &mut Dice, option: usize, count: usize) -> Choice {
    Choice {
        value: OPTIONS[option].into(),
        points: [0, 0, 3, 8, -4][dice.roll(5)],
        event: [None, None, Some("demo_requested"), Some("contact_shared"), Some("tasted")][dice.roll(5)]
            .map(str::to_owned),
        declines: dice.one_in(6),
        to: dice.one_in(4).then(|| dice.roll(count)),
        ..Choice::default()
    }
}

/// How a question is left.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Messages until it is left.
    pub messages: Vec<String>,
    /// Whether the person thinks long before the first.
    pub slow: bool,
}

/// A way to leave the open question; none where no question is open.
pub fn leaving(dice: &mut Dice, chat: &Chat) -> Option<Leaving> {
    let open = chat.state.open_step()?;
    let step = chat.flow.steps.iter().find(|step| step.id == open)?;
    let slow = dice.one_in(3);
    if step.optional && dice.one_in(4) {
        return Some(Leaving { messages: vec!["skip".into()], slow });
    }
    let readable = step.ask == Some(Kind::Text);
    if let Some(tries) = step.tries.filter(|_| !readable && dice.one_in(4)) {
        return Some(Leaving { messages: vec!["qwrtz %%".into(); tries as usize], slow });
    }
    let option = |dice: &mut Dice| OPTIONS[dice.roll(step.options.len())].to_owned();
    let message = match step.ask? {
        Kind::Choice => option(dice),
        Kind::Choices => option(dice),
        Kind::YesNo => ["yes", "no"][dice.roll(2)].into(),
        Kind::Number => ["7", "12"][dice.roll(2)].into(),
        Kind::Email => "ann@example.com".into(),
        _ => ["Mumbai", "a rather long answer"][dice.roll(2)].into(),
    };
    Some(Leaving { messages: vec![message], slow })
}

impl Chat<'_> {
    /// Leaves the open question.
    pub fn leave(&mut self, leaving: &Leaving) {
        if leaving.slow {
            self.now += 5 * MINUTE;
        }
        for message in &leaving.messages {
            self.said(Said::text(message.as_str()));
        }
    }
}
