//! How long it takes to refill the hopper with 200 leads from so many, eligible and not: once when all of them are new to the campaign, and
//! then as it goes on, with what was tried in between and an hour after hour going by.
//!
//! `DATABASE_URL=… cargo bench --bench hopper -- 100000`, with an empty database.

use jiff::Timestamp;
use leadwire::args;
use leadwire::clock::{Clock, HOUR, MINUTE};
use leadwire::config::Config;
use leadwire::domain::access::Tenant;
use leadwire::domain::channel::Channel;
use leadwire::domain::outreach::campaign::{Settings, Step};
use leadwire::domain::outreach::{CampaignEvent, Lane};
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach::{self, Wanted, fill, review};
use leadwire::service::startup;
use leadwire::store::db::{Db, Exec, Sql, StoreError};
use leadwire::store::migrate;
use leadwire::store::outreach::campaigns;
use std::time::{Duration, Instant};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TENANT: Tenant = Tenant(1);
/// The first lead's id.
const FIRST: i64 = 1_000_000_000;

/// Persons, numbers and leads: a tenth opted out, a tenth converted, a tenth put aside, and of the others half were tried an hour ago.
const SEEDS: [&str; 4] = [
    "INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at)
     SELECT $1, n, 1, n, '{}', CASE WHEN n % 10 = 0 THEN 'voice' ELSE '' END, '', $3 FROM s",
    "INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at)
     SELECT $1, 'phone', '+91' || (7000000000 + n - 1000000000), '+91' || (7000000000 + n - 1000000000), n, $3 FROM s",
    "INSERT INTO leads (tenant_id, id, person_id, status, channel, phone, fields, message_count, score, class, scored_in, is_active, created_at,
       updated_at, dial_status, last_status_change, dial_result, last_dial_attempt, dial_attempts)
     SELECT $1, n, n, CASE WHEN n % 10 = 1 THEN 'CONVERTED' ELSE 'ENQUIRY_RECEIVED' END, 'enquiry', '+91' || (7000000000 + n - 1000000000), '{}', 0,
       0, 'Unqualified', 0, n % 10 <> 2, $3, $3, CASE WHEN n % 10 > 5 THEN 'busy' ELSE 'new' END,
       CASE WHEN n % 10 > 5 THEN $3 - 3540000 END, CASE WHEN n % 10 > 5 THEN 'busy' END, CASE WHEN n % 10 > 5 THEN $3 - 3600000 END,
       CASE WHEN n % 10 > 5 THEN 1 ELSE 0 END FROM s",
    "INSERT INTO outreach_attempts (tenant_id, id, lead_id, person_id, channel, address, came, began_at, ended_at)
     SELECT $1, n, n, n, 'voice', '+91' || (7000000000 + n - 1000000000), 'busy', $3 - 3600000, $3 - 3540000 FROM s WHERE n % 10 > 5",
];

async fn seed(db: &Db, leads: i64, now: i64) -> Result<(), StoreError> {
    let mut from = FIRST;
    while from < FIRST + leads {
        let until = (from + 50_000).min(FIRST + leads);
        let mut tx = db.begin().await?;
        for statement in SEEDS {
            let series = format!(
                "WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {until})"
            );
            let (into, select) = statement.split_once("SELECT").expect("it selects");
            let text = format!("{into} {series} SELECT {select}").replace("$3", &now.to_string());
            let text: &'static str = Box::leak(text.into_boxed_str());
            tx.execute(Sql::same(text), args![TENANT.0]).await?;
        }
        tx.commit().await?;
        from = until;
    }
    Ok(())
}

fn told(label: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{label}: median {:?}, 99 % {:?}, most {:?} of {}", at(50), at(99), at(100), times.len());
}

async fn measured(leads: i64) -> Result<(), Box<dyn std::error::Error>> {
    // Half past three in the afternoon in India, where they are.
    let now = "2026-01-05T10:00:00Z".parse::<Timestamp>()?.as_millisecond();
    let config = Config::read()?;
    migrate::migrate(&startup::connect(&config).await?).await?;
    let running = startup::start(config, Clock::fixed(now)).await?;
    let app = running.app;
    let began = Instant::now();
    seed(&app.db, leads, now).await?;
    println!("{leads} leads in {:?}", began.elapsed());
    let actor = Actor { user_id: None, program: "bench".to_owned() };
    let step = Step { channel: Channel::Voice, attempts: 5, template: None };
    let settings =
        Settings { steps: vec![step], bridge_to: Some("+14155550199".to_owned()), ..Settings::default() };
    let row = outreach::create(&app, TENANT, &actor, "Bench".to_owned(), &settings).await?;
    let began = Instant::now();
    for page in (FIRST..FIRST + leads).collect::<Vec<_>>().chunks(1_000) {
        outreach::add(&app, TENANT, row.id, page).await?;
    }
    println!("they came in in {:?}", began.elapsed());
    let wanted = Wanted { event: Some(CampaignEvent::Start), ..Wanted::default() };
    outreach::change(&app, TENANT, (row.id, None), wanted).await?;
    let find =
        async || campaigns::find(app.db.within(TENANT), row.id).await.map(|row| row.expect("it is there"));
    let empty = async || {
        let empty = Sql::same("DELETE FROM hopper WHERE tenant_id = $1");
        app.db.execute(empty, args![TENANT.0]).await
    };
    let mut times = Vec::new();
    for _ in 0..10 {
        let campaign = find().await?;
        let began = Instant::now();
        let filled = fill(&app, TENANT, &campaign, &Lane::ALL).await?;
        times.push(began.elapsed());
        assert_eq!(filled.ready, 200);
        empty().await?;
    }
    told("refilling, none of them looked at before", times);
    let began = Instant::now();
    while review(&app, TENANT, &find().await?).await? {}
    println!("all were looked at in {:?}", began.elapsed());
    let mut times = Vec::new();
    for _ in 0..100 {
        let campaign = find().await?;
        let began = Instant::now();
        let filled = fill(&app, TENANT, &campaign, &Lane::ALL).await?;
        times.push(began.elapsed());
        assert!(filled.ready > 0, "{filled:?}");
        app.clock.advance(MINUTE);
        empty().await?;
    }
    told("refilling as it goes on", times);
    // Nine in the evening has gone by: none may be called, and all that were due are passed over.
    app.clock.advance(5 * HOUR);
    let mut times = Vec::new();
    let mut looked_at = 0;
    for _ in 0..20 {
        let campaign = find().await?;
        let began = Instant::now();
        let filled = fill(&app, TENANT, &campaign, &Lane::ALL).await?;
        times.push(began.elapsed());
        assert_eq!(filled.ready, 0, "nobody is called at night");
        looked_at += filled.looked_at;
        app.clock.advance(MINUTE);
    }
    told(&format!("at night, {looked_at} passed over"), times);
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let leads = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measured(leads))
}
