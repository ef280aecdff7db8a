//! The 24-hour window is known before anything is sent.

use super::{NUMBER, at, messages, post, say, taken, text, whatsapp_app};
use crate::harness::{Place, START, TestApp, number};
use leadwire::clock::{DAY, HOUR};
use leadwire::store::persons::{self, Recipient};
use serde_json::json;
use std::collections::BTreeSet;

on_both! {
    a_message_opens_the_window_and_nothing_else_does,
    a_late_webhook_opens_it_for_the_rest_of_the_day,
}

async fn closes_at(app: &TestApp) -> Option<i64> {
    let person = number(&app.app.db, "SELECT MAX(id) FROM persons").await;
    let account = app.app.accounts.iter().find(|account| account.provider == "whatsapp").unwrap().id;
    let here = Recipient { tenant_id: 1, person_id: person, account_id: account };
    let elsewhere = Recipient { account_id: account + 1, ..here };
    let standing = persons::standing(&app.app.db, &BTreeSet::from([here, elsewhere])).await.unwrap();
    assert_eq!(standing[&elsewhere].window_closes_at, None, "at another account of ours");
    standing[&here].window_closes_at
}

fn said_at(words: &str, id: &str, at: i64) -> serde_json::Value {
    let mut message = text(words, id);
    message["timestamp"] = json!((at / 1000).to_string());
    message
}

async fn a_message_opens_the_window_and_nothing_else_does(place: Place) {
    let app = whatsapp_app(&place).await;
    messages(&app, vec![said_at("hi", "wamid.1", START)]).await;
    assert_eq!(closes_at(&app).await, Some(START + DAY));
    app.clock.advance(HOUR);
    let reaction =
        json!({"from": super::ANA, "id": "wamid.r", "type": "reaction", "reaction": {"emoji": "👍"}});
    messages(&app, vec![reaction]).await;
    let stop = json!({"user_preferences": [{"wa_id": super::ANA, "value": "stop", "timestamp": 1}]});
    taken(&post(&app, &at(NUMBER, "user_preferences", &stop)).await);
    assert_eq!(closes_at(&app).await, Some(START + DAY), "a setting is no message");
    messages(&app, vec![said_at("yes", "wamid.2", START + HOUR)]).await;
    assert_eq!(
        closes_at(&app).await,
        Some(START + HOUR + DAY),
        "each message anew, also of whoever opted out"
    );
    // Twilio's WhatsApp has the window, SMS has none.
    app.twilio_message("whatsapp:+14155550123", "hi", "SM1").await.texts();
    app.twilio_message("+14155550123", "hi", "SM2").await.texts();
    assert_eq!(app.count("conversations WHERE window_closes_at IS NULL AND channel = 'sms'").await, 1);
    assert_eq!(
        app.count("conversations WHERE window_closes_at IS NOT NULL AND channel = 'whatsapp'").await,
        2
    );
}

async fn a_late_webhook_opens_it_for_the_rest_of_the_day(place: Place) {
    let app = whatsapp_app(&place).await;
    messages(&app, vec![said_at("hi", "wamid.1", START - 6 * HOUR)]).await;
    assert_eq!(closes_at(&app).await, Some(START + 18 * HOUR));
    messages(&app, vec![said_at("hello?", "wamid.0", START - 48 * HOUR)]).await;
    assert_eq!(
        closes_at(&app).await,
        Some(START + 18 * HOUR),
        "an older one that comes later shortens nothing"
    );
    messages(&app, vec![said_at("hello!", "wamid.2", START + 48 * HOUR)]).await;
    assert_eq!(closes_at(&app).await, Some(START + DAY), "nothing is said in the future");
    say(&app, "yes").await;
    assert_eq!(closes_at(&app).await, Some(START + DAY));
}
