//! WhatsApp's Cloud API at the level of the running server: Meta posts, rows follow.

mod consent;
mod events;
mod fuzz;
mod identities;
mod leaves;
mod refusals;
mod sends;
mod statuses;
mod tenants;
mod window;

use crate::harness::{Place, Reply, TestApp, texts};
use leadwire::channels::whatsapp;
use serde_json::{Value as Json, json};

/// Where Meta posts.
const PATH: &str = "/webhooks/whatsapp";
/// `WHATSAPP_APP_SECRET`; the one the vectors are signed with.
const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// `WHATSAPP_VERIFY_TOKEN`.
const VERIFY_TOKEN: &str = "vt-123";
/// `WHATSAPP_PHONE_NUMBER_ID`, as in the vectors.
const NUMBER: &str = "106540352242922";
/// Somebody's WhatsApp id.
const ANA: &str = "16505551234";

/// Settings of a server with a number at Meta.
pub const SETTINGS: [(&str, &str); 5] = [
    ("WHATSAPP_APP_SECRET", SECRET),
    ("WHATSAPP_VERIFY_TOKEN", VERIFY_TOKEN),
    ("WHATSAPP_ACCESS_TOKEN", "EAAtest"),
    ("WHATSAPP_PHONE_NUMBER_ID", NUMBER),
    // Texts that do not depend on who asks.
    ("AB_TESTING_ENABLED", "false"),
];

async fn whatsapp_app(place: &Place) -> TestApp {
    place.app_with(&SETTINGS).await
}

/// A body with one value of `messages`, at our number.
fn body(value: &Json) -> Json {
    at(NUMBER, "messages", value)
}

/// A body with one value of a field, at a number.
fn at(number: &str, field: &str, value: &Json) -> Json {
    let mut value = value.clone();
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "15550783881", "phone_number_id": number});
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]})
}

/// A text message of Ana's.
fn text(text: &str, id: &str) -> Json {
    json!({"from": ANA, "id": id, "timestamp": "1767607200", "type": "text", "text": {"body": text}})
}

/// A tap on a button of Ana's.
fn tap(option: &str, title: &str, id: &str) -> Json {
    let reply = json!({"type": "button_reply", "button_reply": {"id": option, "title": title}});
    json!({"from": ANA, "id": id, "timestamp": "1767607200", "type": "interactive", "interactive": reply})
}

/// Posts a body as Meta does.
async fn post(app: &TestApp, body: &Json) -> Reply {
    let bytes = body.to_string();
    let signature = whatsapp::sign(SECRET.as_bytes(), bytes.as_bytes());
    app.send(app.request("POST", PATH).header(whatsapp::SIGNATURE_HEADER, signature).body(bytes)).await
}

/// Posts messages that must be taken.
#[track_caller]
fn taken(reply: &Reply) {
    assert_eq!((reply.status, reply.body.as_str()), (200, ""), "{reply:?}");
}

async fn messages(app: &TestApp, messages: Vec<Json>) {
    taken(&post(app, &body(&json!({"messages": messages}))).await);
}

/// Says something under a new message id.
async fn say(app: &TestApp, words: &str) {
    messages(app, vec![text(words, &format!("wamid.{}", leadwire::ids::secret()))]).await;
}

/// Says something as whoever has this WhatsApp id.
pub async fn say_as(app: &TestApp, id: &str, words: &str) {
    let mut message = text(words, &format!("wamid.{}", leadwire::ids::secret()));
    message["from"] = json!(id);
    messages(app, vec![message]).await;
}

/// What we said so far, in order.
async fn told(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "body", "messages WHERE direction = 'out' ORDER BY conversation_id, seq").await
}

/// The question that is open in the latest conversation.
async fn open(app: &TestApp) -> String {
    texts(&app.app.db, "open_step", "conversations ORDER BY id DESC LIMIT 1").await.remove(0)
}
