//! What is no call of Twilio's is refused, says why, and stores nothing.

use super::{ASHA, CALLS, STATUS, desk};
use crate::harness::{OUR_NUMBER, Place, signed};

on_both! {
    bad_requests_store_nothing,
    calls_nobody_takes,
}

const ANSWER: &str = "/webhooks/twilio/voice/answer?turn=1";
const RECORDING: &str = "/webhooks/twilio/voice/recording?message=1-1-1";

async fn bad_requests_store_nothing(place: Place) {
    let app = desk(&place, &[]).await;
    let stored = app.stored().await;
    let form = [
        ("CallSid", "CA1"),
        ("From", ASHA),
        ("To", OUR_NUMBER),
        ("CallStatus", "completed"),
        ("RecordingSid", "RE1"),
        ("RecordingUrl", "https://a.b/c"),
    ];
    for path in [CALLS, ANSWER, STATUS, RECORDING] {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let unsigned = app.request("POST", path).header("content-type", "application/x-www-form-urlencoded");
        let unsigned = app.send(unsigned.body(body)).await;
        assert_eq!(
            (unsigned.status, unsigned.json()["type"].as_str()),
            (403, Some("/problems/bad-signature")),
            "{path}"
        );
        let other = app.send(signed(app.request("POST", path), "/webhooks/twilio/messages", &form)).await;
        assert_eq!(other.status, 403, "signed for another address: {path}");
        let json =
            app.send(app.request("POST", path).header("content-type", "application/json").body("{}")).await;
        assert_eq!(json.status, 415, "{path}");
        assert_eq!(app.get(path).await.status, 405, "{path}");
        let empty = app.twilio(path, &[]).await;
        assert_eq!(
            (empty.status, empty.json()["type"].as_str()),
            (400, Some("/problems/malformed")),
            "{path}"
        );
    }
    let rows = [
        (CALLS, vec![("To", OUR_NUMBER)], "CallSid"),
        (CALLS, vec![("CallSid", "CA1/../2"), ("To", OUR_NUMBER)], "CallSid"),
        (CALLS, vec![("CallSid", "CA1"), ("From", ASHA)], "To"),
        ("/webhooks/twilio/voice/answer", vec![("CallSid", "CA1"), ("To", OUR_NUMBER)], "turn"),
        (
            "/webhooks/twilio/voice/answer?turn=99999999999999",
            vec![("CallSid", "CA1"), ("To", OUR_NUMBER)],
            "turn",
        ),
        (STATUS, vec![("CallSid", "CA1"), ("To", OUR_NUMBER)], "CallStatus"),
        (
            "/webhooks/twilio/voice/recording?message=x",
            vec![("CallSid", "CA1"), ("RecordingSid", "RE1")],
            "conversation",
        ),
    ];
    for (path, form, named) in rows {
        let refused = app.twilio(path, &form).await;
        assert_eq!(refused.status, 400, "{path}: {refused:?}");
        assert!(refused.json()["detail"].as_str().unwrap().contains(named), "{path}: {refused:?}");
    }
    assert_eq!(app.stored().await, stored);
}

async fn calls_nobody_takes(place: Place) {
    let app = desk(&place, &[]).await;
    let stored = app.stored().await;
    let form = [("CallSid", "CA1"), ("From", ASHA), ("To", OUR_NUMBER)];
    let none = app.twilio(CALLS, &form).await;
    assert_eq!(none.status, 503, "no flow is the default by phone: {none:?}");
    assert!(none.json()["detail"].as_str().unwrap().contains("default"), "{none:?}");
    assert_eq!(app.twilio(&format!("{CALLS}?flow=nothing"), &form).await.status, 404);
    let stranger = app.twilio(ANSWER, &form).await;
    assert_eq!((stranger.status, stranger.body.contains("<Hangup/>")), (200, true), "a call we never began");
    assert_eq!(app.stored().await, stored);
}
