//! Documents against those the reference library writes.

use super::super::xml::Element;
use super::super::*;
use super::{Phone, flow};
use crate::engine::Input;

fn reference(name: &str) -> String {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../tests/vectors/twilio.json")).unwrap();
    let cases = vectors["twiml_reference_output"]["cases"].as_array().unwrap();
    cases.iter().find(|case| case["name"] == name).unwrap()["xml"].as_str().unwrap().to_owned()
}

#[test]
fn elements_are_written_as_the_reference_writes_them() {
    let root = || Element::new("Response");
    let question = root()
        .holding(
            Element::new("Gather")
                .with("action", "/voice/answer?call=1&q=1")
                .with("method", "POST")
                .with("input", "dtmf speech")
                .with("numDigits", "1")
                .with("timeout", "5")
                .with("speechTimeout", "auto")
                .with("hints", "yes, no, not sure")
                .with("language", "en-US")
                .with("bargeIn", "true")
                .with("actionOnEmptyResult", "true")
                .holding(
                    Element::new("Say")
                        .with("voice", "Polly.Joanna")
                        .with("language", "en-US")
                        .saying("Are you the decision maker? Press 1 for yes, 2 for no."),
                ),
        )
        .holding(Element::new("Redirect").with("method", "POST").saying("/voice/question?q=1&attempt=2"));
    let number = Element::new("Number")
        .with("statusCallback", "/voice/leg")
        .with("statusCallbackEvent", "initiated ringing answered completed")
        .saying("+14155550123");
    let record = Element::new("Record")
        .with("action", "/voice/recorded")
        .with("maxLength", "60")
        .with("playBeep", "true")
        .with("finishOnKey", "#")
        .with("transcribe", "false")
        .with("recordingStatusCallback", "/voice/rec")
        .with("recordingStatusCallbackEvent", "completed absent");
    let dial = Element::new("Dial")
        .with("action", "/voice/after-dial")
        .with("callerId", "+14155550100")
        .with("timeout", "20")
        .with("answerOnBridge", "true")
        .holding(number);
    let open = Element::new("Gather")
        .with("action", "/x")
        .with("input", "dtmf")
        .with("numDigits", "4")
        .with("finishOnKey", "");
    let goodbye = root().holding(Element::new("Say").saying("Goodbye")).holding(Element::new("Hangup"));
    let rows = [
        ("voice-question", question),
        ("voice-goodbye", goodbye),
        ("voice-record", root().holding(record)),
        ("voice-dial-number", root().holding(dial)),
        ("voice-gather-no-finish-key", root().holding(open)),
    ];
    for (name, document) in rows {
        assert_eq!(read(&document.document()), read(&reference(name)), "{name}");
        assert!(!read(&reference(name)).unwrap().is_empty(), "{name}");
    }
}

/// The reference's question, asked by a flow: the same document but for the address and what may be said anywhere.
#[test]
fn a_question_is_the_reference_document() {
    let mut flow =
        flow("[[steps]]\nid = \"maker\"\nask = \"yes_no\"\nsay = \"Are you the decision maker?\"\n");
    flow.voice.voice.insert("en".into(), "Polly.Joanna".into());
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    let mut got = read(&phone.document("/voice/answer?call=1&q=1")).unwrap();
    let mut wanted = read(&reference("voice-question")).unwrap();
    let hints = got[0].attributes.insert("hints".into(), String::new()).unwrap();
    assert!(hints.starts_with("yes, no, "), "{hints}");
    wanted[0].attributes.insert("hints".into(), String::new());
    wanted[2].text = "/voice/answer?call=1&q=1".into();
    assert_eq!(got, wanted);
    let goodbye =
        Document { flow: &flow, says: &[phone.told("Goodbye")], after: After::HangUp, record: None };
    got = read(&document(&goodbye)).unwrap();
    let names: Vec<&str> = got.iter().map(|step| step.name.as_str()).collect();
    assert_eq!((names, got[0].text.as_str()), (vec!["Say", "Hangup"], "Goodbye"));
}

#[test]
fn documents_hold_whatever_is_said() {
    let flow = flow("[[steps]]\nid = \"a1\"\nask = \"text\"\nsay = \"One?\"\n");
    let mut phone = Phone::new(&flow);
    let long = "A sentence. ".repeat(700);
    for (text, spoken) in [
        ("a < b & \"c\" > d", vec!["a < b & \"c\" > d"]),
        ("🔥 Hot\u{0}\u{b}  new\nline 👍🏽", vec!["Hot new line"]),
        ("🔥", vec![]),
        (&long, vec![]),
    ] {
        phone.says = vec![phone.told(text)];
        let steps = read(&phone.document("https://a.b/x?turn=1&y=\"")).unwrap();
        assert_eq!(steps[0].attributes["action"], "https://a.b/x?turn=1&y=\"");
        let said: Vec<&Step> = steps.iter().filter(|step| step.name == "Say").collect();
        if text == long {
            let parts: Vec<&str> = said.iter().map(|say| say.text.as_str()).collect();
            assert!(parts.len() > 2 && parts.iter().all(|part| part.len() <= 4096));
            assert_eq!(parts.join(" "), long.trim());
        } else {
            assert_eq!(said.iter().map(|say| say.text.as_str()).collect::<Vec<_>>(), spoken);
        }
    }
}
