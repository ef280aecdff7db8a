//! Calls that were agreed with leads that no campaign calls: somebody of ours makes them.

use super::dialling::{COURSES, FIRST, calls};
use super::network::{Network, TENANT, indian, leads};
use crate::harness::{Place, number, texts};
use leadwire::service::outreach::agree;

on_both!(
    a_call_that_no_campaign_makes_is_a_follow_up,
    whom_a_campaign_calls_needs_none,
    who_is_worked_no_more_needs_none
);

async fn follow_ups(network: &Network) -> Vec<String> {
    let row = "status || ' ' || ((scheduled_at - (SELECT MAX(callback_at) FROM leads)) / 60000) || ' ' || time_zone || ' ' || dates";
    texts(&network.app.app.db, row, "follow_ups ORDER BY id").await
}

async fn a_call_that_no_campaign_makes_is_a_follow_up(place: Place) {
    std::fs::write(place.flows().join("courses.toml"), COURSES).unwrap();
    let mut network = Network::new(&place).await;
    network.app.twilio_message(&indian(1), "courses", "SM1").await;
    network.app.twilio_message(&indian(1), "tomorrow at 4pm", "SM2").await;
    network.app.settled().await;
    assert_eq!(follow_ups(&network).await, ["PENDING 0 Asia/Kolkata 1"]);
    let db = network.app.app.db.clone();
    assert_eq!(texts(&db, "status", "leads").await, ["FOLLOW_UP_PENDING"]);
    let lead = number(&db, "SELECT MAX(id) FROM leads").await;
    // The job may run again, and the last word counts.
    let said = texts(&db, "fields", "leads").await.remove(0);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let four = said["callback_at"].as_str().unwrap();
    let five = four.replace("16:00", "17:00");
    assert_ne!(four, five);
    for (local, dates) in [(four, 1), (&five, 2)] {
        assert!(agree(&network.app.app, TENANT, lead, (0, 0), local).await.unwrap());
        assert_eq!(follow_ups(&network).await, [format!("PENDING 0 Asia/Kolkata {dates}")]);
    }
}

async fn whom_a_campaign_calls_needs_none(place: Place) {
    let network = Network::new(&place).await;
    let lead = leads(&network.app, FIRST, &[indian(1)]).await[0];
    network.campaign("Spring", calls(3), &[lead]).await;
    assert!(agree(&network.app.app, TENANT, lead, (0, 0), &tomorrow(&network)).await.unwrap());
    assert_eq!(follow_ups(&network).await, Vec::<String>::new());
}

async fn who_is_worked_no_more_needs_none(place: Place) {
    let network = Network::new(&place).await;
    let lead = leads(&network.app, FIRST, &[indian(1)]).await[0];
    crate::harness::execute(&network.app.app.db, "UPDATE leads SET status = 'CONVERTED'").await;
    assert!(agree(&network.app.app, TENANT, lead, (0, 0), &tomorrow(&network)).await.unwrap());
    assert_eq!(follow_ups(&network).await, Vec::<String>::new());
}

/// Tomorrow at four, as an answer has it.
fn tomorrow(network: &Network) -> String {
    let now = jiff::Timestamp::from_millisecond(network.app.clock.now()).unwrap();
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().unwrap();
    format!("{day}T16:00:00")
}
