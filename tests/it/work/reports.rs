//! What became of leads: every number worked out by hand.

use super::{OTHER, OURS, Somebody, ask, enquiry, entered, hire, id, two_centers, well};
use crate::harness::{ADMIN_TOKEN, Place, START, TestApp, execute};
use leadwire::clock::{DAY, HOUR, MINUTE};
use leadwire::domain::access::Role;
use leadwire::ids;
use serde_json::{Value as Json, json};

on_both!(
    conversion_by_everything,
    the_hundred_largest_groups_and_all_others,
    time_in_each_stage,
    what_follow_ups_come_to,
    why_leads_are_closed,
    nothing_is_reported_of_nothing,
    bad_parameters_are_named,
);

async fn report(app: &TestApp, token: &str, path: &str) -> Json {
    well(&ask(app, token, "GET", &format!("/api/v1/reports/{path}"), None).await)
}

async fn enters(app: &TestApp, who: &Somebody, n: i64, source: &str) -> i64 {
    let mut form = enquiry(&format!("+1415555{n:04}"));
    form["source"] = json!(source);
    id(&well(&ask(app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await))
}

async fn does(app: &TestApp, who: &Somebody, method: &str, path: &str, body: Json) -> Json {
    well(&ask(app, &who.token, method, &format!("/api/v1/{path}"), Some(&body)).await)
}

async fn converts(app: &TestApp, who: &Somebody, lead: i64) {
    does(app, who, "POST", &format!("leads/{lead}/convert"), json!({"customer_ref": "C"})).await;
}

async fn conversion_by_everything(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let stranger = hire(&app, OTHER, Role::CenterAdmin).await;
    let mut leads = Vec::new();
    for (n, source) in ["WALK_IN", "WALK_IN", "WALK_IN", "WALK_IN", "REFERRAL", "REFERRAL"].iter().enumerate()
    {
        leads.push(enters(&app, &who, n as i64, source).await);
    }
    app.twilio_message("+14155550099", "Hello", "SM1").await.texts();
    execute(&app.app.db, "UPDATE exposures SET variant = 'B'").await;
    let theirs = [enters(&app, &stranger, 10, "WALK_IN").await, enters(&app, &stranger, 11, "WALK_IN").await];
    converts(&app, &stranger, theirs[0]).await;
    // WALK_IN: after 1, 3 and 8 hours, and one that was taken back. REFERRAL: after 2 and 4 days.
    for (at, lead) in [(HOUR, 0), (3 * HOUR, 1), (8 * HOUR, 2), (2 * DAY, 4), (4 * DAY, 5)] {
        app.clock.advance(START + at - app.clock.now());
        converts(&app, &who, leads[lead]).await;
    }
    converts(&app, &who, leads[3]).await;
    does(&app, &who, "POST", &format!("leads/{}/reopen", leads[3]), json!({"reason": "a mistake"})).await;

    let told = report(&app, &who.token, "conversion").await;
    assert_eq!((&told["by"], &told["period"]["time_zone"]), (&json!("source"), &json!("UTC")));
    assert_eq!(told["period"]["to"], "2026-01-10T00:00:00Z", "until the end of today");
    assert_eq!(told["period"]["from"], "2025-10-12T00:00:00Z", "ninety days");
    let total = &told["total"];
    assert_eq!((&total["leads"], &total["converted"]), (&json!(7), &json!(5)));
    // (1 + 3 + 8 + 48 + 96) / 5
    assert_eq!(total["average_time"], json!({"ms": 156 * HOUR / 5, "hours": 31.2, "words": "1 day 7 hours"}));
    assert_eq!(total["median_time"]["hours"], 8.0);
    let groups = told["groups"].as_array().unwrap();
    let names: Vec<&Json> = groups.iter().map(|group| &group["name"]).collect();
    assert_eq!(names, [&json!("WALK_IN"), &json!("REFERRAL"), &Json::Null], "the most leads first");
    let [walk_in, referral, none] = &groups[..] else { panic!("{groups:?}") };
    assert_eq!((&walk_in["leads"], &walk_in["converted"]), (&json!(4), &json!(3)));
    assert_eq!(walk_in["rate"], json!({"rate": 0.75, "low": 0.3006, "high": 0.9544}));
    assert_eq!(
        (&walk_in["average_time"]["hours"], &walk_in["median_time"]["hours"]),
        (&json!(4.0), &json!(3.0))
    );
    assert_eq!((&referral["converted"], &referral["median_time"]["words"]), (&json!(2), &json!("3 days")));
    assert_eq!(
        (&none["leads"], &none["converted"], &none["median_time"]),
        (&json!(1), &json!(0), &Json::Null)
    );
    assert_eq!(told["other"], Json::Null);

    let by = async |by: &str| {
        let told = report(&app, &who.token, &format!("conversion?by={by}")).await;
        let groups = told["groups"].as_array().unwrap().iter();
        let told = groups
            .map(|group| json!([group["experiment"], group["name"], group["leads"], group["converted"]]));
        Json::Array(told.collect())
    };
    assert_eq!(by("channel").await, json!([[null, "enquiry", 6, 5], [null, "sms", 1, 0]]));
    assert_eq!(by("flow").await, json!([[null, null, 6, 5], [null, "shop", 1, 0]]));
    assert_eq!(by("variant").await, json!([[null, null, 6, 5], ["greeting_message", "B", 1, 0]]));

    let leads = async |token: &str, query: &str| {
        report(&app, token, &format!("conversion?{query}")).await["total"]["leads"].as_i64().unwrap()
    };
    assert_eq!(leads(&who.token, "from=2026-01-05&to=2026-01-06").await, 7);
    assert_eq!(leads(&who.token, "from=2026-01-05T10:00:00Z&to=2026-01-05T10:00:01").await, 7);
    assert_eq!(leads(&who.token, "from=2026-01-06").await, 0);
    assert_eq!(leads(&who.token, "to=2026-01-05").await, 0);
    assert_eq!(leads(&stranger.token, "").await, 2, "their own");
    assert_eq!(leads(ADMIN_TOKEN, "center_id=2").await, 2);
    // There it is half past three in the afternoon.
    assert_eq!(leads(ADMIN_TOKEN, "center_id=2&from=2026-01-05T15:30:00&to=2026-01-05T15:31:00").await, 2);
}

/// A lead as a row: its number, source, and the hours after which it converted.
fn row(tenant: i64, n: i64, source: &str, hours: Option<i64>) -> String {
    let id = ids::first_at(START) + n;
    let status = if hours.is_some() { "CONVERTED" } else { "ENQUIRY_RECEIVED" };
    let at = hours.map_or("NULL".to_owned(), |hours| (START + hours * HOUR).to_string());
    format!(
        "({tenant}, {id}, {n}, '{status}', 'enquiry', '{source}', '{{}}', 0, 0, 'Unqualified', 0, TRUE, {START}, {START}, {at})"
    )
}

async fn the_hundred_largest_groups_and_all_others(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let mut rows: Vec<String> = (0..105).map(|n| row(1, n, &format!("S{n:03}"), Some(n))).collect();
    // One more of the last: it is the largest.
    rows.push(row(1, 200, "S104", None));
    rows.push(row(2, 300, "S000", None));
    let columns = "tenant_id, id, person_id, status, channel, source, fields, message_count, score, class, scored_in, is_active, created_at,
                   updated_at, converted_at";
    execute(&app.app.db, format!("INSERT INTO leads ({columns}) VALUES {}", rows.join(", "))).await;
    let told = report(&app, &who.token, "conversion").await;
    assert_eq!(told["total"]["leads"], 106);
    let groups = told["groups"].as_array().unwrap();
    assert_eq!((groups.len(), &groups[0]["name"], &groups[0]["leads"]), (100, &json!("S104"), &json!(2)));
    assert_eq!(groups[99]["name"], "S098");
    // S099 to S103, in an odd number: the one in the middle is S101.
    let other = &told["other"];
    assert_eq!((&other["leads"], &other["converted"]), (&json!(5), &json!(5)));
    assert_eq!(
        (&other["median_time"]["hours"], &other["average_time"]["hours"]),
        (&json!(101.0), &json!(101.0))
    );
}

async fn time_in_each_stage(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let stranger = hire(&app, OTHER, Role::CenterAdmin).await;
    enters(&app, &stranger, 9, "WALK_IN").await;
    let mut leads = Vec::new();
    for n in 0..3 {
        leads.push(enters(&app, &who, n, "WALK_IN").await);
    }
    let [a, b, c] = leads[..] else { panic!("three") };
    let follow_up = json!({"status": "FOLLOW_UP_PENDING"});
    app.clock.advance(2 * HOUR);
    does(&app, &who, "PATCH", &format!("leads/{a}/discovery"), json!({"school": "DPS"})).await;
    does(&app, &who, "PATCH", &format!("leads/{c}"), json!({"notes": "no change of status"})).await;
    app.clock.advance(2 * HOUR);
    does(&app, &who, "PATCH", &format!("leads/{b}/status"), follow_up.clone()).await;
    app.clock.advance(HOUR);
    does(&app, &who, "PATCH", &format!("leads/{a}/status"), follow_up).await;
    app.clock.advance(HOUR);
    does(&app, &who, "POST", &format!("leads/{a}/close"), json!({"reason": "x"})).await;
    app.clock.advance(4 * HOUR);
    converts(&app, &who, b).await;
    let d = enters(&app, &who, 3, "WALK_IN").await;
    does(&app, &who, "DELETE", &format!("leads/{d}"), json!(null)).await;

    let stages = async |query: &str| {
        let told = report(&app, &who.token, &format!("stages{query}")).await;
        let hours = |time: &Json| time["hours"].as_f64().unwrap_or(-1.0);
        let stages: Vec<(String, [i64; 3], [f64; 2])> = told["stages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|stage| {
                let number = |name: &str| stage[name].as_i64().unwrap();
                (
                    stage["status"].as_str().unwrap().to_owned(),
                    [number("entered"), number("went_on"), number("now")],
                    [hours(&stage["average_time"]), hours(&stage["median_time"])],
                )
            })
            .collect();
        stages
    };
    let named = |rows: &[(&str, [i64; 3], [f64; 2])]| -> Vec<(String, [i64; 3], [f64; 2])> {
        rows.iter().map(|(status, counts, hours)| ((*status).to_owned(), *counts, *hours)).collect()
    };
    let expected = [
        // A after 2 hours, B after 4; C stands there, D was put aside.
        ("ENQUIRY_RECEIVED", [4, 2, 1], [3.0, 3.0]),
        ("DISCOVERY_COMPLETED", [1, 1, 0], [3.0, 3.0]),
        ("IV_SCHEDULED", [0, 0, 0], [-1.0, -1.0]),
        ("IV_COMPLETED", [0, 0, 0], [-1.0, -1.0]),
        ("IV_NO_SHOW", [0, 0, 0], [-1.0, -1.0]),
        // A for an hour, B for six.
        ("FOLLOW_UP_PENDING", [2, 2, 0], [3.5, 3.5]),
        ("CONVERTED", [1, 0, 1], [-1.0, -1.0]),
        ("CLOSED_LOST", [1, 0, 1], [-1.0, -1.0]),
    ];
    assert_eq!(stages("").await, named(&expected));
    // A period that ended before A and B went on from where they were: how long they stayed is known all the same.
    let early = stages("?from=2026-01-05T10:00:00Z&to=2026-01-05T15:30:00Z").await;
    assert_eq!(early[0], ("ENQUIRY_RECEIVED".to_owned(), [3, 2, 1], [3.0, 3.0]));
    assert_eq!(early[5], ("FOLLOW_UP_PENDING".to_owned(), [2, 2, 0], [3.5, 3.5]));
    assert_eq!(early[6].1, [0, 0, 1], "what stands there now, whenever it came");
}

async fn what_follow_ups_come_to(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let stranger = hire(&app, OTHER, Role::CenterAdmin).await;
    let plans = async |who: &Somebody, lead: i64| {
        let body = json!({"scheduled_date": "2026-01-05T11:00:00Z"});
        id(&does(&app, who, "POST", &format!("leads/{lead}/follow-up"), body).await)
    };
    let theirs = enters(&app, &stranger, 9, "WALK_IN").await;
    plans(&stranger, theirs).await;
    let mut leads = Vec::new();
    for n in 0..5 {
        leads.push(enters(&app, &who, n, "WALK_IN").await);
    }
    let mut planned = Vec::new();
    for lead in &leads[..4] {
        planned.push(plans(&who, *lead).await);
    }
    does(&app, &who, "PATCH", &format!("follow-ups/{}", planned[3]), json!({"status": "CANCELLED"})).await;
    app.clock.advance(2 * HOUR);
    does(&app, &who, "PATCH", &format!("follow-ups/{}", planned[0]), json!({"outcome": "ENROLLED"})).await;
    app.clock.advance(28 * HOUR);
    // More than a day late; the next one is still to come.
    let postponed = json!({"outcome": "POSTPONED", "next_date": "2026-01-07T10:00:00Z"});
    does(&app, &who, "PATCH", &format!("follow-ups/{}", planned[1]), postponed).await;
    converts(&app, &who, leads[0]).await;
    converts(&app, &who, leads[4]).await;

    let told = report(&app, &who.token, "follow-ups").await;
    let numbers = ["planned", "completed", "cancelled", "pending", "overdue", "completed_on_time"];
    let found: Vec<i64> = numbers.iter().map(|name| told[name].as_i64().unwrap()).collect();
    assert_eq!(found, [5, 2, 1, 2, 1, 1], "{told}");
    assert_eq!(told["on_time_rate"], 0.5);
    let outcomes = json!({"ENROLLED": 1, "POSTPONED": 1, "LOST": 0, "SCHEDULED_IV": 0, "none": 0});
    assert_eq!(told["outcomes"], outcomes);
    let with = &told["with_follow_up"];
    assert_eq!(
        (&with["leads"], &with["converted"], &with["rate"]["rate"]),
        (&json!(2), &json!(1), &json!(0.5))
    );
    let without = &told["without_follow_up"];
    assert_eq!(
        (&without["leads"], &without["converted"], &without["rate"]["rate"]),
        (&json!(3), &json!(1), &json!(0.3333))
    );
    let later = report(&app, &who.token, "follow-ups?from=2026-01-06").await;
    assert_eq!((&later["planned"], &later["pending"], &later["overdue"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(later["with_follow_up"], json!({"leads": 0, "converted": 0, "rate": null}));
}

async fn why_leads_are_closed(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let stranger = hire(&app, OTHER, Role::CenterAdmin).await;
    let rows = [
        ("WALK_IN", "Too expensive"),
        ("REFERRAL", "  too  EXPENSIVE "),
        ("WALK_IN", "TOO EXPENSIVE"),
        ("WALK_IN", "Moved away"),
        ("WALK_IN", "Opened again"),
    ];
    let mut last = 0;
    for (n, (source, reason)) in rows.iter().enumerate() {
        last = enters(&app, &who, n as i64, source).await;
        app.clock.advance(MINUTE);
        does(&app, &who, "POST", &format!("leads/{last}/close"), json!({"reason": reason})).await;
    }
    does(&app, &who, "POST", &format!("leads/{last}/reopen"), json!({"reason": "They wrote"})).await;
    let theirs = enters(&app, &stranger, 9, "WALK_IN").await;
    does(&app, &stranger, "POST", &format!("leads/{theirs}/close"), json!({"reason": "Moved away"})).await;
    let told = report(&app, &who.token, "closures").await;
    assert_eq!((&told["closed"], &told["other"]), (&json!(4), &json!(0)), "{told}");
    let reasons = told["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 2, "{told}");
    assert_eq!(reasons[0]["reason"].as_str().unwrap().to_lowercase(), "too expensive");
    assert_eq!((&reasons[0]["count"], &reasons[0]["share"]), (&json!(3), &json!(0.75)));
    let sources = json!([{"source": "WALK_IN", "count": 2}, {"source": "REFERRAL", "count": 1}]);
    assert_eq!((&reasons[0]["by_source"], &reasons[0]["from_other"]), (&sources, &json!(0)));
    assert_eq!((&reasons[1]["reason"], &reasons[1]["count"]), (&json!("Moved away"), &json!(1)));
    let before = report(&app, &who.token, "closures?to=2026-01-05T10:02:30Z").await;
    assert_eq!(before["closed"], 2);
}

async fn nothing_is_reported_of_nothing(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let stranger = hire(&app, OTHER, Role::Counselor).await;
    entered(&app, &stranger.token, "+14155550123").await;
    for by in ["source", "channel", "flow", "variant"] {
        let told = report(&app, &who.token, &format!("conversion?by={by}")).await;
        let nothing =
            json!({"leads": 0, "converted": 0, "rate": null, "average_time": null, "median_time": null});
        assert_eq!(
            (&told["total"], &told["groups"], &told["other"]),
            (&nothing, &json!([]), &Json::Null),
            "{by}"
        );
    }
    let stages = report(&app, &who.token, "stages").await;
    let stages = stages["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 8);
    assert!(
        stages
            .iter()
            .all(|stage| stage["entered"] == 0 && stage["now"] == 0 && stage["median_time"].is_null())
    );
    let follow_ups = report(&app, &who.token, "follow-ups").await;
    assert_eq!((&follow_ups["planned"], &follow_ups["on_time_rate"]), (&json!(0), &Json::Null));
    let closures = report(&app, &who.token, "closures").await;
    assert_eq!((&closures["closed"], &closures["reasons"]), (&json!(0), &json!([])));
}

async fn bad_parameters_are_named(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let rows = [
        ("conversion?by=city", 400, "by must be one of source, channel, flow, variant"),
        ("conversion?by=", 400, "by must"),
        ("conversion?from=soon", 422, "from must"),
        ("conversion?to=2026-02-30", 422, "to must"),
        ("conversion?from=2026-01-05&to=2026-01-05", 422, "to must be later than from"),
        ("conversion?limit=3", 400, "limit"),
        ("stages?by=source", 400, "by"),
        ("stages?from=x", 422, "from must"),
        ("follow-ups?to=x", 422, "to must"),
        ("closures?center_id=x", 400, "center_id"),
        ("closures?center_id=2", 404, "center"),
    ];
    for (path, status, says) in rows {
        let reply = ask(&app, &who.token, "GET", &format!("/api/v1/reports/{path}"), None).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(says), "{path}: {reply:?}");
    }
    let reply = ask(&app, ADMIN_TOKEN, "GET", "/api/v1/reports/stages", None).await;
    assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/center_id")));
}
