//! A TwiML document of a call as a phone would follow it.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// One thing a document does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The verb or noun: `Say`, `Gather`, `Redirect`, `Dial`, `Number`, `Recording`, `Hangup` …
    pub name: String,
    /// The verb it stands in, such as the `Gather` of a `Say`.
    pub within: Option<String>,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its text.
    pub text: String,
}

/// All elements of a document below its root, in order.
///
/// # Errors
/// Says where the text is no XML, or no `<Response>`.
pub fn read(xml: &str) -> Result<Vec<Step>, String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut steps: Vec<Step> = Vec::new();
    // The elements we are in: their names, and their places in `steps`.
    let mut path: Vec<(String, Option<usize>)> = Vec::new();
    let mut answered = false;
    loop {
        let at = reader.buffer_position();
        let broken = |error: &dyn std::fmt::Display| format!("no TwiML at byte {at}: {error}");
        let piece = match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                if path.is_empty() {
                    answered |= name == "Response";
                    path.push((name, None));
                    continue;
                }
                let within = path.get(1).map(|(verb, _)| verb.clone());
                let attributes = attributes(&tag).map_err(|error| broken(&error))?;
                path.push((name.clone(), Some(steps.len())));
                steps.push(Step { name, within, attributes, text: String::new() });
                continue;
            }
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::CData(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(name) => match name.resolve_char_ref().map_err(|error| broken(&error))? {
                Some(c) => c.to_string(),
                None => {
                    let name = name.xml10_content();
                    resolve_predefined_entity(&name).ok_or_else(|| broken(&"an unknown entity"))?.to_owned()
                }
            },
            Event::Eof if path.is_empty() && answered => return Ok(steps),
            Event::Eof => return Err(broken(&"it ends early")),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                continue;
            }
        };
        if let Some(step) = path.last().and_then(|(_, place)| steps.get_mut((*place)?)) {
            step.text.push_str(&piece);
        }
    }
}

fn attributes(tag: &BytesStart<'_>) -> Result<BTreeMap<String, String>, String> {
    let mut attributes = BTreeMap::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        attributes.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    Ok(attributes)
}
