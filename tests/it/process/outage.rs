//! The database goes away and comes back under load.

use super::Server;
use super::load::{Load, again};
use crate::harness::{Place, execute, number, on_postgres};
use crate::turns::all;
use crate::whole::assert_whole;
use leadwire::store::db::Db;
use std::sync::atomic::Ordering;

/// Everything of this test's own server, by its schema.
const TERMINATE: &str = "DO $$ BEGIN PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a
    JOIN pg_locks l ON l.pid = a.pid JOIN pg_class c ON c.oid = l.relation
    WHERE c.relnamespace = current_schema()::regnamespace AND a.pid <> pg_backend_pid(); END $$";

#[test]
fn connections_that_are_cut_lose_and_double_nothing() {
    on_postgres(async |place: Place| {
        let server = Server::start(&place).await;
        let db = Db::connect(place.database_url(), 2).await.unwrap();
        let load = Load::new();
        let cutting = async {
            let mut cut = 0;
            for wave in 1..=10 {
                while load.answered.load(Ordering::SeqCst) < wave * 60 {
                    tokio::task::yield_now().await;
                }
                let before = backends(&db).await;
                execute(&db, TERMINATE).await;
                cut += before;
            }
            cut
        };
        let (books, cut) = tokio::join!(load.run(&server, "cut", 32, 60), cutting);
        assert!(cut > 0, "something was cut");
        let refused = books.iter().flatten().filter(|posted| posted.answered.is_none()).count();
        println!(
            "{cut} connections cut, {refused} of {} told to come again",
            books.iter().map(Vec::len).sum::<usize>()
        );

        let replies = again(&server, &books, |_| true).await;
        for (book, replies) in books.iter().zip(&replies) {
            for (posted, reply) in book.iter().zip(replies) {
                assert!(posted.answered.as_ref().is_none_or(|answered| answered == reply), "{posted:?}");
            }
        }
        let webhooks: usize = books.iter().map(Vec::len).sum();
        let kept = number(&db, "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await;
        assert_eq!(kept as usize, webhooks, "none lost, none twice");
        assert_whole(&db).await;
        let healthy = all([server.client.get(format!("{}/health", server.url)).send()]).await;
        assert!(healthy[0].as_ref().unwrap().status().is_success());
        db.close().await;
    });
}

/// How many of the server's connections are at work on this schema just now.
async fn backends(db: &Db) -> i64 {
    number(
        db,
        "SELECT COUNT(DISTINCT a.pid) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
         JOIN pg_class c ON c.oid = l.relation
         WHERE c.relnamespace = current_schema()::regnamespace AND a.pid <> pg_backend_pid()",
    )
    .await
}
