//! Two leads of one phone, of which nobody but one of their persons is known by it.

use super::dialling::{FIRST, calls};
use super::network::{Behaviour, Network, TENANT, indian, leads};
use crate::harness::{Place, execute, texts};
use leadwire::clock::MINUTE;
use leadwire::domain::outreach::Lane;
use leadwire::service::outreach;
use leadwire::store::outreach::campaigns;

on_both!(nobody_is_tried_by_two_of_their_numbers_at_once, of_two_leads_of_one_phone_the_first_is_tried_first,);

/// The first lead's person has the second one's number as well, which nobody else is known by.
async fn of_one_phone(network: &Network) -> Vec<i64> {
    let all = leads(&network.app, FIRST, &[indian(1), indian(2)]).await;
    let of = format!("UPDATE identities SET person_id = {} WHERE person_id = {}", all[0], all[1]);
    execute(&network.app.app.db, of).await;
    all
}

async fn nobody_is_tried_by_two_of_their_numbers_at_once(place: Place) {
    let mut network = Network::new(&place).await;
    let all = of_one_phone(&network).await;
    network.campaign("One", calls(3), &all[..1]).await;
    network.beat(|_| Behaviour::Silence).await;
    assert_eq!(network.called(), [indian(1)]);
    network.campaign("Two", calls(3), &all[1..]).await;
    for _ in 0..3 {
        network.app.pass(MINUTE).await;
        network.beat(|_| Behaviour::Silence).await;
    }
    assert_eq!(network.called(), [indian(1)]);
    let gate =
        texts(&network.app.app.db, "gate", &format!("campaign_members WHERE lead_id = {}", all[1])).await;
    assert_eq!(gate, ["in_hand"]);
}

async fn of_two_leads_of_one_phone_the_first_is_tried_first(place: Place) {
    let mut network = Network::new(&place).await;
    let all = of_one_phone(&network).await;
    let campaign = network.campaign("Both", calls(3), &all).await;
    let db = network.app.app.db.clone();
    let row = campaigns::find(db.within(TENANT), campaign).await.unwrap().unwrap();
    assert_eq!(outreach::fill(&network.app.app, TENANT, &row, &Lane::ALL).await.unwrap().ready, 1);
    // Two servers fill at once, and neither sees what the other does.
    execute(&db, "DELETE FROM hopper".to_owned()).await;
    let now = network.app.clock.now();
    for (lead, number) in [(all[0], indian(1)), (all[1], indian(2))] {
        execute(
            &db,
            format!(
                "INSERT INTO hopper (tenant_id, lead_id, campaign_id, person_id, address, channel, step, lane, state, ready_at, until, leased_until)
                 VALUES (1, {lead}, {campaign}, {lead}, '{number}', 'voice', 0, 2, 'ready', {now}, {now} + 900000, {now} + 900000)"
            ),
        )
        .await;
    }
    network.beat(|_| Behaviour::Silence).await;
    assert_eq!(network.called(), [indian(1)], "one, and not neither");
    let rang = network.log[0].clone();
    let form = network.form(&rang, "busy");
    network.post(&rang.callback, &form).await;
    network.app.pass(16 * MINUTE).await;
    network.beat(|_| Behaviour::Silence).await;
    assert_eq!(network.called(), [indian(1), indian(2)]);
}
