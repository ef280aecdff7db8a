//! Leads given to counselors in turn: those who are there and have room.

use super::{OURS, Somebody, ask, entered, hire, id, well};
use crate::harness::{Place, TestApp, execute};
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(new_enquiries_go_round, at_once_nobody_gets_more_than_there_is_room_for, one_is_given_by_hand);

async fn round_robin(place: &Place) -> TestApp {
    let app = place.app().await;
    execute(&app.app.db, "UPDATE tenants SET assigns = 'round_robin'").await;
    app.stop().await;
    place.app().await
}

async fn change(app: &TestApp, admin: &Somebody, who: &Somebody, body: Json) {
    let path = format!("/api/v1/users/{}", who.user_id);
    well(&ask(app, &admin.token, "PATCH", &path, Some(&body)).await);
}

async fn new_enquiries_go_round(place: Place) {
    let app = round_robin(&place).await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    hire(&app, OURS, Role::Trainer).await;
    let mut n = 0;
    let mut next = async || {
        n += 1;
        entered(&app, &admin.token, &format!("+1415555{n:04}")).await["assigned_to_user_id"].clone()
    };
    assert_eq!(next().await, Json::Null, "nobody is there");
    let counselors = [
        hire(&app, OURS, Role::Counselor).await,
        hire(&app, OURS, Role::Counselor).await,
        hire(&app, OURS, Role::Counselor).await,
    ];
    let [a, b, c] = counselors.each_ref().map(|who| json!(who.user_id));
    for expected in [&a, &b, &c, &a, &b] {
        assert_eq!(&next().await, expected);
    }
    change(&app, &admin, &counselors[2], json!({"away_until": "2026-01-06T00:00:00Z"})).await;
    change(&app, &admin, &counselors[0], json!({"capacity": 2})).await;
    assert_eq!(next().await, b, "c is away, a is full");
    change(&app, &admin, &counselors[1], json!({"is_active": false})).await;
    assert_eq!(next().await, Json::Null, "nobody has room");
    app.clock.advance(leadwire::clock::DAY);
    assert_eq!(next().await, c, "c is back");
    let path = format!("/api/v1/leads?assigned_to={a}");
    let full = well(&ask(&app, &admin.token, "GET", &path, None).await);
    let close = format!("/api/v1/leads/{}/close", id(&full[0]));
    well(&ask(&app, &admin.token, "POST", &close, Some(&json!({"reason": "x"}))).await);
    assert_eq!(next().await, a, "a has room again");
}

async fn at_once_nobody_gets_more_than_there_is_room_for(place: Place) {
    let app = round_robin(&place).await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let who = [hire(&app, OURS, Role::Counselor).await, hire(&app, OURS, Role::Counselor).await];
    for counselor in &who {
        change(&app, &admin, counselor, json!({"capacity": 5})).await;
    }
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..16 {
        let form = super::enquiry(&format!("+1415555{n:04}"));
        let request = app.request("POST", "/api/v1/leads/enquiry").bearer_auth(&admin.token).json(&form);
        asked.spawn(async move { assert_eq!(request.send().await.unwrap().status(), 201) });
    }
    asked.join_all().await;
    for counselor in &who {
        assert_eq!(app.count(&format!("leads WHERE assigned_to = {}", counselor.user_id)).await, 5);
    }
    assert_eq!(app.count("leads WHERE assigned_to IS NULL").await, 6);
}

async fn one_is_given_by_hand(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = entered(&app, &admin.token, "+14155550123").await;
    assert_eq!(lead["assigned_to_user_id"], Json::Null, "this center gives by hand");
    let path = format!("/api/v1/leads/{}/assign", id(&lead));
    let next = json!({"next": true});
    let reply = ask(&app, &admin.token, "POST", &path, Some(&next)).await;
    assert_eq!((reply.status, &reply.json()["type"]), (409, &json!("/problems/not-possible")));
    let counselor = hire(&app, OURS, Role::Counselor).await;
    let given = well(&ask(&app, &admin.token, "POST", &path, Some(&next)).await);
    assert_eq!(given["assigned_to_user_id"], counselor.user_id);
    let silent = ask(&app, &admin.token, "POST", &path, Some(&json!({}))).await;
    assert_eq!((silent.status, &silent.json()["errors"][0]["pointer"]), (422, &json!("/user_id")));
    let taken = well(&ask(&app, &admin.token, "POST", &path, Some(&json!({"user_id": null}))).await);
    assert_eq!(taken["assigned_to_user_id"], Json::Null);
}
