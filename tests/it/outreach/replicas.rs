//! A month with 10,000 leads: `TEST_POSTGRES_URL=… cargo test --locked --test it outreach::replicas::a_month -- --ignored --nocapture`
//!
//! Campaigns of two servers that are killed again and again, by an exchange that answers late, twice, wrongly or not at all, over days on which
//! clocks are set forward: what the exchange saw is held against every rule, and against the ledger. `LEADWIRE_MONTH_LEADS` says how many
//! leads, and `LEADWIRE_MONTH_MINUTES` by how many minutes the clock goes on.

use super::driving::Driven;
use super::exchange::Exchange;
use super::fates::manner;
use super::network::{TENANT, leads};
use super::proof::{Promises, hold};
use super::rules::{nobody_forgotten, numbered};
use crate::harness::{Place, execute, number, on_postgres, variable};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use leadwire::clock::{DAY, HOUR, MINUTE, Millis};
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::CampaignEvent;
use leadwire::domain::outreach::campaign::{Pace, Settings, Step};
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach::{self, Wanted};
use std::time::Instant;

/// The first id of these leads.
const FIRST: i64 = 1_000_000_000;
/// A day on which nobody is tried.
const HOLIDAY: Date = date(2026, 3, 17);
/// The longest that nothing may be known of an attempt: it is waited for, asked about again and again, and given up.
const LONGEST_OPEN: Millis = 4 * HOUR;

/// How much is tried.
struct Size {
    leads: usize,
    began: &'static str,
    days: i64,
    step: Millis,
    /// How many servers are killed at least, and how often it is tried.
    kills: usize,
    kill_every: Millis,
    lines: i64,
}

#[test]
#[ignore = "takes two minutes on a machine that does something else as well"]
fn ten_days_of_two_servers_that_are_killed() {
    on_postgres(async |place| {
        let (began, step) = ("2026-03-03T00:00:00Z", 20 * MINUTE);
        let size = Size { leads: 48, began, days: 10, step, kills: 5, kill_every: 30 * HOUR, lines: 8 };
        run(&place, &size).await;
    });
}

#[test]
#[ignore = "takes a quarter of an hour"]
fn a_month_of_ten_thousand_leads() {
    on_postgres(async |place| {
        let of = |name: &str, usual: usize| variable(name).map_or(usual, |text| text.parse().unwrap());
        let step = of("LEADWIRE_MONTH_MINUTES", 15) as Millis * MINUTE;
        let size = Size {
            leads: of("LEADWIRE_MONTH_LEADS", 9_999),
            began: "2026-03-02T00:00:00Z",
            days: 31,
            step,
            kills: 30,
            kill_every: 11 * HOUR,
            lines: 1_000,
        };
        run(&place, &size).await;
    });
}

fn settings(steps: &[(Channel, u32)], hours: &str, lines: i64) -> Settings {
    let step = |(channel, attempts): &(Channel, u32)| Step {
        channel: *channel,
        attempts: *attempts,
        template: None,
    };
    Settings {
        steps: steps.iter().map(step).collect(),
        flow: Some("reach".to_owned()),
        hours: hours.to_owned(),
        holidays: vec![HOLIDAY],
        pace: Pace { calls_per_second: 100.0, concurrent_calls: lines, messages_per_minute: 600 },
        ready: 2_000,
        ..Settings::default()
    }
}

async fn campaign(driven: &Driven<'_>, name: &str, settings: Settings, leads: &[i64]) -> i64 {
    let app = &driven.app.app;
    let actor = Actor { user_id: None, program: "test".to_owned() };
    let row = outreach::create(app, TENANT, &actor, name.to_owned(), &settings).await.unwrap();
    for some in leads.chunks(1_000) {
        outreach::add(app, TENANT, row.id, some).await.unwrap();
    }
    turn(driven, row.id, CampaignEvent::Start).await;
    row.id
}

async fn turn(driven: &Driven<'_>, campaign: i64, event: CampaignEvent) {
    let wanted = Wanted { event: Some(event), ..Wanted::default() };
    outreach::change(&driven.app.app, TENANT, (campaign, None), wanted).await.unwrap();
}

async fn run(place: &Place, size: &Size) {
    let took = Instant::now();
    let began = size.began.parse::<Timestamp>().unwrap().as_millisecond();
    let exchange = Exchange::start(began, manner).await;
    let mut driven = Driven::start(place, began, size.step, exchange).await;
    let numbers: Vec<String> = (0..size.leads).map(numbered).collect();
    let all = leads(&driven.app, FIRST, &numbers).await;
    let db = driven.db.clone();
    // Two leads of one number, two of one person; one person opted out, one bought.
    execute(&db, format!("UPDATE leads SET phone = '{}' WHERE id = {}", numbers[9], all[12])).await;
    execute(&db, format!("UPDATE leads SET person_id = {} WHERE id = {}", all[15], all[18])).await;
    execute(&db, format!("UPDATE persons SET opted_out = 'voice,sms' WHERE id = {}", all[3])).await;
    execute(&db, format!("UPDATE leads SET dial_status = 'sale' WHERE id = {}", all[4])).await;
    let third = size.leads / 3;
    let (call, write) = (Channel::Voice, Channel::Sms);
    let hours = ["Mon-Sun 08:00-21:00", "Mon-Sat 10:00-20:00", "Mon-Fri 09:00-12:00, Mon-Fri 14:00-18:00"];
    let one = settings(&[(call, 4), (write, 1)], hours[0], size.lines);
    let two = settings(&[(call, 6)], hours[1], size.lines);
    let three = settings(&[(call, 3)], hours[2], size.lines);
    let campaigns = [
        campaign(&driven, "One", one, &all[..2 * third]).await,
        campaign(&driven, "Two", two, &all[third..]).await,
        campaign(&driven, "Three", three, &[&all[..third], &all[2 * third..]].concat()).await,
    ];
    let until = began + size.days * DAY;
    let promises = Promises {
        holiday: HOLIDAY,
        campaigns,
        lines: size.lines as usize,
        never: vec![numbers[3].clone(), numbers[4].clone()],
        stopped: (numbers[6].clone(), began + 4 * DAY + 10 * HOUR),
        paused: (campaigns[1], began + 3 * DAY + 9 * HOUR, began + 4 * DAY + 9 * HOUR),
    };
    // What is changed meanwhile, in order.
    let mut changes =
        [promises.paused.1, promises.paused.2, promises.stopped.1].into_iter().enumerate().peekable();
    let (mut kill_at, mut prepared, mut told) = (began + 10 * HOUR, 0, began);
    while driven.now < until {
        while let Some((n, _)) = changes.next_if(|(_, at)| *at <= driven.now) {
            match n {
                0 => turn(&driven, campaigns[1], CampaignEvent::Pause).await,
                1 => turn(&driven, campaigns[1], CampaignEvent::Resume).await,
                _ => {
                    let statement =
                        format!("UPDATE persons SET opted_out = 'voice,sms' WHERE id = {}", all[6]);
                    execute(&db, statement).await;
                }
            }
        }
        if driven.now >= kill_at && driven.living() == 2 {
            driven.prepare(prepared).await;
            (kill_at, prepared) = (driven.now + size.kill_every, prepared + 1);
        }
        let next = changes.peek().map_or(until, |(_, at)| *at);
        driven.step(until.min(next)).await;
        if driven.now - told >= DAY {
            told = driven.now;
            let (log, at) = (driven.exchange.log().len(), Timestamp::from_millisecond(told).unwrap());
            let Driven { steps, spent, kills, .. } = &driven;
            println!("{at}: {log} taken, kills {kills:?}, {steps} steps {spent:.0?}, {:.0?}", took.elapsed());
        }
    }
    let rolled = nobody_forgotten(&driven.app).await;
    assert!(rolled.iter().all(|rolled| rolled.leads as usize >= third), "{rolled:?}");
    // Nobody is called any more, and what came of everything becomes known.
    driven.spare();
    for campaign in campaigns {
        turn(&driven, campaign, CampaignEvent::Pause).await;
    }
    let open = || number(&db, "SELECT COUNT(*) FROM outreach_attempts WHERE ended_at IS NULL");
    while open().await > 0 {
        assert!(
            driven.now < until + LONGEST_OPEN,
            "{} attempts of which nothing becomes known",
            open().await
        );
        driven.step(until + LONGEST_OPEN).await;
    }
    // What is said late changes what was found out by asking.
    while driven.exchange.next_at().is_some_and(|at| at < until + 2 * LONGEST_OPEN) {
        driven.step(until + 2 * LONGEST_OPEN).await;
    }
    println!("gates: {rolled:#?}");
    hold(&driven, &promises).await;
    println!("{} leads, {} days, kills {:?}, {:.0?}", size.leads, size.days, driven.kills, took.elapsed());
    let kills: usize = driven.kills.values().sum();
    assert!(kills >= size.kills, "{:?}", driven.kills);
}
