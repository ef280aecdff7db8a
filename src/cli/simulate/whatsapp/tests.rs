use super::*;
use crate::channels::MessageRef;
use crate::channels::whatsapp::{Event, Item, Recipient, Verifier, Words, events, messages};
use crate::domain::answer::Kind;
use crate::domain::message::Say;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A server that checks what it gets as ours does, and sends answers to the given address.
#[derive(Clone)]
struct Echo {
    api: String,
    statuses: Arc<Mutex<Vec<String>>>,
}

/// Answers a text with a question with buttons (or a list), a tap with what it was.
async fn webhook(State(echo): State<Echo>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let signature = headers.get(whatsapp::SIGNATURE_HEADER).map(|value| value.to_str().unwrap());
    if Verifier::new([b"secret".as_slice()]).verify(&body, signature).is_err() {
        return (StatusCode::FORBIDDEN, r#"{"title":"Forbidden","detail":"not signed by us"}"#)
            .into_response();
    }
    for Event { phone_number_id, item } in events(&body).unwrap() {
        assert_eq!(phone_number_id, "42");
        match item {
            Item::Message(inbound) => {
                let to = Recipient::of(&inbound.identities).unwrap();
                let said = &inbound.said;
                let tell = |text: String, labels: &[&str]| -> Say {
                    let options: Vec<_> =
                        labels.iter().map(|label| json!({"value": label, "label": label})).collect();
                    let ask = (!labels.is_empty()).then_some(Kind::Choice);
                    let step = ask.map(|_| "q");
                    serde_json::from_value(
                        json!({"text": text, "language": "en", "step": step, "ask": ask, "options": options}),
                    )
                    .unwrap()
                };
                let says = match said.text.as_str() {
                    "silence" => vec![],
                    "list" => vec![tell("Which?".into(), &["A", "B", "C", "D"])],
                    _ if said.tapped.is_some() => {
                        vec![tell(format!("tapped {:?} of {:?}", said.tapped, said.step), &[])]
                    }
                    _ if said.position.is_some() || !said.media.is_empty() => {
                        vec![tell(format!("got {:?}", said.text), &[])]
                    }
                    text => vec![
                        tell(format!("You say {text}."), &[]),
                        tell("Shall we?".into(), &["Yes", "Not now"]),
                    ],
                };
                let first = MessageRef { tenant_id: 1, conversation_id: 2, seq: 3 };
                let words = |_: &Say| Words { yes: "Y".into(), no: "N".into(), choose: "Choose".into() };
                let api = echo.api.clone();
                // After the answer, as an outbox does.
                tokio::spawn(async move {
                    let client = http::client().unwrap();
                    // Somebody else's message, which must not be shown.
                    let mut dispatches = messages(&says, &Recipient::Id("999".into()), first, &words);
                    dispatches.extend(messages(&says, &to, first, &words));
                    for dispatch in dispatches {
                        let headers = [("content-type", "application/json")];
                        let url = format!("{api}/v26.0/42/messages");
                        let answer = http::post(&client, &url, &headers, dispatch.body).await.unwrap();
                        let outcome = whatsapp::outcome(answer.status, &answer.body);
                        assert!(matches!(outcome, crate::domain::sending::SendOutcome::Sent { .. }));
                    }
                });
            }
            Item::Fate(fate) => echo.statuses.lock().unwrap().push(fate.update.status.as_str().to_owned()),
            other => panic!("{other:?}"),
        }
    }
    StatusCode::OK.into_response()
}

struct Played {
    url: String,
    meta: Meta,
    statuses: Arc<Mutex<Vec<String>>>,
}

async fn play() -> Played {
    let graph = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let echo = Echo { api: format!("http://{}", graph.local_addr().unwrap()), statuses: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let statuses = echo.statuses.clone();
    let router =
        axum::Router::new().route("/webhooks/whatsapp", axum::routing::post(webhook)).with_state(echo);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Played { url, meta: Meta::on(graph), statuses }
}

fn args(url: &str) -> WhatsappArgs {
    WhatsappArgs {
        url: url.to_owned(),
        secret: "secret".to_owned(),
        to: "42".to_owned(),
        from: "+1 650 555 1234".to_owned(),
        name: "Sam".to_owned(),
        user_id: None,
        patience: 30,
    }
}

async fn transcript(args: &WhatsappArgs, meta: Meta, texts: &[&str]) -> anyhow::Result<String> {
    let mut out = Vec::new();
    let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
    converse(args, meta, texts.into_iter().map(Ok), true, &mut out).await?;
    Ok(String::from_utf8(out)?)
}

#[tokio::test]
async fn a_conversation_with_buttons_and_a_list() {
    let Played { url, meta, statuses } = play().await;
    let texts = ["hi", "not now", "list", "3", "list", "Z", "@location 18.52,73.85 Pune", "@image look"];
    let got = transcript(&args(&url), meta, &texts).await.unwrap();
    let asked = "> Shall we?\n  [1 Yes] [2 Not now]\n";
    let list = "< list\n> Which?\n  [Choose]\n    [1 A]\n    [2 B]\n    [3 C]\n    [4 D]\n";
    let expected = format!(
        "< hi\n> You say hi.\n{asked}< not now\n> tapped Some(\"Not now\") of Some(\"q\")\n\
         {list}< 3\n> tapped Some(\"C\") of Some(\"q\")\n\
         {list}< Z\n> You say Z.\n{asked}\
         < @location 18.52,73.85 Pune\n> got \"Pune\"\n< @image look\n> got \"look\"\n"
    );
    assert_eq!(got, expected);
    let statuses = statuses.lock().unwrap();
    assert_eq!(statuses.len(), 10 * 3, "each message is told of");
    assert_eq!(statuses[..3], ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn a_person_without_a_number_and_a_server_without_words() {
    let Played { url, meta, .. } = play().await;
    let shy = WhatsappArgs { user_id: Some("US.1".to_owned()), patience: 0, ..args(&url) };
    assert_eq!(transcript(&shy, meta, &["silence"]).await.unwrap(), "< silence\n  (no reply)\n");
    let Played { url, meta, .. } = play().await;
    let shy = WhatsappArgs { user_id: Some("US.1".to_owned()), ..args(&url) };
    let got = transcript(&shy, meta, &["hi"]).await.unwrap();
    assert!(got.starts_with("< hi\n> You say hi.\n> Shall we?"), "{got}");
}

#[tokio::test]
async fn what_goes_wrong_is_said_with_its_cure() {
    let Played { url, meta, .. } = play().await;
    let wrong = WhatsappArgs { secret: "other".to_owned(), ..args(&url) };
    let error = transcript(&wrong, meta, &["hi"]).await.unwrap_err().to_string();
    assert!(error.contains("not signed by us") && error.contains("--secret"), "{error}");
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let Played { meta, .. } = play().await;
    let error = transcript(&args(&nobody), meta, &["hi"]).await.unwrap_err().to_string();
    assert!(error.contains("leadwire serve"), "{error}");
    for (status, said) in [(404, "is it a Leadwire server"), (503, "cannot take messages"), (500, "500")] {
        let error = taken(status, "").unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    for elsewhere in ["https://graph.facebook.com", "http://10.0.0.1:80", "nonsense", "https://127.0.0.1:1"] {
        let error = here(elsewhere).unwrap_err().to_string();
        assert!(error.contains("WHATSAPP_API_BASE=http://127.0.0.1:8079"), "{error}");
    }
    assert_eq!(here("http://127.0.0.1:8079").unwrap().port(), 8079);
}
