//! What a database holds, asked and changed behind the server's back.

use leadwire::store::db::{Db, Exec, Sql};

/// How many rows all tables have that a person's doings are written to.
pub async fn stored(db: &Db) -> i64 {
    const TABLES: [&str; 13] = [
        "persons",
        "identities",
        "leads",
        "conversations",
        "messages",
        "answers",
        "score_entries",
        "behaviours",
        "exposures",
        "goals",
        "consents",
        "outbox",
        "recordings",
    ];
    let mut sum = 0;
    for table in TABLES {
        sum += number(db, format!("SELECT COUNT(*) FROM {table}")).await;
    }
    sum
}

/// One number of a database.
pub async fn number(db: &Db, statement: impl Into<String>) -> i64 {
    #[derive(sqlx::FromRow)]
    struct Number {
        n: i64,
    }
    let statement = format!("SELECT CAST(({}) AS BIGINT) AS n", statement.into());
    let rows: Vec<Number> = db.fetch_all(Sql::same(statement.leak()), vec![]).await.unwrap();
    rows[0].n
}

/// One column of text of a database, empty for NULL.
pub async fn texts(db: &Db, column: &str, rest: &str) -> Vec<String> {
    #[derive(sqlx::FromRow)]
    struct Text {
        t: String,
    }
    let statement = format!("SELECT COALESCE(CAST({column} AS TEXT), '') AS t FROM {rest}");
    let rows: Vec<Text> = db.fetch_all(Sql::same(statement.leak()), vec![]).await.unwrap();
    rows.into_iter().map(|row| row.t).collect()
}

/// Changes a database behind the server's back: again where it met a server's change and the database let that one go on.
pub async fn execute(db: &Db, statement: impl Into<String>) -> u64 {
    let statement: &'static str = statement.into().leak();
    let mut again = 0..5;
    loop {
        match db.execute(Sql::same(statement), vec![]).await {
            Err(error) if error.is_passing() && again.next().is_some() => {}
            changed => return changed.unwrap(),
        }
    }
}
