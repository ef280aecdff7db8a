//! Every item of every POST is handled: messages in order, notes beside the conversation, and none stops the others.

use super::{ANA, PATH, body, messages, open, post, say, taken, tap, text, told, whatsapp_app};
use crate::harness::{Place, START, texts};
use crate::whole::assert_whole;
use leadwire::channels::whatsapp::SIGNATURE_HEADER;
use serde_json::{Value as Json, json};

on_both! {
    every_payload_of_the_vectors_is_taken,
    a_conversation_with_buttons,
    an_old_button_changes_its_own_answer,
    a_button_this_conversation_does_not_know_answers_nothing,
    all_messages_of_one_post_in_order,
    twenty_posts_of_one_person_at_once_are_all_kept,
    a_repeat_changes_nothing,
    what_answers_nothing_disturbs_nothing,
    one_bad_item_does_not_stop_the_others,
    what_cannot_be_stored_now_is_asked_for_again,
    files_and_places_are_answers,
}

async fn every_payload_of_the_vectors_is_taken(place: Place) {
    let app = whatsapp_app(&place).await;
    let vectors: Json = serde_json::from_str(include_str!("../../vectors/whatsapp.json")).unwrap();
    let cases = vectors["meta_webhook_payloads"]["cases"].as_array().unwrap();
    // The same bytes twice, by both paths: Meta repeats.
    for path in [PATH, "/api/webhook/whatsapp"] {
        for case in cases {
            let (body, signature) =
                (case["body"].as_str().unwrap(), case["x_hub_signature_256"].as_str().unwrap());
            let request = app.request("POST", path).header(SIGNATURE_HEADER, signature).body(body.to_owned());
            let reply = app.send(request).await;
            assert_eq!(reply.status, 200, "{}: {reply:?}", case["name"]);
        }
        let kept = texts(&app.app.db, "provider_id", "messages WHERE direction = 'in' ORDER BY seq").await;
        let expected = ["01", "02", "04", "05", "07", "08", "10", "11", "13", "31", "32", "33", "34"];
        assert_eq!(kept, expected.map(|n| format!("wamid.TEST00{n}")), "{path}");
        let notes = texts(&app.app.db, "detail", "messages WHERE direction = 'note' ORDER BY seq").await;
        let expected = [
            r#"{"note":"reaction","about":"wamid.OUT0001"}"#,
            r#"{"note":"order"}"#,
            r#"{"note":"unsupported"}"#,
            r#"{"note":"number_changed"}"#,
            r#"{"note":"user_id_changed"}"#,
            r#"{"note":"edit","about":"wamid.TEST0001"}"#,
            r#"{"note":"revoke","about":"wamid.TEST0001"}"#,
            r#"{"note":"preference"}"#,
        ];
        assert_eq!(notes, expected, "{path}");
    }
    assert_eq!((app.count("persons").await, app.count("leads").await), (1, 1));
    assert_eq!(app.count("identities WHERE kind = 'phone'").await, 2, "the old number and the new one");
    assert_eq!(app.count("consents WHERE signal = 'stop'").await, 1);
    assert_eq!(app.count("leads WHERE sender_name = 'Ana Perez' AND message_count = 13").await, 1);
    assert_whole(&app.app.db).await;
}

async fn a_conversation_with_buttons(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    messages(&app, vec![tap("greeting:yes", "Yes", "wamid.1")]).await;
    messages(&app, vec![tap("business_type:Retail Store", "Retail", "wamid.2")]).await;
    say(&app, "Pune").await;
    assert_eq!(
        told(&app).await,
        [
            "Welcome! May I ask a few questions?",
            "What type of business do you run?",
            "Which city are you in?",
            "What would help you most?",
        ]
    );
    let value = texts(&app.app.db, "value", "answers WHERE step = 'business_type'").await;
    assert_eq!(
        value,
        [r#"{"kind":"choice","value":"Retail Store"}"#],
        "the option, whatever its button said"
    );
    assert_eq!(app.count("leads WHERE phone = '+16505551234' AND channel = 'whatsapp'").await, 1);
    assert_whole(&app.app.db).await;
}

async fn an_old_button_changes_its_own_answer(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    say(&app, "yes").await;
    messages(&app, vec![tap("business_type:Restaurant", "Restaurant", "wamid.1")]).await;
    assert_eq!(open(&app).await, "location");
    messages(&app, vec![tap("business_type:Retail Store", "Retail", "wamid.2")]).await;
    assert_eq!(open(&app).await, "location", "the question that is open stays open, and is no shop's name");
    let fields = texts(&app.app.db, "fields", "leads").await.remove(0);
    assert!(fields.contains("Retail Store") && !fields.contains("Restaurant"), "{fields}");
    assert_whole(&app.app.db).await;
}

async fn a_button_this_conversation_does_not_know_answers_nothing(place: Place) {
    let app = whatsapp_app(&place).await;
    // Of a conversation long past: it begins one like any other words.
    messages(&app, vec![tap("cta:Book a demo", "Book a demo", "wamid.1")]).await;
    assert_eq!(open(&app).await, "greeting");
    // Of a question that was not asked so far, and of none there is: whatever it says, it answers nothing.
    for (n, option) in ["location:Pune", "of_another_flow:x"].iter().enumerate() {
        messages(&app, vec![tap(option, "Yes", &format!("wamid.2{n}"))]).await;
        assert_eq!(open(&app).await, "greeting", "{option}");
        assert_eq!(told(&app).await.len(), n + 2, "the question is asked again");
    }
    assert_eq!(told(&app).await.last().map(String::as_str), Some("Welcome! May I ask a few questions?"));
    // Of another program: words like any others.
    for (n, option) in ["q1_yes", ":", ":x"].iter().enumerate() {
        messages(&app, vec![tap(option, "Perhaps", &format!("wamid.3{n}"))]).await;
        assert_eq!(open(&app).await, "greeting", "{option}");
    }
    messages(&app, vec![tap("q1_yes", "Yes", "wamid.4")]).await;
    assert_eq!(open(&app).await, "business_type");
    // What an option is called is no opt-out.
    messages(&app, vec![tap("business_type:Restaurant", "STOP", "wamid.5")]).await;
    assert_eq!((open(&app).await.as_str(), app.count("consents").await), ("location", 0));
}

async fn all_messages_of_one_post_in_order(place: Place) {
    let app = whatsapp_app(&place).await;
    let words = ["hi", "yes", "Restaurant", "Pune", "Billing", "asha@example.com"];
    let all: Vec<Json> = words.iter().enumerate().map(|(n, one)| text(one, &format!("wamid.{n}"))).collect();
    let other = json!({"from": "12195555358", "id": "wamid.other", "type": "text", "text": {"body": "hi"}});
    let (first, last) = all.split_at(3);
    let mut first = first.to_vec();
    first.insert(1, other);
    let change = |messages: &[Json]| body(&json!({"messages": messages}))["entry"][0].clone();
    let whole = json!({"object": "whatsapp_business_account", "entry": [change(&first), change(last)]});
    taken(&post(&app, &whole).await);
    let said = texts(
        &app.app.db,
        "body",
        "messages m JOIN identities i ON i.person_id = m.person_id AND i.kind = 'whatsapp'
        WHERE direction = 'in' AND i.value = '16505551234' ORDER BY m.seq",
    )
    .await;
    assert_eq!(said, words);
    assert_eq!(app.count("conversations WHERE open_step = 'cta'").await, 1);
    assert_eq!(app.count("conversations WHERE open_step = 'greeting'").await, 1, "the other person, too");
    assert_whole(&app.app.db).await;
}

async fn twenty_posts_of_one_person_at_once_are_all_kept(place: Place) {
    let app = whatsapp_app(&place).await;
    let twenty = (0..20).map(|n| {
        let app = &app;
        async move {
            post(app, &body(&json!({"messages": [text(&format!("words {n}"), &format!("wamid.{n}"))]}))).await
        }
    });
    for reply in crate::turns::all(twenty).await {
        taken(&reply);
    }
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 20);
    assert_eq!((app.count("persons").await, app.count("conversations").await), (1, 1));
    assert_whole(&app.app.db).await;
}

async fn a_repeat_changes_nothing(place: Place) {
    let app = whatsapp_app(&place).await;
    let reaction = json!({"from": ANA, "id": "wamid.r", "type": "reaction", "reaction": {"emoji": "👍", "message_id": "x"}});
    let nameless = json!({"from": ANA, "type": "text", "text": {"body": "without an id"}});
    let all = body(&json!({"messages": [text("hi", "wamid.1"), text("yes", "wamid.2"), reaction, nameless]}));
    taken(&post(&app, &all).await);
    let stored = app.stored().await;
    app.clock.advance(60_000);
    for _ in 0..3 {
        taken(&post(&app, &all).await);
    }
    assert_eq!(app.stored().await, stored);
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 3);
    // A later POST with some of it and something new.
    taken(&post(&app, &body(&json!({"messages": [text("yes", "wamid.2"), text("Pune", "wamid.9")]}))).await);
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 4);
    assert_whole(&app.app.db).await;
}

async fn what_answers_nothing_disturbs_nothing(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    say(&app, "yes").await;
    let before = (open(&app).await, told(&app).await);
    let notes = [
        json!({"type": "reaction", "reaction": {"emoji": "👍", "message_id": "wamid.1"}}),
        json!({"type": "edit", "edit": {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "Restaurant"}}}}),
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}}),
        json!({"type": "unsupported", "errors": [{"code": 131051}]}),
        json!({"type": "system", "system": {"type": "customer_identity_changed", "body": "x"}}),
        json!({"type": "order", "order": {"product_items": [{"product_retailer_id": "Restaurant", "quantity": 1}]}}),
        json!({"type": "hologram", "hologram": {"text": "Restaurant"}}),
        json!({"type": "text"}),
    ];
    for (n, note) in notes.iter().enumerate() {
        let mut note = note.clone();
        note["from"] = json!(ANA);
        note["id"] = json!(format!("wamid.note{n}"));
        messages(&app, vec![note]).await;
        assert_eq!((open(&app).await, told(&app).await), before, "{n}");
    }
    assert_eq!(app.count("messages WHERE direction = 'note'").await, 8, "all are kept");
    assert_eq!(
        app.count("leads WHERE message_count = 2 AND last_message = 'yes'").await,
        1,
        "and are no messages"
    );
    say(&app, "Restaurant").await;
    assert_eq!(open(&app).await, "location", "and it goes on");
    // Of somebody we never talked to there is nothing to keep.
    let stored = app.stored().await;
    messages(
        &app,
        vec![
            json!({"from": "12195555358", "id": "wamid.s", "type": "reaction", "reaction": {"emoji": "👍"}}),
        ],
    )
    .await;
    assert_eq!(app.stored().await, stored);
    assert_whole(&app.app.db).await;
}

async fn one_bad_item_does_not_stop_the_others(place: Place) {
    let app = whatsapp_app(&place).await;
    let value = json!({
        "contacts": "nonsense",
        "messages": [
            null, 7, "x", [], {}, {"from": {}, "type": "text"}, text("hi", "wamid.1"),
            {"from": ANA, "id": "wamid.nul", "type": "text", "text": {"body": "y\u{0}es"}},
            {"from": ANA, "id": "wamid.deep", "type": "interactive", "interactive": {"type": {"a": []}}},
        ],
        "statuses": [null, {"id": "wamid.x", "status": "flown"}, {"id": "wamid.y", "status": "sent"}],
        "errors": [{"code": 131000}],
    });
    taken(&post(&app, &body(&value)).await);
    let said = texts(&app.app.db, "body", "messages WHERE direction = 'in' ORDER BY seq").await;
    assert_eq!(said, ["hi", "yes"]);
    assert_whole(&app.app.db).await;
}

async fn what_cannot_be_stored_now_is_asked_for_again(place: Place) {
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    let stored = app.stored().await;
    app.app.turns.close();
    let refused = post(&app, &body(&json!({"messages": [text("yes", "wamid.2")]}))).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(app.stored().await, stored);
    app.stop().await;
    let app = whatsapp_app(&place).await;
    messages(&app, vec![text("yes", "wamid.2")]).await;
    assert_eq!(open(&app).await, "business_type");
    assert_eq!(app.clock.now(), START);
}

async fn files_and_places_are_answers(place: Place) {
    let flow = r#"
        id = "shop"
        title = "Sign-up"
        languages = ["en"]
        [start]
        channels = ["whatsapp"]
        default = true
        [[steps]]
        id = "photo"
        ask = "media"
        say = "A picture, please."
        [[steps]]
        id = "place"
        ask = "location"
        say = "Where are you?"
        [[steps]]
        id = "thanks"
        say = "Thank you!"
        end = "completed"
    "#;
    std::fs::write(place.flows().join("shop.toml"), flow).unwrap();
    let app = whatsapp_app(&place).await;
    say(&app, "hi").await;
    let picture = json!({"from": ANA, "id": "wamid.p", "type": "image", "image": {"id": "77", "mime_type": "image/jpeg"}});
    let here = json!({"from": ANA, "id": "wamid.l", "type": "location", "location": {"latitude": 18.52, "longitude": 73.85, "name": "Pune"}});
    messages(&app, vec![picture, here]).await;
    assert_eq!(told(&app).await, ["A picture, please.", "Where are you?", "Thank you!"]);
    let values = texts(&app.app.db, "value", "answers ORDER BY seq").await;
    assert!(values[0].contains("whatsapp-media:77") && values[1].contains("18.52"), "{values:?}");
}
