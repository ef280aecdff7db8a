//! kill -9 while people are told of leads: everybody is told of every lead, and what may be told twice says so.
//!
//! `LEADWIRE_NOTICE_KILLS` says how often to kill, twice unless told; a bench run of a hundred:
//! `LEADWIRE_NOTICE_KILLS=100 cargo test --test it process::notices -- --nocapture`.

use super::{PATIENCE, Server, free_address, program, usual};
use crate::harness::{Place, execute, number, texts, variable};
use crate::outbox::fake::{Act, Came, Fake};
use crate::telling;
use crate::turns::all;
use leadwire::store::db::Db;
use std::time::{Duration, Instant};

on_both! {
    killed_while_telling_every_lead_is_told_and_what_may_be_told_twice_says_so,
}

/// How many become hot leads between two kills.
const LEADS: usize = 12;
/// How long a test waits before it looks again at what only the database tells.
const AGAIN: Duration = Duration::from_millis(100);
/// What a message says that may have come before.
const REPEATED: &str = "Repeated: this may have reached you before";

async fn server(place: &Place, settings: &[(&str, &str)]) -> Server {
    let address = free_address();
    let mut command = program(place);
    command.arg("serve").envs(usual(place)).env("LEADWIRE_LISTEN", &address);
    command.envs(settings.iter().copied());
    command.env("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1").env("OUTGOING_TIMEOUT_SECONDS", "1");
    Server::run(command, &address).await
}

/// Some are taken without a word, so that a kill falls between the taking and our writing it down.
fn moods(fake: &Fake) {
    let mut count = 0_u64;
    fake.always(move |_| {
        count += 1;
        match count.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61 {
            0 | 1 => Act::TakeAndHang,
            2 => Act::TakeAndHangUp,
            3 => Act::HangUp,
            4 => Act::Wait(1),
            _ => Act::TakeSaying("ok"),
        }
    });
}

/// The name a lead gives.
fn name(n: usize) -> String {
    format!("Somebody{n:05}")
}

/// So many become hot leads at once; whoever is not answered says it again, as Twilio does.
async fn hot(server: &Server, first: usize) {
    all((first..first + LEADS).map(|n| async move {
        let from = format!("+1415{:07}", n + 3_000_000);
        for (text, part) in [("hot", "a"), (name(n).as_str(), "b")] {
            let answered = server.message(&from, text, &format!("SM-{n}-{part}")).await;
            assert!(answered.is_ok_and(|answer| answer.status == 200));
        }
    }))
    .await;
}

/// Ends the waits of what failed or is in doubt; what is held is being sent by the server that lives.
async fn wake(db: &Db) {
    execute(db, "UPDATE outbox SET run_at = 0 WHERE finished_at IS NULL AND holder IS NULL").await;
}

async fn killed_while_telling_every_lead_is_told_and_what_may_be_told_twice_says_so(place: Place) {
    let kills: usize = variable("LEADWIRE_NOTICE_KILLS").map_or(2, |count| count.parse().unwrap());
    let media = [Fake::start().await, Fake::start().await];
    media.iter().for_each(moods);
    telling::flow(&place, &["sales", "desk"]);
    let list = |name: &str| {
        format!(
            "[[lists]]\nname = \"{name}\"\nkind = \"slack\"\nwebhook = \"{}_HOOK\"\n",
            name.to_uppercase()
        )
    };
    let file = place.folder().join("leadwire.toml");
    std::fs::write(&file, list("sales") + &list("desk")).unwrap();
    let config = file.display().to_string();
    let settings = [
        ("LEADWIRE_CONFIG", config.as_str()),
        ("SALES_HOOK", &format!("{}/sales", media[0].url)),
        ("DESK_HOOK", &format!("{}/desk", media[1].url)),
    ];
    let mut running = server(&place, &settings).await;
    let db = Db::connect(place.database_url(), 2).await.unwrap();
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    for kill in 0..kills {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let before = media[kill % 2].came().len();
        hot(&running, kill * LEADS).await;
        wake(&db).await;
        media[kill % 2].until(before + 1).await;
        tokio::time::sleep(Duration::from_millis(random % 30)).await;
        running.kill();
        execute(&db, "UPDATE replicas SET leased_until = 0").await;
        execute(&db, "UPDATE outbox SET run_at = 0 WHERE finished_at IS NULL").await;
        running = server(&place, &settings).await;
    }
    let began = Instant::now();
    while number(&db, "SELECT COUNT(*) FROM outbox WHERE finished_at IS NULL AND kind = 'notice'").await > 0 {
        assert!(began.elapsed() < PATIENCE * (3 + kills as u32 / 2), "all is told");
        wake(&db).await;
        tokio::time::sleep(AGAIN).await;
    }
    let untold = "state || ' ' || COALESCE(last_error, '') || COALESCE((SELECT '; its job: ' || o.state || ' after ' || o.attempts
        || ', ' || COALESCE(o.last_error, '') FROM outbox o WHERE o.id = n.bulletin), '')";
    assert_eq!(texts(&db, untold, "notices n WHERE state <> 'sent'").await, [] as [String; 0]);
    let (mut told_again, mut marked) = (0, 0);
    for fake in &media {
        let came = fake.came();
        marked += came.iter().filter(|came| is_repeat(came)).count();
        let taken: Vec<&Came> = came.iter().filter(|came| came.sid.is_some()).collect();
        for n in 0..kills * LEADS {
            let of: Vec<&&Came> =
                taken.iter().filter(|came| came.json.to_string().contains(&name(n))).collect();
            assert!(!of.is_empty(), "{} was never told", name(n));
            let fresh = of.iter().filter(|came| !is_repeat(came)).count();
            assert!(fresh <= 1, "{} was told {fresh} times as news", name(n));
            told_again += of.len() - 1;
        }
    }
    let repeats =
        number(&db, "SELECT COALESCE(SUM(repeats), 0) FROM outbox WHERE kind = 'notice'").await as usize;
    println!(
        "{kills} kills: {} leads, two lists: {} requests, {marked} marked as repeats, {repeats} counted by us; leads told again: {told_again}",
        kills * LEADS,
        media.iter().map(|fake| fake.came().len()).sum::<usize>(),
    );
    assert!(told_again == 0 || marked > 0);
    assert!(marked <= repeats, "each was counted before it left");
    db.close().await;
}

fn is_repeat(came: &Came) -> bool {
    came.json.to_string().contains(REPEATED)
}
