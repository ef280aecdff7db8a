//! A webhook that comes again gets the same reply, to the byte, and changes nothing.

use super::{ASHA, say};
use crate::harness::{Place, TestApp};
use crate::whole::assert_whole;

on_both! {
    a_repeat_gets_the_same_reply_and_changes_nothing,
    ten_repeats_at_once_are_one_message,
    a_repeat_is_known_after_a_restart,
    a_repeat_of_an_early_message_is_known_after_later_ones,
    the_same_id_from_another_person_is_another_message,
}

async fn a_repeat_gets_the_same_reply_and_changes_nothing(place: Place) {
    let app = place.app().await;
    for (text, sid) in [("hi", "SM1"), ("yes", "SM2"), ("nonsense", "SM3"), ("back", "SM4"), ("STOP", "SM5")]
    {
        let first = app.twilio_message(ASHA, text, sid).await;
        assert_eq!(first.status, 200);
        let stored = app.stored().await;
        app.clock.advance(1_000);
        for _ in 0..3 {
            let again = app.twilio_message(ASHA, text, sid).await;
            assert_eq!((again.status, &again.body), (200, &first.body), "{text}");
        }
        assert_eq!(app.stored().await, stored, "{text}");
    }
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 5);
    assert_eq!(app.count("leads WHERE message_count = 5").await, 1);
    assert_whole(&app.app.db).await;
}

async fn ten_repeats_at_once_are_one_message(place: Place) {
    let app = place.app().await;
    // Of somebody unknown, of a new message and of one that changes the score.
    for (text, sid) in [("hi", "SM1"), ("yes", "SM2"), ("Restaurant", "SM3")] {
        let replies = at_once(&[&app], text, sid).await;
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:#?}");
        assert_eq!(app.count(&format!("messages WHERE provider_id = '{sid}'")).await, 1);
    }
    assert_whole(&app.app.db).await;
}

async fn a_repeat_is_known_after_a_restart(place: Place) {
    let app = place.app().await;
    let first = app.twilio_message(ASHA, "hi", "SM1").await;
    app.stop().await;
    let app = place.app().await;
    let stored = app.stored().await;
    assert_eq!(app.twilio_message(ASHA, "hi", "SM1").await.body, first.body);
    assert_eq!(app.stored().await, stored);
    assert!(say(&app, ASHA, "yes").await[0].starts_with("What type"), "and it goes on");
}

async fn a_repeat_of_an_early_message_is_known_after_later_ones(place: Place) {
    let app = place.app().await;
    let first = app.twilio_message(ASHA, "hi", "SM1").await;
    super::complete(&app, ASHA).await;
    app.clock.advance(7 * leadwire::clock::DAY);
    say(&app, ASHA, "hi").await;
    let stored = app.stored().await;
    assert_eq!(app.twilio_message(ASHA, "hi", "SM1").await.body, first.body, "from an earlier conversation");
    assert_eq!(app.stored().await, stored);
}

async fn the_same_id_from_another_person_is_another_message(place: Place) {
    let app = place.app().await;
    app.twilio_message(ASHA, "hi", "SM1").await;
    app.twilio_message("+14155550199", "hi", "SM1").await;
    assert_eq!(app.count("persons").await, 2);
}

#[test]
fn a_repeat_is_known_on_another_replica() {
    crate::harness::on_postgres(async |place: Place| {
        let (one, other) = (place.app().await, place.app().await);
        let first = one.twilio_message(ASHA, "hi", "SM1").await;
        let stored = one.stored().await;
        assert_eq!(other.twilio_message(ASHA, "hi", "SM1").await.body, first.body);
        assert_eq!(other.stored().await, stored);
        for (text, sid) in [("yes", "SM2"), ("Restaurant", "SM3"), ("Pune", "SM4")] {
            let replies = at_once(&[&one, &other], text, sid).await;
            assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:#?}");
        }
        let stranger = at_once_from(&[&one, &other], "+14155550777", "hi", "SM9").await;
        assert!(stranger.iter().all(|reply| *reply == stranger[0]), "{stranger:#?}");
        assert_eq!(one.count("persons").await, 2);
        assert_eq!(one.count("messages WHERE direction = 'in'").await, 5);
        assert_whole(&one.app.db).await;
    });
}

/// The bodies that ten of the same webhook get, sent to these servers in turn, all at once.
async fn at_once(apps: &[&TestApp], text: &str, sid: &str) -> Vec<String> {
    at_once_from(apps, ASHA, text, sid).await
}

async fn at_once_from(apps: &[&TestApp], from: &str, text: &str, sid: &str) -> Vec<String> {
    let ten = (0..10).map(|n| apps[n % apps.len()].twilio_message(from, text, sid));
    let replies = super::order::all(ten).await;
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    replies.into_iter().map(|reply| reply.body).collect()
}
