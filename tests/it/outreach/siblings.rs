//! One person with several leads, and one number of several people: which lead is called at the time that was agreed.

use super::dialling::{COURSES, FIRST, calls};
use super::network::{Behaviour, Network, indian, leads};
use crate::harness::{Place, execute, texts};
use leadwire::clock::MINUTE;
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Settings, Step};

on_both!(a_call_is_agreed_for_the_lead_that_was_tried);

async fn agreed(network: &Network) -> Vec<String> {
    texts(
        &network.app.app.db,
        "CAST(id - 1000000000 AS TEXT)",
        "leads WHERE callback_at IS NOT NULL ORDER BY id",
    )
    .await
}

async fn a_call_is_agreed_for_the_lead_that_was_tried(place: Place) {
    std::fs::write(place.flows().join("courses.toml"), COURSES).unwrap();
    let mut network = Network::new(&place).await;
    let numbers: Vec<String> = (0..7).map(indian).collect();
    let all = leads(&network.app, FIRST, &numbers).await;
    let db = network.app.app.db.clone();
    // The second lead is the first one's person's; the third has the number of the fourth one's; the sixth is again the fifth one's.
    for (lead, other) in [(1, 0), (5, 4)] {
        let (person, phone) = (all[other], indian(other));
        let sql =
            format!("UPDATE leads SET person_id = {person}, phone = '{phone}' WHERE id = {}", all[lead]);
        execute(&db, sql).await;
    }
    execute(&db, format!("UPDATE leads SET phone = '{}' WHERE id = {}", indian(3), all[2])).await;
    let by = |channel| {
        let step = Step { channel, attempts: 1, template: None };
        Settings { steps: vec![step], flow: Some("courses".to_owned()), ..calls(1) }
    };
    network.campaign("Writes", by(Channel::Sms), &[all[1], all[2]]).await;
    network.beat(|_| Behaviour::Silence).await;
    network.app.settled().await;
    for (n, sid) in [(0, "SM1"), (3, "SM2")] {
        network.app.twilio_message(&indian(n), "tomorrow at 4pm", sid).await;
    }
    network.app.settled().await;
    assert_eq!(agreed(&network).await, ["1", "2"]);

    network.campaign("Calls", by(Channel::Voice), &[all[5]]).await;
    network.app.pass(MINUTE).await;
    network.beat(|_| Behaviour::Silence).await;
    let rang = network.log.last().unwrap().clone();
    let attempt = rang.callback.split_once("attempt=").unwrap().1.to_owned();
    let mut form = network.form(&rang, "in-progress");
    form.push(("AnsweredBy", "human".to_owned()));
    let asks = network.post(&format!("/webhooks/twilio/voice?attempt={attempt}&flow=courses"), &form).await;
    let action = asks.split_once("<Gather").and_then(|(_, rest)| rest.split_once("action=\"")).unwrap().1;
    let action = action.split_once('"').unwrap().0.replace("&amp;", "&");
    let action = action.strip_prefix(crate::harness::PUBLIC_URL).unwrap();
    let mut form = network.form(&rang, "in-progress");
    form.push(("SpeechResult", "tomorrow at 4pm".to_owned()));
    form.push(("Confidence", "0.98".to_owned()));
    network.post(action, &form).await;
    network.app.settled().await;
    assert_eq!(agreed(&network).await, ["1", "2", "5"]);

    // Whoever writes by themselves is called as the lead that their conversation is about.
    network.app.twilio_message(&indian(6), "courses", "SM3").await;
    network.app.twilio_message(&indian(6), "tomorrow at 4pm", "SM4").await;
    network.app.settled().await;
    assert_eq!(agreed(&network).await, ["1", "2", "5", "6"]);
}
