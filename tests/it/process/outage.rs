//! The database goes away and comes back under load.

use super::load::{Load, again};
use super::{PATIENCE, Server, free_address, program, usual};
use crate::harness::{Place, number, on_postgres};
use crate::turns::all;
use crate::whole::assert_whole;
use leadwire::store::db::Db;
use std::sync::atomic::Ordering;

#[test]
fn connections_that_are_cut_lose_and_double_nothing() {
    on_postgres(async |place: Place| {
        // A name of its own tells the server's connections from everybody's.
        let name = format!("cut-{}", leadwire::ids::secret());
        let url = format!("{}&application_name={name}", place.database_url());
        let address = free_address();
        let mut command = program(&place);
        command.envs(usual(&place)).env("LEADWIRE_LISTEN", &address).env("DATABASE_URL", url);
        let server = Server::run(command, &address).await;
        let db = Db::connect(place.database_url(), 2).await.unwrap();
        let load = Load { undaunted: true, ..Load::new() };
        let cutting = async {
            let mut connections = 0;
            for wave in 1..=20 {
                while load.answered.load(Ordering::SeqCst) < wave * 60 {
                    tokio::task::yield_now().await;
                }
                connections += cut(&db, &name).await;
            }
            connections
        };
        let cutting = async { tokio::time::timeout(PATIENCE, cutting).await.expect("enough are answered") };
        let (books, connections) = tokio::join!(load.run(&server, "cut", 32, 60), cutting);
        assert!(connections >= 20, "{connections} cut");
        let refused = books.iter().flatten().filter(|posted| posted.answered.is_none()).count();
        println!(
            "{connections} connections cut, {refused} of {} told to come again",
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

/// Cuts every connection of that name; how many there were.
async fn cut(db: &Db, name: &str) -> i64 {
    let all = format!(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{name}'"
    );
    number(db, all).await
}
