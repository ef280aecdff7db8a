//! What silence costs, on a clock turned by hand.

use super::{ASHA, FLOW, app_with, ledger, says, score};
use crate::harness::{Place, TestApp, number, texts};
use crate::turns::all;
use crate::whole::assert_whole;
use crate::work::{OURS, ask, hire, well};
use leadwire::clock::{Clock, DAY, Millis};
use leadwire::domain::access::Role;
use leadwire::service::silence;
use serde_json::json;
use tokio_util::sync::CancellationToken;

on_both!(
    silence_costs_what_is_said_once_on_whatever_server,
    whoever_answers_before_the_timer_has_lost_as_much,
    the_end_of_the_lead_is_the_end_of_it,
    sinks_are_not_told_of_silence_alone,
);

/// The flow, where silence costs something.
async fn app(place: &Place, clock: Clock) -> TestApp {
    let decay = "[scoring]\ndecay = { after = \"14d\", every = \"7d\", points = 6, floor = 5 }";
    app_with(place, &FLOW.replace("[scoring]", decay), clock).await
}

async fn fire(app: &TestApp) -> Option<Millis> {
    silence::fire_due(&app.app, 2, &CancellationToken::new()).await.unwrap()
}

async fn class(app: &TestApp) -> String {
    texts(&app.app.db, "class", "leads").await.remove(0)
}

async fn silence_costs_what_is_said_once_on_whatever_server(place: Place) {
    let first = app(&place, Clock::fixed(crate::harness::START)).await;
    let clock = first.clock.clone();
    says(&first, ASHA, &["hi", "Restaurant", "Many"]).await;
    assert_eq!((score(&first).await, class(&first).await.as_str()), (28, "MQL"));
    first.clock.advance(14 * DAY - 1);
    fire(&first).await;
    assert_eq!(score(&first).await, 28, "not yet");
    first.clock.advance(1);
    fire(&first).await;
    fire(&first).await;
    assert_eq!(score(&first).await, 22, "once");
    first.stop().await;

    clock.advance(8 * DAY);
    let app = app(&place, clock.clone()).await;
    fire(&app).await;
    assert_eq!((score(&app).await, class(&app).await.as_str()), (16, "Unqualified"), "after a restart");
    let came = texts(&app.app.db, "metadata", "behaviours WHERE action = 'silence' ORDER BY seq").await;
    assert_eq!(came.len(), 2);
    assert!(came[1].contains("decayed") && came[1].contains("Unqualified"), "{came:?}");

    let other = match place.database_url().starts_with("postgres") {
        true => Some(self::app(&place, clock).await),
        false => None,
    };
    app.clock.advance(60 * DAY);
    let places = [&app, other.as_ref().unwrap_or(&app), &app];
    all(places.map(fire)).await;
    assert_eq!(score(&app).await, 13, "five of what was done stay, and what was answered");
    let taken: Vec<String> = ledger(&app).await.into_iter().filter(|row| row.starts_with("decay")).collect();
    assert_eq!(taken, ["decay -6", "decay -6", "decay -3"]);
    assert_eq!(
        app.count("conversations WHERE next_timer_at IS NOT NULL").await,
        0,
        "nothing is left to look at"
    );
    assert_eq!(app.count("notices").await, 0);
    assert_whole(&app.app.db).await;

    says(&app, ASHA, &["Happy"]).await;
    assert_eq!(
        app.count("conversations WHERE next_timer_at IS NOT NULL").await,
        0,
        "there is nothing to take"
    );
    says(&app, ASHA, &["Pune"]).await;
    assert_eq!((score(&app).await, class(&app).await.as_str()), (23, "MQL"), "answers earn as ever");
    app.clock.advance(60 * DAY);
    assert_eq!(fire(&app).await, None, "what is completed stays as it is");
    assert_eq!(score(&app).await, 23);
    assert_whole(&app.app.db).await;
}

async fn whoever_answers_before_the_timer_has_lost_as_much(place: Place) {
    let app = app(&place, Clock::fixed(crate::harness::START)).await;
    says(&app, ASHA, &["hi", "Restaurant", "Many"]).await;
    app.clock.advance(21 * DAY);
    says(&app, ASHA, &["Happy"]).await;
    assert_eq!(score(&app).await, 28 - 12);
    fire(&app).await;
    assert_eq!(score(&app).await, 28 - 12, "and silence begins anew");
    app.clock.advance(14 * DAY);
    fire(&app).await;
    assert_eq!(score(&app).await, 28 - 15);
    assert_whole(&app.app.db).await;
}

async fn the_end_of_the_lead_is_the_end_of_it(place: Place) {
    let app = app(&place, Clock::fixed(crate::harness::START)).await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let ends = [
        ("+14155550101", Some(("convert", json!({"customer_ref": "C-1"})))),
        ("+14155550102", Some(("close", json!({"reason": "Moved away"})))),
        ("+14155550103", None),
    ];
    for (phone, end) in &ends {
        says(&app, phone, &["hi", "Restaurant", "Many"]).await;
        if let Some((how, body)) = end {
            let lead = number(&app.app.db, format!("SELECT id FROM leads WHERE phone = '{phone}'")).await;
            well(&ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{lead}/{how}"), Some(body)).await);
        }
    }
    app.clock.advance(50 * DAY);
    fire(&app).await;
    let scores = texts(&app.app.db, "score", "leads ORDER BY phone").await;
    assert_eq!(scores, ["28", "28", "13"]);
    assert_eq!(fire(&app).await, None);
    // Who writes after all has lost nothing by it.
    says(&app, ends[0].0, &["Happy"]).await;
    assert_eq!(
        number(&app.app.db, format!("SELECT score FROM leads WHERE phone = '{}'", ends[0].0)).await,
        28
    );
    assert_whole(&app.app.db).await;
}

async fn sinks_are_not_told_of_silence_alone(place: Place) {
    let app = app(&place, Clock::fixed(crate::harness::START)).await;
    says(&app, ASHA, &["hi", "Restaurant", "Many"]).await;
    let revision = || number(&app.app.db, "SELECT revision FROM deliveries");
    let before = revision().await;
    app.clock.advance(14 * DAY);
    fire(&app).await;
    assert_eq!((score(&app).await, revision().await), (22, before), "nothing but time passed");
    says(&app, ASHA, &["Happy"]).await;
    assert_ne!(revision().await, before);
    let payload = texts(&app.app.db, "payload", "deliveries").await.remove(0);
    let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(payload["fields"]["points"], "22", "the next correction brings it along: {payload}");
}
