//! Nobody answered: a conversation's timer is due. It ends, or it is reminded, where and when that may be.

use super::conversation::{Conversation, Turn, advance};
use super::plan::Setting;
use super::request::TurnRequest;
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::score::DECAY;
use crate::domain::window::Window;
use crate::domain::zones;
use crate::engine::{self, Effect, Input, Person};
use crate::flow::model::Reminder;
use crate::store::turns::Known;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

/// The lead field that says in which time zone somebody lives, by its IANA name.
const ZONE: &str = "time_zone";

/// What may be done with a reminder now.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// It is said; where there is a template, that is sent instead of the words.
    Say {
        /// The template.
        template: Option<String>,
        /// The end of the hours at which it may be.
        until: Option<Millis>,
    },
    /// The hour is not one for it; it is said from this one on.
    Wait(Millis),
    /// It is not said, and why.
    Hold(String),
}

/// The turn of a timer; `None`: the person has answered, or somebody else took the timer, and nothing is to be written.
pub(super) fn silent(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    known: &Known,
    existing: Option<Conversation>,
    conversation_id: i64,
    is_opted_out: bool,
) -> Option<Turn> {
    let now = setting.now;
    let is_due = |at: &Conversation| at.state.next_timer().is_some_and(|due| due <= now);
    let conversation = existing.filter(|at| at.id == conversation_id && is_due(at))?;
    if is_opted_out {
        return Some(noted(
            advance(conversation, person, &Input::OptedOut, now),
            &json!({"came": "opted_out"}),
        ));
    }
    let reminder = engine::due_reminder(&conversation.version.flow, person, &conversation.state, now);
    let Some(reminder) = reminder else {
        let was_open = conversation.state.is_open();
        let turn = advance(conversation, person, &Input::Silent, now);
        let has_ended = was_open && !turn.conversation.state.is_open();
        let note = match faded(&turn) {
            points if points != 0 && !has_ended => {
                json!({"came": "decayed", "class": turn.conversation.state.class().as_str()})
            }
            _ => json!({"came": if has_ended { "ended" } else { "nothing" }}),
        };
        return Some(noted(turn, &note));
    };
    Some(match way(setting, request, person, known.window_closes_at, reminder) {
        Way::Say { template, until } => {
            let mut turn = advance(conversation, person, &Input::Silent, now);
            if let (Some(template), Some(say)) = (&template, turn.says.first_mut()) {
                // What the template says stands at the provider alone.
                say.text = format!("[{template}]");
                say.options.clear();
            }
            let note = json!({"came": "reminded", "template": template});
            turn.template = template;
            turn.unasked_until = Some(until.unwrap_or(Millis::MAX));
            noted(turn, &note)
        }
        Way::Wait(until) => {
            let at = Timestamp::from_millisecond(until).unwrap_or_default().to_string();
            let turn = advance(conversation, person, &Input::Withheld { until: Some(until) }, now);
            noted(turn, &json!({"came": "moved", "until": at}))
        }
        Way::Hold(why) => {
            let turn = advance(conversation, person, &Input::Withheld { until: None }, now);
            noted(turn, &json!({"came": "held", "why": why}))
        }
    })
}

/// The points that silence took in a turn.
fn faded(turn: &Turn) -> i64 {
    let taken = turn.effects.iter().filter_map(|effect| match effect {
        Effect::Scored(entry) if entry.rule == DECAY => Some(entry.points),
        _ => None,
    });
    taken.sum()
}

fn noted(mut turn: Turn, note: &Json) -> Turn {
    turn.note = Some(note.to_string());
    turn
}

/// What may be done with a reminder to somebody whose window at WhatsApp closes then.
fn way(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    window_closes_at: Option<Millis>,
    reminder: &Reminder,
) -> Way {
    // A chat page shows what it has when it is looked at; everywhere else something has to be sent.
    if request.channel != Channel::Web && request.sends.is_none() {
        return Way::Hold("nothing sends messages for this channel account".to_owned());
    }
    let template = match Window::at(request.channel, window_closes_at, setting.now).reason() {
        None => None,
        Some(reason) => match &reminder.template {
            Some(template) => Some(template.clone()),
            None => return Way::Hold(reason),
        },
    };
    let Ok(now) = Timestamp::from_millisecond(setting.now) else {
        return Way::Hold("the clock stands beyond all time".to_owned());
    };
    let zones = possible_zones(request, person);
    match setting.hours.next(&zones, now) {
        Some(at) if at <= now => {
            let until = setting.hours.end(&zones, now).map(Timestamp::as_millisecond);
            Way::Say { template, until }
        }
        // Whole milliseconds, and not before the hour.
        Some(at) => Way::Wait(at.as_millisecond()),
        None => Way::Hold("no hour is allowed in all the time zones this person may live in".to_owned()),
    }
}

/// The zones the person may live in: the one that is stored; on the web the business's own; else those of the number.
fn possible_zones(request: &TurnRequest, person: &Person<'_>) -> Vec<TimeZone> {
    let stored = person.lead.get(ZONE).and_then(Json::as_str).and_then(|name| TimeZone::get(name).ok());
    if let Some(stored) = stored {
        return vec![stored];
    }
    if request.channel == Channel::Web {
        return vec![person.zone.clone()];
    }
    let names = zones::of(&request.identities).unwrap_or_default();
    names.iter().filter_map(|name| TimeZone::get(name).ok()).collect()
}
