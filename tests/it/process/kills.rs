//! kill -9 under load: what was answered stays answered, what was not is not half there.
//!
//! `LEADWIRE_KILLS` says how often to kill, 20 unless told; a bench run of a thousand:
//! `LEADWIRE_KILLS=1000 cargo test --test it process::kills -- --nocapture`.

use super::Server;
use super::load::{Load, Posted, again};
use crate::harness::{Place, execute, number, stored, variable};
use crate::whole::assert_whole;
use leadwire::store::db::Db;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

on_both!(killed_under_load_no_turn_is_lost_or_half_there);

/// How many people write at once.
const PEOPLE: usize = 40;
/// How many turns must be in flight at every kill.
const IN_FLIGHT: usize = 32;

async fn killed_under_load_no_turn_is_lost_or_half_there(place: Place) {
    let rounds: usize = variable("LEADWIRE_KILLS").map_or(20, |count| count.parse().unwrap());
    let began = Instant::now();
    let mut random: u64 = 0x2545_f491_4f6c_dd1d;
    let mut server = Server::start(&place).await;
    let (mut webhooks, mut unanswered, mut finished, mut least) = (0, 0, 0, usize::MAX);
    for round in 0..rounds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let moment = Duration::from_micros(2_000 + random % 120_000);

        let load = Load::new();
        let name = round.to_string();
        let books = {
            let mut running = std::pin::pin!(load.run(&server, &name, PEOPLE, usize::MAX));
            // Until so many are under way, then to a moment that falls anywhere in the life of a batch.
            let under_way = async {
                while load.in_flight.load(Ordering::SeqCst) < PEOPLE {
                    tokio::task::yield_now().await;
                }
                tokio::time::sleep(moment).await;
                while load.in_flight.load(Ordering::SeqCst) < IN_FLIGHT {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                _ = &mut running => panic!("the load ended by itself"),
                () = under_way => {}
            }
            least = least.min(load.in_flight.load(Ordering::SeqCst));
            let pid = server.child.id().to_string();
            assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
            running.await
        };
        server.kill();
        if round % 20 == 19 {
            forget_killed_servers(&place).await;
        }
        server = Server::start(&place).await;

        let answered = |posted: &Posted| posted.answered.is_some();
        let open = |posted: &Posted| posted.answered.is_none();
        let db = Db::connect(place.database_url(), 2).await.unwrap();
        let count = async || {
            let inbound = number(&db, "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await;
            (inbound as usize, stored(&db).await)
        };
        assert_whole(&db).await;
        let before = count().await;
        let replies = again(&server, &books, answered).await;
        for (book, replies) in books.iter().zip(replies) {
            let kept: Vec<&String> = book.iter().filter_map(|posted| posted.answered.as_ref()).collect();
            assert_eq!(replies.iter().collect::<Vec<_>>(), kept, "round {round}: the identical reply");
        }
        assert_eq!(count().await, before, "round {round}: a repeat changes nothing");

        let completed = again(&server, &books, open).await;
        let after = count().await;
        assert_eq!(again(&server, &books, open).await, completed, "round {round}: complete now");
        assert_eq!(count().await, after, "round {round}");

        let posted: usize = books.iter().map(Vec::len).sum();
        let lost = books.iter().flatten().filter(|posted| open(posted)).count();
        webhooks += posted;
        unanswered += lost;
        // Of those that were not answered: stored before the kill, all the same.
        finished += lost - (after.0 - before.0);
        assert_eq!(after.0, webhooks, "round {round}: one row for every webhook");
        assert_whole(&db).await;
        db.close().await;
    }
    println!(
        "{rounds} kills in {:.1} s: {webhooks} webhooks, {unanswered} unanswered at a kill (of them {finished} stored \
         before it), at least {least} in flight",
        began.elapsed().as_secs_f64()
    );
    assert!(
        least >= IN_FLIGHT && unanswered >= rounds * IN_FLIGHT / 2,
        "{least} in flight, {unanswered} unanswered"
    );
}

/// More servers die here in a minute than may run at once; their leases run out at a stroke.
async fn forget_killed_servers(place: &Place) {
    let db = Db::connect(place.database_url(), 1).await.unwrap();
    execute(&db, "UPDATE replicas SET leased_until = 0").await;
    db.close().await;
}
