//! A conversation that asks for all of it ends as an enquiry whose discovery is completed.

use super::{OURS, ask, enquiry, hire, id, well};
use crate::harness::{Place, TestApp};
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(
    a_discovery_flow_ends_as_an_enquiry,
    a_correction_is_the_enquiry_s_too,
    a_repeat_changes_nothing,
    what_somebody_entered_is_kept,
    another_child_is_another_lead,
);

const KIDS: &str = r#"
id = "kids"
title = "Kids"
enquiry = "completed"
[start]
keywords = ["kids"]
[[steps]]
id = "child_name"
ask = "name"
say = "Name of the child?"
[[steps]]
id = "birthday"
ask = "date"
save = "dob"
say = "Born?"
[[steps]]
id = "gender"
ask = "choice"
options = ["Boy", "Girl"]
say = "Boy or girl?"
[[steps]]
id = "school"
ask = "text"
say = "School?"
[[steps]]
id = "notes"
ask = "text"
say = "Anything else?"
[[steps]]
id = "name"
ask = "name"
say = "And you are?"
[[steps]]
id = "thanks"
say = "Thank you!"
end = "completed"
"#;

const ANSWERS: [&str; 7] = [
    "kids",
    "Mehr Goyal",
    "2020-06-15",
    "Girl",
    "Delhi Public School",
    "Likes horses\nand cats",
    "Anshu Goyal",
];

async fn with_kids(place: &Place) -> TestApp {
    std::fs::write(place.flows().join("kids.toml"), KIDS).unwrap();
    let mut app = place.app().await;
    app.work().await;
    app
}

async fn answered(app: &mut TestApp, from: &str) {
    for (n, text) in ANSWERS.into_iter().enumerate() {
        app.twilio_message(from, text, &format!("SM{from}{n}")).await.texts();
    }
    app.settled().await;
}

async fn details(app: &TestApp, token: &str) -> Json {
    let leads = well(&ask(app, token, "GET", "/api/v1/leads", None).await);
    well(&ask(app, token, "GET", &format!("/api/v1/leads/{}/details", id(&leads[0])), None).await)
}

async fn a_discovery_flow_ends_as_an_enquiry(place: Place) {
    let mut app = with_kids(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    answered(&mut app, "+14155550123").await;
    let lead = details(&app, &who.token).await;
    assert_eq!((&lead["status"], &lead["enquiry_id"]), (&json!("DISCOVERY_COMPLETED"), &json!("ENQ0001")));
    assert!(lead["discovery_completed_at"].is_string());
    let child = &lead["child"];
    assert_eq!((&child["first_name"], &child["last_name"]), (&json!("Mehr"), &json!("Goyal")));
    assert_eq!((&child["dob"], &child["gender"]), (&json!("2020-06-15"), &json!("Girl")));
    assert_eq!(
        (&lead["school"], &lead["discovery_notes"]),
        (&json!("Delhi Public School"), &json!("Likes horses\nand cats"))
    );
    let parent = &lead["parents"][0];
    assert_eq!((&parent["name"], &parent["phone"]), (&json!("Anshu Goyal"), &json!("+14155550123")));
    let found = well(&ask(&app, &who.token, "GET", "/api/v1/leads?search=mehr", None).await);
    assert_eq!(found.as_array().unwrap().len(), 1);
    let path = format!("/api/v1/leads/{}/timeline?limit=200", id(&lead));
    let timeline = well(&ask(&app, &who.token, "GET", &path, None).await);
    let events: Vec<&Json> =
        timeline["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "event").collect();
    assert_eq!(events.len(), 2, "entered, and discovered");
    assert!(events.iter().all(|event| event["what"]["program"] == "conversation"), "{events:?}");
}

async fn a_correction_is_the_enquiry_s_too(place: Place) {
    let mut app = with_kids(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    answered(&mut app, "+14155550123").await;
    app.twilio_message("+14155550123", "change school", "SMx1").await.texts();
    app.twilio_message("+14155550123", "Another School", "SMx2").await.texts();
    app.settled().await;
    let lead = details(&app, &who.token).await;
    assert_eq!((&lead["school"], &lead["enquiry_id"]), (&json!("Another School"), &json!("ENQ0001")));
    assert_eq!(lead["discovery_notes"], "Likes horses\nand cats", "noted once");
    assert_eq!(app.count("children").await, 1);
}

async fn a_repeat_changes_nothing(place: Place) {
    let mut app = with_kids(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    answered(&mut app, "+14155550123").await;
    let before = details(&app, &who.token).await;
    // As if the process had died between what the job did and the end of the job.
    let again = "UPDATE outbox SET state = 'waiting', finished_at = NULL, holder = NULL, run_at = 0 WHERE kind = 'enquiry'";
    assert_eq!(crate::harness::execute(&app.app.db, again).await, 1);
    app.app.handover.wake();
    app.settled().await;
    assert_eq!(app.count("outbox WHERE kind = 'enquiry' AND finished_at IS NULL").await, 0, "it ran");
    assert_eq!(details(&app, &who.token).await, before);
    // An enquiry about another child is another lead, with the next number.
    let second =
        well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&enquiry("+14155550123"))).await);
    assert_eq!(second["enquiry_id"], "ENQ0002");
}

async fn what_somebody_entered_is_kept(place: Place) {
    let mut app = with_kids(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let mut form = enquiry("+14155550123");
    form["child"] =
        json!({"first_name": "mehr", "last_name": "Goyal", "dob": "2019-01-01", "gender": "Girl"});
    form["parents"].as_array_mut().unwrap().push(json!({"name": "Ravi Goyal", "phone": "+14155550124"}));
    form["school"] = json!(null);
    let entered = well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await);
    answered(&mut app, "+14155550123").await;
    assert_eq!(app.count("leads").await, 1);
    let lead = details(&app, &who.token).await;
    assert_eq!(id(&lead), id(&entered));
    assert_eq!((&lead["child"]["first_name"], &lead["child"]["dob"]), (&json!("mehr"), &json!("2019-01-01")));
    assert_eq!(
        (&lead["school"], &lead["status"]),
        (&json!("Delhi Public School"), &json!("DISCOVERY_COMPLETED"))
    );
    assert_eq!(lead["parents"].as_array().unwrap().len(), 2);
    let found = well(&ask(&app, &who.token, "GET", "/api/v1/leads?search=ravi", None).await);
    assert_eq!(found.as_array().unwrap().len(), 1, "found by the other parent still");
}

async fn another_child_is_another_lead(place: Place) {
    let mut app = with_kids(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let mut form = enquiry("+14155550123");
    form["child"] = json!({"first_name": "Veer"});
    let veer = well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await);
    answered(&mut app, "+14155550123").await;
    app.twilio_message("+14155550123", "change school", "SMx1").await.texts();
    app.twilio_message("+14155550123", "Another School", "SMx2").await.texts();
    app.settled().await;
    assert_eq!((app.count("leads").await, app.count("children").await), (2, 2));
    let mehr = details(&app, &who.token).await;
    assert_ne!(id(&mehr), id(&veer));
    assert_eq!((&mehr["enquiry_id"], &mehr["child"]["first_name"]), (&json!("ENQ0002"), &json!("Mehr")));
    assert_eq!((&mehr["school"], &mehr["status"]), (&json!("Another School"), &json!("DISCOVERY_COMPLETED")));
    let veer =
        well(&ask(&app, &who.token, "GET", &format!("/api/v1/leads/{}/details", id(&veer)), None).await);
    assert_eq!((&veer["child"]["first_name"], &veer["status"]), (&json!("Veer"), &json!("ENQUIRY_RECEIVED")));
}
