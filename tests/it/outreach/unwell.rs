//! Channels that do not work for a while: campaigns wait for them, and go on by themselves.

use super::dialling::{FIRST, calls};
use super::network::{Behaviour, Network, TENANT, indian, leads};
use crate::harness::{Place, number, texts};
use crate::outbox::fake::Act;
use leadwire::clock::{MINUTE, SECOND};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Pace, Settings, Step};
use leadwire::domain::outreach::{Gate, RESTS, Stand};
use leadwire::service::outreach::explain_all;

on_both! {
    a_provider_that_is_down_costs_few_calls,
    credentials_that_are_refused_cost_few_calls,
    a_provider_that_is_down_costs_few_messages,
    numbers_that_are_refused_say_nothing_of_the_channel,
}

/// Leads of these campaigns.
const LEADS: usize = 30;

async fn campaign(place: &Place, channel: Channel, act: Act) -> (Network, Vec<i64>) {
    let network = Network::new(place).await;
    network.fake.always(move |_| act);
    let all = leads(&network.app, FIRST, &(0..LEADS).map(indian).collect::<Vec<_>>()).await;
    let pace = Pace { calls_per_second: 1.0, concurrent_calls: 50, messages_per_minute: 60 };
    let step = Step { channel, attempts: 3, template: None };
    network.campaign("Spring", Settings { steps: vec![step], pace, ..calls(3) }, &all).await;
    (network, all)
}

/// How many leads something reached.
fn reached(network: &Network) -> usize {
    let taken = network.fake.came().into_iter().filter(|came| came.sid.is_some());
    taken.map(|came| came.field("To").to_owned()).collect::<std::collections::BTreeSet<_>>().len()
}

/// A campaign goes on for half an hour in which its provider does only this, and then takes everything.
async fn outage(place: Place, channel: Channel, act: Act) {
    let (mut network, all) = campaign(&place, channel, act).await;
    let db = network.app.app.db.clone();
    let began = network.app.clock.now();
    for n in 0..40 + 58 {
        network.beat(|_| Behaviour::Answers(9)).await;
        network.app.pass(if n < 40 { SECOND } else { 30 * SECOND }).await;
    }
    let at: Vec<i64> = texts(&db, "began_at", "outreach_attempts ORDER BY began_at")
        .await
        .iter()
        .map(|at| at.parse::<i64>().unwrap() - began)
        .collect();
    let first = at.iter().filter(|at| **at < MINUTE).count();
    assert!((1..=8).contains(&first), "it is found out soon: {at:?}");
    let probes = &at[first..];
    assert!((2..=10).contains(&probes.len()), "it is asked again and again: {at:?}");
    assert!(at[first - 1..].windows(2).all(|pair| pair[1] - pair[0] >= RESTS), "one at a time: {at:?}");
    let most = number(&db, "SELECT MAX(tries) FROM campaign_members").await;
    assert_eq!(most, 0, "what never left counts for nothing");
    let untried = "SELECT COUNT(*) FROM leads l WHERE NOT EXISTS (SELECT 1 FROM outreach_attempts a WHERE a.lead_id = l.id)";
    assert!(number(&db, untried).await >= LEADS as i64 / 3, "most of them lost nothing");
    let last = *all.last().unwrap();
    let told = explain_all(&network.app.app, TENANT, last, None).await.unwrap().remove(0);
    let gate = told.gates.iter().find(|gate| gate.gate == Gate::ChannelHealth).unwrap();
    // Unless it is just being found out.
    let is_shut = matches!(gate.stand, Stand::Until(at) if at <= told.at + RESTS);
    assert!(
        is_shut || gate.stand == Stand::Open && gate.words.contains("one at a time finds out"),
        "{gate:?}"
    );
    assert_eq!(reached(&network), 0);

    network.fake.always(|_| Act::Take);
    for _ in 0..4 * 6 {
        network.app.pass(10 * SECOND).await;
        network.beat(|_| Behaviour::Answers(9)).await;
    }
    assert!(reached(&network) > 0, "it goes on within minutes");
    for _ in 0..60 {
        network.app.pass(10 * SECOND).await;
        network.beat(|_| Behaviour::Answers(9)).await;
    }
    assert!(reached(&network) >= LEADS - 15, "at the campaign's pace: {}", reached(&network));
    assert_eq!(number(&db, "SELECT COUNT(*) FROM channel_health WHERE failures > 0").await, 0);
    if channel == Channel::Voice {
        assert_eq!(reached(&network), LEADS, "nobody was forgotten");
    }
}

async fn a_provider_that_is_down_costs_few_calls(place: Place) {
    outage(place, Channel::Voice, Act::Refuse(503, 0)).await;
}

async fn credentials_that_are_refused_cost_few_calls(place: Place) {
    outage(place, Channel::Voice, Act::Refuse(401, 20003)).await;
}

async fn a_provider_that_is_down_costs_few_messages(place: Place) {
    outage(place, Channel::Sms, Act::Refuse(503, 0)).await;
}

async fn numbers_that_are_refused_say_nothing_of_the_channel(place: Place) {
    let (mut network, _) = campaign(&place, Channel::Voice, Act::Refuse(400, 21211)).await;
    for _ in 0..12 {
        network.beat(|_| Behaviour::Answers(9)).await;
        network.app.pass(SECOND).await;
    }
    let failed =
        number(&network.app.app.db, "SELECT COUNT(*) FROM outreach_attempts WHERE came = 'no_such_number'")
            .await;
    assert_eq!(failed, 12, "one a second");
    assert_eq!(number(&network.app.app.db, "SELECT COUNT(*) FROM channel_health").await, 0);
}
