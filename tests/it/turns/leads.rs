//! The first message of anyone unknown makes a lead; later ones update it.

use super::ASHA;
use crate::harness::{MESSAGES, OUR_NUMBER, Place, START, TestApp, text_message};
use leadwire::store::db::{Exec, Sql};

on_both! {
    a_first_message_makes_a_lead,
    later_messages_update_it,
    what_somebody_sends_without_words_counts,
}

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Lead {
    sender_name: Option<String>,
    phone: Option<String>,
    channel: String,
    status: String,
    first_message: Option<String>,
    last_message: Option<String>,
    message_count: i64,
    is_active: bool,
    created_at: i64,
    updated_at: i64,
    last_message_at: Option<i64>,
}

async fn the_lead(app: &TestApp) -> Lead {
    const ALL: Sql = Sql::same(
        "SELECT sender_name, phone, channel, status, first_message, last_message, message_count, is_active, created_at,
                updated_at, last_message_at FROM leads",
    );
    let mut leads: Vec<Lead> = app.app.db.fetch_all(ALL, vec![]).await.unwrap();
    assert_eq!(leads.len(), 1);
    leads.remove(0)
}

async fn named(app: &TestApp, name: &str, text: &str, sid: &str) {
    let from = format!("whatsapp:{ASHA}");
    let mut form = text_message(&from, text, sid);
    form.push(("ProfileName", name));
    assert_eq!(app.twilio(MESSAGES, &form).await.texts().len(), 1);
}

fn first() -> Lead {
    Lead {
        sender_name: Some("Asha Rao".into()),
        phone: Some(ASHA.into()),
        channel: "whatsapp".into(),
        status: "ENQUIRY_RECEIVED".into(),
        first_message: Some("hi".into()),
        last_message: Some("hi".into()),
        message_count: 1,
        is_active: true,
        created_at: START,
        updated_at: START,
        last_message_at: Some(START),
    }
}

async fn a_first_message_makes_a_lead(place: Place) {
    let app = place.app().await;
    named(&app, " Asha Rao ", "hi", "SM1").await;
    assert_eq!(the_lead(&app).await, first());
}

async fn later_messages_update_it(place: Place) {
    let app = place.app().await;
    named(&app, "Asha Rao", "hi", "SM1").await;
    app.clock.advance(60_000);
    named(&app, "Asha R.", "yes", "SM2").await;
    let second = Lead {
        sender_name: Some("Asha R.".into()),
        last_message: Some("yes".into()),
        message_count: 2,
        updated_at: START + 60_000,
        last_message_at: Some(START + 60_000),
        ..first()
    };
    assert_eq!(the_lead(&app).await, second);
    app.clock.advance(60_000);
    super::say(&app, ASHA, "hello by SMS").await;
    let third = Lead {
        last_message: Some("hello by SMS".into()),
        message_count: 3,
        updated_at: START + 120_000,
        last_message_at: Some(START + 120_000),
        ..second
    };
    assert_eq!(
        the_lead(&app).await,
        Lead { channel: the_lead(&app).await.channel, ..third },
        "the name stays"
    );
}

async fn what_somebody_sends_without_words_counts(place: Place) {
    let app = place.app().await;
    let form = [
        ("MessageSid", "MM1"),
        ("From", ASHA),
        ("To", OUR_NUMBER),
        ("Body", ""),
        ("NumMedia", "1"),
        ("MediaUrl0", "https://media.example.com/1"),
        ("MediaContentType0", "image/jpeg"),
    ];
    assert_eq!(app.twilio(MESSAGES, &form).await.texts().len(), 1);
    assert_eq!(app.count("messages WHERE direction = 'in' AND detail LIKE '%media.example.com/1%'").await, 1);
    assert_eq!(the_lead(&app).await.message_count, 1);
}
