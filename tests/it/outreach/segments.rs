//! Leads come to be in a segment long after they came, and into the campaigns of it.

use super::dialling::{FIRST, calls};
use super::network::{Behaviour, Network, indian, leads};
use crate::harness::{Place, execute, number, texts};
use crate::work::{OURS, ask, hire, id, well};
use leadwire::clock::{HOUR, MINUTE};
use leadwire::domain::access::Role;
use leadwire::domain::outreach::campaign::Settings;
use serde_json::json;

on_both!(whoever_comes_to_be_in_a_segment_comes_in_within_the_hour);

async fn whoever_comes_to_be_in_a_segment_comes_in_within_the_hour(place: Place) {
    let mut network = Network::new(&place).await;
    let old = leads(&network.app, FIRST, &[indian(1)]).await[0];
    // More than are looked at each minute came after it.
    super::tried(&network.app, FIRST, 1, 1_100, "'sale'").await;
    let db = network.app.app.db.clone();
    execute(&db, format!("UPDATE leads SET class = 'SQL' WHERE id > {old}")).await;
    let token = hire(&network.app, OURS, Role::CenterAdmin).await.token;
    let segment = json!({"name": "hot", "filter": {"class": "SQL"}});
    let segment = id(&well(&ask(&network.app, &token, "POST", "/api/v1/segments", Some(&segment)).await));
    // One whose settings nobody can read keeps no other from it.
    let broken = network.campaign("Broken", calls(1), &[]).await;
    execute(&db, format!("UPDATE campaigns SET settings = '{{}}' WHERE id = {broken}")).await;
    let settings = Settings { segments: vec![segment], ..calls(1) };
    let campaign = network.campaign("Hot", settings, &[]).await;
    for _ in 0..2 {
        network.beat(|_| Behaviour::Busy).await;
        network.app.pass(MINUTE).await;
    }
    let members = format!("SELECT COUNT(*) FROM campaign_members WHERE campaign_id = {campaign}");
    assert_eq!(number(&db, members.clone()).await, 1_100);

    execute(&db, format!("UPDATE leads SET class = 'SQL' WHERE id = {old}")).await;
    for _ in 0..2 {
        network.beat(|_| Behaviour::Busy).await;
        network.app.pass(MINUTE).await;
    }
    assert_eq!(number(&db, members.clone()).await, 1_100, "the minute looks at the newest alone");
    network.app.pass(HOUR).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(number(&db, members).await, 1_101);
    let result = texts(&db, "result", "schedules WHERE name = 'take_in_whole_segments'").await;
    assert!(result[0].starts_with("failed: "), "and is told of: {result:?}");
}
