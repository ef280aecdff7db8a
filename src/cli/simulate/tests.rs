use super::*;
use crate::channels::twilio::{Content, Form, Scheme, Verifier};
use crate::domain::channel::Channel;
use crate::domain::message::Say;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;

const PUBLIC: &str = "https://hooks.example.com/leadwire";

fn args(url: &str) -> SmsArgs {
    SmsArgs {
        url: url.to_owned(),
        public_url: Some(format!("{PUBLIC}/")),
        token: "secret".to_owned(),
        to: "+14155550100".to_owned(),
        from: "+14155550123".to_owned(),
        account_sid: "AC1".to_owned(),
        whatsapp: false,
    }
}

/// A webhook that checks what it gets as a server does and says it again.
async fn echo(headers: HeaderMap, body: axum::body::Bytes) -> axum::response::Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
    let form = Form::parse(header("content-type"), &body).unwrap();
    let verifier = Verifier::new(Scheme::Sha1AuthToken, [b"secret".as_slice()]);
    let url = format!("{PUBLIC}/webhooks/twilio/messages");
    if verifier.verify(&url, Content::Form(form.pairs()), header(twilio::SIGNATURE_HEADER)).is_err() {
        return (StatusCode::FORBIDDEN, r#"{"title":"Forbidden","detail":"not signed by us"}"#)
            .into_response();
    }
    let got = twilio::inbound(&form, None).unwrap();
    let says: Vec<Say> = match got.said.text.as_str() {
        "silence" => Vec::new(),
        text => vec![
            serde_json::from_value(serde_json::json!({
                "text": format!("{} says {text} & <more>", got.from),
                "language": "en",
                "options": [{"value": "a", "label": "One"}, {"value": "b", "label": "Two"}],
            }))
            .unwrap(),
        ],
    };
    ([(header::CONTENT_TYPE, twilio::CONTENT_TYPE)], twilio::reply(&says, Channel::Sms, None)).into_response()
}

async fn serve() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().route("/webhooks/twilio/messages", axum::routing::post(echo));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn transcript(args: &SmsArgs, texts: &[&str]) -> anyhow::Result<String> {
    let mut out = Vec::new();
    let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
    converse(args, texts.into_iter().map(Ok), true, &mut out).await?;
    Ok(String::from_utf8(out)?)
}

#[tokio::test]
async fn a_conversation_reads_like_a_transcript() {
    let url = serve().await;
    let got = transcript(&args(&url), &["hi + ñ", " ", "silence"]).await.unwrap();
    let expected =
        "< hi + ñ\n> +14155550123 says hi + ñ & <more>\n  1. One\n  2. Two\n< silence\n  (no reply)\n";
    assert_eq!(got, expected);
    let whatsapp = SmsArgs { whatsapp: true, ..args(&url) };
    let got = transcript(&whatsapp, &["hi"]).await.unwrap();
    assert!(got.contains("> whatsapp:+14155550123 says hi"), "{got}");
}

#[tokio::test]
async fn what_goes_wrong_is_said_with_its_cure() {
    let url = serve().await;
    let wrong = SmsArgs { token: "other".to_owned(), ..args(&url) };
    let error = transcript(&wrong, &["hi"]).await.unwrap_err().to_string();
    assert!(error.contains("not signed by us") && error.contains("--token"), "{error}");

    let elsewhere = SmsArgs { public_url: None, ..args(&url) };
    let error = transcript(&elsewhere, &["hi"]).await.unwrap_err().to_string();
    assert!(error.contains("--public-url"), "{error}");

    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let error = transcript(&args(&nobody), &["hi"]).await.unwrap_err().to_string();
    assert!(error.contains("leadwire serve"), "{error}");

    let error = transcript(&args("nonsense"), &["hi"]).await.unwrap_err().to_string();
    assert!(error.contains("not an address"), "{error}");
}

#[test]
fn answers_that_are_no_replies() {
    let rows = [
        (503, r#"{"title":"x","detail":"TWILIO_AUTH_TOKEN is not set"}"#, "TWILIO_AUTH_TOKEN is not set"),
        (404, "", "is it a Leadwire server"),
        (429, r#"{"title":"Too many requests"}"#, "429: Too many requests"),
        (302, "", "302"),
        (200, "hello", "not with TwiML"),
        (200, "", "not with TwiML"),
    ];
    for (status, body, said) in rows {
        let error = replies(status, body).unwrap_err().to_string();
        assert!(error.contains(said), "{status} {body}: {error}");
    }
    assert_eq!(replies(200, twilio::EMPTY).unwrap(), Vec::<String>::new());
}
