//! Who is who: numbers, business-scoped ids, and those who change them.

use super::{ANA, at, body, messages, open, post, say, taken, text, whatsapp_app};
use crate::harness::{Place, TestApp, texts};
use crate::whole::assert_whole;
use serde_json::{Value as Json, json};

on_both! {
    a_person_may_have_no_number,
    a_number_that_is_shown_later_is_the_same_person,
    one_phone_is_one_person_on_sms_and_whatsapp,
    whoever_changes_the_number_goes_on,
    whoever_gets_another_user_id_goes_on,
}

fn from_user(id: &str, user: &str, words: &str) -> Json {
    json!({"from_user_id": user, "id": id, "timestamp": "1767607200", "type": "text", "text": {"body": words}})
}

async fn persons(app: &TestApp) -> i64 {
    app.count("persons").await
}

async fn a_person_may_have_no_number(place: Place) {
    let app = whatsapp_app(&place).await;
    let contacts =
        json!([{"profile": {"name": "Shy", "username": "shy"}, "user_id": "US.13491208655302741918"}]);
    let value =
        json!({"contacts": contacts, "messages": [from_user("wamid.1", "US.13491208655302741918", "hi")]});
    taken(&post(&app, &body(&value)).await);
    messages(&app, vec![from_user("wamid.2", "US.13491208655302741918", "yes")]).await;
    assert_eq!((persons(&app).await, open(&app).await.as_str()), (1, "business_type"));
    assert_eq!(
        texts(&app.app.db, "kind || ' ' || raw", "identities").await,
        ["whatsapp_user US.13491208655302741918"]
    );
    assert_eq!(app.count("leads WHERE phone IS NULL AND sender_name = 'Shy'").await, 1);
    assert_whole(&app.app.db).await;
}

async fn a_number_that_is_shown_later_is_the_same_person(place: Place) {
    let app = whatsapp_app(&place).await;
    messages(&app, vec![from_user("wamid.1", "US.1", "hi")]).await;
    let mut both = text("yes", "wamid.2");
    both["from_user_id"] = json!("US.1");
    messages(&app, vec![both]).await;
    say(&app, "Restaurant").await;
    messages(&app, vec![from_user("wamid.3", "US.1", "Pune")]).await;
    assert_eq!((persons(&app).await, open(&app).await.as_str()), (1, "features_interested"));
    assert_eq!(app.count("leads WHERE phone = '+16505551234' AND message_count = 4").await, 1);
    assert_whole(&app.app.db).await;
}

async fn one_phone_is_one_person_on_sms_and_whatsapp(place: Place) {
    let app = whatsapp_app(&place).await;
    app.twilio_message("+16505551234", "hi", "SM1").await.texts();
    say(&app, "hi").await;
    app.twilio_message("whatsapp:+16505551234", "hi", "SM2").await.texts();
    assert_eq!((persons(&app).await, app.count("leads").await), (1, 1));
    assert_eq!(app.count("conversations").await, 3, "one at each of our addresses");
    assert_whole(&app.app.db).await;
}

async fn whoever_changes_the_number_goes_on(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    let change = json!({"from": ANA, "id": "wamid.c", "type": "system",
        "system": {"type": "user_changed_number", "wa_id": "12195555358", "body": "x"}});
    messages(&app, vec![change]).await;
    let mut new = text("yes", "wamid.n");
    new["from"] = json!("12195555358");
    messages(&app, vec![new]).await;
    assert_eq!((persons(&app).await, open(&app).await.as_str()), (1, "business_type"));
    assert_whole(&app.app.db).await;
}

async fn whoever_gets_another_user_id_goes_on(place: Place) {
    let app = whatsapp_app(&place).await;
    messages(&app, vec![from_user("wamid.1", "US.1", "hi")]).await;
    let update = json!({"user_id_update": [{"user_id": {"previous": "US.1", "current": "US.2"}}]});
    taken(&post(&app, &at(super::NUMBER, "user_id_update", &update)).await);
    messages(&app, vec![from_user("wamid.2", "US.2", "yes")]).await;
    assert_eq!((persons(&app).await, open(&app).await.as_str()), (1, "business_type"));
    assert_whole(&app.app.db).await;
}
