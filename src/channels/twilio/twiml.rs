//! Replies as TwiML, written in the response to the webhook.

use crate::channels::Part;
use crate::channels::numbered::numbered;
use crate::channels::twilio::split::split;
use crate::channels::twilio::status::part_url;
use crate::channels::twilio::voice::{self, Step};
use crate::domain::channel::Channel;
use crate::domain::message::Say;

/// The answer that says nothing; also what a refused or repeated webhook gets.
pub const EMPTY: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response></Response>"#;

const OPEN: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#;
const CLOSE: &str = "</Response>";

/// What is said in one turn, as TwiML: one message, divided only where it is too long for one.
///
/// One message rather than one each, because the order in which several arrive is the carriers' to decide. Twilio reports
/// the fate of every message to `status_callback`, which is told which part of the whole it is.
pub fn reply(says: &[Say], channel: Channel, status_callback: Option<&str>) -> String {
    let mut xml = String::from(OPEN);
    let parts = parts(says, channel);
    let of = parts.len();
    for (index, part) in parts.into_iter().enumerate() {
        xml.push_str("<Message");
        if let Some(url) = status_callback {
            xml.push_str(" statusCallback=\"");
            escape_into(&mut xml, &part_url(url, Part { index, of }), true);
            xml.push('"');
        }
        xml.push('>');
        escape_into(&mut xml, &part, false);
        xml.push_str("</Message>");
    }
    xml.push_str(CLOSE);
    xml
}

/// What is said in one turn as the messages it is sent as.
pub fn parts(says: &[Say], channel: Channel) -> Vec<String> {
    split(&plain(says), channel)
}

/// All texts with an empty line between them; options as numbered lines.
pub fn plain(says: &[Say]) -> String {
    let mut text = String::new();
    for say in says {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        numbered(&mut text, say);
    }
    // Before the text is divided, so that no message is left empty.
    text.retain(is_xml);
    text
}

/// Whether XML 1.0 has the character at all; Twilio refuses the whole answer (12100) where it does not.
fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Writes text so that XML gives it back: `& < >` (and `"` in an attribute) escaped, what XML 1.0 forbids left out.
pub(in crate::channels::twilio) fn escape_into(xml: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' if attribute => xml.push_str("&quot;"),
            _ if is_xml(c) => xml.push(c),
            _ => {}
        }
    }
}

/// The bodies of the messages in a TwiML answer, as a phone would show them.
///
/// # Errors
/// Says where the text is no XML.
pub fn read(xml: &str) -> Result<Vec<String>, String> {
    let mut messages: Vec<String> = Vec::new();
    for Step { name, within, text, .. } in voice::read(xml)? {
        if within.is_none() && name == "Message" {
            messages.push(text);
        } else if within.as_deref() == Some("Message")
            && name == "Body"
            && let Some(message) = messages.last_mut()
        {
            message.push_str(&text);
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Shown;
    use proptest::prelude::*;
    use quick_xml::events::Event;

    fn say(text: &str, labels: &[&str]) -> Say {
        let option =
            |label: &&str| Shown { value: label.to_lowercase(), label: label.to_string(), short: None };
        Say {
            text: text.into(),
            language: "en".into(),
            step: None,
            ask: None,
            options: labels.iter().map(option).collect(),
            optional: false,
        }
    }

    fn reference(name: &str) -> String {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/twilio.json")).unwrap();
        let cases = vectors["twiml_reference_output"]["cases"].as_array().unwrap();
        cases.iter().find(|case| case["name"] == name).unwrap()["xml"].as_str().unwrap().to_owned()
    }

    /// The document's elements, attributes and texts, however they are written.
    fn canonical(xml: &str) -> Vec<String> {
        let mut reader = quick_xml::Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        let mut seen: Vec<String> = Vec::new();
        loop {
            let event = reader.read_event().unwrap();
            let line = match event {
                Event::Eof => return seen,
                Event::Start(tag) => {
                    let mut attributes: Vec<String> =
                        tag.attributes().map(|one| format!("{:?}", one.unwrap())).collect();
                    attributes.sort();
                    format!("<{:?} {attributes:?}", tag.name())
                }
                Event::End(tag) => format!(">{:?}", tag.name()),
                Event::Text(text) => format!("text {}", text.xml10_content()),
                Event::GeneralRef(name) => format!("entity {}", name.xml10_content()),
                Event::Decl(_) => "declaration".to_owned(),
                other => panic!("unexpected {other:?}"),
            };
            seen.push(line);
        }
    }

    #[test]
    fn writes_what_the_reference_writes() {
        assert_eq!(canonical(&reply(&[], Channel::Sms, None)), canonical(&reference("messaging-empty")));
        assert_eq!(canonical(EMPTY), canonical(&reference("messaging-empty")));
        assert_eq!(reply(&[], Channel::Sms, None), EMPTY);
        let text = "Gracias & <ok> \"yes\" 'no' ñ 😀";
        assert_eq!(reply(&[say(text, &[])], Channel::Sms, None), reference("messaging-escape"));
        assert_eq!(read(&reference("messaging-escape")).unwrap(), [text]);
        assert_eq!(read(&reference("messaging-media")).unwrap(), ["see"], "the body, not the file's address");
        assert_eq!(read(&reference("messaging-redirect")).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn one_turn_is_one_message() {
        let says = [say("Thank you!", &[]), say(" Which one? ", &["Retail Store", "Two\nlines"])];
        let xml = reply(&says, Channel::Whatsapp, Some("https://a.b/status?tenant=x&message=1&\"<"));
        assert_eq!(
            xml,
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#,
                r#"<Message statusCallback="https://a.b/status?tenant=x&amp;message=1&amp;&quot;&lt;&amp;part=0&amp;parts=1">"#,
                "Thank you!\n\nWhich one?\n1. Retail Store\n2. Two lines</Message></Response>"
            )
        );
        let forbidden = reply(&[say("a\u{0}b\u{b}c\u{ffff}d\te", &[])], Channel::Sms, None);
        assert_eq!(read(&forbidden).unwrap(), ["abcd\te"]);
        for nothing in ["  ", "\u{e}"] {
            assert_eq!(
                reply(&[say(nothing, &[])], Channel::Sms, None),
                EMPTY,
                "nothing to say is no message"
            );
        }
    }

    #[test]
    fn a_long_turn_is_several_messages() {
        let long = "A sentence. ".repeat(200);
        let xml = reply(&[say(&long, &[]), say("And?", &["Yes", "No"])], Channel::Sms, Some("https://a.b/s"));
        let messages = read(&xml).unwrap();
        assert_eq!(messages.len(), 2);
        for part in ["?part=0&amp;parts=2", "?part=1&amp;parts=2"] {
            assert_eq!(xml.matches(part).count(), 1, "{part}");
        }
        assert!(messages[0].ends_with("sentence."));
        assert!(messages[1].ends_with("And?\n1. Yes\n2. No"));
    }

    #[test]
    fn what_is_no_twiml_says_where() {
        for xml in
            ["<Response><Message>", "<Response></Message>", "<Response><Message>&nbsp;</Message></Response>"]
        {
            assert!(read(xml).unwrap_err().starts_with("no TwiML at byte"), "{xml}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "[^\\s]([ -~<>&\"']|\\PC){0,200}", url in ".{0,30}") {
            let xml = reply(&[say(&text, &[])], Channel::Whatsapp, Some(&url));
            let kept: String = text.chars().filter(|c| is_xml(*c)).collect();
            let expected: Vec<String> = split(&kept, Channel::Whatsapp);
            prop_assert_eq!(read(&xml).unwrap(), expected);
        }

        #[test]
        fn anything_is_read_or_refused(xml in ".{0,80}|(<[A-Z][a-z]?>|</[A-Z][a-z]?>|&[a-z#0-9]{1,4};|x){0,20}") {
            let _ = read(&xml);
        }
    }
}
