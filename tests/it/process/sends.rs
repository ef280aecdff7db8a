//! kill -9 while messages leave: every one of them reaches the provider, and one that reaches it twice is counted.
//!
//! `LEADWIRE_SEND_KILLS` says how often to kill, 4 unless told; a bench run of a hundred:
//! `LEADWIRE_SEND_KILLS=100 cargo test --test it process::sends -- --nocapture`.

use super::{PATIENCE, Server, free_address, program, usual};
use crate::harness::{Place, execute, number, on_postgres, signed, variable};
use crate::outbox::fake::{Act, Fake};
use crate::outbox::settings;
use crate::turns::all;
use crate::whole::assert_whole;
use leadwire::store::db::Db;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

on_both! {
    killed_while_sending_every_message_arrives_and_doubles_are_counted,
    told_to_stop_it_finishes_what_it_is_sending,
}

/// How many people write at once.
const PEOPLE: usize = 24;

/// A server that sends to this provider.
async fn sending(place: &Place, fake: &Fake, arguments: &[&str]) -> Server {
    let address = free_address();
    let mut command = program(place);
    command.args(arguments).envs(usual(place)).envs(settings(fake)).env("LEADWIRE_LISTEN", &address);
    Server::run(command, &address).await
}

/// People who write until the server is gone; how many messages were answered.
async fn load(server: &Server, name: &str, answered: &AtomicUsize) {
    all((0..PEOPLE).map(|person| async move {
        let from = format!("+1415{:07}", person + 1_000);
        for n in 0.. {
            let text = ["hi", "yes", "Restaurant", "Pune", "back", "restart"][n % 6];
            let reply = server.message(&from, text, &format!("SM-{name}-{person}-{n}")).await;
            if !reply.is_ok_and(|reply| reply.status == 200) {
                return;
            }
            answered.fetch_add(1, Ordering::SeqCst);
        }
    }))
    .await;
}

/// Mostly takes what comes; now and then it does what providers do.
fn moods(fake: &Fake) {
    let mut count = 0_u64;
    fake.always(move |_| {
        count += 1;
        match count.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58 {
            0 => Act::TakeAndHangUp,
            1 => Act::HangUp,
            2 => Act::Refuse(500, 0),
            3 => Act::Wait(1),
            4 => Act::TakeAndTimeOut,
            _ => Act::Take,
        }
    });
}

/// Ends the holds of a process that was killed, and the waits that follow from it, as time would.
async fn let_time_pass(db: &Db) {
    execute(db, "UPDATE outbox SET run_at = 0 WHERE finished_at IS NULL").await;
}

/// Sends until nothing is left.
async fn drain(db: &Db, server: &Server) {
    let began = Instant::now();
    while number(db, "SELECT COUNT(*) FROM outbox WHERE finished_at IS NULL").await > 0 {
        assert!(began.elapsed() < PATIENCE * 3, "the outbox is not emptied");
        // Waiting and unsure ones alone: what is held is being sent by the server that lives.
        execute(db, "UPDATE outbox SET run_at = 0 WHERE finished_at IS NULL AND holder IS NULL").await;
        let health = server.client.get(format!("{}/health", server.url)).send().await.unwrap();
        assert!(health.status().is_success());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn killed_while_sending_every_message_arrives_and_doubles_are_counted(place: Place) {
    let rounds: usize = variable("LEADWIRE_SEND_KILLS").map_or(4, |count| count.parse().unwrap());
    let fake = Fake::start().await;
    // What only the provider knows has to come out by its reports.
    fake.lists(false);
    moods(&fake);
    let answered = AtomicUsize::new(0);
    let db = {
        sending(&place, &fake, &[]).await.kill();
        Db::connect(place.database_url(), 3).await.unwrap()
    };
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    for round in 0..rounds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let moment = Duration::from_millis(40 + random % 400);
        execute(&db, "UPDATE replicas SET leased_until = 0").await;
        let_time_pass(&db).await;
        let mut server = sending(&place, &fake, &[]).await;
        let before = fake.came().len();
        {
            let name = round.to_string();
            let mut running = std::pin::pin!(load(&server, &name, &answered));
            let under_way = async {
                fake.until(before + 10).await;
                tokio::time::sleep(moment).await;
            };
            tokio::select! {
                () = &mut running => panic!("the load ended by itself"),
                () = under_way => {}
            }
            let pid = server.child.id().to_string();
            assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
            running.await;
        }
        server.kill();
    }
    execute(&db, "UPDATE replicas SET leased_until = 0").await;
    let_time_pass(&db).await;
    let server = sending(&place, &fake, &[]).await;
    drain(&db, &server).await;
    // Its reports, each twice, of all it took: also of what nobody knew it had taken.
    let taken = fake.taken();
    for (callback, sids) in &taken {
        for sid in sids.iter().chain(sids) {
            let form = [("MessageSid", sid.as_str()), ("MessageStatus", "sent"), ("From", "+15005550006")];
            let request = server.client.post(format!("{}{callback}", server.url));
            let status = signed(request, callback, &form).send().await.unwrap().status();
            assert_eq!(status, 204, "{callback}");
        }
    }
    assert_whole(&db).await;
    let jobs = number(&db, "SELECT COUNT(*) FROM outbox").await as usize;
    let messages = number(&db, "SELECT COUNT(DISTINCT conversation_id || '-' || seq) FROM outbox").await;
    let turns = number(&db, "SELECT COUNT(*) FROM messages i WHERE direction = 'in' AND EXISTS (SELECT 1 FROM messages o
        WHERE o.tenant_id = i.tenant_id AND o.conversation_id = i.conversation_id AND o.seq = i.seq + 1 AND o.direction = 'out')")
    .await;
    assert_eq!(messages, turns, "every turn that says something sends it");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'").await as usize, jobs);
    assert_eq!(taken.len(), jobs, "every message reached the provider");
    let doubles = number(&db, "SELECT COALESCE(SUM(doubles), 0) FROM outbox").await as usize;
    let repeats = number(&db, "SELECT COALESCE(SUM(repeats), 0) FROM outbox").await as usize;
    println!(
        "{rounds} kills: {} answered, {jobs} messages, {} requests, {repeats} marked as sent again, {doubles} doubled",
        answered.load(Ordering::SeqCst),
        fake.came().len(),
    );
    assert_eq!(doubles, fake.doubled(), "as many as the provider counts");
    assert!(doubles <= repeats, "each of them was marked before");
    in_order(&fake);
    db.close().await;
}

/// What one person gets comes in the order of the conversation: by conversation, place and part, first arrivals counted.
fn in_order(fake: &Fake) {
    let mut last: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for came in fake.came().iter().filter(|came| came.sid.is_some()) {
        let callback = came.callback();
        if !seen.insert(callback.clone()) {
            continue;
        }
        let key = callback.split("message=").nth(1).unwrap().split('&').next().unwrap();
        let numbers: Vec<i64> = key.split('-').map(|number| number.parse().unwrap()).collect();
        last.entry(came.field("To").to_owned()).or_default().push((numbers[1], numbers[2]));
    }
    for (person, places) in last {
        assert!(places.windows(2).all(|pair| pair[0] <= pair[1]), "{person}: {places:?}");
    }
}

async fn told_to_stop_it_finishes_what_it_is_sending(place: Place) {
    let fake = Fake::start().await;
    let server = sending(&place, &fake, &[]).await;
    let answered = AtomicUsize::new(0);
    {
        let mut running = std::pin::pin!(load(&server, "stop", &answered));
        tokio::select! {
            () = &mut running => panic!("the load ended by itself"),
            () = fake.until(100) => {}
        }
        server.terminate();
        running.await;
    }
    let (status, log) = server.ended().await;
    assert_eq!(status.code(), Some(0), "{log}");
    let db = Db::connect(place.database_url(), 1).await.unwrap();
    assert_eq!(
        number(&db, "SELECT COUNT(*) FROM outbox WHERE holder IS NOT NULL").await,
        0,
        "nothing is held"
    );
    assert_eq!(number(&db, "SELECT COUNT(*) FROM outbox WHERE unsure").await, 0, "nothing is in doubt");
    let sent = number(&db, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'").await as usize;
    assert_eq!(sent, fake.came().len(), "what was being sent is written down");
    // What was not is there, and is sent after the next start.
    let server = sending(&place, &fake, &[]).await;
    drain(&db, &server).await;
    let jobs = number(&db, "SELECT COUNT(*) FROM outbox").await as usize;
    assert_eq!((fake.taken().len(), fake.doubled()), (jobs, 0));
    db.close().await;
}

#[test]
fn a_worker_sends_what_a_server_without_one_leaves() {
    on_postgres(async |place: Place| {
        let fake = Fake::start().await;
        let server = sending(&place, &fake, &["serve", "--no-worker"]).await;
        assert_eq!(server.message("+14155550123", "hi", "SM1").await.unwrap().status, 200);
        let db = Db::connect(place.database_url(), 1).await.unwrap();
        assert_eq!(number(&db, "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'").await, 1);
        let mut command = program(&place);
        command.arg("worker").envs(usual(&place)).envs(settings(&fake));
        let quiet = std::process::Stdio::null;
        let mut worker = command.stdout(quiet()).stderr(quiet()).spawn().unwrap();
        fake.until(1).await;
        // It hears of what comes later.
        assert_eq!(server.message("+14155550124", "hi", "SM2").await.unwrap().status, 200);
        fake.until(2).await;
        let asked = std::process::Command::new("kill").args(["-TERM", &worker.id().to_string()]).status();
        assert!(asked.unwrap().success());
        let ended = tokio::task::spawn_blocking(move || worker.wait().unwrap()).await.unwrap();
        assert_eq!(ended.code(), Some(0));
        assert_eq!(number(&db, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'").await, 2);
        db.close().await;
    });
}

#[test]
fn on_sqlite_the_server_sends_by_itself() {
    crate::harness::on_sqlite(async |place: Place| {
        for arguments in [&["serve", "--no-worker"][..], &["worker"]] {
            let said = super::leadwire(&place, arguments);
            assert!(!said.success && said.told.contains("on SQLite the server sends by itself"), "{said:?}");
        }
    });
}
