//! Calls at which nobody of ours was, and the laws that limit their share.

use super::dialling::{FIRST, calls, ledger};
use super::network::{Behaviour, Network, Rang, TENANT, indian, leads};
use super::unheard::an_hour;
use crate::harness::{Place, execute, texts};
use crate::outbox::fake::Act;
use leadwire::clock::{HOUR, MINUTE, Millis, SECOND};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Pace, Settings, Step};
use leadwire::domain::outreach::{Gate, Stand, Verdict};
use leadwire::service::outreach::{Bounds, explain_all, roll_up_to};
use leadwire::store::db::Db;
use leadwire::store::outreach::campaigns;

on_both! {
    too_many_dropped_calls_keep_a_campaign_from_calling_there,
    what_is_counted_is_what_the_ledger_says_whatever_is_corrected,
}

/// A number in London, where it is ten in the morning when tests begin. Three of a hundred calls may be abandoned there in a day.
fn british(n: usize) -> String {
    format!("+4420794601{n:02}")
}

async fn too_many_dropped_calls_keep_a_campaign_from_calling_there(place: Place) {
    let mut network = Network::new(&place).await;
    let began = network.app.clock.now();
    let numbers: Vec<String> = (0..7).map(british).collect();
    let all = leads(&network.app, FIRST, &numbers).await;
    let pace = Pace { calls_per_second: 1.0, concurrent_calls: 1, ..Pace::default() };
    let settings = Settings { pace, ..calls(1) };
    let campaign = network.campaign("Spring", settings.clone(), &all).await;
    for _ in 0..10 {
        network.beat(|_| Behaviour::HangsUp).await;
        network.app.pass(SECOND).await;
    }
    assert_eq!(
        network.log.len(),
        4,
        "three are within the law, and nobody knew of the fourth: {:?}",
        network.called()
    );
    let held: Vec<i64> = all
        .iter()
        .zip(&numbers)
        .filter(|(_, to)| !network.times().contains_key(to.as_str()))
        .map(|(id, _)| *id)
        .collect();

    // Until the last of that hour is a day old, and every way of asking says so; also of somebody who was promised a call.
    let opens = began + 25 * HOUR;
    let db = network.app.app.db.clone();
    let promised =
        format!("UPDATE leads SET dial_status = 'callback', callback_at = {began} WHERE id = {}", held[0]);
    execute(&db, promised).await;
    let app = network.app.app.clone();
    for lead in &held {
        let told = explain_all(&app, TENANT, *lead, None).await.unwrap().remove(0);
        assert_eq!(told.verdict, Verdict::At(opens, Gate::Abandoned));
        let shut: Vec<_> = told.gates.iter().filter(|gate| gate.stand != Stand::Open).collect();
        assert_eq!(shut.len(), 1, "{shut:?}");
        assert_eq!(
            shut[0].words,
            "nobody of ours was at 4 of the campaign's 4 answered calls within 1 day; 3 % of 100 may be such"
        );
    }
    let row = campaigns::find(db.within(TENANT), campaign).await.unwrap().unwrap();
    let (rolled, _) = roll_up_to(&app, TENANT, &row, Bounds::NONE, &mut |_| {}).await.unwrap();
    assert_eq!(rolled.later.get(&Gate::Abandoned), Some(&(3, opens)), "{rolled:?}");

    // Elsewhere no law says so, and other campaigns are measured by their own calls.
    let elsewhere = leads(&network.app, FIRST + 100, &[indian(1)]).await;
    leadwire::service::outreach::add(&app, TENANT, campaign, &elsewhere).await.unwrap();
    network.campaign("Summer", settings, &held[2..]).await;
    for _ in 0..3 {
        network.app.pass(MINUTE).await;
        network.beat(|_| Behaviour::Busy).await;
    }
    let number = |lead: i64| numbers[usize::try_from(lead - FIRST).unwrap()].clone();
    let mut called = network.called()[4..].to_vec();
    called.sort_unstable();
    assert_eq!(called, [number(held[2]), indian(1)]);

    let at = |network: &Network, lead: i64| -> Vec<Millis> {
        network.log.iter().filter(|rang| rang.to == number(lead)).map(|rang| rang.at - began).collect()
    };
    while network.app.clock.now() < opens + HOUR {
        network.app.pass(10 * MINUTE).await;
        network.beat(|_| Behaviour::Busy).await;
    }
    for lead in &held[..2] {
        let at = at(&network, *lead);
        assert!(at.len() == 1 && (25 * HOUR..25 * HOUR + 30 * MINUTE).contains(&at[0]), "{at:?}");
    }
}

/// What is counted, and what the ledger comes to: campaign, hour, answered and dropped calls.
async fn counted(db: &Db) -> (Vec<String>, Vec<String>) {
    let row = "campaign_id || ' ' || hour || ' ' || answered || ' ' || dropped";
    let ledger = "(SELECT campaign_id, began_at / 3600000 AS hour, COUNT(*) AS answered, SUM(CASE came WHEN 'dropped' THEN 1 ELSE 0 END) AS dropped
          FROM outreach_attempts WHERE channel = 'voice' AND came IN ('answered', 'dropped') GROUP BY campaign_id, began_at / 3600000) a
        ORDER BY campaign_id, hour";
    (texts(db, row, "answered_calls ORDER BY campaign_id, hour").await, texts(db, row, ledger).await)
}

async fn what_is_counted_is_what_the_ledger_says_whatever_is_corrected(place: Place) {
    let mut network = Network::new(&place).await;
    network.is_unruly = true;
    let db = network.app.app.db.clone();
    let all = leads(&network.app, FIRST, &(1..=6).map(indian).collect::<Vec<_>>()).await;
    let bridged = Settings { bridge_to: Some("+14155550199".to_owned()), ..calls(1) };
    network.campaign("Bridge", bridged, &all[..1]).await;
    network.campaign("Flow", calls(1), &all[1..4]).await;
    let step = Step { channel: Channel::Sms, attempts: 1, template: None };
    network.campaign("Words", Settings { steps: vec![step], ..calls(1) }, &all[4..5]).await;
    let behave = |to: &str| match to {
        to if to == indian(2) => Behaviour::Machine,
        to if to == indian(3) => Behaviour::HangsUp,
        to if to == indian(4) => Behaviour::Silence,
        _ => Behaviour::Answers(30),
    };
    network.beat(behave).await;
    let words = network.fake.came().into_iter().find(|came| came.path.ends_with("Messages.json")).unwrap();
    let read = [("MessageSid", words.sid.clone().unwrap()), ("MessageStatus", "read".to_owned())];
    network.post(&words.callback(), &read).await;
    let is = async |expected: [&str; 5]| {
        assert_eq!(ledger(&network).await, expected);
        let (counted, ledger) = counted(&db).await;
        assert_eq!(counted, ledger);
        counted.iter().map(|row| row.split(' ').skip(2).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let first = [
        "0 voice answered 30000",
        "1 voice machine 5000",
        "2 voice dropped 1000",
        "3 voice open 0",
        "4 sms answered 0",
    ];
    assert_eq!(is(first).await, ["1 0", "1 1"]);

    // It was put through to nobody.
    let rang = |n: usize| network.log.iter().find(|rang| rang.to == indian(n)).unwrap().clone();
    let bridged = rang(1).callback.replace("/status", "/bridged");
    let mut form = network.form(&rang(1), "in-progress");
    form.push(("DialCallStatus", "no-answer".to_owned()));
    network.post(&bridged, &form).await;
    let second = ["0 voice dropped 30000", first[1], first[2], first[3], first[4]];
    assert_eq!(is(second).await, ["1 1", "1 1"]);

    // What was given up was heard of late: it counts when it began.
    network.fake.lists(false);
    for _ in 0..3 {
        an_hour(&mut network).await;
    }
    let late = async |network: &Network, rang: &Rang| {
        let mut form = network.form(rang, "completed");
        form.push(("AnsweredBy", "human".to_owned()));
        for _ in 0..2 {
            network.post(&rang.callback.clone(), &form).await;
        }
    };
    assert_eq!(ledger(&network).await[3], "3 voice failed 0");
    let silent = network.log.iter().find(|rang| rang.to == indian(4)).unwrap().clone();
    late(&network, &silent).await;
    assert_eq!(ledger(&network).await[3], "3 voice dropped 0");
    let hour = network.app.clock.now() / HOUR;
    let (rows, truth) = counted(&db).await;
    assert_eq!(rows, truth);
    assert!(rows[1].ends_with(" 2 2") && !rows[1].contains(&hour.to_string()), "{rows:?}");

    // And what was taken back, and had been made all the same.
    network.fake.lists(true);
    network.fake.next(&[Act::HangUp]);
    network.campaign("Anew", calls(1), &all[5..]).await;
    network.app.pass(MINUTE).await;
    network.beat(behave).await;
    an_hour(&mut network).await;
    assert_eq!(ledger(&network).await[5], "5 voice cancelled 0");
    let callback = network.fake.came().last().unwrap().callback();
    let at = network.app.clock.now();
    late(&network, &Rang { at, to: indian(6), sid: "CA9".to_owned(), document: None, callback }).await;
    assert_eq!(ledger(&network).await[5], "5 voice dropped 0");
    let (rows, truth) = counted(&db).await;
    assert_eq!((rows.len(), &rows), (3, &truth));

    // A server that has calls and counts none yet counts them when it is brought up to date.
    let migration = include_str!("../../../migrations/0025_what_holds_campaigns.sql");
    let (_, fill) = migration.split_once("INSERT INTO").unwrap();
    execute(&db, "DELETE FROM answered_calls".to_owned()).await;
    execute(&db, format!("INSERT INTO{}", fill.trim_end().trim_end_matches(';'))).await;
    assert_eq!(counted(&db).await, (rows, truth));
}
