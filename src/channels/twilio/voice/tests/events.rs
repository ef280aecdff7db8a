//! What is read of Twilio's forms, and what is refused.

use super::super::*;
use crate::channels::ChannelError;
use crate::channels::twilio::Form;
use crate::domain::call::{CallEnd, Heard};
use crate::domain::identity::Identity;

const SID: &str = "CA0123456789abcdef0123456789abcdef";

fn form(pairs: &[(&str, &str)]) -> Form {
    let owned: Vec<(String, String)> = pairs.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
    Form::from(owned)
}

/// A form of an incoming call with these fields besides.
fn call(more: &[(&str, &str)]) -> Form {
    let usual =
        [("CallSid", SID), ("From", "+14155550123"), ("To", "+14155550100"), ("Direction", "inbound")];
    form(&usual.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn what_is_read_of_a_webhook() {
    let person = Identity::phone("+14155550123");
    let event = |turn, heard| CallEvent { sid: SID.into(), turn, person: person.clone(), name: None, heard };
    assert_eq!(began(&call(&[])), Ok(event(0, Heard::Began { machine: false })));
    for (by, machine) in [
        ("human", false),
        ("unknown", false),
        ("machine_start", true),
        ("machine_end_beep", true),
        ("fax", true),
    ] {
        assert_eq!(began(&call(&[("AnsweredBy", by)])), Ok(event(0, Heard::Began { machine })), "{by}");
    }
    let speech = |text: &str, confidence| Heard::Speech { text: text.into(), confidence };
    let rows = [
        ("keys", vec![("Digits", "12#3*")], Heard::Keys("123*".into())),
        ("keys before speech", vec![("SpeechResult", "one"), ("Digits", "1")], Heard::Keys("1".into())),
        (
            "speech",
            vec![("SpeechResult", "Yes, I'm interested."), ("Confidence", "0.9128479")],
            speech("Yes, I'm interested.", Some(0.912_847_9)),
        ),
        (
            "a recogniser that knows nothing of it",
            vec![("SpeechResult", "yes"), ("Confidence", "0.0")],
            speech("yes", None),
        ),
        ("no number", vec![("SpeechResult", "yes"), ("Confidence", "sure")], speech("yes", None)),
        ("more than sure", vec![("SpeechResult", "yes"), ("Confidence", "NaN")], speech("yes", None)),
        ("nothing", vec![("Digits", ""), ("SpeechResult", "")], Heard::Nothing),
        (
            "a transfer that was taken",
            vec![("DialCallStatus", "completed")],
            Heard::Transferred { reached: true },
        ),
        (
            "a transfer that was not",
            vec![("DialCallStatus", "no-answer"), ("Digits", "1")],
            Heard::Transferred { reached: false },
        ),
    ];
    for (label, fields, heard) in rows {
        assert_eq!(answered(&call(&fields), Some("turn=7")), Ok(event(7, heard)), "{label}");
    }
    let outbound = form(&[
        ("CallSid", SID),
        ("From", "+14155550100"),
        ("To", "+14155550123"),
        ("Direction", "outbound-api"),
    ]);
    assert_eq!(
        (began(&outbound), our_number(&outbound)),
        (Ok(event(0, Heard::Began { machine: false })), Some("+14155550100"))
    );
    let anonymous = form(&[("CallSid", SID), ("From", "anonymous"), ("To", "+14155550100")]);
    assert_eq!(began(&anonymous).unwrap().person, Identity::call(SID));
}

#[test]
fn what_cannot_be_read_is_said() {
    let to = ("To", "+14155550100");
    let rows = [
        ("no call", answered(&form(&[to]), Some("turn=1")).map(drop), "CallSid"),
        ("no call's id", answered(&form(&[to, ("CallSid", "CA 1/2")]), Some("turn=1")).map(drop), "CallSid"),
        ("none of ours", began(&form(&[("CallSid", SID)])).map(drop), "To"),
        ("no turn", answered(&call(&[]), None).map(drop), "turn"),
        ("turn 0 is the call's beginning", answered(&call(&[]), Some("turn=0")).map(drop), "turn"),
        ("a turn of letters", answered(&call(&[]), Some("turn=x")).map(drop), "turn"),
        ("no status", ended(&call(&[])).map(drop), "CallStatus"),
        ("no recording", recorded(&call(&[]), Some("message=1-2-3")).map(drop), "RecordingSid"),
        ("no conversation", recorded(&call(&[("RecordingSid", "RE1")]), None).map(drop), "conversation"),
        (
            "no address",
            recorded(&call(&[("RecordingSid", "RE1")]), Some("message=1-2-3")).map(drop),
            "RecordingUrl",
        ),
        (
            "an unknown status",
            recorded(&call(&[("RecordingSid", "RE1"), ("RecordingStatus", "lost")]), Some("message=1-2-3"))
                .map(drop),
            "RecordingStatus",
        ),
    ];
    for (label, got, named) in rows {
        let Err(ChannelError::Malformed(why)) = got else { panic!("{label}: {got:?}") };
        assert!(why.contains(named), "{label}: {why}");
    }
}

#[test]
fn ends_and_recordings() {
    for (status, end) in [
        ("completed", Some(CallEnd::Completed)),
        ("busy", Some(CallEnd::Busy)),
        ("failed", Some(CallEnd::Failed)),
        ("no-answer", Some(CallEnd::NoAnswer)),
        ("canceled", Some(CallEnd::Canceled)),
        ("queued", None),
        ("initiated", None),
        ("ringing", None),
        ("in-progress", None),
    ] {
        let got = ended(&call(&[("CallStatus", status), ("CallDuration", "42")])).unwrap();
        assert_eq!(got.as_ref().map(|ended| ended.end), end, "{status}");
        assert!(got.is_none_or(|ended| ended.seconds == Some(42) && ended.ours == "+14155550100"));
    }
    let report = |status: &str| {
        let fields = [
            ("RecordingSid", "RE1"),
            ("RecordingUrl", "https://a.b/RE1"),
            ("RecordingDuration", "9"),
            ("RecordingStatus", status),
        ];
        recorded(&call(&fields), Some("message=1-42-3&account=7")).unwrap()
    };
    let kept = report("completed").unwrap();
    assert_eq!(
        (kept.url.as_deref(), kept.seconds, kept.message.conversation_id),
        (Some("https://a.b/RE1"), Some(9), 42)
    );
    assert_eq!(report("absent").unwrap().url, None);
    assert_eq!(report("in-progress"), None);
    assert_eq!(recording_account(Some("message=1-42-3&account=7")), Some(7));
}
