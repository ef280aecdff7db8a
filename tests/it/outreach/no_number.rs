//! Numbers that are none, or take nothing by a channel: they are not tried by that again, until there is another number.

use super::dialling::{FIRST, calls, ledger, said};
use super::network::{Behaviour, Network, TENANT, indian, leads};
use crate::harness::{Place, execute};
use crate::outbox::fake::Act;
use leadwire::clock::{DAY, HOUR};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Settings, Step};
use leadwire::domain::outreach::{Gate, Stand};
use leadwire::service::outreach::explain_all;
use std::collections::BTreeMap;

on_both! {
    a_number_that_is_none_is_called_once_and_then_written_to,
    another_number_is_called_again,
}

/// The network knows no such number when it rings the first; the provider takes no call to the second.
async fn network(place: &Place, steps: Vec<Step>) -> (Network, Vec<i64>) {
    let network = Network::new(place).await;
    let is_call_to_second =
        |form: &BTreeMap<String, String>| form["To"] == indian(2) && form.contains_key("Url");
    network
        .fake
        .always(move |form| if is_call_to_second(form) { Act::Refuse(400, 21211) } else { Act::Take });
    let all = leads(&network.app, FIRST, &[indian(1), indian(2), indian(3)]).await;
    network.campaign("Spring", Settings { steps, ..calls(3) }, &all).await;
    (network, all)
}

fn behave(to: &str) -> Behaviour {
    if to == indian(1) { Behaviour::Fails(404) } else { Behaviour::Busy }
}

fn step(channel: Channel, attempts: u32) -> Step {
    Step { channel, attempts, template: None }
}

async fn a_number_that_is_none_is_called_once_and_then_written_to(place: Place) {
    let (mut network, all) = network(&place, vec![step(Channel::Voice, 2), step(Channel::Sms, 1)]).await;
    network.beat(behave).await;
    let first = ["0 voice no_such_number 0", "1 voice no_such_number 0", "2 voice busy 0"];
    assert_eq!(ledger(&network).await, first);
    assert_eq!(said(&network, all[0]).await, "failed no_such_number 1 0 1");
    assert_eq!(said(&network, all[1]).await, "failed no_such_number 1 0 1");
    network.app.pass(5 * HOUR).await;
    network.beat(behave).await;
    let then = ["0 sms open 0", "1 sms open 0", "2 voice busy 0"];
    assert_eq!(ledger(&network).await, [first, then].concat());
}

async fn another_number_is_called_again(place: Place) {
    let (mut network, all) = network(&place, vec![step(Channel::Voice, 3)]).await;
    network.beat(behave).await;
    network.app.pass(DAY).await;
    network.beat(behave).await;
    let times = network.times();
    assert_eq!((times[&*indian(1)], times[&*indian(3)]), (1, 2), "nobody has the first");
    let told = explain_all(&network.app.app, TENANT, all[0], None).await.unwrap().remove(0);
    let address = told.gates.iter().find(|gate| gate.gate == Gate::Address).unwrap();
    assert_eq!(address.stand, Stand::Shut);
    assert!(address.words.contains("is none"), "{}", address.words);
    let (lead, number) = (all[0], indian(9));
    execute(&network.app.app.db, format!("UPDATE leads SET phone = '{number}' WHERE id = {lead}")).await;
    network.app.pass(3 * HOUR).await;
    network.beat(behave).await;
    assert_eq!(network.times().get(&*indian(9)), Some(&1));
}
