//! A score is the sum of its ledger, whatever somebody does.

use super::say;
use crate::harness::{Place, number};
use crate::whole::assert_whole;

on_both!(a_score_is_the_sum_of_its_ledger);

const WORDS: [&str; 16] = [
    "yes",
    "Restaurant",
    "Retail Store",
    "Pune, near the old station",
    "1, 3",
    "Billing",
    "asha@example.com",
    "Book a demo",
    "Not now",
    "back",
    "back",
    "restart",
    "skip",
    "change city",
    "change business type",
    "fourteen ducks",
];

async fn a_score_is_the_sum_of_its_ledger(place: Place) {
    let app = place.app().await;
    let db = &app.app.db;
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    let (mut highest, mut reversed) = (0, 0);
    for person in 0..3 {
        let phone = format!("+1415555{person:04}");
        say(&app, &phone, "hi").await;
        for _ in 0..120 {
            // xorshift: the same walk every time.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            say(&app, &phone, WORDS[(random % WORDS.len() as u64) as usize]).await;
            app.clock.advance((random >> 32) as i64 % 200_000);
        }
        assert_whole(db).await;
        highest = highest.max(number(db, "SELECT MAX(score) FROM leads").await);
        reversed = number(db, "SELECT COUNT(*) FROM score_entries WHERE reverses").await;
    }
    assert!(highest > 0 && reversed > 10, "something was earned and taken back: {highest}, {reversed}");
    let sums = "SELECT COUNT(*) FROM leads l JOIN conversations c ON c.lead_id = l.id WHERE c.id =
        (SELECT MAX(id) FROM conversations WHERE lead_id = l.id) AND l.score = c.score AND c.score =
        (SELECT SUM(points) FROM score_entries s WHERE s.conversation_id = c.id)";
    assert_eq!(number(db, sums).await, 3);
}
