//! What people said of a channel, where a campaign needs it.

use super::dialling::{FIRST, calls};
use super::network::{Behaviour, Network, indian, leads};
use crate::harness::{Place, texts};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Needed, Settings, Step};

on_both!(whoever_must_have_written, whoever_must_have_opted_in);

/// Who is written to of three: one who never wrote, one who said something, one who took a STOP back, and one who said STOP for good; and for what
/// the others wait.
async fn written_to(place: &Place, consent: Needed) -> (Vec<String>, Vec<String>) {
    let mut network = Network::new(place).await;
    for (n, words) in [(2, "hello"), (3, "STOP"), (3, "START"), (4, "STOP"), (4, "START"), (4, "UNSUBSCRIBE")]
    {
        network.app.twilio_message(&indian(n), words, &format!("SM{n}{words}")).await;
        network.app.settled().await;
    }
    let db = network.app.app.db.clone();
    let mut all = leads(&network.app, FIRST, &[indian(1)]).await;
    let wrote = texts(&db, "CAST(id AS TEXT)", &format!("leads WHERE id <> {FIRST}")).await;
    all.extend(wrote.iter().map(|id| id.parse::<i64>().unwrap()));
    let before = network.fake.came().len();
    let step = Step { channel: Channel::Sms, attempts: 1, template: None };
    let settings = Settings { steps: vec![step], consent, ..calls(1) };
    network.campaign("Spring", settings, &all).await;
    network.beat(|_| Behaviour::Busy).await;
    let mut sent: Vec<String> =
        network.fake.came()[before..].iter().map(|came| came.field("To").to_owned()).collect();
    sent.sort_unstable();
    let waits = "campaign_members m JOIN leads l ON l.tenant_id = m.tenant_id AND l.id = m.lead_id
        WHERE m.gate IS NOT NULL ORDER BY l.phone";
    (sent, texts(&db, "l.phone || ' ' || m.gate", waits).await)
}

async fn whoever_must_have_written(place: Place) {
    let (sent, wait) = written_to(&place, Needed::Contact).await;
    assert_eq!(sent, [indian(2), indian(3)]);
    assert_eq!(wait, [format!("{} consent", indian(1)), format!("{} opt_out", indian(4))]);
}

async fn whoever_must_have_opted_in(place: Place) {
    let (sent, wait) = written_to(&place, Needed::OptIn).await;
    assert_eq!(sent, [indian(3)]);
    let waits = |n: usize, gate: &str| format!("{} {gate}", indian(n));
    assert_eq!(wait, [waits(1, "consent"), waits(2, "consent"), waits(4, "opt_out")]);
}
