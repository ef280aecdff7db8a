//! Enquiries: parents that are known, numbers that never repeat, and what is wrong with a form.

use super::{OTHER, OURS, ask, enquiry, entered, hire, id, two_centers, well};
use crate::harness::Place;
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

on_both!(
    a_parent_is_known_by_any_variant_of_their_number,
    a_person_who_wrote_before_is_the_parent,
    a_parent_who_writes_later_is_known,
    siblings_are_leads_of_their_own,
    numbers_never_repeat_however_many_ask_at_once,
    every_wrong_field_is_pointed_at,
    national_numbers_are_read_by_the_center_s_country,
);

async fn a_parent_is_known_by_any_variant_of_their_number(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let pairs = [
        ("Mexico", "+5215512345678", "+52 55 1234 5678"),
        ("Argentina", "+5491123456789", "+541123456789"),
        ("Brazil", "+551187654321", "+55 (11) 98765-4321"),
    ];
    for (label, one, other) in pairs {
        let first = entered(&app, &who.token, one).await;
        let second = entered(&app, &who.token, other).await;
        let parent = async |lead: &Json| {
            let path = format!("/api/v1/leads/{}/details", id(lead));
            well(&ask(&app, &who.token, "GET", &path, None).await)["parents"][0]["id"].clone()
        };
        assert_ne!(id(&first), id(&second), "{label}: a child each");
        assert_eq!(parent(&first).await, parent(&second).await, "{label}: one parent");
    }
    assert_eq!(app.count("persons").await, 3);
}

async fn a_person_who_wrote_before_is_the_parent(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    app.twilio_message("+14155550123", "Hello", "SM1").await.texts();
    let listed = well(&ask(&app, &who.token, "GET", "/api/v1/leads", None).await);
    let lead = entered(&app, &who.token, "+1 415 555 0123").await;
    assert_eq!(id(&lead), id(&listed[0]), "their lead is about this child now");
    assert_eq!((&lead["channel"], &lead["child_name"]), (&json!("sms"), &json!("Mehr Goyal")));
    assert_eq!(lead["name"], "Anshu Goyal");
    // What was written under the person's lock is not taken back by what they say next.
    app.twilio_message("+14155550123", "Me again", "SM2").await.texts();
    let path = format!("/api/v1/leads/{}", id(&lead));
    let lead = well(&ask(&app, &who.token, "GET", &path, None).await);
    assert_eq!((&lead["name"], &lead["message_count"]), (&json!("Anshu Goyal"), &json!(2)));
    assert_eq!((&lead["email"], &lead["enquiry_id"]), (&json!("anshu@example.com"), &json!("ENQ0001")));
    let found = well(&ask(&app, &who.token, "GET", "/api/v1/leads?search=goy", None).await);
    assert_eq!(found.as_array().unwrap().len(), 1, "and is found by it");
}

async fn a_parent_who_writes_later_is_known(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let lead = entered(&app, &who.token, "+14155550123").await;
    app.twilio_message("+14155550123", "Hello", "SM1").await.texts();
    assert_eq!((app.count("leads").await, app.count("persons").await), (1, 1));
    let path = format!("/api/v1/leads/{}", id(&lead));
    let lead = well(&ask(&app, &who.token, "GET", &path, None).await);
    assert_eq!(lead["messages"][0]["text"], "Hello");
    assert_eq!(lead["status"], "ENQUIRY_RECEIVED");
}

async fn siblings_are_leads_of_their_own(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let first = entered(&app, &who.token, "+14155550123").await;
    let mut form = enquiry("+14155550123");
    form["child"]["first_name"] = json!("Veer");
    form["parents"] = json!([
        {"name": "Anshu Goyal", "phone": "+14155550123"},
        {"name": "Ravi Goyal", "phone": "+14155550124", "relationship": "father"},
    ]);
    let second = well(&ask(&app, &who.token, "POST", "/api/v1/leads", Some(&form)).await);
    assert_ne!(id(&first), id(&second));
    assert_eq!(second["enquiry_id"], "ENQ0002");
    let path = format!("/api/v1/leads/{}/details", id(&second));
    let parents = well(&ask(&app, &who.token, "GET", &path, None).await)["parents"].clone();
    assert_eq!((&parents[0]["name"], &parents[1]["name"]), (&json!("Anshu Goyal"), &json!("Ravi Goyal")));
    assert_eq!((&parents[0]["is_primary"], &parents[1]["is_primary"]), (&json!(true), &json!(false)));
    let found = well(&ask(&app, &who.token, "GET", "/api/v1/leads?search=ravi", None).await);
    assert_eq!(id(&found[0]), id(&second), "found by the other parent");
}

async fn numbers_never_repeat_however_many_ask_at_once(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..40 {
        // Every second one is of a parent that others name at the same time.
        let form = enquiry(&format!("+1415555{:04}", if n % 2 == 0 { 0 } else { n }));
        let request = app.request("POST", "/api/v1/leads/enquiry").bearer_auth(&who.token).json(&form);
        asked.spawn(async move {
            let reply = request.send().await.unwrap();
            assert_eq!(reply.status(), 201, "{:?}", reply.text().await);
            reply.json::<Json>().await.unwrap()["enquiry_id"].as_str().unwrap().to_owned()
        });
    }
    let numbers: BTreeSet<String> = asked.join_all().await.into_iter().collect();
    let expected: BTreeSet<String> = (1..=40).map(|n| format!("ENQ{n:04}")).collect();
    assert_eq!(numbers, expected, "none twice, none left out");
    assert_eq!(app.count("persons").await, 21);
}

async fn every_wrong_field_is_pointed_at(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let form = json!({
        "child": {"dob": "2031-01-01", "gender": "girl", "age": 400},
        "parents": [{"name": "", "phone": "12", "email": "nobody"}, {"phone": "+14155550124"}],
        "school": "x".repeat(201), "parent_expectations": ["", "y"], "assigned_to_user_id": 0,
    });
    let reply = ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await;
    assert_eq!(reply.status, 400);
    let pointers: BTreeSet<String> = reply.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    let expected = [
        "/assigned_to_user_id",
        "/child/age",
        "/child/dob",
        "/child/first_name",
        "/child/gender",
        "/parent_expectations/0",
        "/parents/0/email",
        "/parents/0/name",
        "/parents/0/phone",
        "/parents/1/name",
        "/school",
    ];
    assert_eq!(pointers, expected.map(str::to_owned).into());
    let nobody = json!({"assigned_to_user_id": 99});
    let mut form = enquiry("+14155550123");
    form["assigned_to_user_id"] = nobody["assigned_to_user_id"].clone();
    let reply = ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await;
    assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/assigned_to_user_id")));
    assert_eq!(app.count("children").await + app.count("persons").await + app.count("leads").await, 0);
    let first = entered(&app, &who.token, "+14155550123").await;
    assert_eq!(first["enquiry_id"], "ENQ0001", "what was refused took no number");
}

async fn national_numbers_are_read_by_the_center_s_country(place: Place) {
    let app = two_centers(&place).await;
    let (ours, theirs) = (hire(&app, OURS, Role::Counselor).await, hire(&app, OTHER, Role::Counselor).await);
    let lead = entered(&app, &theirs.token, "098765 43210").await;
    assert_eq!((&lead["phone_number"], &lead["enquiry_id"]), (&json!("+919876543210"), &json!("OTH0001")));
    let reply = ask(&app, &ours.token, "POST", "/api/v1/leads/enquiry", Some(&enquiry("098765 43210"))).await;
    assert_eq!(reply.json()["errors"][0]["pointer"], "/parents/0/phone", "which country is not known here");
}
