//! Requests that come again, and answers that come at once.

use super::{begin, say};
use crate::harness::{Place, Reply, TestApp};
use serde_json::json;

async fn keyed(app: &TestApp, session: &str, text: &str, key: &str) -> Reply {
    let body = json!({"session_id": session, "answer_text": text});
    app.send(app.request("POST", "/api/answer").header("idempotency-key", key).json(&body)).await
}

on_both! {
    a_repeat_gets_the_same_reply_and_changes_nothing,
    a_repeat_is_known_after_a_restart,
    the_same_key_in_another_session_is_another_message,
    repeats_at_once_are_one_message,
    messages_of_one_session_at_once_are_all_kept_in_one_order,
}

async fn a_repeat_gets_the_same_reply_and_changes_nothing(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let first = keyed(&app, &id, "yes", "one").await;
    let stored = app.stored().await;
    let again = keyed(&app, &id, "yes", "one").await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!(app.stored().await, stored);
    let other = keyed(&app, &id, "Restaurant", "two").await;
    assert_eq!(other.ok()["question"]["key"], "location", "another key is another message");
}

async fn a_repeat_is_known_after_a_restart(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let first = keyed(&app, &id, "yes", "one").await;
    app.stop().await;
    let app = place.app().await;
    let stored = app.stored().await;
    assert_eq!(keyed(&app, &id, "yes", "one").await.body, first.body);
    assert_eq!(app.stored().await, stored);
    assert_eq!(say(&app, &id, "Restaurant").await["question"]["key"], "location", "and it goes on");
}

async fn the_same_key_in_another_session_is_another_message(place: Place) {
    let app = place.app().await;
    let (one, other) = (begin(&app).await, begin(&app).await);
    keyed(&app, &one, "yes", "key").await.ok();
    assert_eq!(keyed(&app, &other, "yes", "key").await.ok()["question"]["key"], "business_type");
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 2);
}

async fn repeats_at_once_are_one_message(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let replies = tokio::join!(
        keyed(&app, &id, "yes", "k"),
        keyed(&app, &id, "yes", "k"),
        keyed(&app, &id, "yes", "k"),
        keyed(&app, &id, "yes", "k"),
    );
    let replies = [replies.0, replies.1, replies.2, replies.3];
    assert!(replies.iter().all(|reply| reply.status == 200 && reply.body == replies[0].body), "{replies:?}");
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 1);
}

async fn messages_of_one_session_at_once_are_all_kept_in_one_order(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let said = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|text| {
        let (app, id) = (&app, &id);
        async move { say(app, id, text).await }
    });
    let [a, b, c, d, e, f, g, h] = said;
    tokio::join!(a, b, c, d, e, f, g, h);
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 8);
    let seen = app.get(&format!("/api/session/{id}")).await.ok();
    let directions: Vec<&str> =
        seen["messages"].as_array().unwrap().iter().map(|m| m["direction"].as_str().unwrap()).collect();
    assert!(
        directions.windows(2).all(|pair| pair != ["in", "in"]),
        "each is answered before the next: {directions:?}"
    );
}
