//! Whoever wants no messages, and what that says of calls.

use super::dialling::{FIRST, calls, said};
use super::network::{Behaviour, Network, indian, leads};
use crate::harness::{Place, texts};
use crate::work::OURS;
use leadwire::clock::{DAY, HOUR, MINUTE};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::Standing;
use leadwire::domain::outreach::campaign::{Settings, Step};
use leadwire::service::desk::Desk;
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach::{Recycle, recycle};
use tokio_util::sync::CancellationToken;

on_both!(a_stop_is_the_channel_s_and_ends_the_campaign_s_tries, what_the_provider_refuses_ends_all_tries);

/// Writes once, and then calls.
fn writes_and_calls() -> Settings {
    let step = |channel| Step { channel, attempts: 1, template: None };
    Settings { steps: vec![step(Channel::Sms), step(Channel::Voice)], ..calls(1) }
}

/// Two days, of which nobody may call at night.
async fn pass_two_days(network: &mut Network) {
    for _ in 0..12 {
        network.app.pass(4 * HOUR).await;
        network.beat(|_| Behaviour::Busy).await;
    }
}

async fn a_stop_is_the_channel_s_and_ends_the_campaign_s_tries(place: Place) {
    let mut network = Network::new(&place).await;
    let lead = leads(&network.app, FIRST, &[indian(1)]).await[0];
    network.campaign("Spring", writes_and_calls(), &[lead]).await;
    network.beat(|_| Behaviour::Busy).await;
    let message = network.fake.came().pop().unwrap();
    network.post(&message.callback(), &reported(&message, "delivered", None)).await;
    network.app.pass(MINUTE).await;
    network.app.twilio_message(&indian(1), "STOP", "SM1").await;
    network.app.settled().await;
    let db = network.app.app.db.clone();
    assert_eq!(texts(&db, "opted_out", "persons").await, ["sms"]);
    pass_two_days(&mut network).await;
    assert_eq!(network.log.len(), 0, "whoever wrote is not called by a program");
    assert_eq!(texts(&db, "gate", "campaign_members").await, ["status"]);

    // Somebody of ours who knows what they wrote lets it be tried again: by what they did not opt out of.
    let actor = Actor { user_id: None, program: "test".to_owned() };
    let app = &network.app;
    let desk = Desk { db: &app.app.db, ids: &app.app.ids, clock: &app.clock, tenant: OURS, actor: &actor };
    let wanted = Recycle {
        from: vec![Some(Standing::Messaged), Some(Standing::Contacted)],
        to: Standing::New,
        resets: true,
        most: None,
    };
    assert_eq!(recycle(&desk, &wanted, &CancellationToken::new(), &mut |_| {}).await.unwrap().leads, 1);
    let sent = network.fake.came().len();
    pass_two_days(&mut network).await;
    assert_eq!(network.called(), [indian(1)]);
    assert_eq!(network.fake.came().len(), sent + 1, "the call alone");
}

fn reported(
    message: &crate::outbox::fake::Came,
    status: &str,
    code: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut form = vec![("MessageSid", message.sid.clone().unwrap()), ("MessageStatus", status.to_owned())];
    form.extend(code.map(|code| ("ErrorCode", code.to_owned())));
    form
}

async fn what_the_provider_refuses_ends_all_tries(place: Place) {
    let mut network = Network::new(&place).await;
    let lead = leads(&network.app, FIRST, &[indian(1)]).await[0];
    network.campaign("Spring", writes_and_calls(), &[lead]).await;
    network.beat(|_| Behaviour::Busy).await;
    let message = network.fake.came().pop().unwrap();
    network.post(&message.callback(), &reported(&message, "failed", Some("21610"))).await;
    network.app.settled().await;
    assert_eq!(said(&network, lead).await, "do_not_call opted_out 1 0 1");
    pass_two_days(&mut network).await;
    network.app.pass(DAY).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(network.log.len(), 0);
    assert_eq!(texts(&network.app.app.db, "gate", "campaign_members").await, ["status"]);
}
