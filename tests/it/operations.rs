//! How the server is: asked by anybody, so it costs little and is limited.

use crate::harness::Place;
use leadwire::clock::{MINUTE, SECOND};
use leadwire::store::db::{Db, Exec, Sql};
use serde_json::Value as Json;

on_both! {
    health_is_checked_once_a_second_however_often_it_is_asked,
    health_and_metrics_are_limited_by_address,
    a_turn_loop_that_hangs_or_dies_is_seen,
}

#[derive(sqlx::FromRow)]
struct Lease {
    until: i64,
}

async fn health_is_checked_once_a_second_however_often_it_is_asked(place: Place) {
    let app = place.app().await;
    const LEASE: Sql = Sql::same("SELECT leased_until AS until FROM replicas");
    let lease = async || {
        let rows: Vec<Lease> = app.app.db.fetch_all(LEASE, vec![]).await.unwrap();
        rows[0].until
    };
    let first = app.get("/health").await.ok();
    assert_eq!(first["status"], "healthy");
    let written = lease().await;
    app.clock.advance(999);
    assert_eq!(app.get("/health").await.ok()["database"], "connected");
    assert_eq!(lease().await, written, "nothing was written");
    app.clock.advance(1);
    assert_eq!(app.get("/health").await.status, 200);
    assert_eq!(lease().await, written + 1_000);
    app.clock.advance(-60_000);
    assert_eq!(app.get("/health").await.status, 200);
    assert_ne!(lease().await, written + 1_000, "a clock set back hides nothing");
}

async fn health_and_metrics_are_limited_by_address(place: Place) {
    let app = place.app_with(&[("RATE_LIMIT_PER_MINUTE", "1")]).await;
    for _ in 0..5 {
        assert_eq!(app.get("/health").await.status, 200);
        assert_eq!(app.get("/metrics").await.status, 200);
    }
    for path in ["/health", "/metrics"] {
        let refused = app.get(path).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(!refused.header("retry-after").is_empty());
    }
    assert_eq!(
        app.get("/api/questions").await.status,
        200,
        "visitors of the same address have their own count"
    );
}

async fn a_turn_loop_that_hangs_or_dies_is_seen(place: Place) {
    let app = place.app().await;
    let loops = app.app.loops.count();
    let health = async || app.get("/health").await.json();
    let stands = |health: &Json| {
        (health["status"].as_str().unwrap().to_owned(), health["turn_loops_stuck"].as_u64().unwrap())
    };
    assert_eq!(stands(&health().await), ("healthy".to_owned(), 0));
    // Whatever a loop needs of the database is held: it waits.
    let (sqlite, postgres) = match &app.app.db {
        Db::Sqlite { turns, .. } => (Some(turns.clone().lock_owned().await), None),
        db @ Db::Postgres { .. } => {
            let mut tx = db.begin().await.unwrap();
            tx.execute(Sql::same("LOCK TABLE persons IN ACCESS EXCLUSIVE MODE"), vec![]).await.unwrap();
            (None, Some(tx))
        }
    };
    let said = app.twilio_message("+15551230001", "demo", "SM-1");
    let asked = async {
        while !app.app.loops.is_working() {
            tokio::task::yield_now().await;
        }
        app.clock.advance(MINUTE);
        assert_eq!(stands(&health().await), ("healthy".to_owned(), 0), "it may take its time");
        app.clock.advance(SECOND);
        let expected = if loops == 1 { "unhealthy" } else { "degraded" };
        let shown = app.get("/health").await;
        assert_eq!(stands(&shown.json()), (expected.to_owned(), 1));
        assert_eq!(shown.status, if loops == 1 { 503 } else { 200 });
        drop(sqlite);
        if let Some(tx) = postgres {
            tx.commit().await.unwrap();
        }
    };
    let (said, ()) = tokio::join!(said, asked);
    assert_eq!(said.texts().len(), 1, "it went on");
    while app.app.loops.is_working() {
        tokio::task::yield_now().await;
    }
    assert_eq!(stands(&health().await), ("healthy".to_owned(), 0));
    // One that is dead stays so.
    drop(app.app.loops.join());
    app.clock.advance(SECOND);
    assert_eq!(stands(&health().await), ("degraded".to_owned(), 1));
}
