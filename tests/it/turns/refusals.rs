//! Webhooks that are refused: how, and that nothing of them is stored.

use super::ASHA;
use crate::harness::{MESSAGES, PUBLIC_URL, Place, Reply, TWILIO_TOKEN, TestApp, text_message};
use leadwire::channels::twilio;

const STATUS: &str = "/webhooks/twilio/status";
const FORM: &str = "application/x-www-form-urlencoded";

on_both! {
    what_is_not_signed_is_refused,
    what_is_no_form_is_refused,
    what_is_too_large_is_refused,
    what_lacks_a_field_is_refused,
    an_account_without_secret_says_which,
    a_rotating_token_is_taken_beside_the_old_one,
}

async fn post(app: &TestApp, path: &str, content_type: &str, body: String, signature: Option<&str>) -> Reply {
    let mut request = app.request("POST", path).header("content-type", content_type).body(body);
    if let Some(signature) = signature {
        request = request.header(twilio::SIGNATURE_HEADER, signature);
    }
    app.send(request).await
}

#[track_caller]
fn is_problem(reply: &Reply, status: u16, kind: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json", "{reply:?}");
    assert!(reply.json()["type"].as_str().unwrap().ends_with(kind), "{reply:?}");
}

async fn what_is_not_signed_is_refused(place: Place) {
    let app = place.app().await;
    app.twilio_message(ASHA, "hi", "SM0").await.texts();
    let before = app.stored().await;
    let form: Vec<(String, String)> =
        text_message(ASHA, "yes", "SM1").iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
    let sign = |token: &str, url: &str| twilio::sign(token.as_bytes(), url, &form);
    let here = format!("{PUBLIC_URL}{MESSAGES}");
    let good = sign(TWILIO_TOKEN, &here);
    let rows = [
        ("none", None),
        ("empty", Some(String::new())),
        ("no base64", Some("%%%".to_owned())),
        ("another token's", Some(sign("00000000000000000000000000000000", &here))),
        ("another address's", Some(sign(TWILIO_TOKEN, "https://other.example.com/webhooks/twilio/messages"))),
        ("a part of it", Some(good[..20].to_owned())),
    ];
    for (label, signature) in rows {
        let refused = post(&app, MESSAGES, FORM, body.clone(), signature.as_deref()).await;
        is_problem(&refused, 403, "bad-signature");
        assert_eq!(app.stored().await, before, "{label}");
    }
    let changed = body.replace("Body=yes", "Body=no");
    is_problem(&post(&app, MESSAGES, FORM, changed, Some(&good)).await, 403, "bad-signature");
    is_problem(
        &post(&app, STATUS, FORM, "MessageSid=SM1&MessageStatus=sent".into(), None).await,
        403,
        "bad-signature",
    );
    assert_eq!(app.stored().await, before);
    assert_eq!(post(&app, MESSAGES, FORM, body, Some(&good)).await.status, 200, "the row that is right");
}

async fn what_is_no_form_is_refused(place: Place) {
    let app = place.app().await;
    for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        for path in [MESSAGES, STATUS] {
            let refused = post(&app, path, content_type, r#"{"MessageSid":"SM1"}"#.into(), Some("x")).await;
            is_problem(&refused, 415, "unsupported-type");
        }
    }
    assert_eq!(app.stored().await, 0);
}

async fn what_is_too_large_is_refused(place: Place) {
    let app = place.app().await;
    let long = "x".repeat(70_000);
    let refused = app.twilio_message(ASHA, &long, "SM1").await;
    assert_eq!((refused.status, app.stored().await), (413, 0), "{refused:?}");
    is_problem(&refused, 413, "too-large");
}

async fn what_lacks_a_field_is_refused(place: Place) {
    let app = place.app().await;
    for missing in ["MessageSid", "From", "To"] {
        let form: Vec<(&str, &str)> =
            text_message(ASHA, "hi", "SM1").into_iter().filter(|(name, _)| *name != missing).collect();
        let refused = app.twilio(MESSAGES, &form).await;
        is_problem(&refused, 400, "malformed");
        assert!(refused.json()["detail"].as_str().unwrap().contains(missing), "{refused:?}");
    }
    for missing in ["MessageSid", "MessageStatus"] {
        let form: Vec<(&str, &str)> = [("MessageSid", "SM1"), ("MessageStatus", "sent")]
            .into_iter()
            .filter(|(name, _)| *name != missing)
            .collect();
        is_problem(&app.twilio(STATUS, &form).await, 400, "malformed");
    }
    assert_eq!(app.stored().await, 0);
}

async fn an_account_without_secret_says_which(place: Place) {
    let app = place.app_with(&[("TWILIO_AUTH_TOKEN", "")]).await;
    for path in [MESSAGES, STATUS] {
        let refused = app.twilio(path, &text_message(ASHA, "hi", "SM1")).await;
        is_problem(&refused, 503, "not-configured");
        assert!(refused.json()["detail"].as_str().unwrap().contains("TWILIO_AUTH_TOKEN"), "{refused:?}");
    }
    assert_eq!(app.stored().await, 0);
}

async fn a_rotating_token_is_taken_beside_the_old_one(place: Place) {
    let both = format!("00000000000000000000000000000000, {TWILIO_TOKEN}");
    let app = place.app_with(&[("TWILIO_AUTH_TOKEN", &both)]).await;
    assert_eq!(app.twilio_message(ASHA, "hi", "SM1").await.texts().len(), 1);
}
