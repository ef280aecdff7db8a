//! What experiments have shown: counted, compared, and not trusted where people were divided badly.

use super::{OTHER, OURS, Somebody, ask, hire, two_centers, well};
use crate::harness::{Place, START, TestApp, execute};
use leadwire::clock::{HOUR, MINUTE};
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(
    a_winner_is_named_when_it_is_sure,
    only_goals_after_the_exposure_count,
    people_who_were_divided_badly_are_an_alarm,
    weights_that_changed_cannot_be_checked,
    experiments_of_one_s_own_center,
    what_cannot_be_asked,
);

const NAME: &str = "greeting_message";

/// Shows a variant to these persons, one minute after the start.
async fn shows(app: &TestApp, tenant: i64, experiment: &str, variant: &str, persons: std::ops::Range<i64>) {
    let at = START + MINUTE;
    let rows: Vec<String> = persons
        .map(|person| format!("({tenant}, '{experiment}', {person}, '{variant}', {person}, {at})"))
        .collect();
    let insert = "INSERT INTO exposures (tenant_id, experiment, person_id, variant, conversation_id, created_at) VALUES";
    execute(&app.app.db, format!("{insert} {}", rows.join(", "))).await;
}

/// Lets persons reach a goal at an instant, in the conversation of this number or in one of their own.
async fn reach(
    app: &TestApp,
    tenant: i64,
    goal: &str,
    persons: std::ops::Range<i64>,
    conversations: i64,
    at: i64,
) {
    let rows: Vec<String> = persons
        .map(|person| format!("({tenant}, {}, '{goal}', {person}, {at})", conversations + person))
        .collect();
    let insert = "INSERT INTO goals (tenant_id, conversation_id, goal, person_id, created_at) VALUES";
    execute(&app.app.db, format!("{insert} {}", rows.join(", "))).await;
}

async fn shown(app: &TestApp, who: &Somebody, query: &str) -> Json {
    well(&ask(app, &who.token, "GET", &format!("/api/v1/experiments/{NAME}{query}"), None).await)
}

async fn a_winner_is_named_when_it_is_sure(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let none = shown(&app, &who, "").await;
    assert_eq!(
        (&none["verdict"], &none["since"], &none["sample_ratio"]["state"]),
        (&json!("not_shown"), &Json::Null, &json!("unknown"))
    );
    assert_eq!(
        none["variants"][0],
        json!({"variant": "A", "weight": 1, "persons": 0, "converted": 0, "rate": null, "lift": null})
    );
    shows(&app, 1, NAME, "A", 0..200).await;
    shows(&app, 1, NAME, "B", 1_000..1_200).await;
    // Another center's, of the same persons' numbers, changes nothing.
    shows(&app, 2, NAME, "A", 0..150).await;
    let later = START + HOUR;
    reach(&app, 2, "demo_requested", 0..150, 0, later).await;
    reach(&app, 1, "demo_requested", 0..40, 0, later).await;
    let early = shown(&app, &who, "").await;
    assert_eq!(early["variants"][1]["converted"], 0);
    reach(&app, 1, "demo_requested", 1_000..1_048, 0, later).await;
    // 20 % against 24 %: anything may be true.
    let open = shown(&app, &who, "").await;
    assert_eq!((&open["verdict"], &open["winner"]), (&json!("undecided"), &Json::Null));
    assert!(open["words"].as_str().unwrap().contains("not known yet"), "{open}");
    reach(&app, 1, "demo_requested", 1_048..1_100, 0, later).await;
    let told = shown(&app, &who, "").await;
    assert_eq!((&told["verdict"], &told["winner"]), (&json!("decided"), &json!("B")), "{told}");
    assert!(
        told["words"].as_str().unwrap().starts_with("B (50.0 %) does better than A (20.0 %) by "),
        "{told}"
    );
    assert_eq!(
        (&told["goal"], &told["flows"]),
        (&json!("demo_requested"), &json!(["shop"])),
        "the experiment's own"
    );
    assert_eq!(told["since"], "2026-01-05T10:01:00Z");
    let [a, b] = &told["variants"].as_array().unwrap()[..] else { panic!("{told}") };
    // Wilson by hand: (0.2 + z²/400 ± z √(0.2·0.8/200 + z²/160000)) / (1 + z²/200), z² = 3.8415.
    assert_eq!(a["rate"], json!({"rate": 0.2, "low": 0.1505, "high": 0.2609}));
    assert_eq!((&a["persons"], &a["converted"], &a["lift"]), (&json!(200), &json!(40), &Json::Null));
    assert_eq!((&b["persons"], &b["converted"]), (&json!(200), &json!(100)));
    assert_eq!((&b["lift"]["difference"], &b["lift"]["relative"]), (&json!(0.3), &json!(1.5)));
    // v = 2 · 0.35149 · 0.64851 / 202 = 0.0022569; v + τ² = 0.0047569;
    // √(0.0022569 · 0.0047569 / 0.0025 · (2 ln 20 + ln 2.10772)) = 0.1701.
    assert_eq!((&b["lift"]["low"], &b["lift"]["high"]), (&json!(0.1299), &json!(0.4701)));
    assert_eq!((&told["sample_ratio"]["state"], &told["sample_ratio"]["p"]), (&json!("fine"), &json!(1.0)));
    // Another goal, by the name that clients use.
    assert_eq!(shown(&app, &who, "?goal=demo_request").await["goal"], "demo_requested");
    assert_eq!(shown(&app, &who, "?goal=completed").await["verdict"], "too_early");
}

async fn only_goals_after_the_exposure_count(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    shows(&app, 1, NAME, "A", 0..10).await;
    // Before it, and in the very turn that showed it.
    reach(&app, 1, "demo_requested", 0..1, 0, START).await;
    reach(&app, 1, "demo_requested", 1..2, 0, START + MINUTE).await;
    // Twice is once; before and after is after; somebody who was shown nothing is nobody.
    reach(&app, 1, "demo_requested", 2..3, 0, START + HOUR).await;
    reach(&app, 1, "demo_requested", 2..3, 100, START + 2 * HOUR).await;
    reach(&app, 1, "demo_requested", 3..4, 0, START).await;
    reach(&app, 1, "demo_requested", 3..4, 100, START + HOUR).await;
    reach(&app, 1, "demo_requested", 50..51, 0, START + HOUR).await;
    reach(&app, 1, "completed", 5..6, 0, START + HOUR).await;
    let converted = async |query: &str| shown(&app, &who, query).await["variants"][0]["converted"].clone();
    assert_eq!(converted("").await, 2);
    assert_eq!(converted("?goal=completed").await, 1);
    // What became of leads: of three that are converted, one was before.
    let leads: Vec<String> = [(7, START), (8, START + HOUR), (9, START + HOUR)]
        .iter()
        .map(|(person, at)| {
            format!("(1, {person}, {person}, 'CONVERTED', 'web', '{{}}', 0, 0, 'SQL', 0, TRUE, {START}, {START}, {at})")
        })
        .collect();
    let columns = "tenant_id, id, person_id, status, channel, fields, message_count, score, class, scored_in, is_active, created_at, updated_at,
                   converted_at";
    execute(&app.app.db, format!("INSERT INTO leads ({columns}) VALUES {}", leads.join(", "))).await;
    assert_eq!(converted("?goal=converted").await, 2);
    assert_eq!(converted("?goal=delivered").await, 0);
    let columns = "tenant_id, id, sink, key, lead_id, person_id, conversation_id, channel, event, lead_data, payload, revision, state,
                   submitted_at, created_at, updated_at";
    let later = START + HOUR;
    let delivery = format!(
        "(1, 1, 'crm', 'k', 9, 9, 9, 'web', 'completed', '{{}}', '{{}}', 1, 'delivered', {later}, {later}, {later})"
    );
    execute(&app.app.db, format!("INSERT INTO deliveries ({columns}) VALUES {delivery}")).await;
    assert_eq!(converted("?goal=delivered").await, 1);
}

async fn people_who_were_divided_badly_are_an_alarm(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    shows(&app, 1, NAME, "A", 0..200).await;
    shows(&app, 1, NAME, "B", 1_000..1_300).await;
    reach(&app, 1, "demo_requested", 0..20, 0, START + HOUR).await;
    reach(&app, 1, "demo_requested", 1_000..1_150, 0, START + HOUR).await;
    let told = shown(&app, &who, "").await;
    // (50² + 50²) / 250 = 20; of one degree of freedom that is 7.7 of a million.
    assert_eq!(told["sample_ratio"]["state"], "alarm");
    assert!((told["sample_ratio"]["p"].as_f64().unwrap() / 7.744e-6 - 1.0).abs() < 0.01, "{told}");
    assert!(told["sample_ratio"]["words"].as_str().unwrap().contains("8 of a million"), "{told}");
    assert_eq!(
        (&told["verdict"], &told["winner"]),
        (&json!("not_to_be_trusted"), &Json::Null),
        "though B seems far better"
    );
    assert!(told["words"].as_str().unwrap().starts_with("Do not trust"), "{told}");
}

async fn weights_that_changed_cannot_be_checked(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    shows(&app, 1, NAME, "A", 0..100).await;
    shows(&app, 1, NAME, "B", 1_000..1_100).await;
    let state = async || {
        let told = shown(&app, &who, "").await;
        (told["sample_ratio"]["state"].clone(), told["sample_ratio"]["words"].as_str().unwrap().to_owned())
    };
    assert_eq!(state().await.0, "fine");
    let file = place.flows().join("shop.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    let publish = async |text: &str| {
        app.clock.advance(HOUR);
        std::fs::write(&file, text).unwrap();
        assert_eq!(app.publish().await, ["shop"]);
    };
    // Other words are no other weights.
    publish(&before.replace("Which city are you in?", "Which town are you in?")).await;
    assert_eq!(state().await.0, "fine");
    publish(&before.replace("variants = { A = 1, B = 1 }", "variants = { A = 1, B = 3 }")).await;
    let (told, words) = state().await;
    assert!(told == "unknown" && words.contains("weights changed"), "{words}");
    publish(&before.replace("Which city are you in?", "Which village are you in?")).await;
    assert_eq!(state().await.0, "unknown", "also when they are changed back");
    // An experiment that is in no flow any more.
    shows(&app, 1, "old", "X", 0..150).await;
    let old = well(&ask(&app, &who.token, "GET", "/api/v1/experiments/old", None).await);
    assert!(old["sample_ratio"]["words"].as_str().unwrap().contains("no flow in force"), "{old}");
    assert_eq!((&old["goal"], &old["variants"][0]["weight"]), (&json!("completed"), &Json::Null));
}

async fn experiments_of_one_s_own_center(place: Place) {
    let app = two_centers(&place).await;
    let (who, stranger) = (hire(&app, OURS, Role::Counselor).await, hire(&app, OTHER, Role::Counselor).await);
    let list = async |who: &Somebody| well(&ask(&app, &who.token, "GET", "/api/v1/experiments", None).await);
    let new = json!([{"name": NAME, "flows": ["shop"], "persons": 0, "since": null, "last": null}]);
    assert_eq!(list(&who).await, new);
    assert_eq!(list(&stranger).await, json!([]));
    shows(&app, 2, "theirs", "A", 0..3).await;
    let theirs = json!([{"name": "theirs", "flows": [], "persons": 3, "since": "2026-01-05T10:01:00Z", "last": "2026-01-05T10:01:00Z"}]);
    assert_eq!((list(&who).await, list(&stranger).await), (new, theirs));
    let status = async |who: &Somebody, name: &str| {
        ask(&app, &who.token, "GET", &format!("/api/v1/experiments/{name}"), None).await.status
    };
    assert_eq!((status(&stranger, "theirs").await, status(&who, "theirs").await), (200, 404));
    assert_eq!((status(&stranger, NAME).await, status(&who, NAME).await), (404, 200));
}

async fn what_cannot_be_asked(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let long = format!("{NAME}?goal={}", "x".repeat(101));
    let rows: [(&str, u16, &str); 7] = [
        ("nothing", 404, "no such experiment"),
        ("a%00b", 404, "no such experiment"),
        (&format!("{NAME}?goal=danced"), 422, "goal must"),
        (&format!("{NAME}?goal="), 400, "goal must"),
        (&long, 400, "goal must"),
        (&format!("{NAME}?by=day"), 400, "by"),
        (&format!("{NAME}?center_id=2"), 404, "center"),
    ];
    for (path, status, says) in rows {
        let reply = ask(&app, &who.token, "GET", &format!("/api/v1/experiments/{path}"), None).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(says), "{path}: {reply:?}");
    }
    let reply = ask(&app, crate::harness::ADMIN_TOKEN, "GET", "/api/v1/experiments", None).await;
    assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/center_id")));
}
