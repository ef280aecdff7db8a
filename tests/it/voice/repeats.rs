//! A webhook that comes again gets the same document, byte for byte, and changes nothing.

use super::{ASHA, Phone, desk};
use crate::harness::Place;

on_both! {
    a_repeat_gets_the_same_document,
    after_back_it_is_a_new_turn,
}

async fn a_repeat_gets_the_same_document(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, first) = Phone::call(&app, ASHA, "desk").await;
    let action = phone.action.clone();
    phone.action = "/webhooks/twilio/voice?flow=desk".to_owned();
    let stored = app.stored().await;
    assert_eq!(phone.post(&[("CallStatus", "ringing")]).await.xml, first.xml);
    assert_eq!(app.stored().await, stored);

    let second = phone.presses("3").await;
    assert_ne!(second.xml, first.xml);
    let stored = app.stored().await;
    app.clock.advance(60_000);
    for _ in 0..2 {
        phone.action.clone_from(&action);
        // What comes along may differ; the turn is the same.
        assert_eq!(phone.presses("4").await.xml, second.xml);
    }
    assert_eq!(app.stored().await, stored);
    let third = phone.presses("03142026").await;
    phone.action = action;
    assert_eq!(phone.presses("3").await.xml, second.xml, "late, after the next");
    assert_ne!(third.xml, second.xml);
    phone.hangs_up().await;
    let stored = app.stored().await;
    phone.hangs_up().await;
    assert_eq!(app.stored().await, stored, "an end that is reported twice");
}

async fn after_back_it_is_a_new_turn(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut phone, _) = Phone::call(&app, ASHA, "desk").await;
    let first = phone.action.clone();
    phone.presses("3").await;
    phone.presses("*").await;
    assert_ne!(phone.action, first, "the same question, another turn");
    assert!(phone.presses("4").await.says().starts_with("Which day?"));
    assert_eq!(app.count("answers WHERE value LIKE '%Delta%'").await, 1);
}
