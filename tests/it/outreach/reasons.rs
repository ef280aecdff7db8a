//! What is said of a lead to whoever asks why it is not tried: true sentences, also where two things come together.

use super::explained::{gate, joined, running, why};
use crate::harness::{Place, TestApp, execute};
use crate::work::{ask, well};
use leadwire::clock::HOUR;
use serde_json::{Value as Json, json};

on_both!(
    hours_that_are_over_once_it_has_rested_are_told,
    a_campaign_that_ends_before_a_lead_has_rested_is_told,
    where_no_step_reaches_anybody_it_is_said_why,
    rules_are_told_with_what_they_say,
);

/// The lead was busy an hour ago.
async fn busy(app: &TestApp, lead: i64, campaign: i64) {
    let at = app.clock.now() - HOUR;
    let attempt = format!(
        "INSERT INTO outreach_attempts (tenant_id, id, lead_id, person_id, campaign_id, channel, address, came, began_at, ended_at)
         SELECT 1, 7, id, person_id, {campaign}, 'sms', phone, 'busy', {at}, {at} FROM leads WHERE id = {lead}"
    );
    execute(&app.app.db, attempt).await;
    let tracked = format!(
        "UPDATE leads SET dial_status = 'busy', last_status_change = {at}, dial_result = 'busy', last_dial_attempt = {at}, dial_attempts = 1
         WHERE id = {lead}"
    );
    execute(&app.app.db, tracked).await;
    execute(&app.app.db, format!("UPDATE campaign_members SET tries = 1 WHERE lead_id = {lead}")).await;
}

/// Gives the campaign other settings beside its one step by text message.
async fn set(app: &TestApp, token: &str, campaign: i64, settings: Json) {
    let mut all = json!({"steps": [{"channel": "sms", "attempts": 3}]});
    all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let path = format!("/api/v1/campaigns/{campaign}");
    well(&ask(app, token, "PATCH", &path, Some(&json!({"settings": all}))).await);
}

fn rule<'a>(why: &'a Json, name: &str) -> &'a str {
    gate(why, name)["rule"].as_str().unwrap()
}

async fn hours_that_are_over_once_it_has_rested_are_told(place: Place) {
    let (app, token, campaign) = running(&place).await;
    let lead = joined(&app, &token, campaign, "+919876543202").await;
    busy(&app, lead, campaign).await;
    set(&app, &token, campaign, json!({"hours": "Mon 11:00-16:00", "retry_minutes": {"busy": 480}})).await;
    let told = why(&app, &token, lead).await;
    let (rested, monday) = ("2026-01-05T17:00:00Z", "2026-01-12T05:30:00Z");
    assert_eq!(
        (&told["verdict"], &told["at"], &told["gate"]),
        (&json!("at"), &json!(monday), &json!("hours"))
    );
    assert_eq!(
        told["why"],
        format!(
            "not before {monday}: delay is shut until {rested}, and by then it is outside the campaign's hours (hours)"
        )
    );
    let hours = gate(&told, "hours");
    assert_eq!((&hours["passes"], &hours["opens_at"]), (&json!(true), &Json::Null));
    let says = format!("; it passes now, and is shut when delay opens at {rested}, until {monday}");
    assert!(rule(&told, "hours").ends_with(&says), "{told}");
    assert!(!rule(&told, "region").contains("it passes now"), "{told}");

    set(&app, &token, campaign, json!({"hours": "Mon-Sun 00:00-24:00"})).await;
    let told = why(&app, &token, lead).await;
    assert_eq!(told["why"], "not before 2026-01-05T13:00:00Z: delay is shut until then");
}

async fn a_campaign_that_ends_before_a_lead_has_rested_is_told(place: Place) {
    let (app, token, campaign) = running(&place).await;
    let lead = joined(&app, &token, campaign, "+919876543202").await;
    busy(&app, lead, campaign).await;
    set(&app, &token, campaign, json!({"ends_at": "2026-01-05T12:00:00Z"})).await;
    let told = why(&app, &token, lead).await;
    assert_eq!((&told["verdict"], &told["gate"]), (&json!("not"), &json!("campaign")), "{told}");
    assert_eq!(
        told["why"],
        "not until something changes: delay is shut until 2026-01-05T13:00:00Z, and the campaign ends at 2026-01-05T12:00:00Z before it may be tried"
    );
}

async fn where_no_step_reaches_anybody_it_is_said_why(place: Place) {
    let (app, token, campaign) = running(&place).await;
    let gone = joined(&app, &token, campaign, "+919876543201").await;
    app.twilio_message("+919876543201", "STOP", "SM1").await;
    let told = why(&app, &token, gone).await;
    assert_eq!(told["why"], "not until something changes: opt_out is shut");
    assert_eq!(rule(&told, "address"), "where sms reaches it is known");
    assert_eq!(rule(&told, "channel_health"), "no channel is left that would have to work");
    assert_eq!(told["channel"], Json::Null);

    let through = joined(&app, &token, campaign, "+919876543202").await;
    let members = format!("UPDATE campaign_members SET step = 1, tries = 1 WHERE lead_id = {through}");
    execute(&app.app.db, members).await;
    let told = why(&app, &token, through).await;
    assert_eq!(told["why"], "not until something changes: attempts is shut");
    assert_eq!(rule(&told, "attempts"), "3 × sms; it has gone through all of them");
    assert_eq!(rule(&told, "address"), "no step is left to reach it by");

    let nowhere = joined(&app, &token, campaign, "+919876543203").await;
    execute(
        &app.app.db,
        format!(
            "DELETE FROM identities WHERE person_id = (SELECT person_id FROM leads WHERE id = {nowhere})"
        ),
    )
    .await;
    execute(&app.app.db, format!("UPDATE leads SET phone = NULL WHERE id = {nowhere}")).await;
    let told = why(&app, &token, nowhere).await;
    assert_eq!(told["why"], "not until something changes: address is shut");
    assert_eq!(rule(&told, "address"), "nothing is known to reach it at by sms");
}

async fn rules_are_told_with_what_they_say(place: Place) {
    let (app, token, campaign) = running(&place).await;
    let lead = joined(&app, &token, campaign, "+14155550104").await;
    let settings = json!({
        "holidays": ["2026-01-05", "2026-01-26", "2026-12-25"],
        "caps": [{"attempts": 3, "hours": 24}, {"attempts": 7, "hours": 168}, {"attempts": 3, "hours": 24}],
    });
    set(&app, &token, campaign, settings).await;
    let asleep = why(&app, &token, lead).await;
    let region = rule(&asleep, "region");
    assert!(region.contains("Mon-Sun 08:00-21:00, shut until 2026-01-05T"), "{region}");
    let shut = region.rfind(", shut until").unwrap();
    let open = region.split("; ").position(|rule| !rule.contains(", shut until"));
    let before = open.map_or(region.len(), |n| region.split("; ").take(n).map(|rule| rule.len() + 2).sum());
    assert!(shut < before, "those that are shut are told first: {region}");
    let caps = rule(&asleep, "caps");
    assert_eq!(caps.matches("0 of 3 within 1 day").count(), 1, "{caps}");
    assert!(caps.contains("0 of 7 within 7 days"), "{caps}");
    assert_eq!(rule(&asleep, "holidays"), "2026-01-05, which it is there, is one of the campaign's");

    set(&app, &token, campaign, json!({"holidays": ["2025-12-25", "2026-01-26", "2026-12-25"]})).await;
    assert_eq!(rule(&why(&app, &token, lead).await, "holidays"), "the next of the campaign's is 2026-01-26");
    set(&app, &token, campaign, json!({"holidays": ["2025-12-25"]})).await;
    assert_eq!(rule(&why(&app, &token, lead).await, "holidays"), "all of the campaign's are over");

    // A call that was agreed, and was made.
    let promised = app.clock.now() - HOUR;
    execute(&app.app.db, format!("UPDATE leads SET callback_at = {promised} WHERE id = {lead}")).await;
    assert_eq!(
        rule(&why(&app, &token, lead).await, "callback"),
        "no call is agreed now; the one for 2026-01-05T09:00:00Z is done with"
    );
}
