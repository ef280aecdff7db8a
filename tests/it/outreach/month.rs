//! A month of three campaigns, in which clocks are set forward in America and in Europe: what the network did is held against every rule,
//! each told once more here, and against the ledger.

use super::network::{Behaviour, Network, Rang, leads};
use super::rules::{by_the_clock, liars, nobody_forgotten, numbered, too_often};
use crate::harness::{Place, execute, number, texts};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use leadwire::clock::{Clock, DAY, HOUR, MINUTE, Millis};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Pace, Settings, Step};
use std::collections::{BTreeMap, BTreeSet};

on_both! {
    a_month_of_campaigns_breaks_no_rule_and_forgets_nobody,
}

/// The first id of these leads.
const FIRST: i64 = 1_000_000_000;
/// Leads of each of three countries.
const EACH: usize = 9;
/// A day on which nobody is tried.
const HOLIDAY: Date = date(2026, 3, 17);

/// What a number does, the `time`th time it is called.
fn behaviour(number: &str, time: usize) -> Behaviour {
    let seed = number.bytes().map(usize::from).sum::<usize>() + time * 7;
    match seed % 9 {
        0 | 1 => Behaviour::NoAnswer,
        2 => Behaviour::Busy,
        3 => Behaviour::Machine,
        4 => Behaviour::Fails(503),
        5 => Behaviour::Fails(480),
        6 if time > 1 => Behaviour::Answers(30),
        7 => Behaviour::Silence,
        _ => Behaviour::NoAnswer,
    }
}

fn settings(attempts: u32, hours: &str) -> Settings {
    Settings {
        steps: vec![Step { channel: Channel::Voice, attempts, template: None }],
        flow: Some("reach".to_owned()),
        hours: hours.to_owned(),
        holidays: vec![HOLIDAY],
        pace: Pace { calls_per_second: 10.0, concurrent_calls: 20, messages_per_minute: 60 },
        ..Settings::default()
    }
}

async fn a_month_of_campaigns_breaks_no_rule_and_forgets_nobody(place: Place) {
    let began = "2026-03-02T00:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
    let mut network = Network::at(&place, Clock::fixed(began)).await;
    let numbers: Vec<String> = (0..3 * EACH).map(numbered).collect();
    let all = leads(&network.app, FIRST, &numbers).await;
    // Two leads of one number; one person opted out, one is listed, one bought.
    let same = leads(&network.app, FIRST + 1_000, &["+915550000001".to_owned()]).await;
    let db = network.app.app.db.clone();
    execute(&db, format!("UPDATE leads SET phone = '{}' WHERE id = {}", numbers[0], same[0])).await;
    execute(&db, format!("UPDATE persons SET opted_out = 'voice' WHERE id = {}", all[3])).await;
    execute(&db, format!("UPDATE leads SET dial_status = 'sale' WHERE id = {}", all[4])).await;
    let third = EACH;
    network.campaign("One", settings(4, "Mon-Sun 08:00-21:00"), &all[..2 * third]).await;
    network.campaign("Two", settings(6, "Mon-Sat 10:00-20:00"), &all[third..]).await;
    network
        .campaign(
            "Three",
            settings(3, "Mon-Fri 09:00-12:00, Mon-Fri 14:00-18:00"),
            &[&all[..third], &same[..]].concat(),
        )
        .await;
    let stopped_at = began + 9 * DAY;
    let mut is_stopped = false;
    let until = began + 31 * DAY;
    while network.app.clock.now() < until {
        let now = network.app.clock.now();
        if !is_stopped && now >= stopped_at {
            is_stopped = true;
            execute(&db, format!("UPDATE persons SET opted_out = 'voice' WHERE id = {}", all[6])).await;
        }
        network.is_unruly = now / HOUR % 2 == 0;
        let times: BTreeMap<String, usize> =
            network.times().into_iter().map(|(to, n)| (to.to_owned(), n)).collect();
        network.beat(|to| behaviour(to, times.get(to).copied().unwrap_or(0))).await;
        // On to the next minute at which anything can happen.
        let next = number(
            &db,
            format!(
                "SELECT COALESCE(MIN(at), {until}) FROM (SELECT MIN(next_at) AS at FROM campaign_members WHERE next_at > {now}
                 UNION ALL SELECT MIN(leased_until) AS at FROM hopper) a"
            ),
        )
        .await;
        let is_busy = number(&db, "SELECT COUNT(*) FROM hopper WHERE state = 'ready'").await > 0
            || number(&db, format!("SELECT COUNT(*) FROM campaign_members WHERE next_at <= {now}")).await > 0;
        let step = if is_busy { MINUTE } else { (next - now).clamp(MINUTE, DAY) };
        network.app.pass((step + MINUTE - 1) / MINUTE * MINUTE).await;
    }
    let by = |start: &str| network.log.iter().filter(|rang| rang.to.starts_with(start)).count();
    assert!(["+91", "+44", "+1"].into_iter().all(|start| by(start) > EACH), "{} calls", network.log.len());
    within_rules(&network.log, &numbers, (all[6], stopped_at));
    one_truth(&network).await;
    let rolled = nobody_forgotten(&network.app).await;
    assert!(rolled.iter().all(|rolled| rolled.leads as usize >= all.len() / 3), "{rolled:?}");
}

/// Every rule, by what the network saw.
fn within_rules(log: &[Rang], numbers: &[String], (stopped, stopped_at): (i64, Millis)) {
    let place = |id: i64| usize::try_from(id - FIRST).unwrap();
    let mut by_number: BTreeMap<&str, Vec<&Rang>> = BTreeMap::new();
    for rang in log {
        by_number.entry(&rang.to).or_default().push(rang);
        let at = Timestamp::from_millisecond(rang.at).unwrap();
        assert!(by_the_clock(&rang.to, at, HOLIDAY), "{} at {at}", rang.to);
    }
    assert!(!by_number.contains_key(numbers[3].as_str()), "they had opted out");
    assert!(!by_number.contains_key(numbers[4].as_str()), "they had bought");
    let after = by_number.get(numbers[place(stopped)].as_str()).into_iter().flatten();
    assert!(after.clone().count() > 0, "they were called while they had not opted out");
    assert!(after.clone().all(|rang| rang.at <= stopped_at), "and not any more since");
    for (number, calls) in by_number {
        let at: Vec<Millis> = calls.iter().map(|rang| rang.at).collect();
        assert!(!too_often(&at), "{number} too often: {at:?}");
        for (n, now) in at.iter().enumerate() {
            assert!(n == 0 || now - at[n - 1] >= HOUR, "{number} twice at once: {at:?}");
        }
    }
}

/// The ledger has what the network did, no more and no less, and leads say what the ledger says.
async fn one_truth(network: &Network) {
    let db = &network.app.app.db;
    let theirs: BTreeSet<String> = network.log.iter().map(|rang| rang.sid.clone()).collect();
    let ours = texts(db, "provider_id", "outreach_attempts WHERE provider_id IS NOT NULL").await;
    assert_eq!(ours.len(), theirs.len());
    assert_eq!(ours.into_iter().collect::<BTreeSet<_>>(), theirs);
    let others = number(
        db,
        "SELECT COUNT(*) FROM outreach_attempts WHERE provider_id IS NULL AND came <> 'cancelled'",
    )
    .await;
    assert_eq!(others, 0, "nothing was tried that the network does not know");
    assert_eq!(liars(db).await, Vec::<String>::new());
    let open = number(db, "SELECT COUNT(*) FROM outreach_attempts WHERE ended_at IS NULL").await;
    assert!(open <= 1, "{open} attempts of which nobody says anything");
}
