//! What the outbox is given of a turn: messages in order, in the person's language, each with our key.

use super::{NUMBER, whatsapp_app};
use crate::harness::{Place, TestApp, texts};
use leadwire::channels::whatsapp::{self, Event, Item};
use leadwire::domain::channel::Channel;
use leadwire::service::{turns, whatsapp as service};
use leadwire::turns::{Told, TurnInput, TurnRequest};
use serde_json::{Value as Json, json};

on_both! {
    a_turn_as_messages,
}

/// Keeps what would be sent as the reply, to be looked at.
fn shown(told: &Told<'_>) -> String {
    let sends = service::sends(told).into_iter().map(|dispatch| {
        assert_eq!(dispatch.to, "16505551234");
        serde_json::from_str(&dispatch.body).unwrap()
    });
    Json::Array(sends.collect()).to_string()
}

/// One message of Ana's, and the bodies that are to be sent.
async fn turn(app: &TestApp, message: Json) -> Vec<Json> {
    let body = super::body(&json!({"messages": [message]})).to_string();
    let Event { phone_number_id, item } = whatsapp::events(body.as_bytes()).unwrap().remove(0);
    let Item::Message(inbound) = item else { panic!("{item:?}") };
    assert_eq!(phone_number_id, NUMBER);
    let account = app.app.accounts.iter().find(|account| account.provider == "whatsapp").unwrap();
    let request = TurnRequest {
        tenant_id: account.tenant_id,
        account_id: account.id,
        channel: Channel::Whatsapp,
        identities: inbound.identities,
        session: None,
        input: TurnInput::Message { said: inbound.said, signal: None },
        provider_id: Some(inbound.provider_id),
        sender_name: None,
        confirm_consent: true,
        encode: shown,
        sends: None,
    };
    let reply = turns::submit(&app.app, request).await.unwrap().reply;
    serde_json::from_str(&reply).unwrap()
}

async fn a_turn_as_messages(place: Place) {
    let app = whatsapp_app(&place).await;
    let sent = turn(&app, super::text("hi", "wamid.1")).await;
    let titles = |body: &Json| -> Vec<String> {
        let buttons = body["interactive"]["action"]["buttons"].as_array().unwrap();
        buttons.iter().map(|button| button["reply"]["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&sent[0]), ["Yes", "No"]);
    let sent = turn(&app, super::text("español", "wamid.2")).await;
    assert_eq!(titles(sent.last().unwrap()), ["Sí", "No"], "{sent:?}");
    let sent = turn(&app, super::tap("greeting:yes", "Sí", "wamid.3")).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(titles(&sent[0]), ["Restaurante", "Tienda"]);
    assert_eq!(sent[0]["interactive"]["action"]["buttons"][1]["reply"]["id"], "business_type:Retail Store");
    let key = "tenant_id || '-' || conversation_id || '-' || seq || ':0/1'";
    let row = texts(&app.app.db, key, "messages WHERE direction = 'out' ORDER BY seq DESC LIMIT 1").await;
    assert_eq!(sent[0]["biz_opaque_callback_data"], row[0], "the key of the row that is reported on");
    // What cannot be read is told, then asked again: two messages, in order, of one turn.
    let sent = turn(&app, super::text("xyzzy", "wamid.4")).await;
    assert_eq!(
        sent.iter().map(|body| body["type"].as_str().unwrap()).collect::<Vec<_>>(),
        ["text", "interactive"]
    );
    let callbacks = sent
        .iter()
        .map(|body| body["biz_opaque_callback_data"].as_str().unwrap().rsplit(':').next().unwrap());
    assert_eq!(callbacks.collect::<Vec<_>>(), ["0/2", "1/2"]);
}
