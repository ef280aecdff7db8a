//! Questions with buttons or a list, within WhatsApp's limits: one label too long, or twice the same, and the whole
//! message is refused.

use crate::channels::numbered::one_line;
use crate::domain::answer::Kind;
use crate::domain::channel::Channel;
use crate::domain::message::{Say, Shown};
use crate::domain::text::fold;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// The most options that are buttons.
const BUTTONS: usize = 3;
/// The most options a list has.
const ROWS: usize = 10;
/// The longest label of the button that opens a list, in characters.
const OPENER: usize = 20;
/// The longest description of a row.
const DESCRIPTION: usize = 72;
/// The longest id of a row; a button's may have 256.
const LONGEST_ID: usize = 200;

/// Words that are ours rather than the flow's options, in the conversation's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What agrees.
    pub yes: String,
    /// What refuses.
    pub no: String,
    /// What opens a list.
    pub choose: String,
}

/// The id of a button or row: the question it belongs to, and the option. It comes back when it is tapped, whenever that
/// is: an old button must not answer today's question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tap {
    /// The question.
    pub step: Option<String>,
    /// The option's value.
    pub value: Option<String>,
}

impl Tap {
    /// Reads an id. One that is not ours is a value alone.
    pub fn parse(id: &str) -> Tap {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        match id.split_once(':') {
            Some((step, value)) => Tap { step: given(step), value: given(value) },
            None => Tap { step: None, value: given(id) },
        }
    }

    /// The id of an option. A value too long for an id is left out: the tapped label names it then.
    fn id(step: &str, value: &str) -> String {
        let whole = format!("{step}:{value}");
        if whole.len() <= LONGEST_ID { whole } else { format!("{step}:") }
    }
}

/// The part of a message that asks `say`'s question by buttons, a list or a request for the position, with `body` above
/// it; `None`: it is asked by text.
///
/// Of several options several may be meant, so they are text: a tap picks one.
pub(super) fn interactive(say: &Say, body: &str, words: &dyn Fn(&Say) -> Words) -> Option<Json> {
    let step = say.step.as_deref()?;
    let shown = |value: &str, label: String| Shown { value: value.to_owned(), label, short: None };
    let action = match say.ask? {
        Kind::YesNo | Kind::Consent => {
            let Words { yes, no, .. } = words(say);
            buttons(step, &[shown("yes", yes), shown("no", no)])?
        }
        Kind::Choices => return None,
        Kind::Location if say.options.is_empty() => {
            json!({"type": "location_request_message", "action": {"name": "send_location"}})
        }
        _ => buttons(step, &say.options).or_else(|| rows(step, say, words))?,
    };
    let mut message = action;
    message["body"] = json!({"text": body});
    Some(message)
}

/// What people read on the labels where `most` options fit; `None` where one is too long, empty, or there twice.
fn titles(options: &[Shown], most: usize) -> Option<Vec<String>> {
    let limit = Channel::Whatsapp.label_limit(most)?;
    let title = |option: &Shown| {
        let label = one_line(&option.label);
        let short = option.short.as_deref().map(one_line).filter(|short| !short.is_empty());
        if fits(&label, limit) { Some(label) } else { short.filter(|short| fits(short, limit)) }
    };
    let titles: Vec<String> = options.iter().map(title).collect::<Option<_>>()?;
    let distinct: BTreeSet<String> = titles.iter().map(|title| fold(title)).collect();
    (distinct.len() == titles.len()).then_some(titles)
}

fn fits(label: &str, limit: usize) -> bool {
    !label.is_empty() && label.encode_utf16().count() <= limit
}

fn buttons(step: &str, options: &[Shown]) -> Option<Json> {
    if options.is_empty() || options.len() > BUTTONS {
        return None;
    }
    let button = |(option, title): (&Shown, String)| json!({"type": "reply", "reply": {"id": Tap::id(step, &option.value), "title": title}});
    let buttons: Vec<Json> = options.iter().zip(titles(options, BUTTONS)?).map(button).collect();
    Some(json!({"type": "button", "action": {"buttons": buttons}}))
}

/// A list of one section; a label that is longer than its title stands below it as well.
fn rows(step: &str, say: &Say, words: &dyn Fn(&Say) -> Words) -> Option<Json> {
    let options = &say.options;
    if options.is_empty() || options.len() > ROWS {
        return None;
    }
    let row = |(option, title): (&Shown, String)| {
        let label = one_line(&option.label);
        let mut row = json!({"id": Tap::id(step, &option.value), "title": title});
        if label != title && fits(&label, DESCRIPTION) {
            row["description"] = Json::from(label);
        }
        row
    };
    let rows: Vec<Json> = options.iter().zip(titles(options, ROWS)?).map(row).collect();
    let choose: String = one_line(&words(say).choose).chars().take(OPENER).collect();
    (!choose.is_empty())
        .then(|| json!({"type": "list", "action": {"button": choose, "sections": [{"rows": rows}]}}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back() {
        let tap = |step: Option<&str>, value: Option<&str>| Tap {
            step: step.map(str::to_owned),
            value: value.map(str::to_owned),
        };
        let rows = [
            ("business_type", "Retail Store", tap(Some("business_type"), Some("Retail Store"))),
            ("when", "10:30", tap(Some("when"), Some("10:30"))),
            ("q", &"x".repeat(300), tap(Some("q"), None)),
        ];
        for (step, value, expected) in rows {
            let id = Tap::id(step, value);
            assert!(id.len() <= 200);
            assert_eq!(Tap::parse(&id), expected, "{id}");
        }
        assert_eq!(Tap::parse("q1_yes"), tap(None, Some("q1_yes")), "of another program");
        assert_eq!(Tap::parse(""), Tap::default());
        assert_eq!(Tap::parse(":"), Tap::default());
    }
}
