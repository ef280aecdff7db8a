//! STOP by words, by WhatsApp's own settings, and by what Meta says of a message.

use super::{ANA, NUMBER, at, body, open, post, say, taken, told, whatsapp_app};
use crate::harness::{Place, TestApp, texts};
use crate::whole::assert_whole;
use serde_json::{Value as Json, json};

on_both! {
    stop_is_confirmed_once_and_lasts,
    a_setting_is_an_opt_out_that_says_nothing,
    a_setting_takes_back_only_a_setting,
    settings_of_strangers_are_kept,
    a_message_that_was_refused_for_it_is_an_opt_out,
}

const CONFIRMED: &str = "You will hear no more from us. Write START if you change your mind.";

async fn prefer(app: &TestApp, value: &str, timestamp: i64) {
    let one = json!({"wa_id": ANA, "category": "marketing_messages", "value": value, "timestamp": timestamp, "detail": "settings"});
    taken(&post(app, &at(NUMBER, "user_preferences", &json!({"user_preferences": [one]}))).await);
}

async fn opted_out(app: &TestApp) -> String {
    texts(&app.app.db, "opted_out", "persons").await.remove(0)
}

async fn stop_is_confirmed_once_and_lasts(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    say(&app, "STOP").await;
    say(&app, "stop").await;
    say(&app, "yes please").await;
    assert_eq!(told(&app).await[1..], [CONFIRMED]);
    say(&app, "START").await;
    assert_eq!(
        told(&app).await[2..],
        ["Welcome back! You will hear from us again.", "Welcome! May I ask a few questions?"]
    );
    assert_eq!(opted_out(&app).await, "");
    assert_whole(&app.app.db).await;
}

async fn a_setting_is_an_opt_out_that_says_nothing(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    prefer(&app, "stop", 1).await;
    assert_eq!(
        texts(&app.app.db, "channel || ' ' || signal || ' ' || wording", "consents").await,
        ["whatsapp stop settings"]
    );
    let stored = app.stored().await;
    prefer(&app, "stop", 1).await;
    assert_eq!(app.stored().await, stored, "a repeat");
    say(&app, "sure").await;
    assert_eq!(told(&app).await.len(), 1, "nothing but the greeting was said");
    prefer(&app, "resume", 2).await;
    assert_eq!(
        (opted_out(&app).await.as_str(), told(&app).await.len()),
        ("", 1),
        "nobody has asked us anything"
    );
    // The same stop once more, as Meta may bring it again after days.
    prefer(&app, "stop", 1).await;
    assert_eq!(opted_out(&app).await, "");
    say(&app, "yes please").await;
    assert_eq!(open(&app).await, "business_type", "it goes on where it was");
    assert_whole(&app.app.db).await;
}

async fn a_setting_takes_back_only_a_setting(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    say(&app, "STOP").await;
    prefer(&app, "resume", 1).await;
    assert_eq!(opted_out(&app).await, "whatsapp", "STOP is stronger than a setting about marketing");
    say(&app, "START").await;
    prefer(&app, "stop", 2).await;
    assert_eq!(opted_out(&app).await, "whatsapp,whatsapp:setting");
    say(&app, "STOP").await;
    prefer(&app, "resume", 3).await;
    assert_eq!(opted_out(&app).await, "whatsapp", "said as well");
    say(&app, "START").await;
    assert_eq!(opted_out(&app).await, "");
    prefer(&app, "resume", 4).await;
    assert_eq!(app.count("consents").await, 4, "an opt-in of somebody who did not opt out is none");
    assert_whole(&app.app.db).await;
}

async fn settings_of_strangers_are_kept(place: Place) {
    let app = whatsapp_app(&place).await;
    prefer(&app, "resume", 1).await;
    assert_eq!(app.count("persons").await, 0);
    prefer(&app, "stop", 2).await;
    assert_eq!(opted_out(&app).await, "whatsapp,whatsapp:setting");
    say(&app, "hi").await;
    assert_eq!(told(&app).await, [""; 0]);
    assert_whole(&app.app.db).await;
}

async fn a_message_that_was_refused_for_it_is_an_opt_out(place: Place) {
    let app = whatsapp_app(&place).await;
    let failed = |id: &str, recipient: &str, callback: &str, code: i64| {
        let errors = json!([{"code": code, "title": "x"}]);
        let mut status = json!({"id": id, "status": "failed", "timestamp": "1", "errors": errors});
        for (name, value) in [("recipient_id", recipient), ("biz_opaque_callback_data", callback)] {
            if !value.is_empty() {
                status[name] = Json::from(value);
            }
        }
        body(&json!({"statuses": [status]}))
    };
    say(&app, "hi").await;
    taken(&post(&app, &failed("wamid.o1", ANA, "", 131_026)).await);
    assert_eq!(opted_out(&app).await, "", "another reason");
    taken(&post(&app, &failed("wamid.o1", ANA, "", 131_050)).await);
    assert_eq!(opted_out(&app).await, "whatsapp,whatsapp:setting");
    say(&app, "START").await;
    taken(&post(&app, &failed("wamid.o1", ANA, "", 131_050)).await);
    assert_eq!(opted_out(&app).await, "", "a repeat");
    // Without a recipient it is found by our own message.
    let key = "tenant_id || '-' || conversation_id || '-' || seq || ':0/1'";
    let callback =
        texts(&app.app.db, key, "messages WHERE direction = 'out' ORDER BY seq LIMIT 1").await.remove(0);
    taken(&post(&app, &failed("wamid.o2", "", &callback, 131_050)).await);
    assert_eq!(opted_out(&app).await, "whatsapp,whatsapp:setting");
    taken(&post(&app, &failed("wamid.o3", "", "", 131_050)).await);
    assert_eq!(
        app.count("messages WHERE direction = 'out' AND status = 'failed' AND error_code = '131050'").await,
        1
    );
    assert_whole(&app.app.db).await;
}
