//! Campaigns that call: what leaves, what comes of it, and what is tried again when.

use super::network::{Behaviour, FLOW, Network, TENANT, indian, leads};
use crate::harness::{ADMIN_TOKEN, Place, number, texts};
use leadwire::clock::{DAY, HOUR, MINUTE, SECOND};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::CampaignEvent;
use leadwire::domain::outreach::campaign::{OnMachine, Pace, Settings, Step};
use leadwire::service::outreach;
use serde_json::json;
use std::collections::BTreeMap;

on_both! {
    a_call_is_made_and_what_came_of_it_is_one_truth,
    what_nobody_answered_is_tried_again_when_it_has_rested,
    reports_come_twice_and_the_last_first,
    machines_are_hung_up_on_or_left_a_message,
    nobody_of_ours_is_a_dropped_call,
    a_campaign_that_is_paused_calls_nobody,
    no_more_calls_at_once_than_lines,
    one_person_is_not_tried_twice_at_once,
    after_calls_it_writes,
    what_was_tried_counts_for_its_channel_when_steps_change,
    what_is_being_tried_counts_for_its_channel_when_steps_change,
    whoever_says_when_is_called_then,
    an_opt_out_is_the_number_s_whoever_said_it,
    a_number_is_dialled_as_it_is,
    whoever_is_to_be_called_at_four_does_not_wait_behind_the_new,
    tasks_run_at_their_periods_and_are_seen,
}

async fn what_was_tried_counts_for_its_channel_when_steps_change(place: Place) {
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1)]).await;
    let campaign = network.campaign("Spring", calls(1), &all).await;
    network.beat(|_| Behaviour::Busy).await;
    let sms = Step { channel: Channel::Sms, attempts: 1, template: None };
    let settings = Some(Settings { steps: vec![sms], ..calls(1) });
    let wanted = outreach::Wanted { settings, ..Default::default() };
    outreach::change(&network.app.app, TENANT, (campaign, None), wanted).await.unwrap();
    network.app.pass(5 * HOUR).await;
    network.beat(|_| Behaviour::Busy).await;
    // It was called once, and no message was written yet.
    assert_eq!(ledger(&network).await, ["0 voice busy 0", "0 sms open 0"]);
}

async fn what_is_being_tried_counts_for_its_channel_when_steps_change(place: Place) {
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1)]).await;
    let campaign = network.campaign("Spring", calls(1), &all).await;
    network.beat(|_| Behaviour::Silence).await;
    let step = |channel: Channel| Step { channel, attempts: 1, template: None };
    let settings = Some(Settings { steps: vec![step(Channel::Sms), step(Channel::Voice)], ..calls(1) });
    let wanted = outreach::Wanted { settings, ..Default::default() };
    outreach::change(&network.app.app, TENANT, (campaign, None), wanted).await.unwrap();
    for _ in 0..12 {
        network.app.pass(HOUR / 2).await;
        network.beat(|_| Behaviour::Silence).await;
        if ledger(&network).await.len() > 1 {
            break;
        }
    }
    // The call that was under way is no message, and it goes on as the campaign is now.
    assert_eq!(ledger(&network).await, ["0 voice no_answer 0", "0 sms open 0"]);
}

/// The first id of these tests' leads.
pub const FIRST: i64 = 1_000_000_000;

pub fn calls(attempts: u32) -> Settings {
    let pace = Pace { calls_per_second: 100.0, concurrent_calls: 50, messages_per_minute: 600 };
    let step = Step { channel: Channel::Voice, attempts, template: None };
    Settings { steps: vec![step], flow: Some("reach".to_owned()), pace, ..Settings::default() }
}

pub async fn ledger(network: &Network) -> Vec<String> {
    let row = "(lead_id - 1000000000) || ' ' || channel || ' ' || COALESCE(came, 'open') || ' ' || COALESCE(duration_ms, 0)";
    texts(&network.app.app.db, row, "outreach_attempts ORDER BY began_at, lead_id, id").await
}

pub async fn said(network: &Network, lead: i64) -> String {
    let row = "COALESCE(dial_status, '-') || ' ' || COALESCE(dial_result, '-') || ' ' || dial_attempts || ' ' || answered_count || ' ' || tries";
    texts(&network.app.app.db, row, &format!("leads WHERE id = {lead}")).await.remove(0)
}

async fn a_call_is_made_and_what_came_of_it_is_one_truth(place: Place) {
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1), indian(2), indian(3)]).await;
    let campaign = network.campaign("Spring", calls(3), &all).await;
    let behave = |to: &str| match to {
        to if to == indian(1) => Behaviour::Answers(42),
        to if to == indian(2) => Behaviour::Busy,
        _ => Behaviour::Fails(480),
    };
    network.beat(behave).await;
    assert_eq!(
        network.times().into_iter().collect::<Vec<_>>(),
        [1, 2, 3].map(indian).iter().map(|to| (to.as_str(), 1)).collect::<Vec<_>>()
    );
    let first = network.log.iter().find(|rang| rang.to == indian(1)).unwrap();
    assert!(first.document.as_ref().unwrap().contains("still interested"), "the flow is run");
    assert_eq!(ledger(&network).await, ["0 voice answered 42000", "1 voice busy 0", "2 voice no_answer 0"]);
    assert_eq!(said(&network, all[0]).await, "contacted answered 1 1 1");
    assert_eq!(said(&network, all[1]).await, "busy busy 1 0 1");
    assert_eq!(said(&network, all[2]).await, "no_answer no_answer 1 0 1");
    let sent = network.fake.came().into_iter().find(|came| came.field("To") == indian(1)).unwrap();
    for (name, value) in
        [("To", indian(1)), ("MachineDetection", "Enable".to_owned()), ("Timeout", "30".to_owned())]
    {
        assert_eq!(sent.field(name), value, "{name}");
    }
    let db = network.app.app.db.clone();
    assert_eq!(number(&db, "SELECT COUNT(*) FROM hopper").await, 0, "whoever was tried is out of it");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM audit_log WHERE event = 'attempted'").await, 3);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM outreach_attempts WHERE provider_id LIKE 'SM%'").await, 3);
    let told =
        network.app.request("GET", &format!("/api/v1/leads/{}/details", all[0])).bearer_auth(ADMIN_TOKEN);
    let told = network.app.send(told).await.json();
    assert_eq!(
        (&told["dial_status"], &told["dial_result"], &told["dial_attempts"], &told["answered_count"]),
        (&json!("contacted"), &json!("answered"), &json!(1), &json!(1))
    );
    let reached = &told["outreach"][0];
    assert_eq!(
        (&reached["campaign_id"], &reached["channel"], &reached["result"], &reached["seconds"]),
        (&json!(campaign), &json!("voice"), &json!("answered"), &json!(42)),
        "{reached}"
    );
    let told =
        network.app.request("GET", &format!("/api/v1/leads/{}/timeline", all[0])).bearer_auth(ADMIN_TOKEN);
    let told = network.app.send(told).await.json();
    let attempts: Vec<_> =
        told["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "attempt").collect();
    assert_eq!((attempts.len(), &attempts[0]["what"]), (1, reached));
    // They are looked at again, and know for what they wait.
    network.app.pass(MINUTE).await;
    network.beat(behave).await;
    let waits = "(lead_id - 1000000000) || ' ' || gate";
    let of = format!("campaign_members WHERE campaign_id = {campaign} ORDER BY lead_id");
    assert_eq!(texts(&db, waits, &of).await, ["0 status", "1 delay", "2 delay"]);
    assert_eq!(network.log.len(), 3);
    assert_eq!(network.app.app.clock.now() - crate::harness::START, MINUTE);
}

async fn what_nobody_answered_is_tried_again_when_it_has_rested(place: Place) {
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1), indian(2)]).await;
    network.campaign("Spring", calls(2), &all).await;
    let behave = |to: &str| if to == indian(1) { Behaviour::NoAnswer } else { Behaviour::Fails(503) };
    let began = network.app.clock.now();
    // Half past three there; nine in the evening is too late for what rests four hours and an hour more.
    for _ in 0..2 * 24 * 12 {
        network.beat(behave).await;
        network.app.pass(5 * MINUTE).await;
    }
    let at: Vec<i64> =
        network.log.iter().filter(|rang| rang.to == indian(1)).map(|rang| rang.at - began).collect();
    assert_eq!(at.len(), 2, "as often as there are attempts: {at:?}");
    assert!((4 * HOUR..4 * HOUR + 10 * MINUTE).contains(&at[1]), "{at:?}");
    assert_eq!(said(&network, all[1]).await, "congestion congestion 2 0 2");
    let gate = texts(&network.app.app.db, "gate", "campaign_members ORDER BY lead_id").await;
    assert_eq!(gate, ["attempts", "attempts"]);
}

async fn reports_come_twice_and_the_last_first(place: Place) {
    let mut network = Network::new(&place).await;
    network.is_unruly = true;
    let all = leads(&network.app, FIRST, &[indian(1), indian(2)]).await;
    network.campaign("Spring", calls(3), &all).await;
    network.beat(|to| if to == indian(1) { Behaviour::Answers(9) } else { Behaviour::Busy }).await;
    assert_eq!(ledger(&network).await, ["0 voice answered 9000", "1 voice busy 0"]);
    assert_eq!(said(&network, all[0]).await, "contacted answered 1 1 1");
    assert_eq!(said(&network, all[1]).await, "busy busy 1 0 1");
    assert_eq!(
        number(&network.app.app.db, "SELECT COUNT(*) FROM audit_log WHERE event = 'attempted'").await,
        2
    );
}

async fn machines_are_hung_up_on_or_left_a_message(place: Place) {
    let silent = FLOW.replace("\"reach\"", "\"short\"").replace("voicemail =", "record =");
    std::fs::write(place.flows().join("short.toml"), silent).unwrap();
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1), indian(2), indian(3)]).await;
    network.campaign("Hangs up", calls(3), &all[..1]).await;
    network.campaign("Leaves", Settings { machine: OnMachine::LeaveMessage, ..calls(3) }, &all[1..2]).await;
    network.campaign("Goes on", Settings { machine: OnMachine::GoOn, ..calls(3) }, &all[2..]).await;
    network.beat(|_| Behaviour::Machine).await;
    let document = |n: usize| {
        let rang = network.log.iter().find(|rang| rang.to == indian(n)).unwrap();
        rang.document.clone().unwrap()
    };
    assert!(!document(1).contains("<Say"), "{}", document(1));
    assert!(document(2).contains("<Say") && !document(2).contains("<Gather"), "{}", document(2));
    assert!(document(3).contains("<Gather"), "{}", document(3));
    assert_eq!(
        ledger(&network).await,
        ["0 voice machine 5000", "1 voice voicemail_left 5000", "2 voice answered 5000"]
    );
    let settings = Settings { machine: OnMachine::LeaveMessage, flow: Some("short".to_owned()), ..calls(1) };
    let why = network.refused(&settings).await;
    assert!(why.starts_with("machines are to be left a message, and the flow has none"), "{why}");
}

async fn nobody_of_ours_is_a_dropped_call(place: Place) {
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1), indian(2)]).await;
    let settings = Settings { bridge_to: Some("+14155550199".to_owned()), ..calls(3) };
    network.campaign("Bridge", settings, &all).await;
    network.beat(|_| Behaviour::Silence).await;
    for (n, reached) in [(1, "completed"), (2, "no-answer")] {
        let rang = network.log.iter().find(|rang| rang.to == indian(n)).unwrap().clone();
        let attempt = rang.callback.split_once("attempt=").unwrap().1.to_owned();
        let mut form = network.form(&rang, "in-progress");
        form.push(("AnsweredBy", "human".to_owned()));
        let document = network.post(&format!("/webhooks/twilio/voice?attempt={attempt}"), &form).await;
        assert!(document.contains("<Number>+14155550199</Number>"), "{document}");
        let mut form = network.form(&rang, "in-progress");
        form.push(("DialCallStatus", reached.to_owned()));
        network.post(&format!("/webhooks/twilio/voice/bridged?attempt={attempt}"), &form).await;
        let form = network.form(&rang, "completed");
        network.post(&rang.callback, &form).await;
    }
    assert_eq!(ledger(&network).await, ["0 voice answered 0", "1 voice dropped 0"]);
    // Somebody answered, and nobody ever asked us what to say to them.
    let all = leads(&network.app, FIRST + 10, &[indian(11)]).await;
    network.campaign("Down", calls(3), &all).await;
    network.app.pass(MINUTE).await;
    network.beat(|_| Behaviour::Silence).await;
    let rang = network.log.last().unwrap().clone();
    let form = network.form(&rang, "completed");
    network.post(&rang.callback, &form).await;
    assert_eq!(said(&network, all[0]).await, "dropped dropped 1 0 1");
}

async fn a_campaign_that_is_paused_calls_nobody(place: Place) {
    let mut network = Network::new(&place).await;
    let numbers: Vec<String> = (0..20).map(indian).collect();
    let all = leads(&network.app, FIRST, &numbers).await;
    let pace = Pace { calls_per_second: 1.0, ..Pace::default() };
    let campaign = network.campaign("Spring", Settings { pace, ..calls(3) }, &all).await;
    network.beat(|_| Behaviour::Busy).await;
    network.app.pass(SECOND).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(network.log.len(), 2, "one in a second");
    network.turn(campaign, CampaignEvent::Pause).await;
    let db = network.app.app.db.clone();
    assert_eq!(
        number(&db, "SELECT COUNT(*) FROM hopper").await,
        0,
        "whoever was about to be called is let go"
    );
    for _ in 0..5 {
        network.app.pass(MINUTE).await;
        network.beat(|_| Behaviour::Busy).await;
    }
    assert_eq!(network.log.len(), 2);
    network.turn(campaign, CampaignEvent::Resume).await;
    for _ in 0..3 {
        network.app.pass(MINUTE).await;
        network.beat(|_| Behaviour::Busy).await;
    }
    assert!(network.log.len() > 2, "it goes on");
    assert!(network.times().values().all(|times| *times == 1), "with those it had not called");
}

async fn no_more_calls_at_once_than_lines(place: Place) {
    let mut network = Network::new(&place).await;
    let numbers: Vec<String> = (0..9).map(indian).collect();
    let all = leads(&network.app, FIRST, &numbers).await;
    let pace = Pace { calls_per_second: 100.0, concurrent_calls: 4, ..Pace::default() };
    network.campaign("Spring", Settings { pace, ..calls(3) }, &all).await;
    network.beat(|_| Behaviour::Silence).await;
    network.app.pass(MINUTE).await;
    network.beat(|_| Behaviour::Silence).await;
    assert_eq!(network.log.len(), 4);
    let rang = network.log[0].clone();
    let form = network.form(&rang, "busy");
    network.post(&rang.callback, &form).await;
    network.app.pass(MINUTE).await;
    network.beat(|_| Behaviour::Silence).await;
    assert_eq!(network.log.len(), 5, "a line is free");
}

async fn one_person_is_not_tried_twice_at_once(place: Place) {
    let mut network = Network::new(&place).await;
    // A lead twice in two campaigns, its person's other lead, and another person of the same number.
    let all = leads(&network.app, FIRST, &[indian(1), indian(2), indian(3)]).await;
    let db = network.app.app.db.clone();
    crate::harness::execute(&db, format!("UPDATE leads SET person_id = {} WHERE id = {}", all[0], all[1]))
        .await;
    crate::harness::execute(&db, format!("UPDATE leads SET phone = '{}' WHERE id = {}", indian(1), all[2]))
        .await;
    network.campaign("One", calls(3), &all).await;
    network.campaign("Two", calls(3), &all).await;
    network.beat(|_| Behaviour::Silence).await;
    for _ in 0..3 {
        network.app.pass(MINUTE).await;
        network.beat(|_| Behaviour::Silence).await;
    }
    assert_eq!(network.log.len(), 1, "{:?}", network.called());
}

async fn after_calls_it_writes(place: Place) {
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1)]).await;
    let step = |channel| Step { channel, attempts: 1, template: None };
    let settings = Settings { steps: vec![step(Channel::Voice), step(Channel::Sms)], ..calls(1) };
    network.campaign("Spring", settings, &all).await;
    network.beat(|_| Behaviour::NoAnswer).await;
    network.app.pass(4 * HOUR + MINUTE).await;
    network.beat(|_| Behaviour::NoAnswer).await;
    network.app.settled().await;
    assert_eq!(network.log.len(), 1, "no second call");
    let message =
        network.fake.came().into_iter().find(|came| came.path.ends_with("Messages.json")).expect("a message");
    assert_eq!(message.field("To"), indian(1));
    assert!(!message.field("Body").is_empty());
    assert_eq!(ledger(&network).await, ["0 voice no_answer 0", "0 sms open 0"]);
    let report = |status: &'static str| {
        vec![("MessageSid", message.sid.clone().unwrap()), ("MessageStatus", status.to_owned())]
    };
    for status in ["delivered", "sent", "delivered"] {
        network.post(&message.callback(), &report(status)).await;
    }
    assert_eq!(ledger(&network).await, ["0 voice no_answer 0", "0 sms delivered 0"]);
    assert_eq!(said(&network, all[0]).await, "messaged delivered 2 0 2");
    // Nothing is left to be tried, and nobody is written to twice.
    network.app.pass(DAY).await;
    network.beat(|_| Behaviour::NoAnswer).await;
    assert_eq!(network.fake.came().len(), 2);
}

async fn tasks_run_at_their_periods_and_are_seen(place: Place) {
    leadwire::telemetry::metrics();
    let mut network = Network::new(&place).await;
    let all = leads(&network.app, FIRST, &[indian(1)]).await;
    network.campaign("Spring", calls(3), &all).await;
    network.beat(|_| Behaviour::Busy).await;
    let db = network.app.app.db.clone();
    let runs = texts(&db, "name || ' ' || result", "schedules WHERE result IS NOT NULL ORDER BY name").await;
    assert_eq!(
        runs,
        [
            "cleanup_stale_hopper_entries 0 let go, 0 given up, 0 of 0 settled by asking",
            "fill_hopper 1 ready of 1 looked at, 0 came in",
            "look_at_all_members all members are looked at again",
            "recycle_failed_calls 0 ready of 0 looked at",
            "retry_dropped_calls 0 ready of 0 looked at",
            "sync_call_log_to_lead_status 0 of 1 do not agree with the ledger",
            "take_in_whole_segments 0 came in",
        ]
    );
    let at = |name: &'static str| {
        let db = db.clone();
        async move { number(&db, format!("SELECT ran_at FROM schedules WHERE name = '{name}'")).await }
    };
    let began = network.app.clock.now();
    network.app.pass(MINUTE).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(at("fill_hopper").await - began, MINUTE);
    assert_eq!(at("retry_dropped_calls").await - began, 0);
    let mut times: BTreeMap<String, i64> = BTreeMap::new();
    for _ in 0..10 {
        network.app.pass(MINUTE).await;
        network.beat(|_| Behaviour::Busy).await;
        let now = format!("schedules WHERE ran_at = {}", network.app.clock.now());
        for name in texts(&db, "name", &now).await {
            *times.entry(name).or_default() += 1;
        }
    }
    let times: Vec<(&str, i64)> = times.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    let expected = [
        ("cleanup_stale_hopper_entries", 2),
        ("fill_hopper", 10),
        ("recycle_failed_calls", 2),
        ("retry_dropped_calls", 5),
        ("sync_call_log_to_lead_status", 1),
    ];
    assert_eq!(times, expected, "within ten minutes");
    let metrics = network.app.get("/metrics").await.body;
    for (name, _) in expected {
        let of = |metric: &str| format!("leadwire_{metric}{{task=\"{name}\"");
        for metric in ["tasks_total", "task_last_run_seconds", "task_seconds_count"] {
            assert!(metrics.contains(&of(metric)), "{}: {metrics}", of(metric));
        }
    }
    // Hours later each is run once, not as often as it was missed.
    network.app.pass(3 * HOUR).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(at("retry_dropped_calls").await - began, 3 * HOUR + 11 * MINUTE);
}

/// They say when they want to be called.
pub const COURSES: &str = r#"
id = "courses"
title = "Courses"
[start]
channels = ["sms", "voice"]
keywords = ["courses"]
[[steps]]
id = "when"
ask = "datetime"
save = "callback_at"
say = "When may we call you?"
[[steps]]
id = "thanks"
say = "We will call you then."
end = "completed"
"#;

async fn whoever_says_when_is_called_then(place: Place) {
    std::fs::write(place.flows().join("courses.toml"), COURSES).unwrap();
    let mut network = Network::new(&place).await;
    let asha = indian(1);
    // Half past three in the afternoon, there.
    network.app.twilio_message(&asha, "courses", "SM1").await;
    network.app.twilio_message(&asha, "tomorrow at 4pm", "SM2").await;
    network.app.settled().await;
    let db = network.app.app.db.clone();
    let lead = number(&db, "SELECT MAX(id) FROM leads").await;
    assert_eq!(said(&network, lead).await, "callback - 0 0 0");
    let began = network.app.clock.now();
    assert_eq!(
        number(&db, "SELECT callback_at FROM leads").await - began,
        DAY + 30 * MINUTE,
        "by their own clock"
    );
    network.campaign("Spring", calls(3), &[lead]).await;
    for _ in 0..4 * 26 {
        network.beat(|_| Behaviour::Answers(60)).await;
        network.app.pass(15 * MINUTE).await;
    }
    let at: Vec<i64> = network.log.iter().map(|rang| rang.at - began).collect();
    assert_eq!(at, [DAY + 30 * MINUTE], "then, once, and not before");
    assert_eq!(said(&network, lead).await, "contacted answered 1 1 1");
}

async fn an_opt_out_is_the_number_s_whoever_said_it(place: Place) {
    let mut network = Network::new(&place).await;
    // Somebody typed a number into a web page; the phone that has it is another person's, who said STOP.
    let all = leads(&network.app, FIRST, &[indian(1), indian(2)]).await;
    let db = network.app.app.db.clone();
    crate::harness::execute(&db, format!("DELETE FROM identities WHERE person_id = {}", all[0])).await;
    network.app.twilio_message(&indian(1), "STOP", "SM1").await;
    crate::harness::execute(&db, "UPDATE persons SET opted_out = 'voice' WHERE opted_out = 'sms'".to_owned())
        .await;
    network.campaign("Spring", calls(3), &all).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(network.called(), [indian(2)]);
}

async fn a_number_is_dialled_as_it_is(place: Place) {
    let mut network = Network::new(&place).await;
    // A mobile of Buenos Aires, where it is seven in the morning: the 9 is compared away, and dialled all the same.
    let mobile = "+5491155550101".to_owned();
    let all = leads(&network.app, FIRST, std::slice::from_ref(&mobile)).await;
    network.campaign("Spring", calls(3), &all).await;
    network.app.pass(4 * HOUR).await;
    network.beat(|_| Behaviour::Busy).await;
    assert_eq!(network.called(), [mobile]);
}

async fn whoever_is_to_be_called_at_four_does_not_wait_behind_the_new(place: Place) {
    let mut network = Network::new(&place).await;
    let numbers: Vec<String> = (0..8).map(indian).collect();
    let all = leads(&network.app, FIRST, &numbers).await;
    let db = network.app.app.db.clone();
    let pace = Pace { concurrent_calls: 1, ..Pace::default() };
    network.campaign("Spring", Settings { pace, ready: 2, ..calls(3) }, &all[..1]).await;
    network.beat(|_| Behaviour::Busy).await;
    let campaign = number(&db, "SELECT id FROM campaigns").await;
    outreach::add(&network.app.app, TENANT, campaign, &all).await.unwrap();
    let at = network.app.clock.now() + 3 * MINUTE;
    crate::harness::execute(&db, format!("UPDATE leads SET dial_status = 'callback', last_status_change = {at}, callback_at = {at} WHERE id = {}", all[0])).await;
    for _ in 0..4 {
        network.app.pass(MINUTE).await;
        // The only line is busy with somebody new from now on.
        network.beat(|_| Behaviour::Silence).await;
    }
    let lane = number(&db, format!("SELECT lane FROM campaign_members WHERE lead_id = {}", all[0])).await;
    let ready =
        texts(&db, "(lead_id - 1000000000) || ' ' || lane", "hopper WHERE state = 'ready' ORDER BY lane")
            .await;
    assert_eq!((lane, ready.first().map(String::as_str)), (0, Some("0 0")), "{ready:?}");
}
