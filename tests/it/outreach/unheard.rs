//! Calls of which nobody tells us what came of them: the network is asked.

use super::dialling::{FIRST, calls, ledger, said};
use super::network::{Behaviour, Network, Rang, indian, leads};
use crate::harness::{Place, execute, number, texts};
use crate::outbox::fake::Act;
use leadwire::clock::{HOUR, MINUTE};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Settings, Step};
use leadwire::jobs::scheduled;
use tokio_util::sync::CancellationToken;

on_both! {
    the_network_is_asked_what_came_of_a_call,
    a_call_that_may_have_been_made_is_found_whatever_happened_since,
    a_call_whose_answer_was_lost_is_known_by_its_reports,
    one_that_may_have_been_made_is_not_taken_back_by_trying_it_again,
    a_call_that_was_never_made_does_not_count,
    what_was_taken_back_and_made_all_the_same_counts,
    what_the_network_does_not_say_is_given_up,
    what_goes_on_is_waited_for,
    a_message_of_which_nobody_spoke_in_time_has_arrived_all_the_same,
    what_was_called_is_settled_though_its_campaign_is_paused,
}

/// A network, and a lead that a campaign calls by it, which does so with the first call.
async fn one(place: &Place, acts: &[Act]) -> (Network, i64, i64) {
    let network = Network::new(place).await;
    network.fake.next(acts);
    let lead = leads(&network.app, FIRST, &[indian(1)]).await[0];
    let campaign = network.campaign("Spring", calls(3), &[lead]).await;
    (network, lead, campaign)
}

/// Until the call is asked about.
pub async fn an_hour(network: &mut Network) {
    network.app.pass(HOUR + 5 * MINUTE).await;
    network.beat(|_| Behaviour::Silence).await;
}

async fn the_network_is_asked_what_came_of_a_call(place: Place) {
    let (mut network, lead, _) = one(&place, &[]).await;
    network.beat(|_| Behaviour::Silence).await;
    assert_eq!(ledger(&network).await, ["0 voice open 0"]);
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await, ["0 voice no_answer 0"]);
    assert_eq!(said(&network, lead).await, "no_answer no_answer 1 0 1");
    assert_eq!(number(&network.app.app.db, "SELECT COUNT(*) FROM hopper").await, 0);
    assert_eq!(network.log.len(), 1);
    // What the network itself said when it was asked stays so, whatever is reported late.
    let rang = network.log[0].clone();
    let form = network.form(&rang, "busy");
    network.post(&rang.callback, &form).await;
    assert_eq!(said(&network, lead).await, "no_answer no_answer 1 0 1");
}

async fn a_call_that_may_have_been_made_is_found_whatever_happened_since(place: Place) {
    let (mut network, lead, _) = one(&place, &[Act::TakeAndHangUp]).await;
    network.beat(|_| Behaviour::Silence).await;
    // They may not be called any more; what was made was made.
    execute(&network.app.app.db, format!("UPDATE persons SET opted_out = 'voice' WHERE id = {lead}")).await;
    network.app.pass(MINUTE).await;
    assert_eq!(ledger(&network).await, ["0 voice open 0"]);
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await, ["0 voice no_answer 0"]);
    let known =
        number(&network.app.app.db, "SELECT COUNT(*) FROM outreach_attempts WHERE provider_id LIKE 'SM%'");
    assert_eq!(known.await, 1);
}

/// What became of the job of the first call.
async fn job(network: &Network) -> Vec<String> {
    texts(
        &network.app.app.db,
        "state || ' ' || COALESCE(provider_id, '')",
        "outbox WHERE kind = 'twilio_call'",
    )
    .await
}

async fn a_call_whose_answer_was_lost_is_known_by_its_reports(place: Place) {
    let (mut network, lead, _) = one(&place, &[Act::TakeAndHangUp, Act::TakeAndHangUp]).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(said(&network, lead).await, "busy busy 1 0 1");
    network.app.pass(MINUTE).await;
    let sid = network.log[0].sid.clone();
    assert_eq!(job(&network).await, [format!("sent {sid}")], "nobody has to decide");
    // Where nothing was heard until then, nobody has to either.
    network.app.pass(5 * HOUR).await;
    network.beat(|_| Behaviour::Silence).await;
    network.app.pass(MINUTE).await;
    assert_eq!(job(&network).await[1], "rejected ");
    assert_eq!(ledger(&network).await[1], "0 voice open 0");
}

async fn one_that_may_have_been_made_is_not_taken_back_by_trying_it_again(place: Place) {
    let (mut network, lead, campaign) = one(&place, &[Act::TakeAndHangUp]).await;
    network.beat(|_| Behaviour::Silence).await;
    network.app.pass(MINUTE).await;
    let again = async |network: &mut Network| {
        let db = &network.app.app.db;
        let id = number(db, "SELECT id FROM outbox WHERE kind = 'twilio_call'").await;
        assert!(leadwire::service::outbox::retry(db, 1, id, network.app.clock.now()).await.unwrap());
        network.app.settled().await;
    };
    network.turn(campaign, leadwire::domain::outreach::CampaignEvent::Pause).await;
    again(&mut network).await;
    assert_eq!(
        (job(&network).await, ledger(&network).await),
        (vec!["rejected ".to_owned()], vec!["0 voice open 0".to_owned()])
    );
    // Nor is one made again that the network has spoken of.
    network.turn(campaign, leadwire::domain::outreach::CampaignEvent::Resume).await;
    let rang = network.log[0].clone();
    let form = network.form(&rang, "busy");
    network.post(&rang.callback, &form).await;
    again(&mut network).await;
    assert_eq!(job(&network).await, [format!("sent {}", rang.sid)]);
    assert_eq!((network.fake.came().len(), said(&network, lead).await.as_str()), (1, "busy busy 1 0 1"));
}

async fn a_call_that_was_never_made_does_not_count(place: Place) {
    let (mut network, lead, _) = one(&place, &[Act::HangUp]).await;
    network.beat(|_| Behaviour::Busy).await;
    network.app.pass(MINUTE).await;
    assert_eq!(ledger(&network).await, ["0 voice open 0"], "it may have been made");
    an_hour(&mut network).await;
    // What was taken back rests for some minutes.
    network.app.pass(6 * MINUTE).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(ledger(&network).await, ["0 voice cancelled 0", "0 voice busy 0"]);
    assert_eq!(said(&network, lead).await, "busy busy 1 0 1");
}

async fn what_was_taken_back_and_made_all_the_same_counts(place: Place) {
    let (mut network, lead, _) = one(&place, &[Act::HangUp]).await;
    network.beat(|_| Behaviour::Busy).await;
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await, ["0 voice cancelled 0"]);
    let callback = network.fake.came()[0].callback();
    let (sid, at) = ("CA9".to_owned(), network.app.clock.now());
    let rang = Rang { at, to: indian(1), sid, document: None, callback };
    let form = network.form(&rang, "busy");
    network.post(&rang.callback, &form).await;
    assert_eq!(ledger(&network).await, ["0 voice busy 0"]);
    assert_eq!(said(&network, lead).await, "busy busy 1 0 1");
    assert_eq!(number(&network.app.app.db, "SELECT tries FROM campaign_members").await, 1);
}

async fn what_the_network_does_not_say_is_given_up(place: Place) {
    let (mut network, lead, _) = one(&place, &[]).await;
    network.fake.lists(false);
    network.beat(|_| Behaviour::Silence).await;
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await, ["0 voice open 0"], "it is asked again");
    an_hour(&mut network).await;
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await, ["0 voice failed 0"]);
    assert_eq!(said(&network, lead).await, "failed failed 1 0 1");
    assert_eq!(network.fake.asked(), 3);
}

async fn what_goes_on_is_waited_for(place: Place) {
    let (mut network, _, _) = one(&place, &[]).await;
    network.beat(|_| Behaviour::Silence).await;
    let sid = network.log[0].sid.clone();
    network.fake.fate(&sid, "in-progress");
    for _ in 0..4 {
        an_hour(&mut network).await;
        assert_eq!(ledger(&network).await, ["0 voice open 0"]);
    }
    assert_eq!(network.log.len(), 1);
    network.fake.fate(&sid, "busy");
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await, ["0 voice busy 0"]);
}

async fn what_was_called_is_settled_though_its_campaign_is_paused(place: Place) {
    let (mut network, _, campaign) = one(&place, &[]).await;
    network.beat(|_| Behaviour::Silence).await;
    network.turn(campaign, leadwire::domain::outreach::CampaignEvent::Pause).await;
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await, ["0 voice no_answer 0"]);
}

async fn a_message_of_which_nobody_spoke_in_time_has_arrived_all_the_same(place: Place) {
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1), indian(2)]).await;
    let step = Step { channel: Channel::Sms, attempts: 1, template: None };
    network.campaign("Spring", Settings { steps: vec![step], ..calls(1) }, &all).await;
    network.beat(|_| Behaviour::Silence).await;
    network.app.settled().await;
    let came = network.fake.came();
    let report = async |n: usize, status: &'static str| {
        let sid = came[n].sid.clone().unwrap();
        network.post(&came[n].callback(), &[("MessageSid", sid), ("MessageStatus", status.to_owned())]).await;
    };
    let first = usize::from(came[0].field("To") != indian(1));
    // The network says of one that it failed, and of the other nothing for longer than it is waited for.
    report(1 - first, "failed").await;
    network.app.clock.advance(HOUR + 5 * MINUTE);
    scheduled::beat(&network.app.app, &CancellationToken::new()).await;
    assert_eq!(ledger(&network).await, ["0 sms failed 0", "1 sms failed 0"]);
    report(first, "delivered").await;
    report(1 - first, "sent").await;
    assert_eq!(ledger(&network).await, ["0 sms delivered 0", "1 sms failed 0"], "reports come in any order");
}
