//! SIGTERM: what is in hand is finished, what is new is refused, the process goes away by itself.

use super::Server;
use super::load::{Load, again};
use crate::harness::{Place, number};
use crate::whole::assert_whole;
use leadwire::store::db::Db;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

on_both! {
    told_to_stop_under_load_it_keeps_what_it_answered,
    told_to_stop_idle_it_ends_at_once,
}

async fn told_to_stop_under_load_it_keeps_what_it_answered(place: Place) {
    let server = Server::start(&place).await;
    let load = Load::new();
    let books = {
        let mut running = std::pin::pin!(load.run(&server, "stop", 40, usize::MAX));
        let under_way = async {
            while load.answered.load(Ordering::SeqCst) < 200 || load.in_flight.load(Ordering::SeqCst) < 32 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = &mut running => panic!("the load ended by itself"),
            () = under_way => {}
        }
        server.terminate();
        let began = Instant::now();
        let books = running.await;
        assert!(began.elapsed() < Duration::from_secs(30), "everybody is answered or refused soon");
        books
    };
    assert!(server.message("+14155550123", "hi", "SM-late").await.is_err(), "what comes later is refused");
    let (status, log) = server.ended().await;
    assert_eq!(status.code(), Some(0), "{log}");

    let db = Db::connect(place.database_url(), 2).await.unwrap();
    assert_whole(&db).await;
    let answered: usize = books.iter().flatten().filter(|posted| posted.answered.is_some()).count();
    let kept = number(&db, "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await as usize;
    assert!(answered >= 200 && kept >= answered, "{answered} answered, {kept} kept");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM replicas").await, 0, "its number is given back");
    let server = Server::start(&place).await;
    let replies = again(&server, &books, |posted| posted.answered.is_some()).await;
    for (book, replies) in books.iter().zip(replies) {
        let answers: Vec<&String> = book.iter().filter_map(|posted| posted.answered.as_ref()).collect();
        assert_eq!(replies.iter().collect::<Vec<_>>(), answers);
    }
    let still = number(&db, "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await as usize;
    assert_eq!(still, kept, "every answered turn was there");
    db.close().await;
}

async fn told_to_stop_idle_it_ends_at_once(place: Place) {
    let server = Server::start(&place).await;
    // A connection that is kept open and idle must not hold it.
    assert_eq!(server.message("+14155550123", "hi", "SM1").await.unwrap().status, 200);
    server.terminate();
    let began = Instant::now();
    let (status, log) = server.ended().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
