//! `leadwire flow try`: talk with a flow in the terminal.

use crate::clock::Clock;
use crate::domain::channel::Channel;
use crate::domain::message::{Said, Say};
use crate::domain::score::DECAY;
use crate::engine::{Effect, Input, Outcome, Person, State, step};
use crate::flow::duration;
use crate::flow::model::Flow;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How a flow is tried.
#[derive(Clone, Debug)]
pub struct TryOptions {
    /// As on this channel.
    pub channel: Channel,
    /// The language it begins in; `None`: the flow's first.
    pub language: Option<String>,
    /// Variants by experiment; others are drawn for `seed`.
    pub variants: BTreeMap<String, String>,
    /// The person whose variants are drawn.
    pub seed: String,
}

/// Talks: we speak first, then answer each of `lines` until they or the conversation end; "@ 2h" lets time pass. Writes what we say with its
/// options numbered, and at the end the answers, the score with its reasons and the class.
///
/// # Errors
/// Where a line cannot be read or `out` cannot be written.
pub fn talk(
    flow: &Flow,
    options: &TryOptions,
    lines: impl Iterator<Item = io::Result<String>>,
    clock: &Clock,
    out: &mut impl Write,
) -> io::Result<()> {
    let (lead, zone) = (BTreeMap::new(), jiff::tz::TimeZone::UTC);
    let person = Person {
        seed: &options.seed,
        channel: options.channel,
        lead: &lead,
        variants: &options.variants,
        zone: &zone,
        experiments: true,
        is_over: false,
    };
    let now = clock.now();
    let state = State::new(flow, options.language.as_deref().unwrap_or(""), now);
    let (mut state, effects) = step(flow, &person, state, &Input::Open { said: None }, now);
    tell(&effects, out)?;
    // Time that was let pass.
    let mut ahead = 0;
    for line in lines {
        let line = line?;
        if let Some(length) = line.strip_prefix('@').and_then(|length| duration::parse(length.trim())) {
            let until = clock.now() + ahead + length;
            while let Some(due) = state.next_timer().filter(|due| *due <= until) {
                let (next, effects) = step(flow, &person, state, &Input::Silent, due);
                state = next;
                tell(&effects, out)?;
                if state.next_timer() == Some(due) {
                    break;
                }
            }
            ahead += length;
            continue;
        }
        let input = Input::Said(Said::text(line));
        let (next, effects) = step(flow, &person, state, &input, clock.now() + ahead);
        state = next;
        tell(&effects, out)?;
        if !state.is_open() {
            break;
        }
    }
    sum_up(&state, out)
}

fn tell(effects: &[Effect], out: &mut impl Write) -> io::Result<()> {
    for effect in effects {
        match effect {
            Effect::Say(say) => show(say, out)?,
            Effect::Handoff => writeln!(out, "  (a person was asked for)")?,
            Effect::Exposed { experiment, variant } => {
                writeln!(out, "  ({experiment}: variant {variant})")?;
            }
            Effect::Scored(entry) if entry.rule == DECAY => {
                writeln!(out, "  ({:+} for silence)", entry.points)?;
            }
            Effect::ClassChanged { to, .. } => writeln!(out, "  (now {})", to.as_str())?,
            _ => {}
        }
    }
    Ok(())
}

fn show(say: &Say, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "> {}", say.text)?;
    for (place, option) in say.options.iter().enumerate() {
        writeln!(out, "    {}. {}", place + 1, option.label)?;
    }
    if say.optional {
        writeln!(out, "    (skip)")?;
    }
    Ok(())
}

fn sum_up(state: &State, out: &mut impl Write) -> io::Result<()> {
    writeln!(out)?;
    for left in state.answers().into_values() {
        let value = left.value.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
        writeln!(out, "  {}: {value}", left.step)?;
    }
    let outcome = match state.outcome() {
        Outcome::Open => "still open",
        Outcome::Ended(outcome) => outcome,
    };
    writeln!(out, "  {outcome}, {} points, {}", state.score(), state.class().as_str())?;
    for (rule, points) in state.breakdown() {
        writeln!(out, "    {points:+} {rule}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Source, read};

    #[test]
    fn a_talk_shows_options_and_sums_up() {
        let text = r#"
id        = "small"
title     = "Small"
languages = ["en"]

[[steps]]
id      = "drink"
ask     = "choice"
say     = "Tea or coffee?"
options = ["Tea", "Coffee"]
optional = true

[[steps]]
id  = "bye"
say = "Enjoy your {{ drink }}."
end = "completed"
"#;
        let flow = read(&Source::resolve("small.toml", text, &|_| None)).flow.unwrap();
        let options =
            TryOptions { channel: Channel::Sms, language: None, variants: BTreeMap::new(), seed: "1".into() };
        let lines = ["Tea", "never read"].map(|line| Ok(line.to_owned()));
        let mut out = Vec::new();
        talk(&flow, &options, lines.into_iter(), &Clock::fixed(1_767_607_200_000), &mut out).unwrap();
        let expected = "\
> Tea or coffee?
    1. Tea
    2. Coffee
    (skip)
> Enjoy your Tea.

  drink: Tea
  completed, 25 points, Unqualified
    +10 all_answered
    +5 question_answered
    +5 quick_reply
    +5 session_opened
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn time_can_pass() {
        let text = r#"
id        = "small"
title     = "Small"
languages = ["en"]

[scoring]
decay = { after = "2d", points = 4 }

[silence]
remind = [{ after = "1d", say = "Still there?" }]

[[steps]]
id  = "drink"
ask = "text"
say = "What would you like?"

[[steps]]
id  = "bye"
say = "Enjoy."
end = "completed"
"#;
        let flow = read(&Source::resolve("small.toml", text, &|_| None)).flow.unwrap();
        let options =
            TryOptions { channel: Channel::Sms, language: None, variants: BTreeMap::new(), seed: "1".into() };
        let lines = ["@ 1d", "@ 1d", "tea"].map(|line| Ok(line.to_owned()));
        let mut out = Vec::new();
        talk(&flow, &options, lines.into_iter(), &Clock::fixed(1_767_607_200_000), &mut out).unwrap();
        let told = String::from_utf8(out).unwrap();
        let expected = "> What would you like?\n> Still there?\n  (-4 for silence)\n> Enjoy.\n";
        assert!(told.starts_with(expected) && told.contains("-4 decay"), "{told}");
    }
}
