//! Somebody is erased while they are called.

use super::dialling::{FIRST, calls};
use super::network::{Behaviour, Network, indian, leads};
use crate::erasure::erased;
use crate::harness::{Place, number, texts};
use crate::work::{OURS, hire};
use leadwire::domain::access::Role;

on_both!(what_is_reported_after_an_erasure_brings_nothing_back);

async fn what_is_reported_after_an_erasure_brings_nothing_back(place: Place) {
    let mut network = Network::new(&place).await;
    let lead = leads(&network.app, FIRST, &[indian(1)]).await[0];
    network.campaign("Spring", calls(3), &[lead]).await;
    network.beat(|_| Behaviour::Silence).await;
    let db = network.app.app.db.clone();
    let named = "SELECT COUNT(*) FROM outreach_attempts WHERE provider_id IS NOT NULL";
    assert_eq!(number(&db, named).await, 1);
    let token = hire(&network.app, OURS, Role::CenterAdmin).await.token;
    erased(&network.app, &token, lead).await;
    assert_eq!(number(&db, named).await, 0);
    let rang = network.log[0].clone();
    let attempt = rang.callback.split_once("attempt=").unwrap().1.to_owned();
    let mut form = network.form(&rang, "in-progress");
    form.push(("AnsweredBy", "human".to_owned()));
    network.post(&format!("/webhooks/twilio/voice?attempt={attempt}&flow=reach"), &form).await;
    let row = "COALESCE(answered_by, '-') || ' ' || COALESCE(provider_id, '-')";
    assert_eq!(texts(&db, row, "outreach_attempts").await, ["- -"], "who took it");
    let mut form = network.form(&rang, "completed");
    form.push(("AnsweredBy", "human".to_owned()));
    network.post(&rang.callback, &form).await;
    let row = "came || ' ' || COALESCE(provider_id, '-') || ' ' || COALESCE(dialled, '-') || ' ' || address";
    assert_eq!(texts(&db, row, "outreach_attempts").await, ["dropped - - "], "what came of it is a number");
}
