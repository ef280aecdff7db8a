//! Leads that are merged, and the campaigns they are in.

use super::dialling::{FIRST, calls, said};
use super::network::{Network, TENANT, indian, leads};
use crate::harness::{Place, execute, number, texts};
use crate::work::{OURS, ask, hire, well};
use leadwire::domain::access::Role;
use leadwire::domain::outreach::Lane;
use leadwire::service::outreach;
use leadwire::store::outreach::campaigns;
use serde_json::json;

on_both!(whoever_stays_comes_into_the_campaigns_of_both);

async fn whoever_stays_comes_into_the_campaigns_of_both(place: Place) {
    let network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1), indian(2), indian(3)]).await;
    let db = network.app.app.db.clone();
    execute(&db, format!("UPDATE leads SET person_id = {} WHERE id > {}", all[0], all[0])).await;
    let token = hire(&network.app, OURS, Role::CenterAdmin).await.token;
    let one = network.campaign("One", calls(5), &all[1..]).await;
    let two = network.campaign("Two", calls(5), &all).await;
    let three = network.campaign("Three", calls(5), &all).await;
    for (campaign, lead, step, tries) in
        [(one, 1, 0, 2), (two, 0, 0, 4), (two, 1, 1, 1), (three, 0, 1, 2), (three, 1, 0, 3)]
    {
        let sql = format!(
            "UPDATE campaign_members SET step = {step}, tries = {tries} WHERE campaign_id = {campaign} AND lead_id = {}",
            all[lead]
        );
        execute(&db, sql).await;
    }
    let in_them = async || {
        let row = "CAST(step AS TEXT) || ' ' || tries";
        let of = format!("campaign_members WHERE lead_id = {} ORDER BY campaign_id", all[0]);
        texts(&db, row, &of).await
    };
    assert_eq!(in_them().await, ["0 4", "1 2"]);
    let merge = async |other: i64| {
        let form = json!({"other_lead_id": other, "reason": "twice"});
        let path = format!("/api/v1/leads/{}/merge", all[0]);
        well(&ask(&network.app, &token, "POST", &path, Some(&form)).await)
    };
    let receipt = merge(all[1]).await;
    assert_eq!(in_them().await, ["0 2", "1 1", "1 2"], "as far as the one that was tried more");

    let row = campaigns::find(network.app.app.db.within(TENANT), one).await.unwrap().unwrap();
    let filled = outreach::fill(&network.app.app, TENANT, &row, &Lane::ALL).await.unwrap();
    assert_eq!(filled.ready, 1, "it is looked at at once");
    let path = format!("/api/v1/merges/{}/undo", receipt["id"]);
    well(&ask(&network.app, &token, "POST", &path, Some(&json!({"reason": "two sisters"}))).await);
    assert_eq!(in_them().await, ["1 1", "1 2"], "it is out of the one that it came into by that");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM hopper").await, 0);

    // Whoever wants no more calls as one lead wants none as the other.
    execute(&db, format!("UPDATE leads SET dial_status = 'do_not_call' WHERE id = {}", all[2])).await;
    merge(all[2]).await;
    assert_eq!(said(&network, all[0]).await, "do_not_call - 0 0 0");
    let row = campaigns::find(network.app.app.db.within(TENANT), one).await.unwrap().unwrap();
    while outreach::review(&network.app.app, TENANT, &row).await.unwrap() {}
    let filled = outreach::fill(&network.app.app, TENANT, &row, &Lane::ALL).await.unwrap();
    assert_eq!(filled.ready, 1, "the lead that came back is the one");
    assert_eq!(number(&db, "SELECT lead_id FROM hopper").await, all[1]);
}
