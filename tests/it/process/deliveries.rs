//! kill -9 while leads are delivered to a CRM that does everything CRMs do: none is lost, none is doubled, corrections arrive, and
//! the ledger agrees.
//!
//! `LEADWIRE_DELIVERY_LEADS` says how many leads, 60 unless told, and `LEADWIRE_DELIVERY_KILLS` how often to kill, 3 unless told; a
//! bench run:
//! `LEADWIRE_DELIVERY_LEADS=10000 LEADWIRE_DELIVERY_KILLS=100 cargo test --test it process::deliveries -- --nocapture --test-threads=1`.

use super::{PATIENCE, Server, free_address, program, usual};
use crate::delivery::crm::{self, Came, Can, Crm, Fault};
use crate::harness::{MESSAGES, Place, execute, number, signed, text_message, texts, variable};
use crate::turns::all;
use crate::whole::assert_whole;
use leadwire::store::db::Db;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

on_both! {
    none_is_lost_or_doubled_in_a_crm_that_can_be_asked,
    none_is_lost_or_doubled_in_a_crm_that_honours_keys,
}

/// How many people write at once.
const PEOPLE: usize = 24;
/// How long a test waits before it looks again at what only the database tells.
const AGAIN: Duration = Duration::from_millis(100);

async fn none_is_lost_or_doubled_in_a_crm_that_can_be_asked(place: Place) {
    let crm = Crm::start().await;
    chaos(&place, &crm, Can::LOOK_UP, "can be asked").await;
}

async fn none_is_lost_or_doubled_in_a_crm_that_honours_keys(place: Place) {
    let crm = Crm::start().await;
    crm.honours_keys(true);
    crm.answers_look_ups(false);
    chaos(&place, &crm, Can::REPEAT, "honours keys").await;
}

/// A number that looks random, the next of a series.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Every third request or so meets something. Not more than three in a row, because five pause the sink for half a minute of real
/// time: that has a test of its own.
fn moods(crm: &Crm) {
    let (mut state, mut row) = (0x9e37_79b9_7f4a_7c15_u64, 0);
    crm.always(move |_: &Came| {
        let fault = match random(&mut state) % 30 {
            0 => Fault::DoneAndHangs,
            1 | 2 => Fault::DoneAndResets,
            3 | 4 => Fault::DoneAnd500,
            5 => Fault::Resets,
            6 => Fault::Hangs,
            7 => Fault::Fails,
            8 => Fault::TooMany(1),
            9 => Fault::Unavailable,
            10 | 11 => return Fault::Slow(50),
            _ => Fault::None,
        };
        row = if fault == Fault::None || row == 3 { 0 } else { row + 1 };
        if row == 0 { Fault::None } else { fault }
    });
}

async fn server(place: &Place, config: &str, address: &str) -> Server {
    let mut command = program(place);
    command.args(["serve"]).envs(usual(place)).envs(crm::settings(config));
    command.env("LEADWIRE_LISTEN", address).env("RATE_LIMIT_PER_MINUTE", "1000000");
    Server::run(command, address).await
}

/// A person who answers both questions, and says again what was not answered, as Twilio does.
async fn lead(client: &reqwest::Client, url: &str, n: usize) {
    let from = format!("+1415{:07}", n + 2_000_000);
    for (turn, text) in ["hi", "Asha Rao", "Pune"].into_iter().enumerate() {
        let sid = format!("SM-{n}-{turn}");
        loop {
            let request = client.post(format!("{url}{MESSAGES}"));
            let answered = signed(request, MESSAGES, &text_message(&from, text, &sid)).send().await;
            if answered.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// The same person on a web page, who gives an e-mail address once the lead may be in the CRM: a correction.
async fn visitor(client: &reqwest::Client, url: &str, n: usize) {
    let post = async |path: &str, body: Json, key: &str| loop {
        let request = client.post(format!("{url}{path}")).header("Idempotency-Key", key).json(&body);
        match request.send().await {
            Ok(answer) if answer.status() == 200 => match answer.json::<Json>().await {
                Ok(answer) => break answer,
                Err(_) => tokio::time::sleep(AGAIN).await,
            },
            _ => tokio::time::sleep(AGAIN).await,
        }
    };
    let started = post("/api/session/start", json!({}), &format!("start {n}")).await;
    let session = &started["session_id"];
    for (turn, text) in ["Asha Rao", "Pune"].into_iter().enumerate() {
        let answer = json!({"session_id": session, "answer_text": text});
        post("/api/answer", answer, &format!("answer {n} {turn}")).await;
    }
    for email in ["mistaken@example.com".to_owned(), format!("{n}@example.com")] {
        let profile = json!({"session_id": session, "profile_data": {"email": email}});
        post("/api/lead/profile", profile, &format!("profile {n} {email}")).await;
    }
}

/// Whether this one comes by the web page.
fn is_visitor(n: usize) -> bool {
    n.is_multiple_of(3)
}

/// All people, so many at once.
async fn load(client: reqwest::Client, url: String, leads: usize, done: Arc<AtomicUsize>) {
    let next = AtomicUsize::new(0);
    all((0..PEOPLE).map(|_| async {
        loop {
            let n = next.fetch_add(1, Ordering::SeqCst);
            if n >= leads {
                return;
            }
            if is_visitor(n) {
                visitor(&client, &url, n).await;
            } else {
                lead(&client, &url, n).await;
            }
            done.fetch_add(1, Ordering::SeqCst);
        }
    }))
    .await;
}

/// Ends the holds of a process that was killed, and the waits that follow from it, as time would.
async fn let_time_pass(db: &Db) {
    execute(db, "UPDATE replicas SET leased_until = 0").await;
    execute(db, "UPDATE outbox SET run_at = 0 WHERE finished_at IS NULL").await;
}

async fn chaos(place: &Place, crm: &Crm, can: Can, label: &str) {
    let count = |name, usual| variable(name).map_or(usual, |count| count.parse().unwrap());
    let leads: usize = count("LEADWIRE_DELIVERY_LEADS", 60);
    let kills: usize = count("LEADWIRE_DELIVERY_KILLS", 3);
    crm::flow(place, &["crm"]);
    let config = crm::write_config(place, &[crm.sink("crm", can)]);
    moods(crm);
    let began = Instant::now();
    let address = free_address();
    let mut running = server(place, &config, &address).await;
    let db = Db::connect(place.database_url(), 3).await.unwrap();
    let done = Arc::new(AtomicUsize::new(0));
    let loading = tokio::spawn(load(running.client.clone(), running.url.clone(), leads, done.clone()));
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for kill in 1..=kills {
        // In the midst of it: once the CRM has its share, at any moment of what follows.
        while crm.leads_made() < leads * kill / (kills + 2) {
            assert!(began.elapsed() < PATIENCE * (2 + leads as u32 / 100), "{label}: it goes on");
            wake(&db).await;
            tokio::time::sleep(AGAIN).await;
        }
        tokio::time::sleep(Duration::from_millis(random(&mut state) % 200)).await;
        running.kill();
        let_time_pass(&db).await;
        running = server(place, &config, &address).await;
    }
    loading.await.unwrap();
    let settling = Instant::now();
    while number(&db, "SELECT COUNT(*) FROM outbox WHERE finished_at IS NULL").await > 0 {
        // What hangs ends late: five failures may come in a row after all, and pause the sink for half a minute or more.
        assert!(settling.elapsed() < PATIENCE * (8 + leads as u32 / 100), "{label}: the outbox is emptied");
        wake(&db).await;
        tokio::time::sleep(AGAIN).await;
    }
    let took = began.elapsed().as_secs_f64();
    agree(&db, crm, leads, &format!("{label}: {kills} kills in {took:.0} s")).await;
    assert_eq!(done.load(Ordering::SeqCst), leads);
    db.close().await;
}

/// Ends the waits of what failed or is in doubt; what is held is being sent by the server that lives.
async fn wake(db: &Db) {
    execute(db, "UPDATE outbox SET run_at = 0 WHERE finished_at IS NULL AND holder IS NULL").await;
}

/// The CRM has each lead once, and the ledger says the same.
async fn agree(db: &Db, crm: &Crm, leads: usize, label: &str) {
    assert_whole(db).await;
    let there: BTreeMap<String, i64> =
        crm.leads().into_iter().map(|lead| (lead.external_id, lead.id)).collect();
    let ledger =
        texts(db, "key || ' ' || sink_id", "deliveries WHERE state = 'delivered' ORDER BY key").await;
    let mut corrected: Vec<String> = crm.leads().iter().map(|lead| lead.text("email")).collect();
    corrected.retain(|email| !email.is_empty());
    corrected.sort();
    let mut emails: Vec<String> =
        (0..leads).filter(|n| is_visitor(*n)).map(|n| format!("{n}@example.com")).collect();
    emails.sort();
    assert!(corrected == emails, "{label}: {} of {} corrections arrived", corrected.len(), emails.len());
    let (lost, doubled) = (leads - there.len().min(leads), crm.doubled());
    let attempts =
        number(db, "SELECT COUNT(*) FROM delivery_attempts WHERE action <> 'look_up'").await as usize;
    let asked = number(db, "SELECT COUNT(*) FROM delivery_attempts WHERE action = 'look_up'").await;
    let again = number(db, "SELECT COUNT(*) FROM delivery_attempts WHERE is_repeat").await;
    println!(
        "{label}: {leads} leads, {} in the CRM, {lost} lost, {doubled} doubled; {} requests that write, {attempts} in the ledger \
         ({again} marked as repeats), {asked} look-ups",
        there.len(),
        crm.writes().len(),
    );
    assert_eq!((lost, doubled), (0, 0), "{label}");
    let expected: Vec<String> = there.iter().map(|(key, id)| format!("{key} {id}")).collect();
    assert_eq!(ledger, expected, "{label}: the ledger has the CRM's ids");
    assert_eq!(number(db, "SELECT COUNT(*) FROM succeeded_leads").await as usize, leads, "{label}");
    assert_eq!(number(db, "SELECT COUNT(*) FROM failed_leads WHERE resolved = 0").await, 0, "{label}");
    let known = "SELECT COUNT(*) FROM deliveries d WHERE EXISTS (SELECT 1 FROM delivery_attempts a
        WHERE a.tenant_id = d.tenant_id AND a.delivery_id = d.id AND a.outcome = 'delivered')";
    assert_eq!(number(db, known).await as usize, leads, "{label}: each has the attempt that arrived");
    let counted = number(db, "SELECT SUM(attempts) FROM deliveries").await as usize;
    assert_eq!(counted, attempts, "{label}: attempts are counted as they are written");
    // What a killed process had under way is the only thing the ledger does not know; 256 go at once.
    assert!(crm.writes().len() >= attempts, "{label}");
}
