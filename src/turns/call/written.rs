//! What a call's turn is answered with, and the text message one that broke off goes on by.

use super::number;
use crate::channels::twilio::voice::{self, After, Document};
use crate::channels::twilio::{self, send};
use crate::clock::SECOND;
use crate::domain::call::Heard;
use crate::domain::channel::Channel;
use crate::domain::sending::Dispatch;
use crate::engine::Effect;
use crate::turns::request::{Told, TurnInput};

/// Where what was heard is posted.
pub const ANSWER_PATH: &str = "/webhooks/twilio/voice/answer";
/// Where the end of a recording is posted.
pub const RECORDING_PATH: &str = "/webhooks/twilio/voice/recording";
/// Where the fate of a message is posted.
pub const STATUS_PATH: &str = "/webhooks/twilio/status";
/// The least seconds a caller may talk to the person they were put through to.
const LEAST_TALK: i64 = 60;

/// Writes a turn of a call as TwiML.
pub fn answer_call(told: &Told<'_>) -> String {
    let TurnInput::Call(call) = &told.request.input else { return twilio::EMPTY.to_owned() };
    let (flow, line) = (told.flow, told.state.call.as_ref());
    let base = told.base_url;
    let apart = if call.apart { "&apart=1" } else { "" };
    let action = format!("{base}{ANSWER_PATH}?turn={}{apart}", u64::from(call.turn) + 1);
    let callback = twilio::callback_url(&format!("{base}{RECORDING_PATH}"), told.first);
    let callback = format!("{callback}&account={}", told.request.account_id);
    let question = told.question();
    let goes_on = told.state.is_open() && line.is_some_and(|line| !line.closing);
    let after = match call.transfer_to(flow).filter(|_| told.effects.contains(&Effect::Handoff)) {
        _ if !goes_on => After::HangUp,
        Some(number) => {
            let began = line.map_or(told.now, |line| line.began_at);
            let seconds = (flow.voice.max_length_ms - (told.now - began)) / SECOND;
            After::Transfer { number, action: &action, seconds: seconds.max(LEAST_TALK) }
        }
        None => {
            let doubted = line.is_some_and(|line| line.doubted.is_some());
            After::Listen { question: question.as_ref(), doubted, action: &action }
        }
    };
    let records = goes_on && matches!(call.heard, Heard::Began { .. }) && !flow.voice.record.is_empty();
    voice::document(&Document { flow, says: told.says, after, record: records.then_some(&callback) })
}

/// The text message a call that broke off goes on by, for the outbox.
pub fn text_after_call(told: &Told<'_>) -> Vec<Dispatch> {
    let TurnInput::CallEnded(over) = &told.request.input else { return Vec::new() };
    let Some(to) = number(told.request).filter(|_| !told.says.is_empty()) else {
        return Vec::new();
    };
    let callback = twilio::callback_url(&format!("{}{STATUS_PATH}", told.base_url), told.first);
    let sent = send::dispatches(told.says, Channel::Sms, &to, &callback);
    sent.into_iter().map(|dispatch| send::from(&over.ours, dispatch)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::MessageRef;
    use crate::domain::call::CallEnd;
    use crate::domain::identity::Identity;
    use crate::domain::message::Say;
    use crate::domain::sending::DispatchKind;
    use crate::engine::{Person, State};
    use crate::flow::model::Flow;
    use crate::turns::request::{CallOver, TurnRequest};
    use std::collections::BTreeMap;

    fn request(person: Identity) -> TurnRequest {
        let over = CallOver {
            sid: "CA1".into(),
            end: CallEnd::Completed,
            seconds: None,
            ours: "+15005550006".into(),
            may_text: true,
        };
        TurnRequest {
            tenant_id: 1,
            account_id: 1,
            channel: Channel::Voice,
            identities: vec![person],
            session: None,
            input: TurnInput::CallEnded(over),
            provider_id: None,
            sender_name: None,
            confirm_consent: true,
            encode: |_| String::new(),
            sends: Some(text_after_call),
        }
    }

    fn sent(person: Identity, texts: &[&str]) -> Vec<Dispatch> {
        let flow = Flow { languages: vec!["en".into()], ..Flow::default() };
        let (request, state) = (request(person), State::new(&flow, "en", 0));
        let (zone, none) = (jiff::tz::TimeZone::UTC, BTreeMap::new());
        let person = Person {
            seed: "1",
            channel: Channel::Voice,
            lead: &BTreeMap::new(),
            variants: &none,
            zone: &zone,
            experiments: false,
            is_over: false,
        };
        let say = |text: &&str| Say {
            text: (*text).into(),
            language: "en".into(),
            step: None,
            ask: None,
            options: vec![],
            optional: false,
        };
        let says: Vec<Say> = texts.iter().map(say).collect();
        text_after_call(&Told {
            request: &request,
            flow: &flow,
            state: &state,
            effects: &[],
            says: &says,
            person: &person,
            template: None,
            first: MessageRef { tenant_id: 1, conversation_id: 42, seq: 7 },
            base_url: "https://bot.example.com",
            now: 0,
        })
    }

    #[test]
    fn the_text_message_is_the_form_of_one_that_twilio_sends() {
        let [dispatch] = &sent(Identity::phone("+14155550123"), &["It broke off.", "Which day & when?"])[..]
        else {
            panic!("one message")
        };
        assert_eq!((dispatch.kind, dispatch.to.as_str()), (DispatchKind::TwilioMessage, "+14155550123"));
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(dispatch.body.as_bytes()).into_owned().collect();
        let callback = "https://bot.example.com/webhooks/twilio/status?message=1-42-7&part=0&parts=1";
        let expected = [
            ("To", "+14155550123"),
            ("Body", "It broke off.\n\nWhich day & when?"),
            ("StatusCallback", callback),
            ("From", "+15005550006"),
        ];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(sent(Identity::phone("+14155550123"), &[]), [], "nothing to say");
        for nobody in
            [Identity::call("CA1"), Identity::phone("sip:ann@example.com"), Identity::phone("72345")]
        {
            assert_eq!(sent(nobody, &["Hello"]), [], "no number to write to");
        }
    }
}
