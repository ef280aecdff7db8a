//! Several numbers and tenants: each message to whose number it came, and no app speaks for another's number.

use super::{NUMBER, PATH, SETTINGS, at, post, taken, text, whatsapp_app};
use crate::harness::{Place, TestApp, execute};
use crate::whole::assert_whole;
use leadwire::channels::whatsapp;
use serde_json::{Value as Json, json};

on_both! {
    a_number_that_is_not_ours_is_acknowledged_and_ignored,
    a_message_goes_to_the_tenant_whose_number_it_came_to,
}

async fn a_number_that_is_not_ours_is_acknowledged_and_ignored(place: Place) {
    let app = whatsapp_app(&place).await;
    let hi = json!({"messages": [text("hi", "wamid.1")]});
    for number in ["999", "", "106540352242922 ", "*"] {
        taken(&post(&app, &at(number, "messages", &hi)).await);
    }
    let mut nowhere = at(NUMBER, "messages", &hi);
    nowhere["entry"][0]["changes"][0]["value"].as_object_mut().unwrap().remove("metadata");
    taken(&post(&app, &nowhere).await);
    taken(&post(&app, &at("999", "account_update", &json!({"event": "x"}))).await);
    assert_eq!(app.stored().await, 0);
}

/// Posts a body signed by some app.
async fn signed_by(app: &TestApp, secret: &str, body: &Json) -> u16 {
    let bytes = body.to_string();
    let signature = whatsapp::sign(secret.as_bytes(), bytes.as_bytes());
    let request = app.request("POST", PATH).header(whatsapp::SIGNATURE_HEADER, signature).body(bytes);
    app.send(request).await.status
}

async fn a_message_goes_to_the_tenant_whose_number_it_came_to(place: Place) {
    let theirs = place.flows().join("other");
    std::fs::create_dir(&theirs).unwrap();
    std::fs::copy(place.flows().join("shop.toml"), theirs.join("shop.toml")).unwrap();
    let first = whatsapp_app(&place).await;
    let db = &first.app.db;
    execute(
        db,
        "INSERT INTO tenants (id, slug, name, time_zone, created_at) VALUES (2, 'other', 'Other', 'UTC', 0)",
    )
    .await;
    for (id, address, secret) in [(1, "222", "OTHER_SECRET"), (2, "333", "WHATSAPP_APP_SECRET")] {
        execute(db, format!(
            "INSERT INTO channel_accounts (tenant_id, id, provider, address, secret_name, confirm_opt_out, created_at)
             VALUES (2, {id}, 'whatsapp', '{address}', '{secret}', TRUE, 0)"
        )).await;
    }
    first.stop().await;
    let settings: Vec<_> = SETTINGS.into_iter().chain([("OTHER_SECRET", "another secret")]).collect();
    let app = place.app_with(&settings).await;
    let hi = |number: &str, id: &str| at(number, "messages", &json!({"messages": [text("hi", id)]}));
    assert_eq!(signed_by(&app, "another secret", &hi("222", "wamid.1")).await, 200);
    assert_eq!(app.count("conversations WHERE tenant_id = 2 AND account_id = 1").await, 1);
    // Two numbers of one body, to two tenants.
    let mut both = hi(NUMBER, "wamid.2");
    both["entry"].as_array_mut().unwrap().extend(hi("333", "wamid.3")["entry"].as_array().unwrap().clone());
    assert_eq!(signed_by(&app, super::SECRET, &both).await, 200);
    assert_eq!(app.count("conversations WHERE tenant_id = 1").await, 1);
    assert_eq!(app.count("conversations WHERE tenant_id = 2 AND account_id = 2").await, 1);
    assert_eq!(app.count("persons").await, 2, "one person is two, to two tenants");
    // Signed by the one app, but about the other's number.
    let stored = app.stored().await;
    assert_eq!(signed_by(&app, "another secret", &hi(NUMBER, "wamid.4")).await, 200);
    assert_eq!(signed_by(&app, super::SECRET, &hi("222", "wamid.5")).await, 200);
    assert_eq!(app.stored().await, stored);
    assert_eq!(signed_by(&app, "a third secret", &hi(NUMBER, "wamid.6")).await, 403);
    assert_whole(&app.app.db).await;
}
