//! A turn of a call as TwiML: what is said, then listening, a transfer, or the end. Every way through it ends with one of them.

use super::listening::listening;
use super::locale::{locale, voice};
use super::xml::Element;
use crate::channels::twilio::split::split;
use crate::domain::channel::Channel;
use crate::domain::message::Say;
use crate::flow::model::Flow;

/// Seconds of silence after which nothing is coming.
const PATIENCE: &str = "5";
/// Seconds a person's phone rings before the caller goes on with the flow.
const RINGS: &str = "25";

/// What comes after what is said.
#[derive(Clone, Debug)]
pub enum After<'a> {
    /// An answer, posted to the address.
    Listen {
        /// The open question.
        question: Option<&'a Say>,
        /// Whether "is that right?" is asked.
        doubted: bool,
        /// Where it is posted.
        action: &'a str,
    },
    /// A person takes over.
    Transfer {
        /// Their number.
        number: &'a str,
        /// Where its end is posted.
        action: &'a str,
        /// The longest they may talk.
        seconds: i64,
    },
    /// The end.
    HangUp,
}

/// A turn of a call.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// Its flow.
    pub flow: &'a Flow,
    /// What is said, in order.
    pub says: &'a [Say],
    /// What comes after.
    pub after: After<'a>,
    /// The recording begins after the first of what is said; where its end is posted.
    pub record: Option<&'a str>,
}

/// Writes a turn. An empty one hangs up.
pub fn document(turn: &Document<'_>) -> String {
    let mut response = Element::new("Response");
    let mut says = turn.says;
    if let (Some(callback), Some((consent, rest))) = (turn.record, says.split_first()) {
        // Outside of any <Gather>, so that no key cuts it short.
        response = spoken(turn.flow, consent).into_iter().fold(response, Element::holding);
        response = response.holding(
            Element::new("Start").holding(
                Element::new("Recording")
                    .with("recordingStatusCallback", callback)
                    .with("recordingStatusCallbackMethod", "POST")
                    .with("recordingStatusCallbackEvent", "completed absent"),
            ),
        );
        says = rest;
    }
    let said = says.iter().flat_map(|say| spoken(turn.flow, say));
    let response = match &turn.after {
        After::Listen { question, doubted, action } => {
            let language = says.last().or(*question).map_or("en", |say| say.language.as_str());
            let listening = listening(turn.flow, language, *question, *doubted);
            let gather = Element::new("Gather")
                .with("action", *action)
                // Silence is posted too: it counts.
                .with("actionOnEmptyResult", "true")
                .with("bargeIn", "true")
                .with("hints", listening.hints)
                .with("input", "dtmf speech")
                .with("language", locale(turn.flow, language))
                .with("method", "POST")
                .with_some("numDigits", listening.keys.map(|keys| keys.to_string()))
                .with("speechTimeout", listening.pause)
                .with("timeout", PATIENCE);
            response.holding(said.fold(gather, Element::holding)).holding(redirect(action))
        }
        After::Transfer { number, action, seconds } => {
            // Twilio goes on at the action; should it not, it is here.
            let dial = dial(number, action, *seconds);
            said.fold(response, Element::holding).holding(dial).holding(redirect(action))
        }
        After::HangUp => said.fold(response, Element::holding).holding(Element::new("Hangup")),
    };
    response.document()
}

/// A call of ours is put through at once, and nothing is said before; the end is posted to `action`.
pub fn bridge(number: &str, action: &str, seconds: i64) -> String {
    Element::new("Response").holding(dial(number, action, seconds)).document()
}

fn dial(number: &str, action: &str, seconds: i64) -> Element {
    Element::new("Dial")
        .with("action", action)
        .with("answerOnBridge", "true")
        .with("method", "POST")
        .with("timeLimit", seconds.to_string())
        .with("timeout", RINGS)
        .holding(Element::new("Number").saying(number))
}

/// Goes on at an address.
fn redirect(action: &str) -> Element {
    Element::new("Redirect").with("method", "POST").saying(action)
}

/// A sentence as `<Say>`; a long one as several, which Twilio takes only up to a length.
fn spoken(flow: &Flow, say: &Say) -> Vec<Element> {
    let text: String = say.text.chars().filter(|c| !is_picture(*c)).collect();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let one = |part: String| {
        Element::new("Say")
            .with("language", locale(flow, &say.language))
            .with_some("voice", voice(flow, &say.language))
            .saying(part)
    };
    split(&words, Channel::Voice).into_iter().filter(|part| !part.trim().is_empty()).map(one).collect()
}

/// Pictures have names that nobody wants to hear.
fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
}
