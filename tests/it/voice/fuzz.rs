//! Whatever is posted about a call is read, answered or refused: never a panic, and what is answered is TwiML.
//!
//! Each case is a real payload, changed. `PROPTEST_CASES` says how many rounds of them there are: 256 by itself, a million
//! cases with 62500.

use crate::harness::{PUBLIC_URL, Place, TWILIO_TOKEN};
use leadwire::channels::twilio::voice::{self, After, Document, Line, Move};
use leadwire::channels::twilio::{self, Content, Form, Scheme, Verifier};
use leadwire::domain::call::Call;
use leadwire::domain::channel::Channel;
use leadwire::engine::{self, Effect, Input, Person, State};
use leadwire::flow::model::Flow;
use leadwire::flow::{Source, read};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Payloads as Twilio posts them.
const REAL: [&str; 8] = [
    "AccountSid=AC0123456789abcdef0123456789abcdef&ApiVersion=2010-04-01&CallSid=CA0123456789abcdef0123456789abcdef&CallStatus=in-progress&Confidence=0.9128479&Direction=outbound-api&From=%2B14155550123&Language=en-US&SpeechResult=Yes%2C+I%27m+interested.&To=%2B14155550100&msg=Gather+End",
    "CallSid=CA0123456789abcdef0123456789abcdef&From=anonymous&To=%2B14155550100&CallStatus=ringing&Direction=inbound&CallerName=ANN+LEE&FromCity=&FromState=CA",
    "CallSid=CA01&From=%2B14155550123&To=%2B14155550100&Digits=12&FinishedOnKey=%23&msg=Gather+End",
    "CallSid=CA01&From=%2B14155550123&To=%2B14155550100&Digits=",
    "CallSid=CA01&From=%2B14155550123&To=%2B14155550100&SpeechResult=m+as+in+mike+a+r+i+a+at+example+dot+com&Confidence=0.21",
    "CallSid=CA01&From=%2B14155550123&To=%2B14155550100&DialCallStatus=no-answer&DialCallSid=CA02&DialCallDuration=0",
    "CallSid=CA01&From=%2B14155550123&To=%2B14155550100&CallStatus=completed&CallDuration=42&SequenceNumber=3&CallbackSource=call-progress-events&SipResponseCode=486",
    "AccountSid=AC01&CallSid=CA01&RecordingSid=RE01&RecordingUrl=https%3A%2F%2Fapi.twilio.com%2FRE01&RecordingStatus=completed&RecordingDuration=31&RecordingChannels=2",
];

const QUERIES: [&str; 5] =
    ["turn=1", "turn=7&apart=1", "message=1-42-3&account=1", "flow=desk&language=xx", "turn=-1&message=--"];

/// One change of a payload.
#[derive(Clone, Debug)]
enum Change {
    Put(usize, u8),
    Cut(usize, usize),
    Double(usize, usize),
    Write(usize, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let odd = prop_oneof![
        Just("%00"),
        Just("%F0%9F%94%A5"),
        Just("&Digits=****"),
        Just("&SpeechResult=%3C%26%22"),
        Just("=&=&"),
        Just("%"),
        Just("%FF%FE"),
        Just("&CallSid="),
        Just("&Confidence=-inf"),
        Just("&Digits=99999999999999999999"),
        Just("\u{e9}"),
        Just("&AnsweredBy=machine"),
        Just("&SpeechResult=back"),
        Just("&SpeechResult=stop"),
        Just("&Direction=outbound"),
        Just("&turn=5"),
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Put(at, byte)),
        (any::<usize>(), 0..40_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<usize>(), 0..40_usize).prop_map(|(at, length)| Change::Double(at, length)),
        (any::<usize>(), odd).prop_map(|(at, text)| Change::Write(at, text)),
    ]
}

fn changed(payload: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = payload.as_bytes().to_vec();
    for change in changes {
        let place = |at: &usize| at % (bytes.len() + 1);
        match change {
            Change::Put(at, byte) => {
                let at = place(at);
                if let Some(slot) = bytes.get_mut(at) {
                    *slot = *byte;
                }
            }
            Change::Cut(at, length) => {
                let at = place(at);
                let end = (at + length).min(bytes.len());
                bytes.drain(at..end);
            }
            Change::Double(at, length) => {
                let at = place(at);
                let piece = bytes[at..(at + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Change::Write(at, text) => {
                let at = place(at);
                bytes.splice(at..at, text.bytes());
            }
        }
    }
    bytes
}

on_both! {
    nothing_that_is_posted_breaks_the_server,
}

async fn nothing_that_is_posted_breaks_the_server(place: Place) {
    const PATHS: [&str; 7] = [
        "/webhooks/twilio/voice?flow=desk",
        "/webhooks/twilio/voice?flow=desk&language=%00",
        "/webhooks/twilio/voice/answer?turn=1",
        "/webhooks/twilio/voice/answer?turn=2",
        "/webhooks/twilio/voice/answer?turn=%FF",
        "/webhooks/twilio/voice/status",
        "/webhooks/twilio/voice/recording?message=1-1-1&account=9",
    ];
    let app = super::desk(&place, &[]).await;
    let mut runner = TestRunner::deterministic();
    let cases = (0..REAL.len(), proptest::collection::vec(change(), 0..4), 0..PATHS.len());
    let mut taken = 0;
    for _ in 0..300 {
        let (payload, changes, path) = cases.new_tree(&mut runner).unwrap().current();
        let body = changed(REAL[payload], &changes);
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        let signature =
            twilio::sign(TWILIO_TOKEN.as_bytes(), &format!("{PUBLIC_URL}{}", PATHS[path]), &pairs);
        let request = app.request("POST", PATHS[path]).header(twilio::SIGNATURE_HEADER, signature);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let reply = app.send(request.body(body.clone())).await;
        assert!(reply.status < 500, "{} {:?}: {reply:?}", PATHS[path], String::from_utf8_lossy(&body));
        if reply.status == 200 {
            super::Heard::of(&reply);
            taken += 1;
        }
    }
    assert!(taken > 60, "{taken}");
    crate::whole::assert_whole(&app.app.db).await;
}

static DESK: LazyLock<Flow> = LazyLock::new(|| {
    let steps = "[[steps]]\nid = \"who\"\nask = \"name\"\nsay = \"Who?\"\n[[steps]]\nid = \"mail\"\nask = \"email\"\nsay = \"Mail?\"\n";
    read(&Source::alone("desk.toml", &format!("{}{steps}", super::DESK))).flow.unwrap()
});

proptest! {
    #[test]
    fn nothing_that_is_posted_breaks_a_call(
        cases in proptest::collection::vec((0..REAL.len(), proptest::collection::vec(change(), 0..4), 0..QUERIES.len()), 16),
    ) {
        let nothing = BTreeMap::new();
        let variants = BTreeMap::new();
        let zone = jiff::tz::TimeZone::UTC;
        let person = Person { seed: "1", channel: Channel::Voice, lead: &nothing, variants: &variants, zone: &zone, experiments: true, is_over: false };
        let flow = &*DESK;
        let (mut state, _) = engine::step(flow, &person, State::new(flow, "", 0), &Input::Returned, 0);
        let mut call = Call::default();
        let verifier = Verifier::new(Scheme::Sha1AuthToken, [b"token".as_slice()]);
        for (n, (payload, changes, query)) in cases.into_iter().enumerate() {
            let body = changed(REAL[payload], &changes);
            let query = Some(QUERIES[query]);
            let form = Form::parse(Some("application/x-www-form-urlencoded"), &body).unwrap();
            prop_assert!(verifier.verify("https://a.b/c", Content::Form(form.pairs()), Some("AAAA")).is_err());
            let _ = (voice::began(&form), voice::ended(&form), voice::recorded(&form, query), voice::our_number(&form));
            let Ok(event) = voice::answered(&form, query) else { continue };
            prop_assert!(event.sid.len() <= 64 && !event.person.key().is_empty());
            let now = n as i64 * 1_000;
            let line = Line { flow, person: &person, state: &state, now };
            let says = match voice::hear(&line, &mut call, &event.heard) {
                Move::Say(says) => says,
                Move::Close(say) => vec![say],
                Move::Engine(input) => {
                    let (next, effects) = engine::step(flow, &person, state, &input, now);
                    state = next;
                    effects.into_iter().filter_map(|effect| if let Effect::Say(say) = effect { Some(say) } else { None }).collect()
                }
            };
            let line = Line { flow, person: &person, state: &state, now };
            let says: Vec<_> = says.into_iter().map(|say| voice::prompt(&line, say, call.page)).collect();
            let question = engine::question(flow, &person, &state);
            let after = match state.is_open() {
                true => After::Listen { question: question.as_ref(), doubted: call.doubted.is_some(), action: "https://a.b/answer?turn=2" },
                false => After::HangUp,
            };
            let document = voice::document(&Document { flow, says: &says, after, record: None });
            let steps = voice::read(&document);
            prop_assert!(steps.is_ok(), "{:?}: {}", steps, document);
            if !state.is_open() {
                (state, _) = engine::step(flow, &person, State::new(flow, "", now), &Input::Returned, now);
            }
        }
    }
}
