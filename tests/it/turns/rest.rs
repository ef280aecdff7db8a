//! After the end: what is complete rests for a day.

use super::{ASHA, GREETING, complete, plain_app, say};
use crate::harness::Place;
use leadwire::clock::{DAY, HOUR};

const RESTS: &str = "Thank you, we have everything. Say restart to begin again.";

on_both! {
    thanks_begin_nothing,
    a_keyword_begins_anew,
    after_a_day_anything_begins_anew,
    what_was_declined_does_not_rest,
}

async fn thanks_begin_nothing(place: Place) {
    let app = plain_app(&place).await;
    assert_eq!(complete(&app, ASHA).await, ["Thank you!"]);
    assert_eq!(say(&app, ASHA, "thanks!").await, [RESTS]);
    app.clock.advance(DAY - HOUR);
    assert_eq!(say(&app, ASHA, "ok").await, [RESTS], "the whole day");
    assert_eq!(app.count("conversations").await, 1);
    assert_eq!(app.count("leads WHERE score >= 60 AND class = 'SQL'").await, 1);
}

async fn a_keyword_begins_anew(place: Place) {
    let app = plain_app(&place).await;
    for (n, word) in ["Demo", "restart", "START"].into_iter().enumerate() {
        let phone = format!("+1415555{n:04}");
        complete(&app, &phone).await;
        assert_eq!(say(&app, &phone, word).await, [GREETING], "{word}");
        assert_eq!(app.count("conversations").await, 2 * (n as i64 + 1), "{word}");
        assert!(say(&app, &phone, "yes").await[0].starts_with("What type"), "{word}: and it goes on");
    }
}

async fn after_a_day_anything_begins_anew(place: Place) {
    let app = plain_app(&place).await;
    complete(&app, ASHA).await;
    app.clock.advance(DAY + 1);
    assert_eq!(say(&app, ASHA, "thanks").await, [GREETING]);
    assert_eq!(app.count("conversations").await, 2);
    assert_eq!((app.count("persons").await, app.count("leads").await), (1, 1), "of the same person");
}

async fn what_was_declined_does_not_rest(place: Place) {
    let app = plain_app(&place).await;
    say(&app, ASHA, "hi").await;
    assert_eq!(say(&app, ASHA, "no").await, ["No problem."]);
    assert_eq!(say(&app, ASHA, "hello again").await, [GREETING]);
}
