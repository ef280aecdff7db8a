//! Segments, and words in messages: found a moment after they were said, also after a crash.

use super::{OTHER, OURS, ask, entered, hire, id, two_centers, well};
use crate::harness::{Place, TestApp, execute};
use leadwire::domain::access::Role;
use leadwire::service::indexing;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

on_both!(
    leads_are_found_by_what_they_said,
    what_a_crash_left_is_read_at_the_next_start,
    segments_are_saved_filters,
    words_of_turns_come_a_moment_later,
    what_somebody_changed_between_is_told,
    the_index_is_kept_while_the_server_runs,
);

async fn listed(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let reply = ask(app, token, "GET", &format!("/api/v1/leads{query}"), None).await;
    let leads = well(&reply);
    leads.as_array().unwrap().iter().map(|lead| lead["phone_number"].as_str().unwrap().to_owned()).collect()
}

async fn say(app: &TestApp, from: &str, text: &str) {
    let sid = format!("SM{}", leadwire::ids::secret());
    assert_eq!(app.twilio_message(from, text, &sid).await.status, 200);
}

const ANN: &str = "+14155550101";
const BOB: &str = "+14155550102";

async fn leads_are_found_by_what_they_said(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    say(&app, ANN, "Hello, what does it COST?").await;
    say(&app, BOB, "क्या कीमत है? Café near me").await;
    say(&app, ANN, "And the price of two, please").await;
    indexing::read(&app.app).await.unwrap();
    let rows: [(&str, &[&str]); 9] = [
        ("?said=cost", &[ANN]),
        ("?said=pri+cos", &[ANN]),
        ("?said=cafe", &[BOB]),
        ("?said=%E0%A4%95%E0%A5%80%E0%A4%AE%E0%A4%A4", &[BOB]),
        ("?said=hello&search=4155550101", &[ANN]),
        ("?said=hello&search=4155550102", &[]),
        ("?said=near&channel=sms&status=ENQUIRY_RECEIVED", &[BOB]),
        ("?said=nothing+of+it", &[]),
        ("?said=%22%27", &[]),
    ];
    for (query, expected) in rows {
        assert_eq!(listed(&app, &who.token, query).await, expected, "{query}");
    }
    let ours = listed(&app, &who.token, "").await;
    assert_eq!(ours.len(), 2);
    let greeting = app.count("messages WHERE direction = 'out'").await;
    assert!(greeting > 0);
    assert_eq!(
        listed(&app, &who.token, "?said=welcome").await,
        Vec::<String>::new(),
        "what we said is not theirs"
    );
    let stranger = hire(&app, OTHER, Role::Counselor).await;
    assert_eq!(listed(&app, &stranger.token, "?said=hello").await, Vec::<String>::new());
}

async fn what_a_crash_left_is_read_at_the_next_start(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    say(&app, ANN, "Hello").await;
    indexing::read(&app.app).await.unwrap();
    say(&app, ANN, "elephants").await;
    say(&app, BOB, "giraffes").await;
    // Nobody has read it when the process ends.
    app.stop().await;
    let app = place.app().await;
    assert_eq!(listed(&app, &who.token, "?said=elephants").await, Vec::<String>::new());
    indexing::catch_up(&app.app, &CancellationToken::new()).await.unwrap();
    assert_eq!(listed(&app, &who.token, "?said=elephants").await, [ANN]);
    assert_eq!(listed(&app, &who.token, "?said=giraffes").await, [BOB]);
    assert_eq!(listed(&app, &who.token, "?said=hello").await, [ANN], "what was read before is there still");
    // Nothing is behind now: read again, it would be written again.
    execute(&app.app.db, "UPDATE message_index SET seq = seq + 100").await;
    indexing::catch_up(&app.app, &CancellationToken::new()).await.unwrap();
    assert_eq!(app.count("message_index WHERE seq < 100").await, 0);
}

async fn the_index_is_kept_while_the_server_runs(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let stopped = CancellationToken::new();
    let kept = tokio::spawn(indexing::run(app.app.clone(), stopped.clone()));
    say(&app, ANN, "elephants").await;
    let found = async {
        while listed(&app, &who.token, "?said=elephants").await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), found).await.expect("it is found");
    stopped.cancel();
    kept.await.unwrap();
}

/// What a turn learns of a lead is found once the index has taken it up, also where the process ended before; what is entered is found at once.
async fn words_of_turns_come_a_moment_later(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let found = async || listed(&app, &who.token, "?search=41555501").await;
    say(&app, ANN, "Hello").await;
    assert_eq!(found().await, Vec::<String>::new());
    entered(&app, &who.token, BOB).await;
    assert_eq!(found().await, [BOB]);
    indexing::read(&app.app).await.unwrap();
    assert_eq!(found().await, [BOB, ANN]);
    assert_eq!(app.count("lead_words_due").await, 0);
    let cid = "+14155550103";
    say(&app, cid, "Hello").await;
    indexing::catch_up(&app.app, &CancellationToken::new()).await.unwrap();
    assert_eq!(found().await, [cid, BOB, ANN]);
}

async fn segments_are_saved_filters(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    say(&app, ANN, "What does it cost?").await;
    say(&app, BOB, "What does it cost?").await;
    indexing::read(&app.app).await.unwrap();
    let add = async |body: Json| ask(&app, &who.token, "POST", "/api/v1/segments", Some(&body)).await;
    let price =
        json!({"name": "Asked for a price", "filter": {"said": "cost", "status": "ENQUIRY_RECEIVED"}});
    let segment = well(&add(price.clone()).await);
    assert_eq!((&segment["leads"], &segment["created_by_id"]), (&json!(2), &json!(who.user_id)));
    assert_eq!(segment["filter"], price["filter"]);
    assert_eq!(add(price).await.status, 409, "a name is one segment's");
    let query = format!("?segment={}", id(&segment));
    assert_eq!(listed(&app, &who.token, &query).await, [BOB, ANN]);
    assert_eq!(listed(&app, &who.token, &format!("{query}&search=4155550101")).await, [ANN], "narrowed");
    assert_eq!(listed(&app, &who.token, &format!("{query}&status=CONVERTED")).await, Vec::<String>::new());
    let page = ask(&app, &who.token, "GET", &format!("/api/v1/leads{query}&limit=1"), None).await;
    assert!(page.header("link").contains("segment="), "{page:?}");
    let path = format!("/api/v1/segments/{}", id(&segment));
    let changed = json!({"filter": {"said": "cost", "assigned_to": "me"}});
    assert_eq!(well(&ask(&app, &who.token, "PATCH", &path, Some(&changed)).await)["leads"], 0);
    let all = well(&ask(&app, &who.token, "GET", "/api/v1/segments", None).await);
    assert_eq!((&all[0]["name"], &all[0]["filter"]), (&json!("Asked for a price"), &changed["filter"]));
    for (filter, status) in [
        (json!({"status": "OPEN"}), 400),
        (json!({"from": "soon"}), 422),
        (json!({"colour": "red"}), 400),
        (json!([]), 400),
    ] {
        assert_eq!(add(json!({"name": "x", "filter": filter})).await.status, status, "{filter}");
    }
    assert_eq!(ask(&app, &who.token, "DELETE", &path, None).await.status, 204);
    assert_eq!(ask(&app, &who.token, "GET", &path, None).await.status, 404);
    let gone = ask(&app, &who.token, "GET", &format!("/api/v1/leads{query}"), None).await;
    assert_eq!(gone.status, 404);
    assert_eq!(app.count("leads").await, 2);
}

/// Whoever changes a segment or somebody as they saw them a while ago is told how they are now, and nothing is changed.
async fn what_somebody_changed_between_is_told(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let ask =
        async |method: &str, path: &str, body: Json| ask(&app, &admin.token, method, path, Some(&body)).await;
    let segment = well(&ask("POST", "/api/v1/segments", json!({"name": "A", "filter": {}})).await);
    let user = json!({"email": "ann@example.com", "name": "Ann", "role": "COUNSELOR"});
    let user = well(&ask("POST", "/api/v1/users", user).await);
    let segment = (
        format!("/api/v1/segments/{}", id(&segment)),
        json!({"filter": {"status": "CONVERTED"}}),
        "/filter/status",
    );
    let user = (format!("/api/v1/users/{}", id(&user)), json!({"name": "Anna"}), "/name");
    for (path, mut change, pointer) in [segment, user] {
        let first = ask("PATCH", &path, change.clone()).await;
        assert_eq!(first.header("etag"), "\"1\"", "{path}: {first:?}");
        change["version"] = json!(0);
        let stale = ask("PATCH", &path, change.clone()).await;
        assert_eq!(stale.status, 409, "{path}: {stale:?}");
        let problem = stale.json();
        let seen = well(&first);
        assert_eq!(problem["version"], 1, "{path}");
        assert_eq!(
            problem["changes"][0]["detail"].pointer(pointer),
            seen.pointer(pointer),
            "{path}: {problem}"
        );
        change["version"] = json!(1);
        assert_eq!(well(&ask("PATCH", &path, change).await)["version"], 2, "{path}");
    }
}
