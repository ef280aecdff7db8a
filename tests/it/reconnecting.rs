//! PostgreSQL went away and came back: connections in the pool are dead and nobody has noticed.

use crate::harness::{self, Place};
use leadwire::args;
use leadwire::store::db::{Db, Exec, Sql, Tx};

#[derive(sqlx::FromRow)]
struct Number {
    n: i64,
}

const BACKEND: Sql = Sql::same("SELECT CAST(pg_backend_pid() AS BIGINT) AS n");
const END: Sql = Sql::same(
    "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM (SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000)) AS ended",
);

/// Ends every connection of a pool, as a restart of the server does; how many.
async fn end_all(db: &Db, other: &Db, most: usize) -> usize {
    let mut open: Vec<Tx> = Vec::new();
    let mut backends = Vec::new();
    for _ in 0..most {
        let mut tx = db.begin().await.unwrap();
        let rows: Vec<Number> = tx.fetch_all(BACKEND, vec![]).await.unwrap();
        backends.push(rows[0].n);
        open.push(tx);
    }
    for tx in open {
        tx.commit().await.unwrap();
    }
    for backend in &backends {
        let ended: Vec<Number> = other.fetch_all(END, args![*backend]).await.unwrap();
        assert_eq!(ended[0].n, 1);
    }
    backends.len()
}

#[test]
fn nobody_notices_that_the_connections_died() {
    harness::on_postgres(async |place: Place| {
        let app = place.app().await;
        let (db, other) = (place.connect(3).await, place.connect(1).await);
        const ONE: Sql = Sql::same("SELECT CAST(1 AS BIGINT) AS n");
        const WRITE: Sql = Sql::same("UPDATE tenants SET name = name");
        assert_eq!(end_all(&db, &other, 3).await, 3);
        let all: Vec<Number> = db.fetch_all(ONE, vec![]).await.unwrap();
        assert_eq!(all[0].n, 1, "all rows");
        end_all(&db, &other, 3).await;
        let one: Option<Number> = db.fetch_optional(ONE, vec![]).await.unwrap();
        assert!(one.is_some(), "the first row");
        end_all(&db, &other, 3).await;
        assert_eq!(db.execute(WRITE, vec![]).await.unwrap(), 1, "a write");
        end_all(&db, &other, 3).await;
        let tx = db.begin().await.unwrap();
        tx.commit().await.unwrap();
        end_all(&app.app.db, &other, 2).await;
        assert_eq!(app.get("/health").await.ok()["database"], "connected");
    });
}
