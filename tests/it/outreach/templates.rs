//! Campaigns that write on WhatsApp: with the step's template where the window is shut, with words where it is open.

use super::dialling::{FIRST, calls};
use super::network::{Behaviour, Network, indian, leads};
use crate::harness::{Place, START, number, texts};
use crate::outbox::fake::Came;
use leadwire::clock::{Clock, SECOND};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Settings, Step};
use serde_json::json;

on_both!(by_twilio, by_meta);

const AT_TWILIO: &str = "HX0123456789abcdef0123456789abcdef";
const AT_META: &str = "reach_out/en";

fn writes(template: Option<&str>) -> Settings {
    let step = Step { channel: Channel::Whatsapp, attempts: 1, template: template.map(str::to_owned) };
    Settings { steps: vec![step], ..calls(1) }
}

/// What left since, once a campaign wrote to somebody whose window is shut and to somebody who wrote just now.
async fn written(network: &mut Network, template: &str) -> Vec<Came> {
    network.app.settled().await;
    let db = network.app.app.db.clone();
    let wrote = number(&db, "SELECT MAX(id) FROM leads").await;
    let silent = leads(&network.app, FIRST, &[indian(1), indian(3)]).await;
    let before = network.fake.came().len();
    network.campaign("Without", writes(None), &silent[1..]).await;
    network.campaign("Spring", writes(Some(template)), &[silent[0], wrote]).await;
    network.beat(|_| Behaviour::Busy).await;
    let gate = texts(&db, "gate", &format!("campaign_members WHERE lead_id = {}", silent[1])).await;
    assert_eq!(gate, ["template"], "nobody is written to without one");
    // What goes by one account goes at its pace.
    network.app.pass(SECOND).await;
    network.fake.came().split_off(before)
}

async fn by_twilio(place: Place) {
    let mut network = Network::new(&place).await;
    network.app.twilio_message(&format!("whatsapp:{}", indian(2)), "reach", "SM1").await;
    let sent = written(&mut network, AT_TWILIO).await;
    let mut told: Vec<(&str, &str, bool)> = sent
        .iter()
        .map(|came| (came.field("To"), came.field("ContentSid"), came.field("Body").contains("interested")))
        .collect();
    told.sort_unstable();
    let to = [1, 2].map(|n| format!("whatsapp:{}", indian(n)));
    assert_eq!(told, [(to[0].as_str(), AT_TWILIO, false), (to[1].as_str(), "", true)]);
    let why = network.refused(&writes(Some(AT_META))).await;
    assert!(why.contains("Twilio, which has no template reach_out/en: give its ContentSid"), "{why}");
}

async fn by_meta(place: Place) {
    let mut network = Network::with(&place, Clock::fixed(START), &crate::whatsapp::SETTINGS).await;
    crate::whatsapp::say_as(&network.app, indian(2).trim_start_matches('+'), "reach").await;
    let sent = written(&mut network, AT_META).await;
    let mut told: Vec<(String, bool, bool)> = sent
        .iter()
        .filter(|came| came.json["status"] != "read")
        .map(|came| {
            let template = json!({"name": "reach_out", "language": {"code": "en"}});
            let words = came.json.to_string().contains("interested");
            (
                came.json["to"].as_str().unwrap_or_default().to_owned(),
                came.json["template"] == template,
                words,
            )
        })
        .collect();
    told.sort_unstable();
    let to = [1, 2].map(|n| indian(n).trim_start_matches('+').to_owned());
    assert_eq!(told, [(to[0].clone(), true, false), (to[1].clone(), false, true)], "{sent:?}");
    let why = network.refused(&writes(Some(AT_TWILIO))).await;
    assert!(why.contains("Meta, which has no template HX") && why.contains("follow_up/en_US"), "{why}");
}
