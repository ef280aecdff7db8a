//! What Meta reports of our messages.

use super::{ANA, body, post, say, taken, whatsapp_app};
use crate::harness::{Place, TestApp, texts};
use serde_json::{Value as Json, json};

on_both! {
    a_status_finds_its_message_by_what_we_gave_along,
    a_status_finds_its_message_by_the_provider_s_id,
    each_part_has_its_own_status,
    another_tenants_message_is_left_alone,
}

fn status(id: &str, status: &str, callback: Option<&str>) -> Json {
    let mut status = json!({"id": id, "status": status, "timestamp": "1767607201", "recipient_id": ANA});
    if let Some(callback) = callback {
        status["biz_opaque_callback_data"] = Json::from(callback);
    }
    status
}

async fn report(app: &TestApp, statuses: Vec<Json>) {
    taken(&post(app, &body(&json!({"statuses": statuses}))).await);
}

/// The key of the first message we sent, as it goes along with it.
async fn key(app: &TestApp) -> String {
    let key = "tenant_id || '-' || conversation_id || '-' || seq";
    texts(&app.app.db, key, "messages WHERE direction = 'out' ORDER BY conversation_id, seq LIMIT 1")
        .await
        .remove(0)
}

async fn standing(app: &TestApp) -> Vec<String> {
    let row = "COALESCE(status, '-') || ' ' || COALESCE(provider_id, '-') || ' ' || COALESCE(parts, '-')";
    texts(&app.app.db, row, "messages WHERE direction = 'out' ORDER BY conversation_id, seq").await
}

async fn a_status_finds_its_message_by_what_we_gave_along(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    let callback = format!("{}:0/1", key(&app).await);
    // All at once, in no order; then a late failure.
    let all = ["read", "sent", "delivered", "sent"].map(|word| status("wamid.O1", word, Some(&callback)));
    report(&app, all.into()).await;
    report(&app, vec![status("wamid.O1", "failed", Some(&callback))]).await;
    assert_eq!(standing(&app).await, [r#"read wamid.O1 ["read"]"#]);
    let unknown = ["1-77-2:0/1", "x", "", "1-77-2:9/1"].map(|other| status("wamid.O9", "sent", Some(other)));
    report(&app, unknown.into()).await;
    assert_eq!(standing(&app).await.len(), 1);
}

async fn a_status_finds_its_message_by_the_provider_s_id(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    let callback = format!("{}:0/1", key(&app).await);
    report(&app, vec![status("wamid.O1", "sent", Some(&callback))]).await;
    report(&app, vec![status("wamid.O1", "delivered", None), status("wamid.OTHER", "read", None)]).await;
    assert_eq!(standing(&app).await, [r#"delivered wamid.O1 ["delivered"]"#]);
    let mut nobody = status("wamid.O1", "read", None);
    nobody["recipient_id"] = json!("12195555358");
    report(&app, vec![nobody]).await;
    assert_eq!(standing(&app).await, [r#"delivered wamid.O1 ["delivered"]"#], "of another person");
}

async fn each_part_has_its_own_status(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    let key = key(&app).await;
    let part = |n: usize, word: &str| status(&format!("wamid.O{n}"), word, Some(&format!("{key}:{n}/2")));
    report(&app, vec![part(1, "delivered"), part(0, "sent")]).await;
    assert_eq!(standing(&app).await, [r#"sent wamid.O1 ["sent","delivered"]"#]);
    report(&app, vec![part(0, "failed")]).await;
    assert_eq!(standing(&app).await, [r#"failed wamid.O1 ["failed","delivered"]"#]);
}

async fn another_tenants_message_is_left_alone(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    let other = key(&app).await.replacen("1-", "2-", 1);
    report(&app, vec![status("wamid.O1", "sent", Some(&format!("{other}:0/1")))]).await;
    assert_eq!(standing(&app).await, ["- - -"]);
}
