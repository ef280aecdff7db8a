//! Sessions and answers.

use super::{begin, complete, say};
use crate::harness::Place;
use serde_json::{Value as Json, json};

on_both! {
    a_session_begins_with_the_first_question,
    the_body_of_a_start_may_be_left_out,
    a_start_may_name_language_and_flow,
    an_answer_moves_on,
    a_question_is_named_by_place_or_key,
    a_tapped_option_counts_whatever_its_label,
    what_cannot_be_read_is_asked_again,
    a_skipped_question_is_accepted_without_value,
    back_and_restart_are_messages,
    an_earlier_answer_is_replaced_by_naming_its_question,
    an_answer_to_a_question_that_was_not_asked_is_taken_for_no_other,
    the_end_is_told,
    stop_is_an_opt_out_unless_it_answers,
    a_session_is_seen_as_it_stands,
    a_long_session_shows_its_last_500_messages,
}

async fn a_session_begins_with_the_first_question(place: Place) {
    let app = place.app_with(&[("AB_TESTING_ENABLED", "false")]).await;
    let body = json!({"utm_source": "google", "unknown": 1});
    let started = app.post_json("/api/session/start", &body).await.ok();
    let id = started["session_id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let text = "Welcome! May I ask a few questions?";
    let expected = json!({
        "session_id": id,
        "message": "Session started successfully",
        "timestamp": "2026-01-05T10:00:00Z",
        "says": [{"text": text, "language": "en", "step": "greeting", "ask": "yes_no", "optional": false}],
        "question": {"id": 1, "key": "greeting", "ask": "yes_no", "options": [], "optional": false, "multiple": false},
        "language": "en",
        "languages": ["en", "es"],
        "title": "Sign-up",
        "score": 5,
        "class": "Unqualified",
        "open": true,
    });
    assert_eq!(started, expected);
    assert_eq!(app.count("conversations WHERE source = 'google'").await, 1);
}

async fn the_body_of_a_start_may_be_left_out(place: Place) {
    let app = place.app().await;
    let started = app.send(app.request("POST", "/api/session/start")).await.ok();
    assert_eq!(started["question"]["key"], "greeting");
}

async fn a_start_may_name_language_and_flow(place: Place) {
    let app = place.app_with(&[("AB_TESTING_ENABLED", "false")]).await;
    let started = app.post_json("/api/session/start", &json!({"language": "es"})).await.ok();
    assert_eq!(started["language"], "es");
    assert_eq!(started["says"][0]["text"], "¡Hola! ¿Puedo hacerle unas preguntas?");
    let started =
        app.post_json("/api/session/start", &json!({"language": "tlh", "flow": "survey"})).await.ok();
    assert_eq!((&started["language"], &started["title"]), (&json!("en"), &json!("A survey")));
    let before = app.stored().await;
    let refused = app.post_json("/api/session/start", &json!({"flow": "none"})).await;
    assert_eq!((refused.status, app.stored().await), (404, before));
}

async fn an_answer_moves_on(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    say(&app, &id, "yes").await;
    let body = json!({"session_id": id, "question_id": 2, "answer_text": "Restaurant", "time_taken": 3.5});
    let answered = app.post_json("/api/answer", &body).await.ok();
    let text = "Which city are you in?";
    let expected = json!({
        "accepted": true,
        "value": "Restaurant",
        "score": 25,
        "class": "Unqualified",
        "says": [{"text": text, "language": "en", "step": "location", "ask": "text", "optional": false}],
        "question": {"id": 3, "key": "location", "ask": "text", "options": [], "optional": false, "multiple": false},
        "language": "en",
        "open": true,
        "outcome": Json::Null,
    });
    assert_eq!(answered, expected);
    assert_eq!(app.count("messages WHERE detail LIKE '%\"taken_ms\":3500%'").await, 1);
}

async fn a_question_is_named_by_place_or_key(place: Place) {
    let app = place.app().await;
    for named in [json!(2), json!("2"), json!("business_type"), Json::Null] {
        let id = begin(&app).await;
        say(&app, &id, "yes").await;
        let body = json!({"session_id": id, "question_id": named, "answer_text": "Retail Store"});
        let answered = app.post_json("/api/answer", &body).await.ok();
        assert_eq!(
            (&answered["value"], &answered["question"]["id"]),
            (&json!("Retail Store"), &json!(3)),
            "{named}"
        );
    }
}

async fn a_tapped_option_counts_whatever_its_label(place: Place) {
    let app = place.app().await;
    let started = app.post_json("/api/session/start", &json!({"language": "es"})).await.ok();
    let id = started["session_id"].as_str().unwrap();
    let asked = say(&app, id, "sí").await;
    let options = json!([
        {"value": "Restaurant", "label": "Restaurante"},
        {"value": "Retail Store", "label": "Tienda", "short": "Tienda"},
    ]);
    assert_eq!(asked["question"]["options"], options);
    let body = json!({"session_id": id, "question_id": "business_type", "answer_text": "Tienda", "tapped": "Retail Store"});
    assert_eq!(app.post_json("/api/answer", &body).await.ok()["value"], "Retail Store");
    assert_eq!(say(&app, id, "Lima").await["question"]["multiple"], true);
}

async fn what_cannot_be_read_is_asked_again(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    say(&app, &id, "yes").await;
    let answered = say(&app, &id, "fourteen ducks").await;
    assert_eq!((&answered["accepted"], &answered["value"]), (&json!(false), &Json::Null));
    assert_eq!(answered["question"]["key"], "business_type");
    assert_eq!(answered["score"], 15, "nothing is earned");
}

async fn a_skipped_question_is_accepted_without_value(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    for text in ["yes", "Restaurant", "Pune", "Billing"] {
        say(&app, &id, text).await;
    }
    let skipped = say(&app, &id, "skip").await;
    assert_eq!((&skipped["accepted"], &skipped["value"]), (&json!(true), &Json::Null));
    assert_eq!(skipped["question"]["key"], "cta");
}

async fn back_and_restart_are_messages(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let before = say(&app, &id, "yes").await;
    say(&app, &id, "Restaurant").await;
    let back = say(&app, &id, "back").await;
    assert_eq!((&back["accepted"], &back["question"]), (&json!(false), &before["question"]));
    assert_eq!(back["score"], before["score"], "as though never answered");
    let restarted = say(&app, &id, "restart").await;
    assert_eq!((&restarted["question"]["key"], &restarted["score"]), (&json!("greeting"), &json!(5)));
}

async fn an_earlier_answer_is_replaced_by_naming_its_question(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    for text in ["yes", "Restaurant", "Pune"] {
        say(&app, &id, text).await;
    }
    let body = json!({"session_id": id, "question_id": "business_type", "answer_text": "Retail Store"});
    let answered = app.post_json("/api/answer", &body).await.ok();
    assert_eq!((&answered["accepted"], &answered["value"]), (&json!(true), &json!("Retail Store")));
    assert_eq!(answered["question"]["key"], "features_interested", "the open question stays");
    let summary = app.get(&format!("/api/lead/summary/{id}")).await.ok();
    assert_eq!(summary["lead_data"]["business_type"], "Retail Store");
    assert_eq!(summary["lead_data"]["location"], "Pune");
}

async fn an_answer_to_a_question_that_was_not_asked_is_taken_for_no_other(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    say(&app, &id, "yes").await;
    let before = app.stored().await;
    let rows = [
        (json!("location"), 409),
        (json!(5), 409),
        (json!(5.0), 409),
        (json!(5.5), 400),
        (json!("thanks"), 422),
        (json!("none"), 422),
        (json!(99), 422),
        (json!(0), 422),
    ];
    for (named, status) in rows {
        let body = json!({"session_id": id, "question_id": named, "answer_text": "Restaurant"});
        assert_eq!(app.post_json("/api/answer", &body).await.status, status, "{named}");
    }
    assert_eq!(app.stored().await, before);
}

async fn the_end_is_told(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let last = complete(&app, &id).await;
    assert_eq!(
        (&last["open"], &last["outcome"], &last["question"]),
        (&json!(false), &json!("completed"), &Json::Null)
    );
    assert_eq!(last["class"], "SQL");
    assert_eq!(last["says"][0]["text"], "Thank you!");
}

async fn stop_is_an_opt_out_unless_it_answers(place: Place) {
    let app = place.app().await;
    let id = begin(&app).await;
    let body = json!({"session_id": id, "question_id": "greeting", "answer_text": "stop"});
    app.post_json("/api/answer", &body).await.ok();
    assert_eq!(app.count("consents").await, 0);
    assert_ne!(say(&app, &id, "STOP").await["says"], json!([]), "confirmed once");
    assert_eq!(app.count("consents").await, 1);
    assert_eq!(say(&app, &id, "yes please do").await["says"], json!([]), "then silence");
}

async fn a_session_is_seen_as_it_stands(place: Place) {
    let app = place.app_with(&[("AB_TESTING_ENABLED", "false")]).await;
    let id = begin(&app).await;
    app.clock.advance(2_500);
    say(&app, &id, "yes\u{0}\u{7}").await;
    let seen = app.get(&format!("/api/session/{id}")).await.ok();
    let expected = json!({
        "session_id": id,
        "title": "Sign-up",
        "language": "en",
        "languages": ["en", "es"],
        "open": true,
        "outcome": Json::Null,
        "messages": [
            {"direction": "out", "text": "Welcome! May I ask a few questions?", "at": "2026-01-05T10:00:00Z"},
            {"direction": "in", "text": "yes", "at": "2026-01-05T10:00:02.5Z"},
            {"direction": "out", "text": "What type of business do you run?", "at": "2026-01-05T10:00:02.5Z"},
        ],
        "question": {
            "id": 2, "key": "business_type", "ask": "choice", "optional": false, "multiple": false,
            "options": [
                {"value": "Restaurant", "label": "Restaurant"},
                {"value": "Retail Store", "label": "Retail Store", "short": "Retail"},
            ],
        },
    });
    assert_eq!(seen, expected);
}

async fn a_long_session_shows_its_last_500_messages(place: Place) {
    let app = place.app_with(&[("RATE_LIMIT_PER_MINUTE", "10000")]).await;
    let id = begin(&app).await;
    for _ in 0..180 {
        say(&app, &id, "what?").await;
    }
    say(&app, &id, "last words").await;
    assert!(app.count("messages").await > 500);
    let seen = app.get(&format!("/api/session/{id}")).await.ok();
    let messages = seen["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 500);
    assert!(messages.iter().any(|message| message["text"] == "last words"), "the newest are shown");
}
