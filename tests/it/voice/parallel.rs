//! Several people who call from one number at once, as from the desks of one company.

use super::{ASHA, Phone, desk};
use crate::harness::{Place, texts};
use crate::whole::assert_whole;

on_both! {
    two_calls_from_one_number_are_two_people,
    whoever_calls_again_at_once_goes_on,
}

async fn two_calls_from_one_number_are_two_people(place: Place) {
    let app = desk(&place, &[]).await;
    let (mut one, _) = Phone::call(&app, ASHA, "desk").await;
    let (mut other, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().starts_with("What is it about?"), "{}", heard.says());
    one.presses("1").await;
    other.presses("2").await;
    assert!(other.presses("03142026").await.says().starts_with("Which number reaches you?"));
    assert!(one.presses("*").await.says().starts_with("What is it about?"), "each stands where it stands");
    assert_eq!(app.count("persons").await, 2);
    other.hangs_up().await;
    assert_eq!(
        texts(&app.app.db, "outcome", "conversations WHERE outcome IS NOT NULL").await,
        ["interrupted"]
    );
    assert!(one.presses("3").await.says().starts_with("Which day?"), "the other's end is not this one's");
    assert_whole(&app.app.db).await;
}

async fn whoever_calls_again_at_once_goes_on(place: Place) {
    let app = desk(&place, &[]).await;
    let (one, _) = Phone::call(&app, ASHA, "desk").await;
    one.hangs_up().await;
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().starts_with("Welcome back!"), "{}", heard.says());
    app.clock.advance(60_000);
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.says().starts_with("Welcome back!"), "a line that was never closed: {}", heard.says());
    assert_eq!(app.count("persons").await, 1);
}
