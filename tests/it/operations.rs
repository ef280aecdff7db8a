//! How the server is: asked by anybody, so it costs little and is limited.

use crate::harness::Place;
use leadwire::store::db::{Exec, Sql};

on_both! {
    health_is_checked_once_a_second_however_often_it_is_asked,
    health_and_metrics_are_limited_by_address,
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
